// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Each part of a score, what a scope hides, and the bounds of the work.
#include "tests/unit/server/memory/talk.h"

#include <QtTest/QTest>

#include <random>

using namespace Atom;
using namespace Atom::Memory;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class RecallTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theRarerWordCounts()
    {
        Talk talk;
        talk.say("a", u"Ann"_s, u"the server is slow"_s);
        talk.pause();
        const MessageId rare = talk.say("a", u"Ann"_s, u"the server is in Frankfurt"_s);
        talk.pause();
        talk.say("a", u"Ann"_s, u"the server is fine"_s);
        const QList<RecallHit> hits = talk.ask(u"Is a server in frankfurt?"_s);
        QCOMPARE(hits.size(), 3);
        const RecallHit &best = hits.constFirst();
        QCOMPARE(best.message, rare);
        QCOMPARE(best.room, RoomId("a"));
        QCOMPARE(best.seq, 2);
        QCOMPARE(best.speakerName, u"Ann"_s);
        QCOMPARE(best.reason.terms.size(), 2);
        QCOMPARE(best.reason.terms.at(0).word, u"server"_s);
        QCOMPARE(best.reason.terms.at(1).word, u"frankfurt"_s);
        QVERIFY(best.reason.terms.at(1).score > best.reason.terms.at(0).score);
    }

    void aScoreIsTheSumOfItsReasons()
    {
        Talk talk;
        talk.say("a", u"Bob"_s, u"how is the backup?"_s);
        talk.say("a", u"Ann"_s, u"yesterday the backup ran, it is in Frankfurt"_s);
        talk.say("a", u"Bob"_s, u"nice"_s);
        for (const RecallHit &hit : talk.ask(u"When did Ann move the backup to Frankfurt today?"_s)) {
            const RecallReason &r = hit.reason;
            QVERIFY(qAbs(hit.score - (r.words + r.neighbours + r.session + r.person + r.date + r.time)) < 1e-9);
            double words = 0;
            for (const RecallReason::Term &term : r.terms)
                words += term.score;
            QVERIFY(qAbs(words - r.words) < 1e-4);
        }
    }

    void neighboursCount()
    {
        Talk talk;
        const MessageId two = talk.say("a", u"Ann"_s, u"one"_s);
        const MessageId near = talk.say("a", u"Ann"_s, u"two"_s);
        const MessageId match = talk.say("a", u"Ann"_s, u"the backup"_s);
        const MessageId after = talk.say("a", u"Ann"_s, u"three"_s);
        talk.say("a", u"Ann"_s, u"four"_s);
        const MessageId far = talk.say("a", u"Ann"_s, u"five"_s);
        const QList<RecallHit> hits = talk.ask(u"backup"_s);
        QCOMPARE(hits.constFirst().message, match);
        const double own = hits.constFirst().reason.words;
        QVERIFY(qAbs(hitOf(hits, near).reason.neighbours - own * 0.5) < 1e-4);
        QVERIFY(qAbs(hitOf(hits, after).reason.neighbours - own * 0.5) < 1e-4);
        QVERIFY(qAbs(hitOf(hits, two).reason.neighbours - own * 0.2) < 1e-4);
        QCOMPARE(hitOf(hits, near).reason.neighbour, match);
        QCOMPARE(hitOf(hits, far).reason.neighbours, 0.0);
        QVERIFY(hitOf(hits, far).reason.session > 0);
    }

    void anAnswerCountsMoreThanAnyNeighbour()
    {
        Talk talk;
        const MessageId question = talk.say("a", u"Bob"_s, u"how was the offsite?"_s);
        const MessageId answer = talk.say("a", u"Ann"_s, u"we rented a lake house"_s);
        QList<RecallHit> hits = talk.ask(u"offsite"_s);
        const double own = hitOf(hits, question).reason.words;
        QVERIFY(qAbs(hitOf(hits, answer).reason.neighbours - own * 0.8) < 1e-4);
        // Not what the same person goes on with.
        talk.pause();
        talk.say("b", u"Bob"_s, u"how was the offsite?"_s);
        const MessageId more = talk.say("b", u"Bob"_s, u"tell me all"_s);
        hits = talk.ask(u"offsite"_s, {"b"});
        QVERIFY(qAbs(hitOf(hits, more).reason.neighbours - hits.constFirst().reason.words * 0.5) < 1e-4);
    }

    void aPauseEndsASession()
    {
        Talk talk;
        talk.say("a", u"Ann"_s, u"the backup"_s);
        talk.pause(std::chrono::minutes(59));
        const MessageId near = talk.say("a", u"Ann"_s, u"one"_s);
        talk.pause(std::chrono::minutes(61));
        const MessageId apart = talk.say("a", u"Ann"_s, u"two"_s);
        const QList<RecallHit> hits = talk.ask(u"backup"_s);
        QCOMPARE(hits.size(), 2);
        QVERIFY(hitOf(hits, near).score > 0);
        QVERIFY(hitOf(hits, apart).message.isEmpty());
    }

    void aReplyIsANeighbourFromFarAway()
    {
        Talk talk;
        const MessageId question = talk.say("a", u"Ann"_s, u"where is the backup"_s);
        talk.pause();
        talk.say("a", u"Bob"_s, u"morning"_s);
        talk.say("a", u"Bob"_s, u"hello"_s);
        const MessageId reply = talk.say("a", u"Bob"_s, u"in Frankfurt"_s, question);
        QList<RecallHit> hits = talk.ask(u"backup"_s);
        QCOMPARE(hitOf(hits, reply).reason.neighbour, question);
        hits = talk.ask(u"Frankfurt"_s);
        QCOMPARE(hitOf(hits, question).reason.neighbour, reply);
        // Of another room it is none, and of a removed message neither.
        const MessageId foreign = talk.say("b", u"Bob"_s, u"nothing"_s, question);
        QVERIFY(hitOf(talk.ask(u"backup"_s, {"a", "b"}), foreign).message.isEmpty());
        QVERIFY(talk.index.remove(question));
        QCOMPARE(hitOf(talk.ask(u"Frankfurt"_s), reply).reason.neighbours, 0.0);
    }

    void theSessionCounts()
    {
        Talk talk;
        talk.say("a", u"Ann"_s, u"lunch"_s);
        talk.say("a", u"Ann"_s, u"lunch again"_s);
        talk.say("a", u"Ann"_s, u"sushi"_s);
        talk.say("a", u"Ann"_s, u"more"_s);
        const MessageId about = talk.say("a", u"Ann"_s, u"plans for the budget"_s);
        talk.pause();
        const MessageId other = talk.say("a", u"Ann"_s, u"plans for the garden"_s);
        const QList<RecallHit> hits = talk.ask(u"plans at lunch with sushi"_s);
        QVERIFY(hitOf(hits, about).reason.session > hitOf(hits, other).reason.session);
        QVERIFY(hitOf(hits, about).score > hitOf(hits, other).score);
    }

    void thePersonCounts()
    {
        Talk talk;
        talk.say("a", u"Ann"_s, u"I am allergic to nuts"_s);
        talk.pause();
        const MessageId named =
            talk.say("a", u"Marcus Lee"_s, u"I am allergic to birch pollen and to many other things"_s);
        QList<RecallHit> hits = talk.ask(u"What is Marcus allergic to?"_s);
        QCOMPARE(hits.constFirst().message, named);
        QCOMPARE(hits.constFirst().reason.person, 3.0);
        QCOMPARE(hits.at(1).reason.person, 0.0);
        // The name is no word to look for.
        talk.say("a", u"Ann"_s, u"Marcus Marcus Marcus"_s);
        hits = talk.ask(u"What is Marcus allergic to?"_s);
        QCOMPARE(hits.constFirst().message, named);
        // With nothing else to go by, it is what they said last.
        hits = talk.ask(u"Marcus?"_s);
        QCOMPARE(ids(hits), named.bytes());
        // "My" is the asker's.
        RecallQuery query = talk.query(u"my allergies"_s, {"a"});
        query.asker = hits.constFirst().speaker;
        QCOMPARE(Recall(talk.index).find(query).constFirst().message, named);
    }

    void theDayCounts_data()
    {
        QTest::addColumn<QString>("question");
        QTest::addColumn<int>("expected"); // days before now; 0: no day is meant
        QTest::newRow("yesterday") << u"what about the report yesterday?"_s << 1;
        QTest::newRow("a weekday is the last one") << u"what about the report on Friday?"_s << 5;
        QTest::newRow("date") << u"what about the report of 2025-01-15?"_s << 7;
        QTest::newRow("date without year") << u"what about the report of January 16?"_s << 6;
        QTest::newRow("none") << u"what about the report?"_s << 0;
    }
    void theDayCounts()
    {
        QFETCH(QString, question);
        QFETCH(int, expected);
        Talk talk;
        talk.now = fromMillis(QDateTime(QDate(2025, 1, 12), QTime(12, 0), Qt::UTC).toMSecsSinceEpoch());
        QList<MessageId> days; // 10 to 1 before
        for (int day = 0; day < 10; ++day) {
            days.append(talk.say("a", u"Ann"_s, u"the report is late"_s));
            talk.now += std::chrono::hours(24) - std::chrono::minutes(1);
        }
        // Now it is Wednesday, the 22nd, noon.
        const QList<RecallHit> hits = talk.ask(question);
        for (const RecallHit &hit : hits) {
            const int before = 10 - int(days.indexOf(hit.message));
            QCOMPARE(hit.reason.date, before == expected ? 5.0 : 0.0);
        }
        if (expected > 0)
            QCOMPARE(hits.constFirst().message, days.at(10 - expected));
    }

    void aDayAloneFindsWhatWasSaid()
    {
        Talk talk;
        const MessageId before = talk.say("a", u"Ann"_s, u"hello"_s);
        talk.now += std::chrono::hours(24);
        QCOMPARE(ids(talk.ask(u"what was said yesterday?"_s)), before.bytes());
        QVERIFY(talk.ask(u"what was said two weeks ago?"_s).isEmpty());
    }

    void theZoneSaysWhichDay()
    {
        Talk talk;
        talk.now = fromMillis(QDateTime(QDate(2025, 1, 12), QTime(23, 30), Qt::UTC).toMSecsSinceEpoch());
        talk.say("a", u"Ann"_s, u"the report"_s);
        talk.now += std::chrono::hours(12);
        RecallQuery query = talk.query(u"the report yesterday"_s, {"a"});
        QCOMPARE(Recall(talk.index).find(query).constFirst().reason.date, 5.0);
        query.zone = QTimeZone(2 * 3600); // there it was 1:30 of today
        QCOMPARE(Recall(talk.index).find(query).constFirst().reason.date, 0.0);
    }

    void whenAsksForTimes()
    {
        Talk talk;
        const MessageId timed = talk.say("a", u"Ann"_s, u"I quit the bakery job in March, finally"_s);
        talk.pause();
        talk.say("a", u"Ann"_s, u"I quit the bakery"_s);
        QCOMPARE(talk.ask(u"When did you quit the bakery?"_s).constFirst().message, timed);
        QCOMPARE(talk.ask(u"When did you quit the bakery?"_s).constFirst().reason.time, 2.0);
        QVERIFY(talk.ask(u"Why did you quit the bakery?"_s).constFirst().message != timed);
    }

    void wordsOfLikeMeaning()
    {
        Talk talk;
        const MessageId dad = talk.say("a", u"Ann"_s, u"dad was here"_s);
        talk.pause();
        const MessageId father = talk.say("a", u"Ann"_s, u"father was here"_s);
        const QList<RecallHit> hits = talk.ask(u"father"_s);
        QCOMPARE(ids(hits), father.bytes() + ' ' + dad.bytes());
        QCOMPARE(hits.at(1).reason.terms.constFirst().word, u"father"_s);
        QCOMPARE(hits.at(1).reason.terms.constFirst().found, u"dad"_s);
    }

    //! The heart of it: what one may not see has no influence at all.
    void hiddenRoomsHaveNoInfluence()
    {
        static const QStringList words{u"backup"_s,  u"server"_s, u"garden"_s, u"risotto"_s,
                                       u"invoice"_s, u"dog"_s,    u"march"_s,  u"Ann"_s};
        std::mt19937 random(5);
        Talk alone, together;
        for (int i = 0; i < 3'000; ++i) {
            QString text;
            for (int w = 0; w < 5; ++w)
                text += words.at(qsizetype(random() % 8)) + u' ';
            const bool hidden = random() % 3 != 0;
            const QByteArray room = (hidden ? "hidden" : "seen") + QByteArray::number(random() % 4);
            // In the hidden rooms speak others too, who are called the same.
            const QString speaker = hidden && random() % 2 ? u"Ann Other%1"_s.arg(random() % 30) : u"Ann"_s;
            IndexedMessage message = together.line(room, speaker, text + (hidden ? u"backup secretword"_s : QString()));
            QVERIFY(together.index.append(message).isOk());
            if (!hidden)
                QVERIFY(alone.index.append(message).isOk());
            if (random() % 30 == 0)
                together.pause();
        }
        alone.now = together.now;
        const QByteArrayList seen{"seen0", "seen1", "seen2", "seen3"};
        Recall one(alone.index), two(together.index);
        for (const QString &question : {u"backup"_s, u"the garden of Ann"_s, u"When did the dog eat the risotto?"_s,
                                        u"invoice today"_s, u"Ann"_s, u"secretword"_s, u"what was said today"_s}) {
            RecallQuery a = alone.query(question, seen), b = together.query(question, seen);
            a.limit = b.limit = 100;
            QCOMPARE(two.find(b), one.find(a));
            // Not even after somebody looked who may see it.
            RecallQuery all = together.query(question, {});
            all.scope = together.index.everyRoom();
            two.find(all);
            QCOMPARE(two.find(b), one.find(a));
        }
        QVERIFY(two.find(together.query(u"secretword"_s, seen)).isEmpty());
        QVERIFY(!two.find(together.query(u"secretword"_s, {"hidden1"})).isEmpty());
        QVERIFY(two.find(together.query(u"backup"_s, {})).isEmpty());
        QVERIFY(two.find(together.query(u"backup"_s, {"nowhere"})).isEmpty());
    }

    void whatIsExcludedIsNotThere()
    {
        Talk talk;
        const MessageId near = talk.say("a", u"Ann"_s, u"hello"_s);
        const MessageId question = talk.say("a", u"Ann"_s, u"where is the backup"_s);
        talk.pause();
        const MessageId found = talk.say("a", u"Ann"_s, u"a backup"_s);
        RecallQuery query = talk.query(u"where is the backup"_s, {"a"});
        query.without = {question, MessageId("never"), question};
        Recall recall(talk.index);
        QCOMPARE(ids(recall.find(query)), found.bytes());
        QVERIFY(hitOf(recall.find(query), near).message.isEmpty());
        query.without = {};
        QCOMPARE(recall.find(query).size(), 3); // nothing sticks
    }

    void limits()
    {
        Talk talk;
        for (int i = 0; i < 300; ++i)
            talk.say("a", u"Ann"_s, u"backup %1"_s.arg(i));
        RecallQuery query = talk.query(u"backup"_s, {"a"});
        Recall recall(talk.index);
        for (const auto &[limit, found] :
             {std::pair(1, 1), std::pair(7, 7), std::pair(0, 1), std::pair(-5, 1), std::pair(1'000'000, 100)}) {
            query.limit = limit;
            QCOMPARE(recall.find(query).size(), found);
        }
    }

    void queriesThatAskNothing_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("function words") << u"what is the of a"_s;
        QTest::newRow("unknown") << u"xylophone"_s;
        QTest::newRow("punctuation") << u"??? !!!"_s;
        QTest::newRow("nul") << QString(100'000, QChar(0));
        QTest::newRow("half surrogates") << QString(100'000, QChar(0xDC00));
        QTest::newRow("long") << QString(1'000'000, u'x');
    }
    void queriesThatAskNothing()
    {
        QFETCH(QString, text);
        Talk talk;
        talk.say("a", u"Ann"_s, u"the backup"_s);
        QVERIFY(talk.ask(text).isEmpty());
    }

    void anEmptyIndex()
    {
        Talk talk;
        QVERIFY(talk.ask(u"backup yesterday"_s).isEmpty());
        QVERIFY(Recall(talk.index).windows({}).isEmpty());
    }

    //! More messages have the word than are kept in a list: the rare word leads, and the common one still counts.
    void commonWordsDoNotFindByThemselves()
    {
        Talk talk;
        QList<MessageId> rare;
        for (quint32 i = 0; i < Recall::commonWord + 2'000; ++i) {
            const bool isRare = i % 1'000 == 500;
            const MessageId id = talk.say("r" + QByteArray::number(i % 500), u"Ann"_s,
                                          isRare             ? u"flamingo status"_s
                                          : i % 1'000 == 700 ? u"flamingo"_s
                                                             : u"status"_s);
            if (isRare)
                rare.append(id);
            talk.now += std::chrono::hours(2);
        }
        RecallQuery query = talk.query(u"flamingo status"_s, {});
        query.scope = talk.index.everyRoom();
        query.limit = 100;
        Recall recall(talk.index);
        const QList<RecallHit> hits = recall.find(query);
        QCOMPARE(hits.size(), rare.size() * 2); // and those that have the rare word alone
        for (const RecallHit &hit : hits) {
            QCOMPARE(hit.reason.terms.size(), rare.contains(hit.message) ? 2 : 1);
            QCOMPARE(hit.reason.terms.constFirst().word, u"flamingo"_s);
            QVERIFY(hit.reason.terms.constLast().score > 0);
        }
        // Alone it finds the newest.
        query.text = u"status"_s;
        QCOMPARE(recall.find(query).size(), 100);
        QCOMPARE(recall.find(query).constFirst().seq, qint64(talk.seqs.value(recall.find(query).constFirst().room)));
    }

    void windowsMerge()
    {
        Talk talk;
        QList<MessageId> said;
        for (int i = 0; i < 20; ++i)
            said.append(talk.say("a", u"Ann"_s,
                                 i == 5 || i == 8 ? u"flamingo"_s
                                 : i == 17        ? u"zebra"_s
                                                  : u"line %1"_s.arg(i)));
        Recall recall(talk.index);
        RecallQuery query = talk.query(u"flamingo"_s, {"a"});
        query.limit = 2;
        QList<RecallHit> hits = recall.find(query);
        query.text = u"zebra"_s;
        query.limit = 1;
        hits += recall.find(query);
        const QList<RecallWindow> windows = recall.windows(hits);
        QCOMPARE(windows.size(), 2);
        const auto stretchOf = [](const RecallWindow &w) { return std::pair(w.lines.first().seq, w.lines.last().seq); };
        QCOMPARE(stretchOf(windows.at(1)), std::pair(qint64(4), qint64(11))); // 6 and 9, two around
        QCOMPARE(stretchOf(windows.at(0)), std::pair(qint64(16), qint64(20)));
        QVERIFY(windows.at(0).score > windows.at(1).score); // the rarer word
        QCOMPARE(windows.at(1).lines.size(), 8);
        QCOMPARE(windows.at(1).lines.at(0).score, 0.0);
        QVERIFY(windows.at(1).lines.at(2).score > 0);
        QCOMPARE(recall.windows(hits, 0).size(), 3);
        QCOMPARE(recall.windows(hits, -3).constFirst().lines.size(), 1);
        // What is gone in the meantime is left out.
        QVERIFY(talk.index.remove(said.at(17)));
        QCOMPARE(recall.windows(hits).size(), 1);
    }

    void otherScripts()
    {
        Talk talk;
        const MessageId cjk = talk.say("a", u"Ann"_s, u"明日は東京で会議です"_s);
        talk.pause();
        const MessageId accents = talk.say("a", u"Ann"_s, u"Le café était fermé"_s);
        talk.pause();
        const MessageId emoji = talk.say("a", u"Ann"_s, u"🎉🎂"_s);
        QCOMPARE(ids(talk.ask(u"東京"_s)), cjk.bytes());
        QCOMPARE(ids(talk.ask(u"CAFE ferme"_s)), accents.bytes());
        QCOMPARE(ids(talk.ask(u"🎂"_s)), emoji.bytes());
    }
};

QTEST_GUILESS_MAIN(RecallTest)
#include "tst_recall.moc"
