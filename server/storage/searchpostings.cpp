// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchpostings.h"

#include <algorithm>

namespace Atom::Storage {

namespace {
//! Reads a number; false at the end of the bytes.
inline bool readVarint(const uchar *&at, const uchar *end, quint32 &value)
{
    value = 0;
    for (int shift = 0; at < end && shift < 32; shift += 7) {
        const uchar byte = *at++;
        value |= quint32(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

//! The byte after `count` numbers.
qsizetype skipVarints(const QByteArray &bytes, qsizetype at, quint32 count)
{
    const char *data = bytes.constData();
    while (count > 0 && at < bytes.size()) {
        if (!(data[at++] & 0x80))
            --count;
    }
    return at;
}
} // namespace

void appendVarint(QByteArray &out, quint32 value)
{
    while (value >= 0x80) {
        out.append(char(value | 0x80));
        value >>= 7;
    }
    out.append(char(value));
}

void Postings::insert(quint16 slot, quint16 count, const QByteArray &added)
{
    if (slots.empty() || slots.back() < slot) {
        slots.push_back(slot);
        counts.push_back(count);
        positions.append(added);
        return;
    }
    const auto it = std::lower_bound(slots.begin(), slots.end(), slot);
    const auto index = it - slots.begin();
    qsizetype at = 0;
    for (auto i = 0; i < index; ++i)
        at = skipVarints(positions, at, counts[size_t(i)]);
    slots.insert(it, slot);
    counts.insert(counts.begin() + index, count);
    positions.insert(at, added);
}

bool Postings::remove(quint16 slot)
{
    const auto it = std::lower_bound(slots.begin(), slots.end(), slot);
    if (it == slots.end() || *it != slot)
        return false;
    const auto index = it - slots.begin();
    qsizetype at = 0;
    for (auto i = 0; i < index; ++i)
        at = skipVarints(positions, at, counts[size_t(i)]);
    positions.remove(at, skipVarints(positions, at, counts[size_t(index)]) - at);
    slots.erase(it);
    counts.erase(counts.begin() + index);
    return true;
}

QByteArray encodePostings(const Postings &postings)
{
    QByteArray bytes;
    bytes.reserve(qsizetype(postings.slots.size()) * 3 + postings.positions.size() + 4);
    appendVarint(bytes, quint32(postings.slots.size()));
    int before = -1;
    for (size_t i = 0; i < postings.slots.size(); ++i) {
        appendVarint(bytes, quint32(postings.slots[i] - before - 1));
        appendVarint(bytes, postings.counts[i]);
        before = postings.slots[i];
    }
    return bytes.append(postings.positions);
}

bool decodePostings(const QByteArray &bytes, Part part, Postings &postings)
{
    const auto *at = reinterpret_cast<const uchar *>(bytes.constData());
    const uchar *end = at + bytes.size();
    quint32 size = 0;
    if (!readVarint(at, end, size) || size > quint32(blockSize))
        return false;
    postings.slots.resize(size);
    postings.counts.resize(size);
    int before = -1;
    for (quint32 i = 0; i < size; ++i) {
        quint32 gap = 0;
        quint32 count = 0;
        if (!readVarint(at, end, gap) || !readVarint(at, end, count))
            return false;
        before += int(gap) + 1;
        if (before < 0 || before >= blockSize)
            return false;
        postings.slots[i] = quint16(before);
        postings.counts[i] = quint16(count);
    }
    postings.positions.clear();
    if (part == Part::Everything)
        postings.positions = QByteArray(reinterpret_cast<const char *>(at), end - at);
    return true;
}

const std::vector<quint32> &PositionWalker::positionsOf(quint16 slot)
{
    m_found.clear();
    while (m_index < m_postings.slots.size() && m_postings.slots[m_index] < slot)
        m_at = skipVarints(m_postings.positions, m_at, m_postings.counts[m_index++]);
    if (m_index >= m_postings.slots.size() || m_postings.slots[m_index] != slot)
        return m_found;
    const auto *begin = reinterpret_cast<const uchar *>(m_postings.positions.constData());
    const uchar *at = begin + m_at;
    const uchar *end = begin + m_postings.positions.size();
    quint32 position = 0;
    for (int i = 0; i < m_postings.counts[m_index]; ++i) {
        quint32 gap = 0;
        if (!readVarint(at, end, gap))
            break;
        position += gap;
        m_found.push_back(position);
    }
    return m_found;
}

} // namespace Atom::Storage
