// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/metrics.h"
#include "shared/model/monitoring.h"

#include <QtCore/QObject>

#include <deque>
#include <functional>

namespace Atom::Monitoring {

//! \brief Takes a MetricSample once a second from the process's counters and keeps the last hour. Main thread.
class MetricSampler : public QObject
{
    Q_OBJECT
public:
    //! \brief Levels that no counter knows; called once a second.
    struct Levels
    {
        int connections = 0;
        int users = 0;
        int rooms = 0;
        int runningWorkflows = 0;
        int storageQueue = 0;
    };
    //! \brief The counters whose growth per second becomes a rate. The registry owns them.
    struct Sources
    {
        Counter &messages;
        Counter &deliveries;
        Counter &requests;
        QList<Counter *> errors; //!< summed
        Histogram &ackTimes;
    };
    static constexpr int historySeconds = 3600;

    MetricSampler(Sources sources, std::function<Levels()> levels, Clock &clock, QObject *parent = nullptr);

    void start();
    void stop();
    //! \brief The newest samples of the last `seconds`, ascending by time.
    QList<MetricSample> history(int seconds) const;

Q_SIGNALS:
    void sampled(const Atom::MetricSample &sample);

private:
    struct Totals
    {
        quint64 messages = 0, deliveries = 0, requests = 0, errors = 0;
        qint64 cpuMicros = 0;
        Histogram::Snapshot ackTimes;
        Monotonic at{};
    };
    Totals read() const;
    void tick();

    Sources m_sources;
    std::function<Levels()> m_levels;
    Clock &m_clock;
    Totals m_last;
    std::deque<MetricSample> m_history;
    Clock::TimerId m_timer = 0;
};

} // namespace Atom::Monitoring
