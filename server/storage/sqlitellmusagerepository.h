// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/llmusagerepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteLlmUsageRepository final : public Llm::LlmUsageRepository
{
public:
    SqliteLlmUsageRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Llm::UsageRow>>> load(qint64 day) override;
    QCoro::Task<Result<void>> save(QList<Llm::UsageRow> rows) override;
    QCoro::Task<Result<void>> forgetBefore(qint64 day) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
