// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What goes into the index and out of it: order, removal, erasure, compaction, bad input.
#include "shared/core/uuid.h"
#include "tests/unit/server/memory/talk.h"

#include <QtTest/QTest>

#include <random>

using namespace Atom;
using namespace Atom::Memory;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class MessageIndexTest : public QObject
{
    Q_OBJECT

    //! A talk of some rooms, with ids as the server makes them and others.
    static QList<IndexedMessage> someTalk(int count)
    {
        static const QStringList words{u"backup"_s, u"server"_s, u"garden"_s, u"risotto"_s, u"invoice"_s, u"dog"_s};
        std::mt19937 random(11);
        QList<IndexedMessage> messages;
        Talk talk;
        for (int i = 0; i < count; ++i) {
            QString text;
            for (int w = 0; w < 4; ++w)
                text += words.at(qsizetype(random() % 6)) + u' ';
            IndexedMessage message =
                talk.line("r" + QByteArray::number(random() % 3), i % 2 ? u"Ann"_s : u"Bob"_s, text);
            if (i % 3 != 0)
                message.id = MessageId(newUuidV7(message.at));
            if (random() % 20 == 0)
                talk.pause();
            messages.append(message);
        }
        return messages;
    }
    static QList<RecallHit> ask(const MessageIndex &index, const QString &text)
    {
        RecallQuery query;
        query.text = text;
        query.scope = index.everyRoom();
        query.limit = 100;
        return Recall(index).find(query);
    }

private Q_SLOTS:
    void badMessagesAreRefused_data()
    {
        QTest::addColumn<QString>("field");
        for (const char *field : {"/room", "/id", "/speaker", "/seq", "seq too large", "seq negative"})
            QTest::newRow(field) << QString::fromLatin1(field);
    }
    void badMessagesAreRefused()
    {
        QFETCH(QString, field);
        Talk talk;
        IndexedMessage message = talk.line("a", u"Ann"_s, u"backup"_s);
        if (field == u"/room")
            message.room = RoomId();
        else if (field == u"/id")
            message.id = MessageId();
        else if (field == u"/speaker")
            message.speaker = UserId();
        else
            message.seq = field == u"/seq" ? 0 : field == u"seq negative" ? -1 : Q_INT64_C(0x100000000);
        const Result<void> appended = talk.index.append(message);
        QVERIFY(!appended.isOk());
        QCOMPARE(appended.error().code, Errc::ValidationFailed);
        QCOMPARE(talk.index.size(), 0);
    }

    void theSameTwiceIsAConflict()
    {
        Talk talk;
        IndexedMessage message = talk.line("a", u"Ann"_s, u"backup"_s);
        QVERIFY(talk.index.append(message).isOk());
        QCOMPARE(talk.index.append(message).error().code, Errc::Conflict);
        message.id = MessageId("other");
        QCOMPARE(talk.index.append(message).error().code, Errc::Conflict);
        QCOMPARE(talk.index.size(), 1);
        QCOMPARE(talk.ask(u"backup"_s).size(), 1);
    }

    void orderOfArrivalDoesNotMatter()
    {
        QList<IndexedMessage> messages = someTalk(400);
        MessageIndex inOrder, shuffled;
        for (const IndexedMessage &message : std::as_const(messages))
            QVERIFY(inOrder.append(message).isOk());
        // Late by some places, as messages are.
        std::mt19937 random(3);
        for (qsizetype i = 0; i + 6 < messages.size(); i += 3)
            messages.swapItemsAt(i, i + qsizetype(random() % 6));
        for (const IndexedMessage &message : std::as_const(messages))
            QVERIFY(shuffled.append(message).isOk());
        for (const QString &question : {u"garden"_s, u"backup of the server"_s, u"Ann's dog"_s}) {
            const QList<RecallHit> hits = ask(inOrder, question);
            QVERIFY(!hits.isEmpty());
            const QList<RecallHit> others = ask(shuffled, question);
            QCOMPARE(others.size(), hits.size());
            for (qsizetype i = 0; i < hits.size(); ++i)
                QVERIFY(qAbs(hits.at(i).score - others.at(i).score) < 1e-4);
        }
    }

    void removedMessagesAreGone()
    {
        Talk talk;
        const MessageId first = talk.say("a", u"Ann"_s, u"the backup is in Frankfurt"_s);
        const MessageId second = talk.say("a", u"Bob"_s, u"another backup"_s);
        QVERIFY(talk.index.remove(first));
        QVERIFY(!talk.index.remove(first));
        QVERIFY(!talk.index.remove(MessageId("never")));
        QCOMPARE(ids(talk.ask(u"backup Frankfurt"_s)), second.bytes());
        // Edited: it comes again, in its place.
        IndexedMessage edited;
        edited.room = RoomId("a");
        edited.id = first;
        edited.seq = 1;
        edited.speaker = UserId("ann");
        edited.at = talk.now;
        edited.text = u"the backup is in Dublin"_s;
        QVERIFY(talk.index.append(edited).isOk());
        QCOMPARE(talk.ask(u"Dublin"_s).constFirst().message, first);
        // What is found of Frankfurt is found for other reasons than the word.
        for (const RecallHit &hit : talk.ask(u"Frankfurt"_s))
            QCOMPARE(hit.reason.words, 0.0);
    }

    void afterRemovalItIsAsIfTheyHadNeverBeen_data()
    {
        QTest::addColumn<bool>("compact");
        QTest::newRow("removed") << false;
        QTest::newRow("removed and compacted") << true;
    }
    void afterRemovalItIsAsIfTheyHadNeverBeen()
    {
        QFETCH(bool, compact);
        QList<IndexedMessage> messages = someTalk(600);
        MessageIndex all, kept;
        for (const IndexedMessage &message : std::as_const(messages))
            QVERIFY(all.append(message).isOk());
        // Only the beginning and the end of rooms, so that sessions are the same.
        for (qsizetype i = 0; i < messages.size(); ++i) {
            if (i < 200)
                QVERIFY(all.remove(messages.at(i).id));
            else
                QVERIFY(kept.append(messages.at(i)).isOk());
        }
        if (compact)
            all.compact();
        QCOMPARE(all.size(), kept.size());
        for (const IndexedMessage &message : std::as_const(messages))
            QCOMPARE(all.contains(message.id), kept.contains(message.id));
        for (const QString &question : {u"garden"_s, u"backup of the server"_s, u"Bob's invoice"_s}) {
            const QList<RecallHit> hits = ask(all, question), others = ask(kept, question);
            QVERIFY(!hits.isEmpty());
            QCOMPARE(ids(hits), ids(others));
        }
        // And it goes on.
        Talk more;
        IndexedMessage message = more.line("r0", u"Ann"_s, u"zebra"_s);
        message.id = MessageId("fresh");
        message.seq = 10'000;
        QVERIFY(all.append(message).isOk());
        QCOMPARE(ask(all, u"zebra"_s).constFirst().message, message.id);
    }

    void aRoomGoesAsAWhole()
    {
        Talk talk;
        talk.say("a", u"Ann"_s, u"backup one"_s);
        const MessageId other = talk.say("b", u"Ann"_s, u"backup two"_s);
        talk.say("a", u"Bob"_s, u"backup three"_s);
        QCOMPARE(talk.index.removeRoom(RoomId("a")), 2);
        QCOMPARE(talk.index.removeRoom(RoomId("a")), 0);
        QCOMPARE(talk.index.removeRoom(RoomId("nowhere")), 0);
        QCOMPARE(ids(talk.ask(u"backup"_s, {"a", "b"})), other.bytes());
        const MessageId again = talk.say("a", u"Bob"_s, u"backup four"_s);
        QCOMPARE(ids(talk.ask(u"backup"_s, {"a"})), again.bytes());
    }

    void anErasedPersonIsGone()
    {
        Talk talk;
        talk.say("a", u"Ann Secretname"_s, u"my flamingo is ill"_s);
        const MessageId others = talk.say("a", u"Bob"_s, u"oh no, the poor flamingo"_s);
        const UserId ann = talk.ask(u"ill flamingo"_s).constFirst().speaker;
        QCOMPARE(talk.index.removeSpeaker(ann), 1);
        QCOMPARE(talk.index.removeSpeaker(ann), 0);
        const QList<RecallHit> hits = talk.ask(u"flamingo Secretname"_s);
        QCOMPARE(ids(hits), others.bytes());
        QCOMPARE(hits.constFirst().reason.person, 0.0);
        talk.index.compact();
        QCOMPARE(talk.index.postings().find("ill"), PostingStore::noTerm);
        QVERIFY(talk.index.postings().find("poor") != PostingStore::noTerm);
        // Whoever has the id later is somebody new.
        IndexedMessage message = talk.line("a", u"Cleo"_s, u"hello flamingo"_s);
        message.speaker = ann;
        QVERIFY(talk.index.append(message).isOk());
        QCOMPARE(talk.ask(u"hello"_s).constFirst().speakerName, u"Cleo"_s);
    }

    void editingForEverDoesNotGrow()
    {
        Talk talk;
        IndexedMessage message = talk.line("a", u"Ann"_s, u"first"_s);
        QVERIFY(talk.index.append(message).isOk());
        size_t most = 0;
        for (int i = 0; i < 60'000; ++i) {
            QVERIFY(talk.index.remove(message.id));
            message.text = u"edit number %1"_s.arg(i);
            QVERIFY(talk.index.append(message).isOk());
            most = qMax(most, talk.index.bytes());
        }
        QCOMPARE(talk.index.size(), 1);
        QVERIFY2(most < 16'000'000, qPrintable(QString::number(most)));
        QVERIFY(talk.index.postings().termCount() < 20'100);
    }

    void aLongTextIsCut()
    {
        Talk talk;
        QString text = u"first "_s;
        for (int i = 0; i < MessageIndex::mostWords; ++i)
            text += u"word%1 "_s.arg(i);
        const MessageId id = talk.say("a", u"Ann"_s, text);
        QCOMPARE(ids(talk.ask(u"first"_s)), id.bytes());
        QCOMPARE(ids(talk.ask(u"word998"_s)), id.bytes());
        QVERIFY(talk.ask(u"word999"_s).isEmpty());
        QVERIFY(!talk.say("a", u"Ann"_s, QString(10'000'000, u'x')).isEmpty());
        QVERIFY(!talk.say("a", u"Ann"_s, QString(10'000'000, QChar(0xD800))).isEmpty());
        QVERIFY(!talk.say("a", QString(100'000, u'n'), QString()).isEmpty());
    }

    void aMillionDistinctWordsAreNoProblem()
    {
        Talk talk;
        for (int i = 0; i < 200; ++i) {
            QString text;
            for (int w = 0; w < 1'000; ++w)
                text += QString::number(i * 1'000 + w, 36) + u'x';
            talk.say("a", u"Ann"_s, text.replace(u'x', u' '));
        }
        QVERIFY(talk.index.bytes() < 40'000'000);
        QCOMPARE(talk.ask(QString::number(123'456, 36)).size() > 0, true);
    }
};

QTEST_GUILESS_MAIN(MessageIndexTest)
#include "tst_messageindex.moc"
