// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/tokenizer.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace Atom::Search;
using namespace Qt::StringLiterals;

class TokenizerTest : public QObject
{
    Q_OBJECT
    static QStringList terms(const QString &text, Tokenizer::Use use = Tokenizer::Use::Message)
    {
        QStringList all;
        for (const Token &token : tokenize(text, use))
            all.append(QString::fromUtf8(token.term));
        return all;
    }

private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("terms");
        QTest::newRow("nothing") << u""_s << u""_s;
        QTest::newRow("punctuation") << u" .,;:-!?*\"'() "_s << u""_s;
        QTest::newRow("ascii") << u"Hello, World 42"_s << u"hello world 42"_s;
        QTest::newRow("inner punctuation") << u"don't foo_bar a.b"_s << u"don t foo bar a b"_s;
        QTest::newRow("url") << u"https://example.org/a?b=c"_s << u"https example org a b c"_s;
        QTest::newRow("accents") << u"Café ÉCOLE naïve Žižka"_s << u"cafe ecole naive zizka"_s;
        QTest::newRow("decomposed") << u"Cafe\u0301"_s << u"cafe"_s;
        QTest::newRow("plain and accented letters in one word")
            << u"abcÉdef12ñ9Z\u0301yß Q"_s << u"abcedef12n9zyss q"_s;
        QTest::newRow("letters without decomposition") << u"Straße Łódź søster Æon"_s << u"strasse lodz soster aeon"_s;
        QTest::newRow("Turkish") << u"İstanbul ısı"_s << u"istanbul isi"_s;
        QTest::newRow("Greek") << u"Ὀδυσσεύς ΟΔΥΣΣΕΥΣ"_s << u"οδυσσευσ οδυσσευσ"_s;
        QTest::newRow("Cyrillic") << u"Ёлка ЕЛКА"_s << u"елка елка"_s;
        QTest::newRow("full width") << u"ＡＢＣ１２"_s << u"abc12"_s;
        QTest::newRow("ligature") << u"oﬃce"_s << u"office"_s;
        QTest::newRow("Arabic points") << u"مُحَمَّد محمد"_s << u"محمد محمد"_s;
        QTest::newRow("Hebrew points") << u"שָׁלוֹם שלום"_s << u"שלום שלום"_s;
        QTest::newRow("Hindi keeps its vowels") << u"हिन्दी"_s << u"हिन्दी"_s;
        QTest::newRow("Han") << u"東京都"_s << u"東 東京 京 京都 都"_s;
        QTest::newRow("Han beside Latin") << u"iPhoneを買う"_s << u"iphone を を買 買 買う う"_s;
        QTest::newRow("kana voiced") << u"が か\u3099"_s << u"が が"_s;
        QTest::newRow("half-width kana") << u"ｶﾞ"_s << u"ガ"_s;
        QTest::newRow("Hangul") << u"한국"_s << u"한 한국 국"_s;
        QTest::newRow("Hangul of parts") << u"\u1112\u1161\u11ab"_s << u"한"_s;
        QTest::newRow("Thai") << u"ไทย"_s << u"ไ ไท ท ทย ย"_s;
        QTest::newRow("emoji") << u"ok 🎉"_s << u"ok 🎉"_s;
        QTest::newRow("emoji with skin") << u"👍🏽"_s << u"👍"_s;
        QTest::newRow("beyond the first plane") << u"𠀀𠀁"_s << u"𠀀 𠀀𠀁 𠀁"_s;
        QTest::newRow("soft hyphen, joiner") << u"co\u00adop\u200der"_s << u"cooper"_s;
        QTest::newRow("lone surrogate") << QString(QChar(0xD800)) + u"x"_s << u"x"_s;
        QTest::newRow("marks alone") << u"\u0301\u0301"_s << u""_s;
    }
    void words()
    {
        QFETCH(QString, text);
        QFETCH(QString, terms);
        QCOMPARE(this->terms(text).join(u' '), terms);
    }

    void queriesAskForPairs()
    {
        QCOMPARE(terms(u"東京都"_s, Tokenizer::Use::Query), QStringList({u"東京"_s, u"京都"_s}));
        QCOMPARE(terms(u"東"_s, Tokenizer::Use::Query), QStringList({u"東"_s}));
        QCOMPARE(terms(u"東 京"_s, Tokenizer::Use::Query), QStringList({u"東"_s, u"京"_s}));
        QCOMPARE(terms(u"a東京b"_s, Tokenizer::Use::Query), QStringList({u"a"_s, u"東京"_s, u"b"_s}));
    }

    void spansAreOfTheText()
    {
        const QString text = u"Die Straße — 東京 cafe\u0301!"_s;
        for (const Token &token : tokenize(text)) {
            const QString piece = text.mid(token.start, token.length);
            QCOMPARE(tokenize(piece, Tokenizer::Use::Query).constFirst().term, token.term);
        }
        const QList<Token> all = tokenize(text);
        QCOMPARE(all.at(1).start, 4);
        QCOMPARE(all.at(1).length, 6);
        QCOMPARE(text.mid(all.constLast().start, all.constLast().length), u"cafe\u0301"_s);
    }

    void positionsCountWords()
    {
        const QList<Token> all = tokenize(u"a 東京 b"_s);
        QList<int> positions;
        for (const Token &token : all)
            positions.append(token.position);
        QCOMPARE(positions, QList<int>({0, 1, 1, 2, 3})); // a, 東, 東京, 京, b
    }

    void isLinear()
    {
        const QString marks = u"a"_s + QString(200'000, QChar(0x301)) + u" b"_s;
        const QString jamo = QString(100'000, QChar(0x1112)) + QString(100'000, QChar(0x1161));
        const QString long_ = QString(200'000, u'x');
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(terms(marks), QStringList({u"a"_s, u"b"_s}));
        QCOMPARE(terms(long_).constFirst().size(), 64);
        tokenize(jamo);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
