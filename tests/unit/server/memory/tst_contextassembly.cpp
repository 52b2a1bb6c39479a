// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the assistant gets to read: order, budget, and why something was left out.
#include "server/memory/contextassembly.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Memory;
using namespace Qt::StringLiterals;
using Kind = ContextEntry::Kind;
using Dropped = ContextEntry::Dropped;

class ContextAssemblyTest : public QObject
{
    Q_OBJECT
    static RecentTurn turn(int number, const QString &text)
    {
        return {RoomId("a"), MessageId("turn" + QByteArray::number(number)), u"Ann"_s, text,
                fromMillis(1'000 + number)};
    }
    static RecalledMessage recalled(int number, const QString &text, double score)
    {
        RecalledMessage message;
        message.hit.message = MessageId("old" + QByteArray::number(number));
        message.hit.room = RoomId("b");
        message.hit.speakerName = u"Bob"_s;
        message.hit.at = fromMillis(number);
        message.hit.score = score;
        message.hit.reason.words = score;
        message.hit.reason.terms = {{u"dump"_s, u"dump"_s, score}};
        message.text = text;
        return message;
    }
    static RankedFact fact(const QString &text, double score)
    {
        RankedFact ranked;
        ranked.fact.text = text;
        ranked.fact.message = MessageId("said");
        ranked.score = score;
        return ranked;
    }
    static QStringList included(const QList<ContextEntry> &entries)
    {
        QStringList texts;
        for (const ContextEntry &entry : entries) {
            if (entry.included)
                texts.append(entry.text);
        }
        return texts;
    }
    static int tokens(const QList<ContextEntry> &entries)
    {
        int sum = 0;
        for (const ContextEntry &entry : entries)
            sum += entry.included ? entry.tokens : 0;
        return sum;
    }

private Q_SLOTS:
    void everythingFits()
    {
        const QList<ContextEntry> entries =
            assembleContext({turn(2, u"newer turn"_s), turn(1, u"older turn"_s)},
                            {recalled(7, u"later"_s, 5), recalled(3, u"earlier"_s, 2)},
                            {fact(u"weak fact"_s, 1), fact(u"strong fact"_s, 2)}, 1'000);
        QCOMPARE(included(entries), (QStringList{u"strong fact"_s, u"weak fact"_s, u"earlier"_s, u"later"_s,
                                                 u"older turn"_s, u"newer turn"_s}));
        QCOMPARE(entries.at(2).kind, Kind::Recalled);
        QCOMPARE(entries.at(2).speaker, u"Bob"_s);
        QCOMPARE(entries.at(2).message, MessageId("old3"));
        QCOMPARE(entries.at(2).room, RoomId("b"));
        QCOMPARE(entries.at(2).reason, u"words 2.0 (\"dump\")"_s);
        QCOMPARE(entries.at(0).message, MessageId("said"));
    }

    void whyLeftOut()
    {
        RecalledMessage known = recalled(1, u"something else"_s, 3);
        known.hit.message = MessageId("turn1");
        const QList<ContextEntry> entries =
            assembleContext({turn(1, u"the newest turn"_s)}, {known, recalled(2, u"The  NEWEST turn"_s, 2)},
                            {fact(u"the newest turn"_s, 1)}, 1'000);
        QCOMPARE(entries.at(0).dropped, Dropped::Duplicate);
        QCOMPARE(entries.at(1).dropped, Dropped::IsRecent);
        QCOMPARE(entries.at(2).dropped, Dropped::Duplicate);
        QCOMPARE(included(entries), QStringList{u"the newest turn"_s});
        QCOMPARE(kindName(entries.at(1).kind), u"recalled"_s);
        QCOMPARE(droppedName(entries.at(1).dropped), u"is_recent"_s);
        QCOMPARE(droppedName(entries.at(3).dropped), QString());
    }

    void theBudgetHolds_data()
    {
        QTest::addColumn<int>("budget");
        for (const int budget : {-100, 0, 1, 8, 9, 20, 57, 100, 333, 1'000, 5'000, 100'000})
            QTest::newRow(qPrintable(QString::number(budget))) << budget;
    }
    void theBudgetHolds()
    {
        QFETCH(int, budget);
        QList<RecentTurn> turns;
        QList<RecalledMessage> old;
        QList<RankedFact> known;
        for (int i = 0; i < 40; ++i) {
            turns.append(turn(i, u"turn number %1 says this and that "_s.arg(i).repeated(1 + i % 5)));
            old.append(recalled(i, u"message number %1 said something "_s.arg(i).repeated(1 + i % 7), i));
            known.append(fact(u"fact number %1 "_s.arg(i).repeated(1 + i % 3), i));
        }
        const QList<ContextEntry> entries = assembleContext(turns, old, known, budget);
        QCOMPARE(entries.size(), 120);
        QVERIFY2(tokens(entries) <= qMax(0, budget), qPrintable(QString::number(tokens(entries))));
        int facts = 0;
        bool seenTurn = false;
        for (const ContextEntry &entry : entries) {
            QCOMPARE(entry.included, entry.dropped == Dropped::No);
            facts += entry.included && entry.kind == Kind::Fact ? entry.tokens : 0;
            if (entry.kind == Kind::Recent) { // without a gap
                QVERIFY(entry.included || !seenTurn || budget <= 20);
                seenTurn = seenTurn || entry.included;
            }
        }
        QVERIFY(facts <= qMax(0, budget) * 0.3);
        if (budget >= 20)
            QVERIFY(entries.last().included); // the newest turn, whatever else
        if (budget >= 100'000)
            QCOMPARE(included(entries).size(), 120);
        if (budget == 1'000) { // a part of each kind
            QVERIFY(facts > 0);
            QVERIFY(std::any_of(entries.begin(), entries.end(),
                                [](const ContextEntry &e) { return e.included && e.kind == Kind::Recalled; }));
        }
    }

    void theNewestTurnIsCut()
    {
        const QList<ContextEntry> entries =
            assembleContext({turn(1, u"older"_s), turn(2, u"word 😀 "_s.repeated(10'000))}, {}, {}, 100);
        QVERIFY(entries.last().included);
        QVERIFY(entries.last().tokens <= 100 && entries.last().tokens > 50);
        QVERIFY(!entries.last().text.back().isHighSurrogate());
        QCOMPARE(entries.first().dropped, Dropped::Budget);
    }

    void theBestRecalledComeFirst()
    {
        const QString text = u"some text of a message that is recalled here, number %1"_s;
        const int each = estimatedTokens(text) + entryTokens;
        const QList<ContextEntry> entries =
            assembleContext({}, {recalled(1, text.arg(1), 1), recalled(2, text.arg(2), 9), recalled(3, text.arg(3), 5)},
                            {}, each * 2 + 4);
        QCOMPARE(included(entries), (QStringList{text.arg(2), text.arg(3)}));
        QCOMPARE(entries.first().dropped, Dropped::Budget);
    }

    void estimates()
    {
        QCOMPARE(estimatedTokens(u""), 0);
        QCOMPARE(estimatedTokens(u"hello"), 2);
        QCOMPARE(estimatedTokens(u"a b c d"), 6); // 1.3 per word
        QCOMPARE(estimatedTokens(QString(400, u'x')), 100);
        QCOMPARE(estimatedTokens(QString(400, QChar(0x65E5))), 400);
        QVERIFY(assembleContext({}, {}, {}, 100).isEmpty());
    }
};

QTEST_GUILESS_MAIN(ContextAssemblyTest)
#include "tst_contextassembly.moc"
