// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Under which terms a text is kept: stems, irregular forms, other scripts, hostile input.
#include "server/memory/likemeanings.h"
#include "server/memory/stemmer.h"
#include "server/memory/words.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <algorithm>

using namespace Atom::Memory;
using namespace Qt::StringLiterals;

class WordsTest : public QObject
{
    Q_OBJECT
    static QString terms(const QString &text)
    {
        QStringList all;
        for (WordReader words(text); words.next();)
            all.append(QString::fromUtf8(words.term()) + (words.isFunctionWord() ? u"-"_s : QString()));
        return all.join(u' ');
    }

private Q_SLOTS:
    // The examples of the paper, step by step, with what all steps together make of them.
    void stems_data()
    {
        QTest::addColumn<QByteArray>("stemmed");
        const char *const table[][2]{
            {"caresses", "caress"},
            {"ponies", "poni"},
            {"ties", "ti"},
            {"caress", "caress"},
            {"cats", "cat"},
            {"feed", "feed"},
            {"agreed", "agre"},
            {"plastered", "plaster"},
            {"bled", "bled"},
            {"motoring", "motor"},
            {"sing", "sing"},
            {"conflated", "conflat"},
            {"troubled", "troubl"},
            {"sized", "size"},
            {"hopping", "hop"},
            {"tanned", "tan"},
            {"falling", "fall"},
            {"hissing", "hiss"},
            {"fizzed", "fizz"},
            {"failing", "fail"},
            {"filing", "file"},
            {"happy", "happi"},
            {"sky", "sky"},
            {"relational", "relat"},
            {"conditional", "condit"},
            {"rational", "ration"},
            {"valenci", "valenc"},
            {"digitizer", "digit"},
            {"radicalli", "radic"},
            {"vietnamization", "vietnam"},
            {"predication", "predic"},
            {"operator", "oper"},
            {"feudalism", "feudal"},
            {"decisiveness", "decis"},
            {"hopefulness", "hope"},
            {"formaliti", "formal"},
            {"sensitiviti", "sensit"},
            {"triplicate", "triplic"},
            {"formative", "form"},
            {"electrical", "electr"},
            {"goodness", "good"},
            {"revival", "reviv"},
            {"allowance", "allow"},
            {"inference", "infer"},
            {"airliner", "airlin"},
            {"adjustable", "adjust"},
            {"irritant", "irrit"},
            {"replacement", "replac"},
            {"adjustment", "adjust"},
            {"dependent", "depend"},
            {"adoption", "adopt"},
            {"communism", "commun"},
            {"activate", "activ"},
            {"effective", "effect"},
            {"bowdlerize", "bowdler"},
            {"probate", "probat"},
            {"rate", "rate"},
            {"cease", "ceas"},
            {"controll", "control"},
            {"roll", "roll"},
            {"oscillators", "oscil"},
            {"generalizations", "gener"},
            {"at", "at"},
            {"by", "by"},
        };
        for (const auto &[word, stemmed] : table)
            QTest::newRow(word) << QByteArray(stemmed);
    }
    void stems()
    {
        QFETCH(QByteArray, stemmed);
        QByteArray word = QTest::currentDataTag();
        stem(word);
        QCOMPARE(word, stemmed);
    }

    void wordsThatAreNotEnglishStay()
    {
        for (QByteArray word : {"käses", "a1ing", "日本", "x'ing", "Ponies"}) {
            const QByteArray before = word;
            stem(word);
            QCOMPARE(word, before);
        }
    }

