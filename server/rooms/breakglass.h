// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissionrepository.h"
#include "server/rooms/roomservice.h"

namespace Atom::Rooms {

struct BreakGlassSettings
{
    std::chrono::minutes maximum{60}; //!< longest time a room may be open
    bool notice = true;               //!< members read in the room who opened it, until when and why
};

//! \brief The only way to contents of a room without being a member of it: with a reason, for a limited time, told to
//! the members (by policy), and every read of it in the audit log. Main thread.
//!
//! What it opens is decided by Permissions (Decision::underGlass), for REST, realtime and search alike; what is
//! read comes here through RoomService::readUnderGlass().
class BreakGlassService : public QObject
{
    Q_OBJECT
public:
    BreakGlassService(BreakGlassSettings settings, Identity::PermissionRepository &repository,
                      Identity::Permissions &permissions, RoomService &rooms, Clock &clock);
    ~BreakGlassService() override;

    //! \brief Takes up what was open when the server stopped; once, after the rooms.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief Opens the room for the actor. The opening and its audit record are stored, and the members told, before
    //! anything can be read.
    //! \return Forbidden; NotFound (room); ValidationFailed (/reason: 10..500 characters, /minutes: 1..maximum);
    //! Conflict while it is open already, or too many are.
    QCoro::Task<Result<Identity::GlassOpening>> open(Actor actor, RoomId room, QString reason,
                                                     std::chrono::minutes duration);
    //! \brief Ends an opening now: one's own, or any with PermissionsManage. Twice is a success.
    //! \return Forbidden, NotFound.
    QCoro::Task<Result<Identity::GlassOpening>> end(Actor actor, QByteArray opening);
    //! \brief Newest first; `limit` 1..200. With BreakGlassRead all; otherwise one's own. \return ValidationFailed.
    QCoro::Task<Result<QList<Identity::GlassOpening>>> list(Actor actor, Identity::GlassQuery query);

    static constexpr int maxOpen = 1'000;

private:
    void onRead(const Actor &actor, const RoomId &room, const QByteArray &what, qint64 from, qint64 to);
    void tell(const Identity::GlassOpening &opening);
    void schedule();
    void expire();
    QCoro::Task<void> record(QList<Audit::Draft> drafts);

    const BreakGlassSettings m_settings;
    Identity::PermissionRepository &m_repository;
    Identity::Permissions &m_permissions;
    RoomService &m_rooms;
    Clock &m_clock;
    QHash<QByteArray, Identity::GlassOpening> m_open; //!< by id; at most maxOpen
    Clock::TimerId m_timer = 0;
    TaskScope m_scope{QStringLiteral("break-glass")};
};

} // namespace Atom::Rooms
