// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The same events give the same state, whatever way they came: live, replayed, by pages of history that overtook events.
#include "shared/model/roomfold.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
const RoomId room("r");

RoomEvent eventOf(RoomEventKind kind, qint64 seq, const char *actor, const QByteArray &about = {}, const QString &text = {})
{
    RoomEvent e;
    e.room = room;
    e.kind = kind;
    e.seq = seq;
    e.actor = UserId(actor);
    e.message = MessageId(about);
    e.text = text;
    return e;
}

//! What a server answers: events up to `last`, messages with the state they have then.
QList<RoomEvent> readAgain(const QList<RoomEvent> &log, qint64 from, qint64 to, qint64 last)
{
    RoomFold present;
    for (const RoomEvent &e : log.first(last))
        present.apply(e);
    QList<RoomEvent> page;
    for (qint64 seq = from; seq <= to; ++seq) {
        const RoomEvent &e = log[seq - 1];
        page.append(e.kind == RoomEventKind::Message ? *present.message(e.message) : e);
    }
    return page;
}

QList<RoomEvent> randomLog(QRandomGenerator &random, int length)
{
    static const char *people[] = {"ann", "ben", "cleo"};
    QList<RoomEvent> log;
    QList<QByteArray> messages;
    for (int i = 1; i <= length; ++i) {
        const char *who = people[random.bounded(3)];
        const int what = messages.isEmpty() ? 0 : random.bounded(12);
        const QByteArray about = messages.isEmpty() ? QByteArray() : messages[random.bounded(int(messages.size()))];
        switch (what) {
        case 0: case 1: case 2: {
            const QByteArray id = "m" + QByteArray::number(i);
            RoomEvent e = eventOf(RoomEventKind::Message, i, who, id, u"text %1"_s.arg(i));
            e.mustAcknowledge = random.bounded(2);
            if (!messages.isEmpty() && random.bounded(3) == 0)
                e.threadRoot = e.replyTo = MessageId(messages.first());
            messages.append(id);
            log.append(e);
            continue;
        }
        case 3: case 4:
            log.append(eventOf(RoomEventKind::Edit, i, who, about, u"edit %1"_s.arg(i)));
            continue;
        case 5:
            log.append(eventOf(random.bounded(3) ? RoomEventKind::Pinned : RoomEventKind::Deletion, i, who, about));
            continue;
        case 6: case 7:
            log.append(eventOf(RoomEventKind::ReactionAdded, i, who, about, random.bounded(2) ? u"a"_s : u"b"_s));
            continue;
        case 8:
            log.append(eventOf(RoomEventKind::ReactionRemoved, i, who, about, random.bounded(2) ? u"a"_s : u"b"_s));
            continue;
        case 9:
            log.append(eventOf(RoomEventKind::Unpinned, i, who, about));
            continue;
        case 10:
            log.append(eventOf(RoomEventKind::Acknowledged, i, who, about));
            continue;
        default: {
            RoomEvent e = eventOf(RoomEventKind::Receipt, i, who);
            e.readUpTo = random.bounded(i);
            log.append(e);
        }
        }
    }
    return log;
}
} // namespace

class TestRoomFold : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void foldsWhatHappened()
    {
        RoomFold fold;
        fold.apply(eventOf(RoomEventKind::Message, 1, "ann", "m1", u"one"_s));
        RoomEvent reply = eventOf(RoomEventKind::Message, 2, "ben", "m2", u"two"_s);
        reply.threadRoot = MessageId("m1");
        fold.apply(reply);
        fold.apply(eventOf(RoomEventKind::ReactionAdded, 3, "ben", "m1", u"+"_s));
        fold.apply(eventOf(RoomEventKind::ReactionAdded, 4, "ann", "m1", u"+"_s));
        fold.apply(eventOf(RoomEventKind::ReactionRemoved, 5, "ben", "m1", u"+"_s));
        fold.apply(eventOf(RoomEventKind::Pinned, 6, "ben", "m2"));
        fold.apply(eventOf(RoomEventKind::Edit, 7, "ann", "m1", u"one!"_s));
        const RoomEvent *first = fold.message(MessageId("m1"));
        QCOMPARE(first->text, u"one!"_s);
        QVERIFY(first->edited);
        QCOMPARE(first->marks.reactions.value(u"+"_s), QList<UserId>{UserId("ann")});
        QCOMPARE(first->marks.replies, 1);
        QCOMPARE(fold.thread(MessageId("m1")), QList<MessageId>{MessageId("m2")});
        QCOMPARE(fold.pinned(), QList<MessageId>{MessageId("m2")});
        QCOMPARE(fold.unread(UserId("ann"), 0), 1);
        fold.apply(eventOf(RoomEventKind::Deletion, 8, "ben", "m2"));
        QVERIFY(fold.message(MessageId("m2"))->deleted);
        QVERIFY(fold.pinned().isEmpty());
        fold.apply(eventOf(RoomEventKind::Edit, 9, "ben", "m2", u"back"_s)); // a deletion is for ever
        QVERIFY(fold.message(MessageId("m2"))->text.isEmpty());
        QCOMPARE(fold.lastSeq(), 9);
    }

    void everyWayGivesTheSameState_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 200; ++seed)
            QTest::addRow("seed %u", seed) << seed;
        const quint32 fresh = QRandomGenerator::global()->generate();
        QTest::addRow("seed %u, new", fresh) << fresh;
    }
    void everyWayGivesTheSameState()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        const QList<RoomEvent> log = randomLog(random, 120);
        RoomFold whole;
        for (const RoomEvent &e : log)
            whole.apply(e);

        // Away from `gone` to `back`; what was missed is replayed as it is at some later moment.
        RoomFold returned;
        const qint64 gone = random.bounded(60);
        const qint64 back = gone + random.bounded(60);
        for (const RoomEvent &e : log.first(gone))
            returned.apply(e);
        for (const RoomEvent &e : readAgain(log, gone + 1, back, back))
            returned.apply(e);
        for (const RoomEvent &e : log.sliced(back))
            returned.apply(e);
        QCOMPARE(returned.messages(), whole.messages());
        QCOMPARE(returned.readUpTo(), whole.readUpTo());

        // New: the newest events, then older pages, each read before some of the events that were applied meanwhile.
        RoomFold fresh;
        const qint64 first = 60;
        qint64 live = 90;
        for (const RoomEvent &e : readAgain(log, first, live, live))
            fresh.apply(e);
        for (qint64 to = first - 1; to >= 1; to -= 20) {
            const QList<RoomEvent> page = readAgain(log, std::max<qint64>(1, to - 19), to, live);
            const qint64 ahead = std::min<qint64>(log.size(), live + random.bounded(12));
            for (; live < ahead; ++live)
                fresh.apply(log[live]);
            fresh.prepend(page);
        }
        for (; live < log.size(); ++live)
            fresh.apply(log[live]);
        QCOMPARE(fresh.messages(), whole.messages());
        QCOMPARE(fresh.readUpTo(), whole.readUpTo());
    }
};

QTEST_GUILESS_MAIN(TestRoomFold)
#include "tst_roomfold.moc"
