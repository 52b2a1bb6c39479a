// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/checkpoint.h"

#include <QtCore/QHash>

#include <limits>

namespace Atom::Audit {

//! \brief What a verification found.
struct Report
{
    Flaw flaw = Flaw::None;
    qint64 badSeq = 0;   //!< the first record that does not fit; for a cut: the first that is not there
    QString explanation; //!< in words; empty when all is well
    qint64 rows = 0;     //!< checked
    qint64 erasedRows = 0;
    qint64 firstSeq = 0; //!< 0: there was none
    Head head;
    int checkpoints = 0;       //!< compared
    qint64 lastCheckpoint = 0; //!< seq of the last one; records after it are covered by the chain alone
    bool isIntact() const { return flaw == Flaw::None; }
};

//! \brief Checks a chain, row by row, in memory that does not grow with its length. Any thread.
class Verifier
{
public:
    //! \brief The seq to read after, to see all: also rows that somebody put before the first.
    static constexpr qint64 beginning = std::numeric_limits<qint64>::min();

    Verifier() : m_hash(chainStart()) {}
    //! \brief Begins after a checkpoint instead of at the start: for a log too long to check all of it each day.
    explicit Verifier(const Checkpoint &from);

    //! \brief Lines of the file of checkpoints, from its beginning; before the first row. Those up to where the
    //! verification begins are checked among themselves only.
    void addCheckpoints(const QList<QByteArray> &lines, const QByteArray &key);
    //! \brief The next row, ascending. False: a flaw was found, no more rows are needed.
    bool add(const ChainRow &row);
    Report finish();

private:
    bool fail(Flaw flaw, qint64 seq, const QString &explanation);
    void checkParts(const ChainRow &row);
    Report m_report;
    qint64 m_seq = 0;
    QByteArray m_hash;
    QList<Checkpoint> m_checkpoints; //!< still to come
    qsizetype m_nextCheckpoint = 0;
    QHash<QByteArray, qint64> m_holes; //!< account -> first record with an erased part, until the erasure is found
};

} // namespace Atom::Audit
