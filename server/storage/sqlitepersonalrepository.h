// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/personalrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief PersonalRepository on SQLite. Of removed items the newest 1000 of a user are remembered; who knows less than
//! that is given everything.
class SqlitePersonalRepository final : public Rooms::PersonalRepository
{
public:
    SqlitePersonalRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<Rooms::PersonalItem>> put(UserId user, Rooms::PersonalItem item, int limit,
                                                 Timestamp now) override;
    QCoro::Task<Result<Rooms::PersonalItem>> remove(UserId user, QByteArray kind, QByteArray key,
                                                    Timestamp now) override;
    QCoro::Task<Result<Rooms::PersonalItem>> get(UserId user, QByteArray kind, QByteArray key) override;
    QCoro::Task<Result<QList<Rooms::PersonalItem>>> list(UserId user, QByteArray kind, QByteArray after,
                                                         int limit) override;
    QCoro::Task<Result<Rooms::PersonalChanges>> changes(UserId user, qint64 since, int limit) override;
    QCoro::Task<Result<QList<Rooms::DueItem>>> due(Timestamp now, int limit) override;
    QCoro::Task<Result<std::optional<Timestamp>>> nextDue() override;
    QCoro::Task<Result<QList<Rooms::DueItem>>> all(QByteArray kind) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
