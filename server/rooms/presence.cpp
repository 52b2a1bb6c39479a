// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/presence.h"

#include <algorithm>

namespace Atom::Rooms {

namespace {
constexpr size_t rememberedOffline = 100'000;
}

PresenceTracker::PresenceTracker(Clock &clock) : m_clock(clock) {}

PresenceStatus PresenceTracker::combined(const Entry &entry)
{
    if (entry.devices.isEmpty())
        return PresenceStatus::Offline;
    const auto isAway = [](const Entry::Device &device) { return device.away; };
    const bool allAway = std::all_of(entry.devices.cbegin(), entry.devices.cend(), isAway);
    return allAway ? PresenceStatus::Away : PresenceStatus::Online;
}

template <typename Change> void PresenceTracker::change(const UserId &user, Change apply)
{
    Entry &entry = m_users[user];
    const PresenceStatus before = combined(entry);
    if (entry.lastSeen)
        m_offline.erase({*entry.lastSeen, user});
    apply(entry);
    const PresenceStatus after = combined(entry);
    if (after != PresenceStatus::Offline) {
        entry.lastSeen.reset();
    } else if (entry.lastSeen) {
        m_offline.emplace(*entry.lastSeen, user);
        forgetOldest();
    } else {
        m_users.remove(user); // never was here
    }
    if (before != after) {
        const UserId who = user; // may be a reference into what a slot changes
        Q_EMIT changed(who, after, before);
    }
}

void PresenceTracker::forgetOldest()
{
    while (m_offline.size() > rememberedOffline) {
        m_users.remove(m_offline.begin()->second);
        m_offline.erase(m_offline.begin());
    }
}

void PresenceTracker::connected(const UserId &user, const DeviceId &device)
{
    change(user, [&device](Entry &entry) {
        entry.devices.removeIf([&device](const Entry::Device &d) { return d.id == device; });
        entry.devices.append({device, false});
    });
}

void PresenceTracker::disconnected(const UserId &user, const DeviceId &device)
{
    change(user, [this, &device](Entry &entry) {
        const auto removed = entry.devices.removeIf([&device](const Entry::Device &d) { return d.id == device; });
        if (removed > 0 && entry.devices.isEmpty())
            entry.lastSeen = m_clock.now();
    });
}

void PresenceTracker::setAway(const UserId &user, const DeviceId &device, bool away)
{
    change(user, [&device, away](Entry &entry) {
        for (Entry::Device &d : entry.devices) {
            if (d.id == device)
                d.away = away;
        }
    });
}

Presence PresenceTracker::of(const UserId &user) const
{
    Presence presence;
    if (const auto it = m_users.constFind(user); it != m_users.cend()) {
        presence.devices = int(it->devices.size());
        if (it->lastSeen && m_clock.now() - *it->lastSeen < grace) {
            presence.status = PresenceStatus::Online; // until it is known better
        } else {
            presence.status = combined(*it);
            presence.lastSeen = it->lastSeen;
        }
    }
    return presence;
}

int PresenceTracker::onlineUsers() const
{
    return int(m_users.size() - qsizetype(m_offline.size()));
}

QList<DeviceId> PresenceTracker::devicesOf(const UserId &user) const
{
    const auto it = m_users.constFind(user);
    QList<DeviceId> devices;
    if (it != m_users.cend()) {
        for (const Entry::Device &d : it->devices)
            devices.append(d.id);
    }
    std::sort(devices.begin(), devices.end());
    return devices;
}

TypingTracker::TypingTracker(Clock &clock, milliseconds lifetime) : m_clock(clock), m_lifetime(lifetime) {}

void TypingTracker::set(const RoomId &room, const UserId &user, const DeviceId &device, bool typing)
{
    const Key key{room, user};
    const auto it = m_typing.find(key);
    if (!typing) {
        // Another device of the user may be the one that types.
        if (it != m_typing.end() && it->device == device)
            end(key);
        return;
    }
    const bool isNew = it == m_typing.end();
    Value &value = isNew ? m_typing[key] : *it;
    if (!isNew)
        m_clock.cancel(value.timer);
    value.device = device;
    value.timer = m_clock.callAfter(m_lifetime, this, [this, key] { end(key); });
    if (isNew)
        Q_EMIT changed(key.room, key.user, device, true);
}

void TypingTracker::deviceGone(const DeviceId &device)
{
    QList<Key> ended;
    for (auto it = m_typing.cbegin(); it != m_typing.cend(); ++it) {
        if (it->device == device)
            ended.append(it.key());
    }
    for (const Key &key : std::as_const(ended))
        end(key);
}

QList<UserId> TypingTracker::typingIn(const RoomId &room) const
{
    QList<UserId> users;
    for (auto it = m_typing.cbegin(); it != m_typing.cend(); ++it) {
        if (it.key().room == room)
            users.append(it.key().user);
    }
    std::sort(users.begin(), users.end());
    return users;
}

void TypingTracker::end(const Key &key)
{
    const auto it = m_typing.find(key);
    if (it == m_typing.end())
        return;
    const Key ended = it.key();
    const Value value = *it;
    m_clock.cancel(value.timer);
    m_typing.erase(it);
    Q_EMIT changed(ended.room, ended.user, value.device, false);
}

} // namespace Atom::Rooms
