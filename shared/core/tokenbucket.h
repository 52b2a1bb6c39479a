// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QHash>

#include <algorithm>
#include <cmath>

namespace Atom {

//! \brief A token bucket: `burst` at once, `perSecond` in the long run. perSecond <= 0 means no bound.
class TokenBucket
{
public:
    //! \return true when one token was there and was taken.
    bool take(Monotonic now, double perSecond, int burst)
    {
        if (perSecond <= 0)
            return true;
        refill(now, perSecond, burst);
        if (m_tokens < 1)
            return false;
        m_tokens -= 1;
        return true;
    }
    //! \brief How long until a token is there, at least 1 s: clients are told whole seconds.
    seconds retryAfter(double perSecond) const
    {
        return seconds(std::max<qint64>(1, qint64(std::ceil((1 - m_tokens) / std::max(perSecond, 1e-6)))));
    }
    //! \brief Full again: forgetting the bucket changes nothing.
    bool isFull(Monotonic now, double perSecond, int burst)
    {
        if (perSecond <= 0)
            return true;
        refill(now, perSecond, burst);
        return m_tokens >= burst;
    }

private:
    void refill(Monotonic now, double perSecond, int burst)
    {
        if (!m_started) {
            m_started = true;
            m_tokens = burst;
        } else {
            const double passed = std::chrono::duration<double>(now - m_at).count();
            m_tokens = std::min<double>(burst, m_tokens + std::max(0.0, passed) * perSecond);
        }
        m_at = now;
    }
    double m_tokens = 0;
    Monotonic m_at{};
    bool m_started = false;
};

//! \brief How much of something may happen. perSecond 0: no bound.
struct Rate
{
    double perSecond = 0; //!< in the long run
    int burst = 1;        //!< at once
};

//! \brief A bucket for each key, in bounded memory; a take costs one look-up. One thread.
template <typename Key> class TokenBuckets
{
public:
    static constexpr int limit = 50'000;

    //! \return nothing: a token was taken; else how long to wait.
    std::optional<seconds> take(const Key &key, const Rate &rate, Monotonic now)
    {
        if (rate.perSecond <= 0)
            return std::nullopt;
        if (m_buckets.size() >= limit && !m_buckets.contains(key))
            makeRoom(rate, now);
        TokenBucket &bucket = m_buckets[key];
        if (bucket.take(now, rate.perSecond, rate.burst))
            return std::nullopt;
        return bucket.retryAfter(rate.perSecond);
    }
    int size() const { return int(m_buckets.size()); }

private:
    //! What is full again is as good as new. If all are in use, all begin anew: so many at once are an attack that a
    //! bound for each of them does not stop.
    void makeRoom(const Rate &rate, Monotonic now)
    {
        using Place = typename QHash<Key, TokenBucket>::iterator;
        m_buckets.removeIf([&rate, now](const Place &it) { return it->isFull(now, rate.perSecond, rate.burst); });
        if (m_buckets.size() >= limit)
            m_buckets.clear();
    }
    QHash<Key, TokenBucket> m_buckets;
};

} // namespace Atom
