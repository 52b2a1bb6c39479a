// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/monitoring/tracerepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteAlertRepository final : public Monitoring::AlertRepository
{
public:
    SqliteAlertRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<void>> save(Alert alert) override;
    QCoro::Task<Result<QList<Alert>>> recent(int limit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
