// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/connection.h"
#include "shared/model/passage.h"

namespace Atom::Storage {

//! \brief Passages as rows of the table `passages`: one row for many. A record has 48 bytes, integers little-endian:
//! the message's UUID (16), receivedMicros (8), then 4 bytes each: queued, committed and fanout as microseconds after
//! received (fanout 0: none), the duration of the fan-out, recipients, encoded bytes. What the message's own row knows
//! is not repeated.
bool storePassages(Connection &db, const QList<Passage> &passages);

//! \brief Completes passages from the table. Keeps the row it read last: neighbours are usually in the same one.
class PassageFinder
{
public:
    explicit PassageFinder(Connection &db) : m_db(db) {}
    //! \brief Fills the times of `passage`, whose message and `at` are known; without a record `committedMicros` stays
    //! 0.
    void complete(Passage &passage);

private:
    bool completeFrom(const QByteArray &records, Passage &passage) const;
    Connection &m_db;
    QByteArray m_records;
};

} // namespace Atom::Storage
