// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/preferenceservice.h"

#include <QtCore/QPointer>
#include <QtCore/QSet>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;

QString notificationLevelName(NotificationLevel level)
{
    switch (level) {
    case NotificationLevel::All:
        return u"all"_s;
    case NotificationLevel::Mentions:
        return u"mentions"_s;
    case NotificationLevel::None:
        return u"none"_s;
    }
    return {};
}

std::optional<NotificationLevel> notificationLevelFromName(const QString &name)
{
    for (const NotificationLevel level :
         {NotificationLevel::All, NotificationLevel::Mentions, NotificationLevel::None}) {
        if (notificationLevelName(level) == name)
            return level;
    }
    return std::nullopt;
}

QCoro::Task<Result<QList<RoomPreference>>> PreferenceService::list(Actor actor)
{
    Result<QList<RoomPreference>> all = co_await m_repository.ofUser(actor.user);
    if (all) // an application token sees those of its rooms
        all->removeIf(
            [&](const RoomPreference &p) { return !m_rooms.require(actor, p.room, Action::RoomPreferencesSet); });
    co_return all;
}

QCoro::Task<Result<QList<RoomPreference>>> PreferenceService::tell(Actor actor)
{
    Result<QList<RoomPreference>> all = co_await list(actor);
    if (all)
        Q_EMIT changed(actor.user, *all);
    co_return all;
}

QCoro::Task<Result<RoomPreference>> PreferenceService::change(Actor actor, RoomId room, PreferenceChange change)
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomPreferencesSet); !allowed)
        co_return std::move(allowed.error());
    if (const RoomState *state = m_rooms.find(room); state->room.persistence == RoomPersistence::Ephemeral)
        co_return Error(Errc::Conflict, u"A room that is not stored has no preferences."_s);
    Result<RoomPreference> changedTo = co_await m_repository.change(actor.user, room, change);
    if (!changedTo)
        co_return changedTo;
    const Result<QList<RoomPreference>> told = co_await tell(actor);
    Q_UNUSED(told) // the change itself is stored
    co_return changedTo;
}

QCoro::Task<Result<QList<RoomPreference>>> PreferenceService::setFavourites(Actor actor, QList<RoomId> rooms)
{
    if (rooms.size() > favouritesPerUser)
        co_return Error::invalid(u"/rooms"_s, u"At most %1 rooms can be favourites."_s.arg(favouritesPerUser));
    // The order is of all favourites: who may not see some of them would throw them out.
    Result<QList<RoomPreference>> present = co_await m_repository.ofUser(actor.user);
    if (!present)
        co_return present;
    for (const RoomPreference &preference : std::as_const(*present)) {
        if (!m_rooms.isMember(actor.user, preference.room))
            continue;
        if (Result<void> allowed = m_rooms.require(actor, preference.room, Action::RoomPreferencesSet); !allowed)
            co_return std::move(allowed.error());
    }
    QSet<RoomId> seen;
    for (const RoomId &room : std::as_const(rooms)) {
        if (!m_rooms.require(actor, room, Action::RoomPreferencesSet) || seen.contains(room))
            co_return Error::invalid(u"/rooms"_s, u"Favourites are rooms of yours, each named once."_s);
        seen.insert(room);
    }
    Result<void> stored = co_await m_repository.setFavourites(actor.user, rooms);
    if (!stored)
        co_return std::move(stored.error());
    Result<QList<RoomPreference>> all = co_await tell(actor);
    co_return all;
}

} // namespace Atom::Rooms
