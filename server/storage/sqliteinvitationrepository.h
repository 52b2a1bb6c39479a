// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/invitationservice.h"
#include "server/rooms/preferenceservice.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteInvitationRepository final : public Rooms::InvitationRepository
{
public:
    SqliteInvitationRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<void>> store(Rooms::Invitation invitation, QByteArray tokenHash,
                                    QList<Audit::Draft> audit) override;
    QCoro::Task<Result<QList<Rooms::Invitation>>> ofRoom(RoomId room) override;
    QCoro::Task<Result<Rooms::Invitation>> ofToken(QByteArray tokenHash) override;
    QCoro::Task<Result<void>> revoke(RoomId room, QByteArray id, UserId by, Timestamp at,
                                     QList<Audit::Draft> audit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

class SqlitePreferenceRepository final : public Rooms::PreferenceRepository
{
public:
    SqlitePreferenceRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Rooms::RoomPreference>>> ofUser(UserId user) override;
    QCoro::Task<Result<Rooms::RoomPreference>> change(UserId user, RoomId room,
                                                      Rooms::PreferenceChange change) override;
    QCoro::Task<Result<void>> setFavourites(UserId user, QList<RoomId> rooms) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
