// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/chunkedlist.h"

#include <QtCore/QByteArray>

namespace Atom::Memory {

//! \brief Which documents have which term, in memory: one list per term, packed to some 3 bytes per document.
//!
//! A list is a chain of slices of one arena, each larger than the one before, so that a term of one document costs 12
//! bytes and a long list hardly anything beside its content. A posting is the distance to the document before and,
//! where it is not 1, the number of occurrences, as variable-length integers; it never spans two slices. No posting
//! begins with a zero byte, so the first zero ends a slice. Grows only; PostingStore is made anew to forget. One
//! thread.
class PostingStore
{
public:
    static constexpr quint32 noTerm = ~0U;

    PostingStore();
    quint32 find(QByteArrayView term) const;
    //! \brief The number of the term, which is cut to 255 bytes.
    quint32 findOrAdd(QByteArrayView term);
    //! \brief `document` must be above all that the term has; `count` at least 1.
    void append(quint32 term, quint32 document, quint32 count);
    quint32 termCount() const { return m_terms.size(); }
    quint32 documentCount(quint32 term) const { return m_terms[term].documents; }
    QByteArrayView text(quint32 term) const;
    //! \brief Close to the 4 GB that its addresses reach: append no more.
    bool isFull() const { return m_blocks.size() >= mostBlocks; }
    size_t bytes() const;

    //! \brief Calls `visit(document, count)` for each posting of the term, by document.
    template <typename Visit> void forEach(quint32 term, Visit &&visit) const
    {
        const Term &t = m_terms[term];
        quint32 level = 0;
        quint32 slice = t.first;
        const uchar *at = address(slice) + linkBytes;
        const uchar *end = at + payload(level);
        quint32 document = 0;
        for (quint32 left = t.documents; left > 0; --left) {
            if (at == end || *at == 0) {
                slice = link(slice);
                level = qMin(level + 1, levels - 1);
                at = address(slice) + linkBytes;
                end = at + payload(level);
            }
            const quint64 value = readNumber(at);
            document += quint32(value >> 1);
            visit(document - 1, (value & 1) ? quint32(readNumber(at)) : 1U);
        }
    }

private:
    struct Term
    {
        quint32 text = 0;  //!< address of its length and its bytes
        quint32 first = 0; //!< address of the first slice
        quint32 last = 0;  //!< address of the slice under way
        quint32 documents = 0;
        quint32 newest = 0; //!< the last document + 1
        quint16 used = 0;   //!< bytes of the slice under way
        quint16 level = 0;
    };
    static constexpr quint32 blockBits = 20;
    static constexpr size_t mostBlocks = 4'000;
    static constexpr quint32 linkBytes = 4;
    static constexpr quint32 levels = 9;
    static constexpr std::array<quint16, levels> payloads{8, 12, 28, 60, 124, 252, 508, 1020, 4092};

    static quint32 payload(quint32 level) { return payloads[level]; }
    static quint64 readNumber(const uchar *&at)
    {
        quint64 value = *at & 0x7F;
        for (int shift = 7; *at++ & 0x80; shift += 7)
            value |= quint64(*at & 0x7F) << shift;
        return value;
    }
    uchar *address(quint32 a) const { return m_blocks[a >> blockBits].get() + (a & ((1U << blockBits) - 1)); }
    quint32 link(quint32 slice) const;
    quint32 allocate(quint32 bytes);
    struct Slot
    {
        quint32 term = 0; //!< + 1; 0: free
        quint32 hash = 0; //!< spares a look at the texts of the terms that are passed by
    };
    size_t hashOf(QByteArrayView term) const;
    size_t slotOf(QByteArrayView term, size_t hash) const;
    void growSlots();

    std::vector<std::unique_ptr<uchar[]>> m_blocks;
    quint32 m_used = 1U << blockBits; //!< of the last block
    ChunkedList<Term> m_terms;
    std::vector<Slot> m_slots; //!< open addressing, a power of two
    size_t m_seed = 0;
};

} // namespace Atom::Memory
