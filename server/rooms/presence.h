// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>

#include <optional>
#include <set>

namespace Atom::Rooms {

enum class PresenceStatus { Offline, Away, Online };

struct Presence
{
    PresenceStatus status = PresenceStatus::Offline;
    int devices = 0;                   //!< 0 while online: just gone, maybe back in a moment
    std::optional<Timestamp> lastSeen; //!< end of the last connection; nullopt when never seen or online
};

//! \brief Who is connected, over all devices of each user: online if any device is, away if all say so. Who lost the
//! last device is offline after `grace`: who reconnects at once never left. Main thread.
class PresenceTracker : public QObject
{
    Q_OBJECT
public:
    static constexpr milliseconds grace{3'000};
    explicit PresenceTracker(Clock &clock);
    void connected(const UserId &user, const DeviceId &device);
    void disconnected(const UserId &user, const DeviceId &device);
    void setAway(const UserId &user, const DeviceId &device, bool away);
    Presence of(const UserId &user) const;
    int onlineUsers() const;
    QList<DeviceId> devicesOf(const UserId &user) const;

Q_SIGNALS:
    //! \brief The user's combined status changed, by what is connected now: without the grace of of().
    void changed(const Atom::UserId &user, Atom::Rooms::PresenceStatus status, Atom::Rooms::PresenceStatus before);

private:
    struct Entry
    {
        struct Device
        {
            DeviceId id;
            bool away = false;
        };
        QList<Device> devices; //!< one or a few: a hash would take 2 KB for each user
        std::optional<Timestamp> lastSeen;
    };
    static PresenceStatus combined(const Entry &entry);
    template <typename Change> void change(const UserId &user, Change apply);
    void forgetOldest();
    Clock &m_clock;
    QHash<UserId, Entry> m_users; //!< bounded: offline entries beyond 100,000 are forgotten, oldest first
    std::set<std::pair<Timestamp, UserId>> m_offline; //!< the entries without a device, by when they left
};

//! \brief Who is typing where; ends by itself after `lifetime` without renewal. Main thread.
class TypingTracker : public QObject
{
    Q_OBJECT
public:
    TypingTracker(Clock &clock, milliseconds lifetime);
    //! \brief Renewals do not signal again.
    void set(const RoomId &room, const UserId &user, const DeviceId &device, bool typing);
    //! \brief The device went away: what it typed ends.
    void deviceGone(const DeviceId &device);
    QList<UserId> typingIn(const RoomId &room) const;

Q_SIGNALS:
    void changed(const Atom::RoomId &room, const Atom::UserId &user, const Atom::DeviceId &device, bool typing);

private:
    struct Key
    {
        RoomId room;
        UserId user;
        bool operator==(const Key &) const = default;
        friend size_t qHash(const Key &k, size_t seed = 0) { return qHashMulti(seed, k.room, k.user); }
    };
    struct Value
    {
        DeviceId device;
        Clock::TimerId timer = 0;
    };
    void end(const Key &key);
    Clock &m_clock;
    milliseconds m_lifetime;
    QHash<Key, Value> m_typing;
};

} // namespace Atom::Rooms
