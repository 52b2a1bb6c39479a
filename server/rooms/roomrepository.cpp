// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/roomrepository.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
Error noMessage()
{
    return Error(Errc::NotFound, u"There is no such message."_s);
}
} // namespace

QCoro::Task<Result<RoomEvent>> RoomRepository::locate(MessageId)
{
    co_return noMessage();
}

QCoro::Task<Result<RoomEventPage>> RoomRepository::thread(RoomId, MessageId, qint64, int)
{
    co_return RoomEventPage();
}

QCoro::Task<Result<QList<RoomEvent>>> RoomRepository::pins(RoomId)
{
    co_return QList<RoomEvent>();
}

QCoro::Task<Result<QList<MessageVersion>>> RoomRepository::versions(RoomId, MessageId, int)
{
    co_return QList<MessageVersion>();
}

QCoro::Task<Result<QList<Acknowledgement>>> RoomRepository::acknowledgements(RoomId, MessageId)
{
    co_return QList<Acknowledgement>();
}

QCoro::Task<Result<QList<RoomEvent>>> RoomRepository::mentionsOf(UserId, int)
{
    co_return QList<RoomEvent>();
}

QCoro::Task<Result<qint64>> RoomRepository::seenCount(RoomId, UserId, qint64)
{
    co_return qint64(0);
}

QCoro::Task<Result<void>> RoomRepository::saveSeen(QList<SeenMark>, qint64)
{
    co_return Result<void>();
}

} // namespace Atom::Rooms
