// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"

namespace Atom::Rooms {

enum class NotificationLevel { All, Mentions, None };
QString notificationLevelName(NotificationLevel level); //!< "all", "mentions", "none"
std::optional<NotificationLevel> notificationLevelFromName(const QString &name);

//! \brief What a person set for a room for themselves. Nobody else sees it.
struct RoomPreference
{
    RoomId room;
    bool favourite = false;
    NotificationLevel notify = NotificationLevel::All;
    bool operator==(const RoomPreference &) const = default;
};

struct PreferenceChange
{
    std::optional<bool> favourite; //!< a new favourite comes last
    std::optional<NotificationLevel> notify;
};

//! \brief Where preferences live. Main thread.
class PreferenceRepository
{
public:
    virtual ~PreferenceRepository() = default;
    //! \brief Favourites first, in their order, then by room id.
    virtual QCoro::Task<Result<QList<RoomPreference>>> ofUser(UserId user) = 0;
    virtual QCoro::Task<Result<RoomPreference>> change(UserId user, RoomId room, PreferenceChange change) = 0;
    //! \brief Exactly these are favourites, in this order.
    virtual QCoro::Task<Result<void>> setFavourites(UserId user, QList<RoomId> rooms) = 0;
};

//! \brief Favourites and notification levels, each person's own. Main thread. Not in the room's sequence, nor in the
//! audit log: nobody else is concerned. The person's devices hear of it by changed().
class PreferenceService : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype favouritesPerUser = 500;

    PreferenceService(PreferenceRepository &repository, RoomService &rooms) : m_repository(repository), m_rooms(rooms)
    {
    }
    //! \brief Of the rooms the actor is a member of; favourites first, in their order.
    QCoro::Task<Result<QList<RoomPreference>>> list(Actor actor);
    QCoro::Task<Result<RoomPreference>> change(Actor actor, RoomId room, PreferenceChange change);
    //! \return ValidationFailed at /rooms for a room the actor is no member of, or one named twice.
    QCoro::Task<Result<QList<RoomPreference>>> setFavourites(Actor actor, QList<RoomId> rooms);

Q_SIGNALS:
    //! \brief The whole list, as list() gives it.
    void changed(const Atom::UserId &user, const QList<Atom::Rooms::RoomPreference> &preferences);

private:
    QCoro::Task<Result<QList<RoomPreference>>> tell(Actor actor);
    PreferenceRepository &m_repository;
    RoomService &m_rooms;
};

} // namespace Atom::Rooms
