// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/passagerows.h"

#include <QtCore/QtEndian>

#include <algorithm>
#include <limits>

namespace Atom::Storage {

namespace {

constexpr Sql insertSql("INSERT INTO passages (first_at, last_at, records) VALUES (?, ?, ?)");
// Rows are written within a second; a minute bounds the search also after a stall.
constexpr Sql findSql("SELECT records FROM passages WHERE first_at > ?1 - 60000 AND first_at <= ?1 AND last_at >= ?1"
                      " ORDER BY first_at DESC");
constexpr qsizetype recordBytes = 48;
constexpr qsizetype idBytes = 16;

QByteArray keyOf(const MessageId &message)
{
    return QByteArray::fromHex(traceOf(message).bytes());
}

void append32(QByteArray &out, qint64 value)
{
    const quint32 bounded = quint32(std::clamp<qint64>(value, 0, std::numeric_limits<quint32>::max()));
    char bytes[4];
    qToLittleEndian(bounded, bytes);
    out.append(bytes, 4);
}

} // namespace

bool storePassages(Connection &db, const QList<Passage> &passages)
{
    QByteArray records;
    records.reserve(passages.size() * recordBytes);
    Timestamp first = Timestamp::max();
    Timestamp last = Timestamp::min();
    for (const Passage &p : passages) {
        const QByteArray key = keyOf(p.message);
        if (key.size() != idBytes)
            continue;
        first = std::min(first, p.at);
        last = std::max(last, p.at);
        records += key;
        char received[8];
        qToLittleEndian(p.receivedMicros, received);
        records.append(received, 8);
        append32(records, p.queuedMicros - p.receivedMicros);
        append32(records, p.committedMicros - p.receivedMicros);
        append32(records, p.fanoutMicros > 0 ? std::max<qint64>(1, p.fanoutMicros - p.receivedMicros) : 0);
        append32(records, p.fanoutDuration);
        append32(records, p.recipients);
        append32(records, p.encodedBytes);
    }
    return records.isEmpty() || execute(db, insertSql, first, last, Blob{records});
}

bool PassageFinder::completeFrom(const QByteArray &records, Passage &p) const
{
    const QByteArray key = keyOf(p.message);
    if (key.size() != idBytes)
        return false;
    for (qsizetype at = 0; at + recordBytes <= records.size(); at += recordBytes) {
        const char *record = records.constData() + at;
        if (!std::equal(key.begin(), key.end(), record))
            continue;
        const auto number = [record](int place) {
            return qint64(qFromLittleEndian<quint32>(record + idBytes + 8 + 4 * place));
        };
        p.receivedMicros = qFromLittleEndian<qint64>(record + idBytes);
        p.queuedMicros = p.receivedMicros + number(0);
        p.committedMicros = p.receivedMicros + number(1);
        p.fanoutMicros = number(2) == 0 ? 0 : p.receivedMicros + number(2);
        p.fanoutDuration = number(3);
        p.recipients = int(number(4));
        p.encodedBytes = int(number(5));
        return true;
    }
    return false;
}

void PassageFinder::complete(Passage &passage)
{
    if (completeFrom(m_records, passage))
        return;
    Statement s(m_db, findSql, passage.at);
    while (s.step()) {
        const QByteArray records = s.text(0);
        if (completeFrom(records, passage)) {
            m_records = records;
            return;
        }
    }
}

} // namespace Atom::Storage
