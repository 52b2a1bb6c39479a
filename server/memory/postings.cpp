// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/postings.h"

#include <QtCore/QHashFunctions>

#include <cstring>

namespace Atom::Memory {

namespace {
quint32 writeNumber(quint64 value, uchar *out)
{
    quint32 bytes = 0;
    for (; value >= 0x80; value >>= 7)
        out[bytes++] = uchar(value) | 0x80;
    out[bytes++] = uchar(value);
    return bytes;
}
} // namespace

// The seed differs from process to process: nobody can choose words that meet in one place.
PostingStore::PostingStore() : m_slots(1024), m_seed(QHashSeed::globalSeed()) {}

QByteArrayView PostingStore::text(quint32 term) const
{
    const uchar *at = address(m_terms[term].text);
    return QByteArrayView(reinterpret_cast<const char *>(at + 1), *at);
}

size_t PostingStore::bytes() const
{
    return (m_blocks.size() << blockBits) + m_terms.bytes() + m_slots.capacity() * sizeof(Slot);
}

quint32 PostingStore::link(quint32 slice) const
{
    quint32 next = 0;
    std::memcpy(&next, address(slice), linkBytes);
    return next;
}

quint32 PostingStore::allocate(quint32 bytes)
{
    if (m_used + bytes > (1U << blockBits)) {
        m_blocks.push_back(std::make_unique<uchar[]>(1U << blockBits)); // zeroed
        m_used = 0;
    }
    const quint32 at = (quint32(m_blocks.size() - 1) << blockBits) | m_used;
    m_used += bytes;
    return at;
}

size_t PostingStore::hashOf(QByteArrayView term) const
{
    return qHashBits(term.data(), size_t(term.size()), m_seed);
}

size_t PostingStore::slotOf(QByteArrayView term, size_t hash) const
{
    const size_t mask = m_slots.size() - 1;
    size_t slot = hash & mask;
    while (m_slots[slot].term != 0 &&
           (m_slots[slot].hash != quint32(hash >> 32) || text(m_slots[slot].term - 1) != term))
        slot = (slot + 1) & mask;
    return slot;
}

void PostingStore::growSlots()
{
    m_slots.assign(m_slots.size() * 2, Slot());
    for (quint32 term = 0; term < m_terms.size(); ++term) {
        const size_t hash = hashOf(text(term));
        m_slots[slotOf(text(term), hash)] = {term + 1, quint32(hash >> 32)};
    }
}

quint32 PostingStore::find(QByteArrayView whole) const
{
    const QByteArrayView term = whole.first(qMin(whole.size(), qsizetype(255)));
    const quint32 found = m_slots[slotOf(term, hashOf(term))].term;
    return found == 0 ? noTerm : found - 1;
}

quint32 PostingStore::findOrAdd(QByteArrayView whole)
{
    const QByteArrayView term = whole.first(qMin(whole.size(), qsizetype(255)));
    const size_t hash = hashOf(term);
    size_t slot = slotOf(term, hash);
    if (m_slots[slot].term != 0)
        return m_slots[slot].term - 1;
    if (size_t(m_terms.size()) * 3 > m_slots.size() * 2) {
        growSlots();
        slot = slotOf(term, hash);
    }
    Term t;
    t.text = allocate(quint32(term.size()) + 1);
    uchar *at = address(t.text);
    *at = uchar(term.size());
    std::memcpy(at + 1, term.data(), size_t(term.size()));
    t.first = t.last = allocate(linkBytes + payload(0));
    m_terms.append(t);
    m_slots[slot] = {m_terms.size(), quint32(hash >> 32)};
    return m_terms.size() - 1;
}

void PostingStore::append(quint32 term, quint32 document, quint32 count)
{
    Term &t = m_terms[term];
    Q_ASSERT(document + 1 > t.newest && count > 0);
    std::array<uchar, 16> bytes;
    quint32 size = writeNumber(quint64(document + 1 - t.newest) << 1 | (count > 1), bytes.data());
    if (count > 1)
        size += writeNumber(count, bytes.data() + size);
    if (t.used + size > payload(t.level)) { // at most 8 bytes: a distance is below 2^33, a count below 2^21
        t.level = quint16(qMin(t.level + 1U, levels - 1));
        const quint32 next = allocate(linkBytes + payload(t.level));
        std::memcpy(address(t.last), &next, linkBytes);
        t.last = next;
        t.used = 0;
    }
    std::memcpy(address(t.last) + linkBytes + t.used, bytes.data(), size);
    t.used = quint16(t.used + size);
    t.newest = document + 1;
    ++t.documents;
}

} // namespace Atom::Memory