    void stemmingNeverGrowsAWord()
    {
        // Every word of up to 6 letters from an alphabet that has what the rules look for.
        static constexpr char letters[] = "aeyslingt";
        for (int n = 0; n < 9 * 9 * 9 * 9 * 9 * 9; n += 7) {
            QByteArray word;
            for (int rest = n; word.size() < 6; rest /= 9)
                word.append(letters[rest % 9]);
            QByteArray stemmed = word;
            stem(stemmed);
            QVERIFY2(!stemmed.isEmpty() && stemmed.size() <= word.size(), word.constData());
        }
        QByteArray ys(10'000, 'y');
        stem(ys);
        QVERIFY(ys.size() <= 10'000);
    }

    void irregularForms()
    {
        QVERIFY(std::is_sorted(Atom::Memory::irregularForms().begin(), Atom::Memory::irregularForms().end(),
                               [](const IrregularForm &x, const IrregularForm &y) { return x.form < y.form; }));
        QCOMPARE(irregularBase("went"), QByteArrayView("go"));
        QCOMPARE(irregularBase("children"), QByteArrayView("child"));
        QVERIFY(irregularBase("walked").isEmpty());
        QVERIFY(irregularBase("").isEmpty());
        QCOMPARE(terms(u"bought buying buys buy"_s), u"bui bui bui bui"_s);
        QCOMPARE(terms(u"went going gone"_s), u"go go go"_s);
    }

    void texts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << u" .,! "_s << u""_s;
        QTest::newRow("function words") << u"What did the bakers bake?"_s << u"what- did- the- baker bake"_s;
        QTest::newRow("apostrophe") << u"Marcus's dog doesn't"_s << u"marcu dog doesn-"_s;
        QTest::newRow("accents, case, width") << u"Café CAFÉ ＣＡＦＥ Straße"_s << u"cafe cafe cafe strass"_s;
        QTest::newRow("numbers") << u"7 of 1,180 in 2024"_s << u"7 of- 1 180 in- 2024"_s;
        QTest::newRow("chinese") << u"日本語"_s << u"日 日本 本 本語 語"_s;
        QTest::newRow("emoji") << u"party 🎉🎉"_s << u"parti 🎉 🎉🎉 🎉"_s;
        QTest::newRow("cyrillic") << u"Привет, МИР"_s << u"привет мир"_s;
    }
    void texts()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(terms(text), expected);
    }

    void timeWords()
    {
        const auto isTime = [](const QString &word) {
            WordReader words(word);
            return words.next() && words.isTimeWord();
        };
        for (const QString &word : {u"yesterday"_s, u"Monday"_s, u"2024"_s, u"ago"_s, u"March"_s})
            QVERIFY2(isTime(word), qPrintable(word));
        for (const QString &word : {u"dump"_s, u"20245"_s, u"20ab"_s, u"1850"_s, u"go"_s})
            QVERIFY2(!isTime(word), qPrintable(word));
    }

    void hostileTextsAreReadInLinearTime_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("one word") << QString(1'000'000, u'y');
        QTest::newRow("accents") << u'e' + QString(1'000'000, QChar(0x301));
        QTest::newRow("half surrogates") << QString(1'000'000, QChar(0xD83D));
        QTest::newRow("nul") << QString(1'000'000, QChar(0));
        QTest::newRow("apostrophes") << QString(1'000'000, u'\'');
        QTest::newRow("han") << QString(300'000, QChar(0x65E5));
        QTest::newRow("ligatures") << QString(300'000, QChar(0xFDFA)); // 18 characters each
    }
    void hostileTextsAreReadInLinearTime()
    {
        QFETCH(QString, text);
        QElapsedTimer timer;
        timer.start();
        for (WordReader words(text); words.next();)
            QVERIFY(words.term().size() >= 1 && words.term().size() <= WordReader::mostTermBytes);
        QVERIFY2(timer.elapsed() < 20'000, "quadratic?");
    }

    void likeMeaningsGoBothWays()
    {
        QVERIFY(likeMeanings("father").contains("dad"));
        QVERIFY(likeMeanings("dad").contains("father"));
        QVERIFY(!likeMeanings("dad").contains("dad"));
        QVERIFY(likeMeanings("xyzzi").isEmpty());
    }
};

QTEST_GUILESS_MAIN(WordsTest)
#include "tst_words.moc"
