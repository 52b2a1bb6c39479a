// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

#include <vector>

namespace Atom::Storage {

//! \brief The index is made of blocks of so many messages, in the order of storing: block = messages.pk >> blockBits.
//! Small enough to be rewritten for one deletion, large enough that a search touches few.
inline constexpr int blockBits = 15;
inline constexpr int blockSize = 1 << blockBits;
inline qint64 blockOf(qint64 pk)
{
    return pk >> blockBits;
}
inline quint16 slotOf(qint64 pk)
{
    return quint16(pk & (blockSize - 1));
}
inline qint64 firstOf(qint64 block)
{
    return block << blockBits;
}

//! \brief The messages of one block that hold one term, ascending, and where in their text.
struct Postings
{
    std::vector<quint16> slots; //!< the message's place in the block
    std::vector<quint16> counts; //!< how often, at most 65,535; 0 for terms that are not words
    QByteArray positions;        //!< for each occurrence the distance from the one before (LEB128)

    //! \brief Adds a message, keeping the order. `positions` holds `count` numbers.
    void insert(quint16 slot, quint16 count, const QByteArray &positions);
    //! \brief \return whether it was there.
    bool remove(quint16 slot);
    bool isEmpty() const { return slots.empty(); }
};

QByteArray encodePostings(const Postings &postings);
enum class Part {
    Slots,    //!< and counts
    Everything //!< positions as well
};
//! \brief False: the bytes are no postings (a damaged index).
bool decodePostings(const QByteArray &bytes, Part part, Postings &postings);

void appendVarint(QByteArray &out, quint32 value);

//! \brief Reads the positions of one message after the other, in ascending order of slots.
class PositionWalker
{
public:
    explicit PositionWalker(const Postings &postings) : m_postings(postings) {}
    //! \brief Empty when the message is not there. Valid until the next call.
    const std::vector<quint32> &positionsOf(quint16 slot);

private:
    const Postings &m_postings;
    size_t m_index = 0;
    qsizetype m_at = 0;
    std::vector<quint32> m_found;
};

} // namespace Atom::Storage
