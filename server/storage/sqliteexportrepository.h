// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportjob.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteExportRepository final : public Exports::ExportRepository
{
public:
    SqliteExportRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Exports::ExportJob>>> all() override;
    QCoro::Task<Result<void>> store(Exports::ExportJob job, QList<Audit::Draft> audit) override;
    QCoro::Task<Result<void>> forget(Timestamp before) override;
    QCoro::Task<Result<QList<Exports::HeldText>>> heldTexts(RoomId room, qint64 after, int limit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
