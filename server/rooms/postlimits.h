// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/metrics.h"
#include "shared/core/result.h"
#include "shared/core/tokenbucket.h"
#include "shared/model/user.h"

#include <array>
#include <memory>
#include <unordered_map>

namespace Atom::Rooms {

//! \brief How much may be written; 0 everywhere means no bound. What a person at a keyboard does stays far below the
//! server's defaults.
struct PostRates
{
    Rate user;
    Rate session; //!< one sign-in or application token
    Rate address; //!< one IP address: many people may be behind it
    Rate room;
    int userPerDay = 0; //!< in any 24 hours since the first of them; forgotten at a restart
    int duplicates = 0; //!< equal texts of one user, in whatever rooms, within duplicateWindow
    seconds duplicateWindow{30};
};

//! \brief Decides whether somebody may write now: rates, quota, and the same text again and again. One object for REST
//! and realtime. O(1) a message, bounded memory, main thread.
class PostLimits
{
public:
    //! Texts shorter than this repeat in any conversation ("yes", "thanks").
    static constexpr qsizetype shortestDuplicate = 8;

    PostLimits(PostRates rates, MetricRegistry &metrics);

    //! \brief A new message. `clientId`: the same one again is a message sent again after a lost answer, and no
    //! duplicate. The server's own actors are never limited. \return RateLimited with retryAfter.
    Result<void> message(const Actor &actor, const RoomId &room, const QString &text, const QByteArray &clientId,
                         Monotonic now);
    //! \brief Another change that everybody in the room gets: an edit, a deletion, a reaction. \return as message().
    Result<void> change(const Actor &actor, const RoomId &room, Monotonic now);

    const PostRates &rates() const { return m_rates; }
    int tableSize() const { return int(m_users.size()) + m_sessions.size() + m_addresses.size() + m_rooms.size(); }

private:
    static constexpr int tableLimit = TokenBuckets<UserId>::limit;
    static constexpr int remembered = 16; //!< texts of a user
    struct Said
    {
        size_t text = 0;
        size_t clientId = 0;
        Monotonic at{};
    };
    struct User
    {
        TokenBucket bucket;
        int today = 0;
        Monotonic dayBegan{};
        int next = 0; //!< place in the ring
        std::unique_ptr<std::array<Said, remembered>> said;
        User() = default;
        User(User &&) = default;
        User &operator=(User &&) = default;
    };
    Result<void> rated(const Actor &actor, const RoomId &room, Monotonic now);
    Result<void> repeated(User &user, const QString &text, const QByteArray &clientId, Monotonic now);
    User &userOf(const UserId &id, Monotonic now);
    bool isForgettable(User &user, Monotonic now) const;
    Error refusal(Counter &counter, const QString &text, seconds wait);

    const PostRates m_rates;
    std::unordered_map<UserId, User> m_users;
    TokenBuckets<SessionId> m_sessions;
    TokenBuckets<QByteArray> m_addresses;
    TokenBuckets<RoomId> m_rooms;
    Counter &m_byUser, &m_bySession, &m_byAddress, &m_byRoom, &m_byQuota, &m_byDuplicate;
};

} // namespace Atom::Rooms
