// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/factrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

//! \brief Facts that were replaced or forgotten stay as rows, so that a trace can say what became of them: the
//! forgotten ones without text, and of each person the newest few hundred.
class SqliteFactRepository final : public Memory::FactRepository
{
public:
    SqliteFactRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Memory::Fact>>> facts(UserId user) override;
    QCoro::Task<Result<Memory::Fact>> add(Memory::Fact fact, Memory::FactId replaces) override;
    QCoro::Task<Result<int>> forget(UserId user, QList<Memory::FactId> facts, Timestamp at) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
