// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace Atom::Bench {

//! \brief Counts durations in nanoseconds in buckets of 1/32 of a power of two: percentiles within 3 %, constant
//! memory.
class LatencyHistogram
{
public:
    void record(int64_t nanos)
    {
        const auto value = uint64_t(std::max<int64_t>(nanos, 0));
        ++m_buckets[indexOf(value)];
        ++m_count;
        m_max = std::max(m_max, value);
    }
    uint64_t count() const { return m_count; }
    double maxMillis() const { return double(m_max) / 1e6; }
    //! \brief The upper end of the bucket that holds the given share of all values; `share` 0..1.
    double percentileMillis(double share) const
    {
        const auto wanted = uint64_t(share * double(m_count));
        uint64_t seen = 0;
        for (size_t i = 0; i < m_buckets.size(); ++i) {
            seen += m_buckets[i];
            if (seen > wanted)
                return double(std::min(upperEnd(i), m_max)) / 1e6;
        }
        return maxMillis();
    }

private:
    static constexpr int subBits = 5;
    static constexpr uint64_t subCount = 1u << subBits;
    static size_t indexOf(uint64_t value)
    {
        if (value < subCount)
            return size_t(value);
        const int shift = std::bit_width(value) - 1 - subBits;
        return size_t(shift + 1) * subCount + size_t((value >> shift) - subCount);
    }
    static uint64_t upperEnd(size_t index)
    {
        if (index < subCount)
            return index;
        const size_t shift = index / subCount - 1;
        return ((index % subCount + subCount + 1) << shift) - 1;
    }

    std::array<uint64_t, 60 * subCount> m_buckets{};
    uint64_t m_count = 0;
    uint64_t m_max = 0;
};

} // namespace Atom::Bench
