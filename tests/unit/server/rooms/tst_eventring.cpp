// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/eventring.h"
#include "shared/core/uuid.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Qt::StringLiterals;

namespace {
Timestamp second(qint64 number)
{
    return Timestamp(milliseconds(1'000 * number));
}

RoomEvent message(Timestamp at, const QString &text = u"hello"_s)
{
    RoomEvent event;
    event.at = at;
    event.message = MessageId(newUuidV7(at));
    event.text = text;
    return event;
}

QList<qint64> seqs(const EventRing &ring)
{
    QList<qint64> found;
    for (const RoomEvent &event : ring.all())
        found.append(event.seq);
    return found;
}
} // namespace

class TestEventRing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst()
    {
        const EventRing ring;
        QCOMPARE(ring.firstSeq(), 1);
        QCOMPARE(ring.lastSeq(), 0);
        QVERIFY(seqs(ring).isEmpty());
        QVERIFY(!ring.findMessage(MessageId(newUuidV7(second(1)))));
    }

    void theNewestStayInOrder()
    {
        EventRing ring;
        QList<MessageId> ids;
        for (int i = 1; i <= EventRing::capacity * 2 + 7; ++i) {
            RoomEvent event = message(second(i / 3)); // several in one moment
            ids.append(event.message);
            QCOMPARE(ring.add(std::move(event)).seq, i);
        }
        QCOMPARE(ring.firstSeq(), EventRing::capacity + 8);
        QCOMPARE(seqs(ring).size(), EventRing::capacity);
        QCOMPARE(seqs(ring).first(), ring.firstSeq());
        QCOMPARE(seqs(ring).last(), ring.lastSeq());
        for (qsizetype i = 0; i < ids.size(); ++i) {
            const RoomEvent *const found = ring.findMessage(ids[i]);
            QCOMPARE(found != nullptr, i + 1 >= ring.firstSeq());
            if (found)
                QCOMPARE(found->seq, i + 1);
        }
    }

    void longTextsPushOthersOut()
    {
        EventRing ring;
        const QString quarter(EventRing::textBytes / 8, u'x'); // two bytes a character
        for (int i = 1; i <= 6; ++i)
            ring.add(message(second(i), quarter));
        QCOMPARE(seqs(ring), (QList<qint64>{3, 4, 5, 6}));
        ring.setText(ring.at(5), {});
        ring.add(message(second(7), quarter));
        QCOMPARE(seqs(ring), (QList<qint64>{3, 4, 5, 6, 7}));
        ring.add(message(second(8), quarter + quarter + quarter + quarter + quarter));
        QCOMPARE(seqs(ring), (QList<qint64>{8})); // the newest stays, however long
        ring.add(message(second(9)));
        QCOMPARE(seqs(ring), (QList<qint64>{9}));
    }

    void messagesAreFoundAfterTheClockWasSetBack()
    {
        EventRing ring;
        QList<MessageId> ids;
        for (const int at : {100, 101, 50, 51, 52, 102}) {
            RoomEvent event = message(second(at));
            ids.append(event.message);
            ring.add(std::move(event));
        }
        for (qsizetype i = 0; i < ids.size(); ++i) {
            QVERIFY(ring.findMessage(ids[i]));
            QCOMPARE(ring.findMessage(ids[i])->seq, i + 1);
        }
    }

    void clientIdsAreKnownAsLongAsTheirMessages()
    {
        EventRing ring;
        const UserId ann("ann");
        const int all = EventRing::capacity + 30;
        for (int i = 1; i <= all; ++i) {
            RoomEvent event = message(second(i));
            event.actor = i % 2 ? ann : UserId("bob");
            event.clientId = i % 10 == 0 ? QByteArray() : "c" + QByteArray::number(i);
            ring.add(std::move(event));
        }
        QVERIFY(!ring.findByClientId(ann, {}));
        for (int i = 1; i <= all; ++i) {
            const QByteArray id = "c" + QByteArray::number(i);
            const RoomEvent *const found = ring.findByClientId(i % 2 ? ann : UserId("bob"), id);
            QCOMPARE(found != nullptr, i >= ring.firstSeq() && i % 10 != 0);
            if (found)
                QCOMPARE(found->seq, i);
            QVERIFY(!ring.findByClientId(i % 2 ? UserId("bob") : ann, id));
        }
    }

    void onlyTheMessageItselfIsFound()
    {
        EventRing ring;
        const RoomEvent first = message(second(1));
        ring.add(first);
        RoomEvent edit = first;
        edit.kind = RoomEventKind::Edit;
        ring.add(edit);
        QCOMPARE(ring.findMessage(first.message)->seq, 1);
        QVERIFY(!ring.findMessage(MessageId(QByteArrayLiteral("welcome"))));
        QVERIFY(!ring.findMessage(MessageId(newUuidV7(second(1)))));
    }
};

QTEST_APPLESS_MAIN(TestEventRing)
#include "tst_eventring.moc"
