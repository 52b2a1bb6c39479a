// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/epolldispatcher_linux.h"
#include "server/net/eventdispatcher.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtCore/QSocketNotifier>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtTest/QTest>

#include <atomic>
#include <memory>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace Atom::Net;

namespace {
struct SocketPair
{
    int a = -1, b = -1;
    SocketPair()
    {
        int fds[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0) {
            a = fds[0];
            b = fds[1];
        }
    }
    ~SocketPair()
    {
        closeA();
        closeB();
    }
    void closeA() { a = a < 0 ? a : (::close(a), -1); }
    void closeB() { b = b < 0 ? b : (::close(b), -1); }
};
void say(int fd)
{
    QCOMPARE(::write(fd, "x", 1), 1);
}
void swallow(int fd)
{
    char buffer[64];
    [[maybe_unused]] const auto n = ::read(fd, buffer, sizeof buffer);
}
double cpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
} // namespace

class TestEpollDispatcher : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    //! Would sleep for ever: what was posted by this thread needs no system call, and must end the wait all the same.
    void oneCallThatDeliveredSomethingDoesNotSleep()
    {
        bool isOver = false;
        QMetaObject::invokeMethod(
            this, [&isOver] { isOver = true; }, Qt::QueuedConnection);
        while (!isOver)
            QVERIFY(QAbstractEventDispatcher::instance()->processEvents(QEventLoop::WaitForMoreEvents));
    }

    void isTheDispatcherOfThisThread()
    {
        QVERIFY(qobject_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()));
    }

    void readAndWriteNotifiers()
    {
        SocketPair pair;
        QSocketNotifier read(pair.a, QSocketNotifier::Read);
        int reads = 0, writes = 0;
        connect(&read, &QSocketNotifier::activated, this, [&] {
            ++reads;
            swallow(pair.a);
        });
        QTest::qWait(1);
        QCOMPARE(reads, 0);
        say(pair.b);
        QTRY_COMPARE(reads, 1);
        QSocketNotifier write(pair.a, QSocketNotifier::Write);
        connect(&write, &QSocketNotifier::activated, this, [&] {
            ++writes;
            write.setEnabled(false);
        });
        QTRY_COMPARE(writes, 1);
        QCoreApplication::processEvents();
        QCOMPARE(writes, 1);
        read.setEnabled(false);
        say(pair.b);
        QCoreApplication::processEvents();
        QCOMPARE(reads, 1);
        read.setEnabled(true);
        QTRY_COMPARE(reads, 2);
    }

    //! A wake-up must never be lost between two threads that post to each other.
    void wakesUpEveryTime()
    {
        QThread thread;
        thread.setEventDispatcher(makeEventDispatcher().release());
        QObject there;
        there.moveToThread(&thread);
        thread.start();
        // A real loop here: the waiting macros of the test library poll, and would find what a wake-up lost.
        QEventLoop loop;
        QTimer::singleShot(30'000, &loop, [&loop] { loop.exit(1); });
        int pongs = 0;
        std::function<void()> round = [&] {
            QMetaObject::invokeMethod(
                &there,
                [&] {
                    QMetaObject::invokeMethod(
                        &loop,
                        [&] {
                            if (++pongs == 20'000)
                                loop.exit(0);
                            else
                                round();
                        },
                        Qt::QueuedConnection);
                },
                Qt::QueuedConnection);
        };
        round();
        const int lost = loop.exec();
        // And many posts from one side, while the other goes to sleep and wakes again and again.
        std::atomic<int> received{0};
        for (int i = 0; i < 50'000; ++i)
            QMetaObject::invokeMethod(
                &there,
                [&] {
                    if (++received == 50'000)
                        QMetaObject::invokeMethod(
                            &loop, [&] { loop.exit(0); }, Qt::QueuedConnection);
                },
                Qt::QueuedConnection);
        const int lostInBulk = lost == 0 ? loop.exec() : 1;
        thread.quit();
        QVERIFY(thread.wait(5'000));
        QCOMPARE(lost, 0);
        QCOMPARE(lostInBulk, 0);
    }

    void aClosedDescriptorThatComesBackIsHeard()
    {
        int heard = 0;
        for (int round = 0; round < 3; ++round) {
            auto pair = std::make_unique<SocketPair>();
            auto notifier = std::make_unique<QSocketNotifier>(pair->a, QSocketNotifier::Read);
            QCoreApplication::processEvents(); // known to the kernel now
            const int number = pair->a;
            SocketPair other;
            notifier.reset();
            pair->closeA();
            // The same number, before the dispatcher had a turn.
            const int again = ::fcntl(other.a, F_DUPFD_CLOEXEC, number);
            QCOMPARE(again, number);
            QSocketNotifier second(again, QSocketNotifier::Read);
            connect(&second, &QSocketNotifier::activated, this, [&] {
                ++heard;
                swallow(again);
            });
            say(other.b);
            QTRY_COMPARE(heard, round + 1);
            second.setEnabled(false);
            ::close(again);
        }
    }

    //! Without a notifier a hung-up descriptor must not wake the loop: the mask 0 would report HUP for ever.
    void aHangUpWithoutNotifiersDoesNotSpin()
    {
        SocketPair pair;
        QSocketNotifier notifier(pair.a, QSocketNotifier::Read);
        QCoreApplication::processEvents();
        notifier.setEnabled(false);
        pair.closeB();
        int turns = 0;
        const auto connection =
            connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this, [&] { ++turns; });
        bool over = false;
        QTimer::singleShot(100, this, [&] { over = true; });
        while (!over)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        disconnect(connection);
        QVERIFY2(turns < 20, qPrintable(QString::number(turns)));
    }

    void hangUpReachesReaderAndWriter()
    {
        SocketPair pair;
        QSocketNotifier read(pair.a, QSocketNotifier::Read), write(pair.a, QSocketNotifier::Write);
        write.setEnabled(false);
        char fill[65536] = {};
        while (::write(pair.a, fill, sizeof fill) > 0) {
        }
        write.setEnabled(true);
        int reads = 0, writes = 0;
        connect(&read, &QSocketNotifier::activated, this, [&] {
            ++reads;
            read.setEnabled(false);
        });
        connect(&write, &QSocketNotifier::activated, this, [&] {
            ++writes;
            write.setEnabled(false);
        });
        QCoreApplication::processEvents();
        QCOMPARE(writes, 0);
        pair.closeB();
        QTRY_COMPARE(reads, 1);
        QTRY_COMPARE(writes, 1);
    }

    void aHandlerMayDeleteTheOtherNotifiers()
    {
        std::array<SocketPair, 8> pairs;
        std::array<QSocketNotifier *, 8> notifiers{};
        int heard = 0;
        for (size_t i = 0; i < pairs.size(); ++i) {
            notifiers[i] = new QSocketNotifier(pairs[i].a, QSocketNotifier::Read);
            connect(notifiers[i], &QSocketNotifier::activated, this, [&, i] {
                ++heard;
                for (size_t k = 0; k < pairs.size(); ++k) {
                    if (k == i)
                        notifiers[k]->setEnabled(false);
                    else
                        delete std::exchange(notifiers[k], nullptr);
                }
                notifiers[i]->deleteLater();
            });
            say(pairs[i].b);
        }
        QTRY_COMPARE(heard, 1);
        QCoreApplication::processEvents();
        QCOMPARE(heard, 1);
    }

    //! An event of this turn must not reach a socket that took the number over meanwhile.
    void eventsOfAClosedDescriptorAreDropped()
    {
        SocketPair first, second, fresh;
        std::unique_ptr<QSocketNotifier> other, replacement;
        int wrong = 0, handled = 0;
        const auto handle = [&](SocketPair &dying, std::unique_ptr<QSocketNotifier> &notifier) {
            if (handled++ > 0)
                return;
            const int number = dying.a;
            notifier.reset();
            dying.closeA();
            QCOMPARE(::fcntl(fresh.a, F_DUPFD_CLOEXEC, number), number);
            replacement = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
            connect(replacement.get(), &QSocketNotifier::activated, this, [&] { ++wrong; });
        };
        auto one = std::make_unique<QSocketNotifier>(first.a, QSocketNotifier::Read);
        other = std::make_unique<QSocketNotifier>(second.a, QSocketNotifier::Read);
        connect(one.get(), &QSocketNotifier::activated, this, [&] {
            swallow(first.a);
            handle(second, other);
        });
        connect(other.get(), &QSocketNotifier::activated, this, [&] {
            swallow(second.a);
            handle(first, one);
        });
        say(first.b);
        say(second.b);
        QTRY_VERIFY(handled > 0);
        QCoreApplication::processEvents();
        QCOMPARE(wrong, 0);
        const int number = int(replacement->socket());
        replacement.reset();
        ::close(number);
    }

    void timersFireInOrderAndNeverEarly()
    {
        QList<int> order;
        QElapsedTimer clock;
        clock.start();
        for (const int ms : {30, 10, 20, 0}) {
            QTimer::singleShot(std::chrono::milliseconds(ms), Qt::PreciseTimer, this, [&, ms] {
                QVERIFY(clock.elapsed() >= ms);
                order.append(ms);
            });
        }
        QTRY_COMPARE(order.size(), 4);
        QCOMPARE(order, (QList<int>{0, 10, 20, 30}));
    }

    void anObjectMayDieInItsOwnTimer()
    {
        auto *timer = new QTimer;
        QPointer guard(timer);
        connect(timer, &QTimer::timeout, this, [timer] { delete timer; });
        timer->start(1);
        QTRY_VERIFY(!guard);
    }

    void aTimerStoppedInTheSameTurnDoesNotFire()
    {
        QTimer a, b;
        int fired = 0;
        connect(&a, &QTimer::timeout, this, [&] {
            ++fired;
            a.stop();
            b.stop();
        });
        connect(&b, &QTimer::timeout, this, [&] {
            ++fired;
            a.stop();
            b.stop();
        });
        a.start(2);
        b.start(2);
        QThread::msleep(5); // both are due in one turn
        QTRY_COMPARE(fired, 1);
        QTest::qWait(10);
        QCOMPARE(fired, 1);
    }

    void aTimerIsNotRunRecursively()
    {
        QTimer timer;
        int depth = 0, deepest = 0, others = 0;
        QTimer other;
        connect(&other, &QTimer::timeout, this, [&] { ++others; });
        connect(&timer, &QTimer::timeout, this, [&] {
            deepest = std::max(deepest, ++depth);
            const double before = cpuSeconds();
            QEventLoop loop;
            QTimer::singleShot(60, &loop, &QEventLoop::quit);
            loop.exec();
            // Waiting for others must not spin on the one that is running and long due.
            QVERIFY(cpuSeconds() - before < 0.04);
            --depth;
            timer.stop();
        });
        timer.start(1);
        other.start(5);
        QTRY_VERIFY(!timer.isActive());
        QCOMPARE(deepest, 1);
        QVERIFY(others > 2);
    }

    void zeroTimersDoNotStarveSockets()
    {
        SocketPair pair;
        QTimer zero;
        int turns = 0, heard = 0;
        connect(&zero, &QTimer::timeout, this, [&] { ++turns; });
        zero.start(0);
        QSocketNotifier read(pair.a, QSocketNotifier::Read);
        connect(&read, &QSocketNotifier::activated, this, [&] {
            ++heard;
            swallow(pair.a);
        });
        say(pair.b);
        QTRY_COMPARE(heard, 1);
        QVERIFY(turns > 0);
        const int before = turns;
        QCoreApplication::processEvents();
        QVERIFY(turns <= before + 1); // once a turn
    }

    void remainingTimeAndRegisteredTimers()
    {
        QObject owner;
        const int id = owner.startTimer(10'000, Qt::VeryCoarseTimer);
        auto *dispatcher = QAbstractEventDispatcher::instance();
        QVERIFY(dispatcher->remainingTime(id) > 9'000);
        QVERIFY(dispatcher->remainingTime(id) <= 10'000);
        QCOMPARE(dispatcher->registeredTimers(&owner).size(), 1);
        QCOMPARE(dispatcher->registeredTimers(&owner).constFirst().timerType, Qt::VeryCoarseTimer);
        QVERIFY(dispatcher->unregisterTimers(&owner));
        QCOMPARE(dispatcher->remainingTime(id), -1);
        QVERIFY(!dispatcher->unregisterTimer(id));
    }

    void interruptEndsTheWait()
    {
        QThread thread;
        thread.setEventDispatcher(makeEventDispatcher().release());
        thread.start();
        QTRY_VERIFY(thread.eventDispatcher());
        thread.quit(); // sets exit and interrupts
        QVERIFY(thread.wait(5'000));
    }
};

int main(int argc, char **argv)
{
    installEventDispatcher();
    QCoreApplication app(argc, argv);
    TestEpollDispatcher test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_epolldispatcher.moc"
