// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QPointer>

#include <map>

namespace Atom::Test {

//! \brief A Clock that stands still until advance(): fires due timers in order, at their time.
class FakeClock final : public Clock
{
public:
    Timestamp now() const override { return m_now; }
    Monotonic monotonic() const override { return m_monotonic; }
    TimerId callAfter(milliseconds delay, QObject *context, std::function<void()> f) override
    {
        const TimerId id = m_next++;
        m_timers.emplace(Key{m_monotonic + delay, id}, Timer{context, std::move(f)});
        return id;
    }
    void cancel(TimerId id) override
    {
        std::erase_if(m_timers, [id](const auto &entry) { return entry.first.second == id; });
    }
    void advance(milliseconds by)
    {
        const Monotonic end = m_monotonic + by;
        while (!m_timers.empty() && m_timers.begin()->first.first <= end) {
            const auto node = m_timers.extract(m_timers.begin());
            const auto step = std::max(node.key().first - m_monotonic, std::chrono::microseconds(0));
            m_monotonic += step;
            m_now += std::chrono::floor<milliseconds>(step);
            if (node.mapped().context)
                node.mapped().f();
        }
        m_now += std::chrono::floor<milliseconds>(end - m_monotonic);
        m_monotonic = end;
    }
    //! \brief The machine sleeps: wall time passes, monotonic time and timers stand still.
    void sleep(milliseconds by) { m_now += by; }
    int pending() const { return int(m_timers.size()); }

private:
    using Key = std::pair<Monotonic, TimerId>;
    struct Timer
    {
        QPointer<QObject> context;
        std::function<void()> f;
    };
    Timestamp m_now = fromMillis(1'767'225'600'000); // 2026-01-01T00:00:00Z
    Monotonic m_monotonic{std::chrono::hours(1)};
    std::map<Key, Timer> m_timers;
    TimerId m_next = 1;
};

} // namespace Atom::Test
