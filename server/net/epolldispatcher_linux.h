// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractEventDispatcher>

#include <atomic>
#include <chrono>
#include <set>
#include <unordered_map>
#include <vector>

namespace Atom::Net {

//! \brief Qt's event dispatcher on epoll: a turn of the loop costs what happened, not how many sockets are open.
//! (Both stock dispatchers poll() every descriptor each turn: 1 ms at 10,000 of them.)
//! One thread, as every dispatcher; wakeUp() and interrupt() from any.
class EpollDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT
public:
    explicit EpollDispatcher(QObject *parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;
    void wakeUp() override;
    void interrupt() override;

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Descriptor
    {
        QSocketNotifier *read = nullptr;
        QSocketNotifier *write = nullptr;
        QSocketNotifier *exception = nullptr;
        quint32 known = 0;      //!< the mask that the kernel has; 0: not in the epoll set
        quint32 generation = 0; //!< grows when the last notifier goes: the number may come back as another socket
        bool queued = false;    //!< in m_changed
        quint32 wanted() const;
    };
    struct Timer
    {
        QObject *object = nullptr;
        std::chrono::milliseconds interval{0};
        Qt::TimerType type = Qt::CoarseTimer;
        Instant due;
        quint64 generation = 0; //!< ids are reused by Qt
        bool running = false;
    };
    using Due = std::pair<Instant, int>;

    void applyChanges();
    void apply(int fd, Descriptor &descriptor);
    int waitMillis(bool canWait, bool withTimers) const;
    int deliverSocketEvents(int timeoutMillis, bool withNotifiers);
    int deliver(int fd, quint32 generation, quint32 events);
    int fireTimers();

    int m_epoll = -1;
    int m_wake = -1;
    std::atomic<Qt::HANDLE> m_thread{nullptr}; //!< where processEvents() runs
    bool m_wokenBySelf = false;                //!< that thread only
    std::atomic<bool> m_woken{false};
    std::atomic<bool> m_interrupted{false};
    quint64 m_turn = 0; //!< number of epoll waits: an outer batch of events is dropped when a nested loop has waited
    std::vector<Descriptor> m_descriptors; //!< by number
    std::vector<int> m_changed;
    std::unordered_map<int, Timer> m_timers;
    std::set<Due> m_queue; //!< exactly the timers, by time
    quint64 m_timerGeneration = 0;
};

} // namespace Atom::Net
