// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/flushpacer.h"
#include "server/realtime/framejoiner.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Realtime;

class TestFlushing : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theWaitGrowsWithTheRateAndEndsWithIt()
    {
        FlushPacer pacer;
        Monotonic now{std::chrono::hours(1)};
        const auto load = [&](int perSecond) {
            for (int i = 0; i < 1'000; ++i) {
                now += milliseconds(1);
                pacer.add(now, perSecond / 1'000);
            }
        };
        QCOMPARE(pacer.wait(now), milliseconds(0)); // the first one ever
        load(5'000);
        QCOMPARE(pacer.wait(now), milliseconds(0));
        load(25'000);
        QVERIFY(pacer.wait(now) > milliseconds(2) && pacer.wait(now) < FlushPacer::longest);
        load(1'000'000);
        QCOMPARE(pacer.wait(now), FlushPacer::longest);
        now += seconds(1);
        QCOMPARE(pacer.wait(now), milliseconds(0));
        pacer.add(now - seconds(5), 1); // a clock that stands still or a late caller harms nothing
        QCOMPARE(pacer.wait(now), milliseconds(0));
    }

    void framesAreJoinedOnceForThoseWhoHaveTheSame()
    {
        FrameJoiner joiner;
        const QByteArray a("aa");
        const QByteArray b("bbb");
        const QByteArray equalToB = QByteArray("bb") + 'b';
        const auto join = [&joiner](QList<QByteArray> frames) {
            qsizetype size = 0;
            for (const QByteArray &frame : std::as_const(frames))
                size += frame.size();
            const QByteArray joined = joiner.join(frames, size);
            [&] { QVERIFY(frames.isEmpty()); }();
            return joined;
        };
        QCOMPARE(join({a}).constData(), a.constData()); // alone: the frame itself
        const QByteArray first = join({a, b});
        QCOMPARE(first, QByteArray("aabbb"));
        QCOMPARE(join({a, b}).constData(), first.constData());
        QCOMPARE(join({b, a}), QByteArray("bbbaa"));
        QCOMPARE(join({a, b, a}), QByteArray("aabbbaa"));
        QCOMPARE(join({a, equalToB}), QByteArray("aabbb"));
        joiner.reset();
        QCOMPARE(join({a, b}), QByteArray("aabbb"));
        const QByteArray large(200'000, 'x'); // not kept, right all the same
        QCOMPARE(join({large, a}), large + a);
        QCOMPARE(join({a, b}), QByteArray("aabbb"));
    }
};

QTEST_GUILESS_MAIN(TestFlushing)
#include "tst_flushing.moc"
