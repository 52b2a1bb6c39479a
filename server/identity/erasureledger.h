// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"

namespace Atom::Identity {

//! \brief Who was erased, in a file beside the database, one JSON object a line: a backup that is restored brings
//! erased people back, and this list takes them away again. It holds ids and times, nothing else about a person.
//! Blocks.
class ErasureLedger
{
public:
    //! \brief `file` empty: only in memory, for tests.
    explicit ErasureLedger(QString file) : m_file(std::move(file)) {}
    //! \return Internal when it cannot be read, or a line is not one of ours: then nobody can say who must be erased.
    Result<void> readBlocking();
    //! \brief Synced before it returns.
    Result<void> appendBlocking(const StoredErasure &erasure);
    const QList<StoredErasure> &entries() const { return m_entries; }

private:
    QString m_file;
    QList<StoredErasure> m_entries;
};

} // namespace Atom::Identity
