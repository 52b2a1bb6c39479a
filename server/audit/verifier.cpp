// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/verifier.h"

namespace Atom::Audit {
using namespace Qt::StringLiterals;

Verifier::Verifier(const Checkpoint &from) : m_seq(from.seq), m_hash(from.hash) {}

void Verifier::addCheckpoints(const QList<QByteArray> &lines, const QByteArray &key)
{
    CheckpointReader reader(key);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const Result<Checkpoint> checkpoint = reader.read(lines.at(i));
        if (!checkpoint) {
            fail(Flaw::CheckpointBroken, 0,
                 u"Line %1 of the checkpoints %2."_s.arg(i + 1).arg(checkpoint.error().detail));
            return;
        }
        if (checkpoint->seq == m_seq && checkpoint->hash != m_hash) {
            fail(Flaw::CheckpointDiffers, m_seq,
                 u"Line %1 of the checkpoints has another hash for record %2."_s.arg(i + 1).arg(m_seq));
            return;
        }
        if (checkpoint->seq > m_seq)
            m_checkpoints.append(*checkpoint);
        m_report.lastCheckpoint = checkpoint->seq;
    }
}

bool Verifier::fail(Flaw flaw, qint64 seq, const QString &explanation)
{
    if (m_report.flaw == Flaw::None) {
        m_report.flaw = flaw;
        m_report.badSeq = seq;
        m_report.explanation = explanation;
    }
    return false;
}

bool Verifier::add(const ChainRow &row)
{
    if (m_report.flaw != Flaw::None)
        return false;
    if (row.seq != m_seq + 1) {
        return fail(Flaw::Missing, m_seq + 1,
                    u"Record %1 is missing: after %2 comes %3."_s.arg(m_seq + 1).arg(m_seq).arg(row.seq));
    }
    if (row.hash != hashOf(m_hash, row)) {
        return fail(Flaw::Changed, row.seq,
                    u"Record %1 is not what was recorded, or not at its place: its hash does not fit."_s.arg(row.seq));
    }
    checkParts(row);
    if (m_nextCheckpoint < m_checkpoints.size() && m_checkpoints.at(m_nextCheckpoint).seq == row.seq) {
        const Checkpoint &checkpoint = m_checkpoints.at(m_nextCheckpoint++);
        ++m_report.checkpoints;
        if (checkpoint.hash != row.hash) {
            return fail(Flaw::CheckpointDiffers, row.seq,
                        u"Record %1 is not the one that was signed on %2: it, or one before it, was replaced and all "
                        "hashes were computed again."_s.arg(row.seq)
                            .arg(toIso(checkpoint.at)));
        }
    }
    if (m_report.flaw != Flaw::None)
        return false;
    if (m_report.firstSeq == 0)
        m_report.firstSeq = row.seq;
    ++m_report.rows;
    m_seq = row.seq;
    m_hash = row.hash;
    return true;
}

void Verifier::checkParts(const ChainRow &row)
{
    bool isErased = false;
    for (int i = 0; i < partCount; ++i) {
        const auto &part = row.parts[i];
        if (!part && row.digests[i].isEmpty())
            continue;
        if (part) {
            if (digestOf(*part) != row.digests[i])
                fail(Flaw::PartChanged, row.seq,
                     u"An address, value or reason of record %1 is not what was recorded."_s.arg(row.seq));
            continue;
        }
        isErased = true;
        const UserId subject = subjectOf(Part(i), row.actor, row.objectKind, row.objectId);
        if (subject.isEmpty())
            fail(Flaw::PartRemoved, row.seq,
                 u"Values or the reason of record %1 were removed; they are nobody's personal data."_s.arg(row.seq));
        else if (!m_holes.contains(subject.bytes()))
            m_holes.insert(subject.bytes(), row.seq);
    }
    if (isErased)
        ++m_report.erasedRows;
    // An erasure explains the holes before it, and in its own record, but none after it.
    if (row.action == erasedAction && row.objectKind == "user" && row.outcome == 0)
        m_holes.remove(row.objectId);
}

Report Verifier::finish()
{
    if (m_report.flaw == Flaw::None && m_nextCheckpoint < m_checkpoints.size()) {
        const qint64 signedSeq = m_checkpoints.constLast().seq;
        fail(
            Flaw::Cut, m_seq + 1,
            u"The log ends with record %1, but record %2 was signed: the end was cut off."_s.arg(m_seq).arg(signedSeq));
    }
    if (m_report.flaw == Flaw::None && !m_holes.isEmpty()) {
        const auto first = std::min_element(m_holes.cbegin(), m_holes.cend());
        fail(Flaw::PartRemoved, *first,
             u"Personal data of \"%1\" was removed from record %2, but no erasure of that account is on record."_s
                 .arg(QString::fromUtf8(first.key()))
                 .arg(*first));
    }
    m_report.head.seq = m_seq;
    m_report.head.hash = m_hash;
    return m_report;
}

} // namespace Atom::Audit
