// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/presence.h"
#include "tests/support/fakeclock.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
const UserId alice("alice");
const UserId bob("bob");
const DeviceId phone("phone");
const DeviceId laptop("laptop");
const RoomId lobby("lobby");
} // namespace

class TestPresence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void combinesTheDevicesOfAUser()
    {
        FakeClock clock;
        PresenceTracker tracker(clock);
        QList<PresenceStatus> changes;
        connect(&tracker, &PresenceTracker::changed, this, [&changes](const UserId &user, PresenceStatus status) {
            QCOMPARE(user, alice);
            changes.append(status);
        });
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Offline);
        QVERIFY(!tracker.of(alice).lastSeen);
        tracker.connected(alice, phone);
        tracker.connected(alice, laptop);
        QCOMPARE(tracker.of(alice).devices, 2);
        QCOMPARE(tracker.devicesOf(alice), (QList<DeviceId>{laptop, phone}));
        tracker.setAway(alice, phone, true);
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Online); // the laptop is there
        tracker.setAway(alice, laptop, true);
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Away);
        tracker.setAway(alice, phone, false);
        tracker.disconnected(alice, phone);
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Away);
        QVERIFY(!tracker.of(alice).lastSeen);
        clock.advance(seconds(7));
        tracker.disconnected(alice, laptop);
        const Timestamp left = clock.now();
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Online); // may be back in a moment
        QCOMPARE(tracker.of(alice).devices, 0);
        clock.advance(PresenceTracker::grace);
        QCOMPARE(tracker.of(alice).status, PresenceStatus::Offline);
        QCOMPARE(tracker.of(alice).lastSeen, left);
        QCOMPARE(tracker.onlineUsers(), 0);
        QCOMPARE(changes, (QList<PresenceStatus>{PresenceStatus::Online, PresenceStatus::Away, PresenceStatus::Online,
                                                 PresenceStatus::Away, PresenceStatus::Offline}));
        tracker.connected(alice, phone);
        QVERIFY(!tracker.of(alice).lastSeen);
        QCOMPARE(tracker.onlineUsers(), 1);
    }

    void ignoresUnknownDevices()
    {
        FakeClock clock;
        PresenceTracker tracker(clock);
        int changes = 0;
        connect(&tracker, &PresenceTracker::changed, this, [&changes] { ++changes; });
        tracker.disconnected(bob, phone);
        tracker.setAway(bob, phone, true);
        QVERIFY(!tracker.of(bob).lastSeen);
        tracker.connected(bob, phone);
        tracker.disconnected(bob, laptop);
        QCOMPARE(tracker.of(bob).status, PresenceStatus::Online);
        QCOMPARE(changes, 1);
    }

    void forgetsTheOldestOfManyOfflineUsers()
    {
        FakeClock clock;
        PresenceTracker tracker(clock);
        for (int i = 0; i < 100'010; ++i) {
            const UserId user("u" + QByteArray::number(i));
            tracker.connected(user, phone);
            tracker.disconnected(user, phone);
            clock.advance(milliseconds(1));
        }
        clock.advance(PresenceTracker::grace);
        QVERIFY(!tracker.of(UserId("u9")).lastSeen);
        QVERIFY(tracker.of(UserId("u10")).lastSeen);
        QVERIFY(tracker.of(UserId("u100009")).lastSeen);
        QCOMPARE(tracker.onlineUsers(), 0);
    }

    void typingEndsByItself()
    {
        FakeClock clock;
        TypingTracker tracker(clock, seconds(6));
        QList<bool> signalled;
        connect(
            &tracker, &TypingTracker::changed, this,
            [&signalled](const RoomId &, const UserId &, const DeviceId &, bool typing) { signalled.append(typing); });
        tracker.set(lobby, alice, phone, true);
        clock.advance(seconds(5));
        tracker.set(lobby, alice, phone, true); // a renewal says nothing
        QCOMPARE(signalled, (QList<bool>{true}));
        clock.advance(seconds(5));
        QCOMPARE(tracker.typingIn(lobby), (QList<UserId>{alice}));
        clock.advance(seconds(1));
        QCOMPARE(signalled, (QList<bool>{true, false}));
        QVERIFY(tracker.typingIn(lobby).isEmpty());
        QCOMPARE(clock.pending(), 0);
    }

    void typingEndsWithStopAndWithTheDevice()
    {
        FakeClock clock;
        TypingTracker tracker(clock, seconds(6));
        QList<std::pair<UserId, bool>> signalled;
        connect(&tracker, &TypingTracker::changed, this,
                [&signalled](const RoomId &, const UserId &user, const DeviceId &, bool typing) {
                    signalled.append({user, typing});
                });
        tracker.set(lobby, alice, phone, true);
        tracker.set(lobby, alice, laptop, false); // the other device does not type
        QCOMPARE(tracker.typingIn(lobby), (QList<UserId>{alice}));
        tracker.set(lobby, alice, phone, false);
        tracker.set(lobby, alice, phone, false);
        tracker.set(lobby, bob, laptop, true);
        tracker.set(RoomId("other"), bob, laptop, true);
        tracker.deviceGone(laptop);
        QCOMPARE(signalled.size(), 6);
        QVERIFY(tracker.typingIn(lobby).isEmpty());
        QVERIFY(tracker.typingIn(RoomId("other")).isEmpty());
        QCOMPARE(clock.pending(), 0);
    }
};

QTEST_GUILESS_MAIN(TestPresence)
#include "tst_presence.moc"
