// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <array>
#include <memory>
#include <vector>

namespace Atom::Memory {

//! \brief A list that only grows, in pieces of 16,384 elements: appending never copies what is there, so a large list
//! needs no second copy of itself while it grows. New elements are value-initialised.
template <typename T> class ChunkedList
{
public:
    quint32 size() const { return m_size; }
    T &operator[](quint32 i) { return (*m_chunks[i >> bits])[i & mask]; }
    const T &operator[](quint32 i) const { return (*m_chunks[i >> bits])[i & mask]; }
    T &append(const T &value)
    {
        resize(m_size + 1);
        return (*this)[m_size - 1] = value;
    }
    //! \brief Only to more elements.
    void resize(quint32 size)
    {
        while (quint64(m_chunks.size()) << bits < size)
            m_chunks.push_back(std::make_unique<Chunk>());
        m_size = size;
    }
    size_t bytes() const { return m_chunks.size() * sizeof(Chunk); }

private:
    static constexpr quint32 bits = 14;
    static constexpr quint32 mask = (1U << bits) - 1;
    using Chunk = std::array<T, 1U << bits>;
    std::vector<std::unique_ptr<Chunk>> m_chunks;
    quint32 m_size = 0;
};

} // namespace Atom::Memory
