// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/epolldispatcher_linux.h"

#include "server/net/logging.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QSocketNotifier>
#include <QtCore/QThread>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Atom::Net {

namespace {
constexpr int eventsPerWait = 256;
constexpr quint64 wakeKey = ~quint64(0);
} // namespace

quint32 EpollDispatcher::Descriptor::wanted() const
{
    return (read ? quint32(EPOLLIN) : 0) | (write ? quint32(EPOLLOUT) : 0) | (exception ? quint32(EPOLLPRI) : 0);
}

EpollDispatcher::EpollDispatcher(QObject *parent) : QAbstractEventDispatcher(parent)
{
    m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    m_wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = wakeKey;
    if (m_epoll < 0 || m_wake < 0 || ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wake, &event) < 0)
        qFatal("epoll: %s", std::strerror(errno));
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_wake);
    ::close(m_epoll);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted.store(false, std::memory_order_relaxed);
    m_thread.store(QThread::currentThreadId(), std::memory_order_relaxed);
    const bool hasPosted = std::exchange(m_wokenBySelf, false);
    // Pairs with wakeUp(): what another thread did before it posted is seen by what runs from here. Qt's own lock around
    // the queue says the same, but not to a ThreadSanitizer that does not know Qt from inside.
    (void)m_woken.load(std::memory_order_acquire);
    Q_EMIT awake();
    // What is posted from here on calls wakeUp(), so the wait below cannot sleep over it.
    QCoreApplication::sendPostedEvents();

    const bool withTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    bool canWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_interrupted.load() && !m_wokenBySelf;
    if (hasPosted && !flags.testFlag(QEventLoop::EventLoopExec))
        canWait = false; // one call of the caller's: what was posted is what it waited for
    if (canWait) {
        Q_EMIT aboutToBlock();
        canWait = !m_wokenBySelf;
    }
    if (m_interrupted.load())
        return false;
    int handled =
        deliverSocketEvents(waitMillis(canWait, withTimers), !flags.testFlag(QEventLoop::ExcludeSocketNotifiers));
    if (withTimers)
        handled += fireTimers();
    return handled > 0 || hasPosted || m_wokenBySelf;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = int(notifier->socket());
    if (fd < 0)
        return;
    if (size_t(fd) >= m_descriptors.size())
        m_descriptors.resize(std::max<size_t>(size_t(fd) + 1, m_descriptors.size() * 2));
    Descriptor &d = m_descriptors[size_t(fd)];
    QSocketNotifier *&slot = notifier->type() == QSocketNotifier::Read    ? d.read
                             : notifier->type() == QSocketNotifier::Write ? d.write
                                                                          : d.exception;
    if (slot)
        qCWarning(lcNet) << "two socket notifiers of one kind for descriptor" << fd;
    slot = notifier;
    if (!d.queued) {
        d.queued = true;
        m_changed.push_back(fd);
    }
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = int(notifier->socket());
    if (fd < 0 || size_t(fd) >= m_descriptors.size())
        return;
    Descriptor &d = m_descriptors[size_t(fd)];
    QSocketNotifier *&slot = notifier->type() == QSocketNotifier::Read    ? d.read
                             : notifier->type() == QSocketNotifier::Write ? d.write
                                                                          : d.exception;
    if (slot != notifier)
        return;
    slot = nullptr;
    if (d.wanted() == 0) {
        // The last one goes: usually the socket is closed next, and its number may return as another socket before
        // the next wait. So out of the set now, while the number still means this socket (a mask of 0 would also
        // report HUP for ever), and events of this turn that still carry the old generation are dropped.
        ++d.generation;
        if (d.known != 0) {
            ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr); // may be closed already: then it is out
            d.known = 0;
        }
        return;
    }
    if (!d.queued) {
        d.queued = true;
        m_changed.push_back(fd);
    }
}

void EpollDispatcher::applyChanges()
{
    for (const int fd : m_changed) {
        Descriptor &d = m_descriptors[size_t(fd)];
        d.queued = false;
        if (d.wanted() != d.known)
            apply(fd, d);
    }
    m_changed.clear();
}

