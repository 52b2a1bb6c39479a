// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/expression.h"
#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

class TestRegex : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("found"); // all matches, joined by a bar
        const auto row = [](const char *pattern, const char *flags, const char *text, const char *found) {
            QTest::addRow("%s /%s on %s", pattern, flags, text)
                << QString::fromUtf8(pattern) << QString::fromUtf8(flags) << QString::fromUtf8(text)
                << QString::fromUtf8(found);
        };
        row("a+", "g", "aabaa", "aa|aa");
        row("a+?", "g", "aa", "a|a");
        row("a|ab", "g", "ab", "a");
        row("(?:ab)+", "g", "ababxab", "abab|ab");
        row("(a+)+b", "", "aaab", "aaab");
        row("a{2,3}", "g", "aaaaaa a", "aaa|aaa");
        row("a{,2}b", "", "aaab", "aab");
        row("a{2}{2}", "", "aaaaa", "aaaa");
        row("x{,}", "", "x{,}", "x{,}");
        row("a++a", "", "aaa", "(none)");
        row("(?>a+)b", "", "aab", "aab");
        row("(?>a|ab)c", "", "abc", "(none)");
        row("^b", "g", "a\nb", "(none)");
        row("(?m)^b$", "g", "a\nb\nc", "b");
        row("a$", "", "ba\n", "a");
        row("\\Aa\\z", "", "a", "a");
        row("a.b", "", "a\nb", "(none)");
        row("(?s)a.b", "", "a\nb", "a\nb");
        row("a.b", "p", "a\nb", "a\nb");
        row("A b # note", "ix", "xab", "ab");
        row("(?i)straSSe", "", "STRASSE", "STRASSE");
        row("(?i:a)b", "", "Ab AB", "Ab");
        row("\xc3\x84", "i", "x\xc3\xa4", "\xc3\xa4");
        row("[a-c&&[^b]]+", "g", "abcca", "a|cca");
        row("[^a-z]+", "", "abCD", "CD");
        row("[]a]+", "", "x]a", "]a");
        row("[\\]\\-x-z]+", "", "a]-y", "]-y");
        row("[[:alpha:]_]+", "g", "ab_1c", "ab_|c");
        row("[[:^digit:]]+", "g", "1a2", "a");
        row("\\w+\\W\\d\\D\\s\\S\\h\\H", "", "ab-1x yfz", "ab-1x yfz");
        row("\\p{Lu}\\p{^Lu}\\P{L}", "", "aBc1", "Bc1");
        row("\\x41\\x{1F600}\\u0042", "",
            "A\xf0\x9f\x98\x80"
            "B",
            "A\xf0\x9f\x98\x80"
            "B");
        row("(a)(b)?\\1", "", "aba a", "aba");
        row("(a)b\\1", "", "aba", "aba");
        row("(?<q>['\"]).*?\\k<q>", "g", "'a' \"b\"", "'a'|\"b\"");
        row("foo(?=bar)", "g", "foobar foox", "foo");
        row("foo(?!bar)", "g", "foobar foo", "foo");
        row("(?<=\\$)\\d+", "g", "$12 34", "12");
        row("(?<!a)b", "g", "ab cb", "b");
        row("\\bx\\B", "g", "xy x", "x");
        row("\\Q.*\\E", "", "a.*", ".*");
        row("(a*)*", "", "b", "");
        row("(a*)+$", "", "aa", "aa");
        row("(|a)+b", "", "aab", "aab");
        row("", "g", "ab", "||");
        row("a*", "gn", "baac", "aa");
        row("(?#note)a", "", "a", "a");
        row("\\(\\)\\[\\]\\.", "", "()[].", "()[].");
    }
    void finds()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, flags);
        QFETCH(QString, text);
        QFETCH(QString, found);
        const Result<Expression> e =
            Expression::compile(u"[match($re; $flags).string] | if . == [] then \"(none)\" else join(\"|\") end"_s);
        QVERIFY(e.isOk());
        const auto r = e->evaluate(text, {{u"re"_s, pattern}, {u"flags"_s, flags}});
        QVERIFY2(r.isOk(), r ? "" : qPrintable(r.error().detail));
        QCOMPARE(r->toString(), found);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("pattern");
        for (const char *bad :
             {"(",    ")",       "[",   "[a",        "[b-a]",  "*a", "a**b(",   "(?<>a)",      "(?<a-b>c)",  "\\",
              "(?z)", "\\k<no>", "\\2", "\\p{Nope}", "\\g<1>", "(?", "a{1001}", "\\x{110000}", "[[:alpha:]", "(?<n>"})
            QTest::newRow(bad) << QString::fromUtf8(bad);
    }
    void refuses()
    {
        QFETCH(QString, pattern);
        const auto r = Expression::compile(u"test($re)"_s)->evaluate(u"abc"_s, {{u"re"_s, pattern}});
        QVERIFY(!r.isOk());
        QVERIFY2(r.error().detail.contains(u"is not a valid regex"), qPrintable(r.error().detail));
    }

    void refusesFlagsAndTypes()
    {
        QVERIFY(!Expression::compile(u"test(\"a\"; \"q\")"_s)->evaluate(u"a"_s, {}).isOk());
        QVERIFY(!Expression::compile(u"test(1)"_s)->evaluate(u"a"_s, {}).isOk());
        QVERIFY(!Expression::compile(u"test(\"a\")"_s)->evaluate(1, {}).isOk());
        QVERIFY(!Expression::compile(u"test([\"a\", 1])"_s)->evaluate(u"a"_s, {}).isOk());
        QVERIFY(Expression::compile(u"test([\"A\", \"i\"])"_s)->evaluate(u"a"_s, {})->toBool());
    }
};

QTEST_GUILESS_MAIN(TestRegex)
#include "tst_regex.moc"
