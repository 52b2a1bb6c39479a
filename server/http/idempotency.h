// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"
#include "shared/core/clock.h"

#include <QtCore/QHash>
#include <QtCore/QQueue>

namespace Atom::Http {

//! \brief Remembers the answers to writes that carried an `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header), so that a repeat gets the first answer instead of a second effect. In
//! memory, bounded by age, count and bytes. Keys belong to a user. Answers with status >= 500 and 429 are not kept:
//! such a request may be tried again.
class IdempotencyCache
{
public:
    static constexpr qsizetype keyBytes = 128;
    explicit IdempotencyCache(const Clock &clock) : m_clock(clock) {}

    //! \brief Looks a write up. \return nothing: go on and call store() or abandon() in the end; a response: the first
    //! answer; Conflict: the same request is still at work; ValidationFailed: the key was used for another request.
    Result<std::optional<Response>> begin(const UserId &user, const Request &request);
    void store(const UserId &user, const Request &request, const Response &response);
    void abandon(const UserId &user, const Request &request);

private:
    struct Key
    {
        UserId user;
        QByteArray key;
        bool operator==(const Key &) const = default;
        friend size_t qHash(const Key &k, size_t seed = 0) { return qHashMulti(seed, k.user, k.key); }
    };
    struct Entry
    {
        QByteArray fingerprint;
        std::optional<Response> response; //!< nothing while at work
        Monotonic at{};
    };
    void drop();
    const Clock &m_clock;
    QHash<Key, Entry> m_entries;
    QQueue<std::pair<Monotonic, Key>> m_order;
    qsizetype m_bytes = 0;
};

} // namespace Atom::Http
