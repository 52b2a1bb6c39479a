// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/pattern.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace Atom::Entities;
using namespace Qt::StringLiterals;

class PatternTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void matches_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("found"); // with "|" between
        QTest::newRow("literal") << u"abc"_s << u"xabcabc ab"_s << u"abc|abc"_s;
        QTest::newRow("case") << u"abc"_s << u"ABC aBc"_s << u"ABC|aBc"_s;
        QTest::newRow("any") << u"a.c"_s << u"abc a\nc a😀c"_s << u"abc|a😀c"_s;
        QTest::newRow("class") << u"[a-c]+"_s << u"xxabcaxcb"_s << u"abca|cb"_s;
        QTest::newRow("negated class") << u"[^a-c ]+"_s << u"abxyz cd"_s << u"xyz|d"_s;
        QTest::newRow("class with a dash") << u"[a-]+"_s << u"a-b-"_s << u"a-|-"_s;
        QTest::newRow("class with escapes") << u"[\\d\\]]+"_s << u"a1]2b"_s << u"1]2"_s;
        QTest::newRow("choice") << u"cat|dog|catfish"_s << u"catfish dogcat"_s << u"catfish|dog|cat"_s;
        QTest::newRow("group") << u"(ab)+c"_s << u"ababc abac"_s << u"ababc"_s;
        QTest::newRow("silent group") << u"(?:ab)?c"_s << u"abc c"_s << u"abc|c"_s;
        QTest::newRow("star") << u"ab*"_s << u"a abbb"_s << u"a|abbb"_s;
        QTest::newRow("count") << u"\\d{3}"_s << u"12 1234567"_s << u"123|456"_s;
        QTest::newRow("count from") << u"\\d{2,}"_s << u"1 12 1234"_s << u"12|1234"_s;
        QTest::newRow("count from to") << u"\\d{2,3}"_s << u"1 1234567"_s << u"123|456"_s;
        QTest::newRow("count none") << u"ab{0}c"_s << u"abc ac"_s << u"ac"_s;
        QTest::newRow("anchors") << u"^a|b$"_s << u"aabb"_s << u"a|b"_s;
        QTest::newRow("word edges") << u"\\bcat\\b"_s << u"cat concat cats cat"_s << u"cat|cat"_s;
        QTest::newRow("no word edge") << u"\\Bcat"_s << u"cat concat"_s << u"cat"_s;
        QTest::newRow("words") << u"\\w+"_s << u"Grüße, 日本 a_1"_s << u"Grüße|日本|a_1"_s;
        QTest::newRow("spaces") << u"a\\sb"_s << u"a b a\tb ab"_s << u"a b|a\tb"_s;
        QTest::newRow("not digits") << u"\\D+"_s << u"1ab2"_s << u"ab"_s;
        QTest::newRow("escaped") << u"\\$\\d+\\.\\d\\d"_s << u"$12.50 $1,50"_s << u"$12.50"_s;
        QTest::newRow("empty matches are none") << u"a*"_s << u"bab"_s << u"a"_s;
        QTest::newRow("empty expression") << u""_s << u"abc"_s << u""_s;
        QTest::newRow("empty repeated") << u"(a*)*b"_s << u"aab b"_s << u"aab|b"_s;
        QTest::newRow("leftmost") << u"bcd|abcde|c"_s << u"abcd"_s << u"bcd"_s;
        QTest::newRow("longest") << u"a|ab|abc"_s << u"abcd"_s << u"abc"_s;
        QTest::newRow("ticket") << u"[A-Z]{2,5}-\\d{1,6}"_s << u"see OPS-12, x-1"_s << u"OPS-12"_s;
    }
    void matches()
    {
        QFETCH(QString, expression);
        QFETCH(QString, text);
        QFETCH(QString, found);
        const Atom::Result<Pattern> pattern = Pattern::compile(expression);
        QVERIFY2(pattern.isOk(), pattern.isOk() ? "" : qPrintable(pattern.error().detail));
        QStringList all;
        for (const Pattern::Match &match : pattern->find(text))
            all.append(text.mid(match.start, match.length));
        QCOMPARE(all.join(u'|'), found);
    }

    void caseCanMatter()
    {
        const Atom::Result<Pattern> pattern = Pattern::compile(u"[A-Z]+"_s, true);
        QCOMPARE(pattern->find(u"abCDe"), QList<Pattern::Match>({{2, 2}}));
    }

    void mistakes_data()
    {
        QTest::addColumn<int>("position");
        const auto row = [](const char *expression, int position) { QTest::newRow(expression) << position; };
        row("(ab", 0);
        row("ab)", 2);
        row("a**", 2);
        row("*a", 0);
        row("[abc", 0);
        row("[]", 0);
        row("a[z-a]", 2);
        row("a{", 1);
        row("a{2", 1);
        row("a{3,2}", 1);
        row("a{101}", 1);
        row("ab\\", 2);
        row("(a)\\1", 3);
        row("(?=a)", 0);
        row("x(?<n>a)", 1);
        row("^*", 1);
        row("\\pL", 0);
    }
    void mistakes()
    {
        QFETCH(int, position);
        const Atom::Result<Pattern> pattern = Pattern::compile(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(!pattern.isOk());
        QCOMPARE(pattern.error().code, Atom::Errc::ValidationFailed);
        QVERIFY2(pattern.error().detail.startsWith(u"position %1:"_s.arg(position)),
                 qPrintable(pattern.error().detail));
    }

    void sizeIsBounded()
    {
        QVERIFY(Pattern::compile(u"a{100}"_s).isOk());
        QVERIFY(!Pattern::compile(u"(a{100}){100}"_s).isOk());
        QVERIFY(!Pattern::compile(u"(((((a{100}){100}){100}){100}){100})"_s).isOk());
        QVERIFY(!Pattern::compile(QString(Pattern::longestExpression + 1, u'a')).isOk());
        QVERIFY(!Pattern::compile(QString(400, u'(') + QString(400, u')')).isOk());
        QVERIFY(Pattern::compile(QString(30, u'(') + u'a' + QString(30, u')')).isOk());
    }

    //! Where matchers that go back take years.
    void hostilePatterns_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::newRow("nested") << u"(a+)+b"_s;
        QTest::newRow("optional") << u"(a?){30}a{30}b"_s;
        QTest::newRow("choice") << u"(a|a|aa)*b"_s;
        QTest::newRow("far ahead") << u"a|a.*b"_s;
        QTest::newRow("stars") << u"(.*)(.*)(.*)(.*)x"_s;
    }
    void hostilePatterns()
    {
        QFETCH(QString, expression);
        const Atom::Result<Pattern> pattern = Pattern::compile(expression);
        QVERIFY(pattern.isOk());
        const QString text(20'000, u'a');
        QElapsedTimer timer;
        timer.start();
        (void)pattern->find(text);
        qInfo() << pattern->size() << "instructions," << timer.elapsed() << "ms";
        QVERIFY(timer.elapsed() < 20'000);
    }
};

QTEST_GUILESS_MAIN(PatternTest)
#include "tst_pattern.moc"
