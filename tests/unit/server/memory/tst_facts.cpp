// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What asks the memory to do something, what only sounds like it, and which facts answer a question.
#include "server/memory/fact.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Memory;
using namespace Qt::StringLiterals;
using Kind = FactRequest::Kind;

Q_DECLARE_METATYPE(Atom::Memory::FactRequest::Kind)

class FactsTest : public QObject
{
    Q_OBJECT
    static QList<Fact> facts(const QStringList &texts)
    {
        QList<Fact> all;
        for (const QString &text : texts) {
            Fact fact;
            fact.id = FactId("f" + QByteArray::number(all.size()));
            fact.text = text;
            fact.createdAt = fromMillis(all.size());
            all.append(fact);
        }
        return all;
    }

private Q_SLOTS:
    void requests_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QString>("content");
        const auto remember = [](const char *text, const char *content) {
            QTest::newRow(text) << QString::fromUtf8(text) << Kind::Remember << QString::fromUtf8(content);
        };
        const auto forget = [](const char *text, const char *content) {
            QTest::newRow(text) << QString::fromUtf8(text) << Kind::Forget << QString::fromUtf8(content);
        };
        const auto tell = [](const char *text, const char *content) {
            QTest::newRow(text) << QString::fromUtf8(text) << Kind::Tell << QString::fromUtf8(content);
        };
        remember("remember that I am vegetarian", "I am vegetarian");
        remember("Please remember that my desk is 4.17.", "my desk is 4.17");
        remember("Hey @assistant, please remember that the demo is on Friday!", "the demo is on Friday");
        remember("Could you please remember that I prefer tea?", "I prefer tea");
        remember("remember: the door code is 4711", "the door code is 4711");
        remember("Note that invoices go to Rotterdam", "invoices go to Rotterdam");
        remember("please take note that Ann is away", "Ann is away");
        remember("keep in mind that we deploy on Tuesdays", "we deploy on Tuesdays");
        remember("don't forget that mum's birthday is May 3", "mum's birthday is May 3");
        remember("Don’t forget that I'm allergic to nuts", "I'm allergic to nuts");
        remember("do not forget: the key is under the mat", "the key is under the mat");
        remember("remember my favourite colour is blue", "my favourite colour is blue");
        remember("remember I live in Ghent", "I live in Ghent");
        remember("REMEMBER THAT I LIKE CAPITALS", "I LIKE CAPITALS");
        remember("remember that 会議は金曜日です", "会議は金曜日です");
        remember("remember that line one\nand line two", "line one\nand line two");
        forget("forget that I like tea", "I like tea");
        forget("Forget about my door code.", "my door code");
        forget("please forget what I said about Ann", "Ann");
        forget("forget everything about the demo", "the demo");
        forget("forget everything", "");
        forget("forget everything you know about me", "");
        forget("Forget about me", "");
        tell("what do you know about me?", "");
        tell("What do you know about the Northwind contract?", "the Northwind contract");
        tell("what do you remember about my dog", "my dog");
        tell("what do you remember?", "");
        tell("hey assistant, what have I told you about Ann?", "Ann");
        tell("what did I ask you to remember?", "");
        tell("tell me everything you know about me", "");
    }
    void requests()
    {
        QFETCH(QString, text);
        QFETCH(Kind, kind);
        QFETCH(QString, content);
        const std::optional<FactRequest> request = readFactRequest(text);
        QVERIFY(request);
        QCOMPARE(int(request->kind), int(kind));
        QCOMPARE(request->content, content);
    }

    void otherTalk_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"",
                                 "remember",
                                 "remember that",
                                 "remember that.",
                                 "remember to buy milk",
                                 "don't forget to call Ann",
                                 "remember when we went to Rome?",
                                 "do you remember my birthday?",
                                 "I remember that day",
                                 "forget it",
                                 "I forgot that",
                                 "forget that",
                                 "forget about",
                                 "remember the milk",
                                 "please note",
                                 "note to self",
                                 "can you remember that?",
                                 "remember that time in Rome",
                                 "remember how it was",
                                 "what do you think?",
                                 "what do I know about this",
                                 "she said remember that I am here",
                                 "unforgettable",
                                 "notes that matter",
                                 "I cannot remember that he came",
                                 "remember that he came?"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void otherTalk()
    {
        QFETCH(QString, text);
        const std::optional<FactRequest> request = readFactRequest(text);
        QVERIFY2(!request, request ? qPrintable(request->content) : "");
    }

    void longAndHostileTexts()
    {
        QVERIFY(readFactRequest(u"remember that "_s + QString(Fact::longestText, u'x')));
        QVERIFY(!readFactRequest(u"remember that "_s + QString(Fact::longestText + 1, u'x')));
        QElapsedTimer timer;
        timer.start();
        for (const QString &piece :
             {u"please "_s, u"hey, "_s, u"remember "_s, u"@a "_s, u"you "_s, u"what do you know "_s, u" "_s,
              QString(QChar(0xD800)), QString(QChar(0)), u"forget all "_s, u"is a "_s}) {
            readFactRequest(piece.repeated(1'200 / piece.size()));
            readFactRequest(u"remember "_s + piece.repeated(1'100 / piece.size()));
            readFactRequest(piece.repeated(1'000'000));
        }
        QVERIFY2(timer.elapsed() < 5'000, "not linear");
    }

    void ranking()
    {
        const QList<Fact> all = facts({u"my dog is called Biscuit"_s, u"the door code is 4711"_s,
                                       u"my dad lives in Ghent"_s, u"the code of the garage is 12"_s});
        QCOMPARE(rankFacts(all, u"what is the door code?"_s, 10).constFirst().place, 1);
        QCOMPARE(rankFacts(all, u"what is the door code?"_s, 10).size(), 2);
        QCOMPARE(rankFacts(all, u"what is the door code?"_s, 1).size(), 1);
        QCOMPARE(rankFacts(all, u"where does my father live"_s, 10).constFirst().place, 2); // dad, lives
        QVERIFY(rankFacts(all, u"zebra"_s, 10).isEmpty());
        QVERIFY(rankFacts({}, u"door"_s, 10).isEmpty());
        QVERIFY(rankFacts(all, u"door"_s, 0).isEmpty());
        QVERIFY(rankFacts(all, u"door"_s, -1).isEmpty());
        // Nothing asked: all of them, newest first.
        const QList<FactMatch> newest = rankFacts(all, u"what about me?"_s, 3);
        QCOMPARE(newest, (QList<FactMatch>{{3, 0}, {2, 0}, {1, 0}}));
    }
};

QTEST_GUILESS_MAIN(FactsTest)
#include "tst_facts.moc"