void EpollDispatcher::apply(int fd, Descriptor &d)
{
    const quint32 wanted = d.wanted();
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = quint64(d.generation) << 32 | quint32(fd);
    int result = ::epoll_ctl(m_epoll, d.known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    // The set may know more or less than we do, when a descriptor was closed behind its notifiers' back.
    if (result < 0 && errno == ENOENT)
        result = ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    else if (result < 0 && errno == EEXIST)
        result = ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
    if (result < 0)
        qCWarning(lcNet) << "cannot watch descriptor" << fd << ":" << std::strerror(errno);
    d.known = result < 0 ? 0 : wanted;
}

int EpollDispatcher::waitMillis(bool canWait, bool withTimers) const
{
    if (!canWait)
        return 0;
    if (!withTimers)
        return -1;
    for (const auto &[due, id] : m_queue) {
        if (m_timers.at(id).running) // in a nested loop: this one does not fire here
            continue;
        // Rounded up: a timer must never see that it is early.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now()).count();
        return int(std::clamp<qint64>(left, 0, INT_MAX));
    }
    return -1;
}

int EpollDispatcher::deliverSocketEvents(int timeoutMillis, bool withNotifiers)
{
    applyChanges();
    const quint64 turn = ++m_turn;
    epoll_event events[eventsPerWait]; // on the stack: a handler may run a nested loop
    const int count = ::epoll_wait(m_epoll, events, eventsPerWait, timeoutMillis);
    int handled = 0;
    for (int i = 0; i < count; ++i) {
        const quint64 key = events[i].data.u64;
        if (key == wakeKey) {
            quint64 value = 0;
            [[maybe_unused]] const auto n = ::read(m_wake, &value, sizeof value);
            // Only now: a wakeUp() between a clear and the read would lose its write and leave the flag set for ever.
            m_woken.store(false);
            ++handled;
        } else if (withNotifiers && turn == m_turn) {
            handled += deliver(int(key & 0xffffffffu), quint32(key >> 32), events[i].events);
        }
    }
    return handled;
}

int EpollDispatcher::deliver(int fd, quint32 generation, quint32 events)
{
    // Looked up again for each kind: a handler may delete any notifier and open any descriptor.
    const auto send = [this, fd, generation](QSocketNotifier *Descriptor::*slot) {
        Descriptor &d = m_descriptors[size_t(fd)];
        if (d.generation != generation || !(d.*slot))
            return 0;
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(d.*slot, &event);
        return 1;
    };
    const bool broken = events & (EPOLLHUP | EPOLLERR);
    int sent = 0;
    if (broken || (events & EPOLLIN))
        sent += send(&Descriptor::read);
    if (broken || (events & EPOLLOUT))
        sent += send(&Descriptor::write);
    if ((events & EPOLLPRI) || (broken && sent == 0))
        sent += send(&Descriptor::exception);
    return sent;
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object)
{
    Timer timer;
    timer.object = object;
    timer.interval = std::chrono::milliseconds(interval);
    timer.type = timerType;
    timer.due = std::chrono::steady_clock::now() + timer.interval;
    timer.generation = ++m_timerGeneration;
    m_queue.emplace(timer.due, timerId);
    m_timers.insert_or_assign(timerId, timer);
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    const auto it = m_timers.find(timerId);
    if (it == m_timers.end())
        return false;
    m_queue.erase({it->second.due, timerId});
    m_timers.erase(it);
    return true;
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    bool found = false;
    for (auto it = m_timers.begin(); it != m_timers.end();) {
        if (it->second.object != object) {
            ++it;
            continue;
        }
        m_queue.erase({it->second.due, it->first});
        it = m_timers.erase(it);
        found = true;
    }
    return found;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> list;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object == object)
            list.append(TimerInfo(id, int(timer.interval.count()), timer.type));
    }
    return list;
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto it = m_timers.find(timerId);
    if (it == m_timers.end())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(it->second.due - std::chrono::steady_clock::now());
    return int(std::clamp<qint64>(left.count(), 0, INT_MAX));
}

int EpollDispatcher::fireTimers()
{
    const Instant now = std::chrono::steady_clock::now();
    std::vector<std::pair<int, quint64>> due; // each at most once a turn, also those of interval 0
    for (const auto &[at, id] : m_queue) {
        if (at > now)
            break;
        due.emplace_back(id, m_timers.at(id).generation);
    }
    int fired = 0;
    for (const auto &[id, generation] : due) {
        auto it = m_timers.find(id);
        // Gone, replaced, already fired by a nested loop, or the one in whose event we are.
        if (it == m_timers.end() || it->second.generation != generation || it->second.running || it->second.due > now)
            continue;
        Timer &timer = it->second;
        m_queue.erase({timer.due, id});
        timer.due += timer.interval;
        if (timer.due <= now)
            timer.due = now + timer.interval;
        m_queue.emplace(timer.due, id);
        timer.running = true;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer.object, &event); // may remove this timer and destroy its object
        it = m_timers.find(id);
        if (it != m_timers.end() && it->second.generation == generation)
            it->second.running = false;
        ++fired;
    }
    return fired;
}

void EpollDispatcher::wakeUp()
{
    // This thread does not sleep now: it looks at the flag before it does, without a write to the kernel and a read.
    if (QThread::currentThreadId() == m_thread.load(std::memory_order_relaxed)) {
        m_wokenBySelf = true;
        return;
    }
    if (m_woken.exchange(true))
        return;
    const quint64 one = 1;
    [[maybe_unused]] const auto n = ::write(m_wake, &one, sizeof one);
}

void EpollDispatcher::interrupt()
{
    m_interrupted.store(true);
    wakeUp();
}

} // namespace Atom::Net
