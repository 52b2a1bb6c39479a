// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/leaverooms.h"

#include "server/app/logging.h"

namespace Atom::App {

QCoro::Task<void> leaveAllRooms(Rooms::RoomService *rooms, UserId user)
{
    Actor actor;
    actor.user = user;
    actor.role = Role::Member;
    const QList<RoomId> all = rooms->roomsOf(user);
    for (const RoomId &room : all) {
        const Result<void> left = co_await rooms->leave(actor, room);
        if (!left)
            qCWarning(lcApp) << "an erased account could not leave" << room.toString() << left.error().detail;
    }
}

} // namespace Atom::App
