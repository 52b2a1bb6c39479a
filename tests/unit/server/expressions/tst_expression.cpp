// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/expression.h"
#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

namespace {
QJsonValue json(const QByteArray &text)
{
    return QJsonDocument::fromJson("[" + text + "]").array().first();
}
// Escaped, not raw, strings: moc 6.4 loses the class behind some raw ones.
const QByteArray document =
    "{\"a\":{\"b\":[1,2,{\"c\":\"deep\"}]},\"x y\":\"spaced\",\"n\":null,\"t\":true,\"f\":false,\"num\":3.5,"
    "\"id\":9007199254740993,\"big\":-9223372036854775808,\"s\":\"text\",\"evil\":\"${ .s }\",\"key\":\"s\","
    "\"e\":\"\\u00e9\"}";
} // namespace

class TestExpression : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void evaluates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(text) << QByteArray(expected);
        };
        row(".a.b[0]", "1");
        row(".a.b[-1].c", "\"deep\"");
        row(".a.b.[1]", "2");
        row(".a.b[99]", "null");
        row(".a[\"b\"][1]", "2");
        row(".\"x y\"", "\"spaced\"");
        row(".[\"x y\"]", "\"spaced\"");
        row(".[.key]", "\"text\"");
        row(".[$name]", "\"text\"");
        row(".missing.deeper[3].still", "null");
        row(".s.x?", "null");
        row("(.s.x?) == null", "null");
        row(".id", "9007199254740993");
        row(".id == 9007199254740993", "true");
        row(".id == 9007199254740992", "false");
        row(".id > 9007199254740992.0", "true");
        row(".big", "-9223372036854775808");
        row(".big == -9223372036854775808", "true");
        row("9223372036854775807", "9223372036854775807");
        row("1e3 == 1000", "true");
        row("-0.5 < 0", "true");
        row("$input.q", "\"asked\"");
        row("$context", "null");
        row(".num >= 3.5 and .t", "true");
        row(".n or .f", "false");
        row(".t or .s.x", "true");
        row(".f and .s.x", "false");
        row(".n | not", "true");
        row("(.a.b | .[0]) == 1 | not", "false");
        row("true or false and false", "true");
        row("null < false and false < true and true < 0 and 0 < \"\" and \"\" < .a.b and .a.b < .", "true");
        row(".a == .a", "true");
        row(".a.b != .a", "true");
        row("\"\\ud83d\\ude00\" > \"\\uffff\"", "true");
        row("\"a\\nb \\\"q\\\" \\u0041\"", "\"a\\nb \\\"q\\\" A\"");
        row("\"id=\\(.id) s=\\(.s) b=\\(.a.b[0] == 1) o=\\(.a.b[2]) n=\\(.n)\"",
            "\"id=9007199254740993 s=text b=true o={\\\"c\\\":\\\"deep\\\"} n=null\"");
        row("\"outer \\(\"inner \\(.s)\")\"", "\"outer inner text\"");
        row("\"caf\\(.e)\"", "\"caf\xc3\xa9\"");
        row(".evil", "\"${ .s }\"");
        row("  .s  ", "\"text\"");
        row("\"\"", "\"\"");
        row(".t == true", "true");
        row(".android", "null");
        row(".not", "null");
    }
    void evaluates()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, expected);
        const Result<Expression> e = Expression::compile(text);
        QVERIFY2(e.isOk(), e ? "" : qPrintable(e.error().detail));
        const Bindings bindings{
            {u"input"_s, QJsonObject{{u"q"_s, u"asked"_s}}}, {u"context"_s, QJsonValue()}, {u"name"_s, u"s"_s}};
        const Result<QJsonValue> value = e->evaluate(json(document), bindings);
        QVERIFY2(value.isOk(), value ? "" : qPrintable(value.error().detail));
        QCOMPARE(toJsonText(*value), expected);
    }

    void refusesByName_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *text, const char *part) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(part);
        };
        row("import \"a\" as a; .", "`import` is not supported at column 1");
        row("include \"a\"; .", "`include` is not supported at column 1");
        row(". | halt_error", "`halt_error` is not supported at column 5");
        row("$__prog_args", "`$__prog_args` is not supported at column 1");
        row("a::b", "`a::b/0` is not defined at column 1");
        row(".a | lengths", "`lengths/0` is not defined at column 6");
        row("length(1)", "`length/1` is not defined at column 1");
        row("def f(a): a; f", "`f/0` is not defined at column 14");
        row("break $x", "there is no label `$x` here at column 7");
        row("label $x | def f: 1; break $y", "there is no label `$y`");
        row("@base65", "`@base65` is not a format at column 1");
        row("{(0): 1}", "key must be a string at column 2");
        row("{0: 1}", "Cannot use number (0) as object key at column 2");
        row("{a: 1", "ends too early");
        row("if . then 1", "ends too early");
        row("if . 1 else 2 end", "unexpected `1` at column 6");
        row("1 as x | 2", "unexpected `x` at column 6");
        row(". as [] | 1", "unexpected `]` at column 7");
        row("reduce . as $x (1)", "unexpected `)` at column 18");
        row(".a = 1 = 2", "assignments do not chain; use `|` at column 8");
        row(".a\n| .b\n| oops", "`oops/0` is not defined at line 3, column 3");
        row("1 +", "ends too early at column 4");
        row("}", "unexpected `}` at column 1");
        row("try", "ends too early");
        row("1 < 2 < 3", "comparisons do not chain; use `and` at column 7");
        row("", "ends too early");
        row(".a ==", "ends too early at column 6");
        row("(.a", "ends too early");
        row("\"open", "not closed at column 1");
        row("\"\\x\"", "unknown escape in the string at column 2");
        row("\"\\u12\"", "unknown escape in the string at column 2");
        row(".a)", "unexpected `)` at column 3");
        row(".a .b c", "unexpected `c` at column 7");
        row("1.2.3", "is not a number at column 1");
        row("and .a", "a value is missing before `and` at column 1");
        row(".a[1", "ends too early");
        row("$", "variable name");
        row("\u00e4", "unexpected `\u00e4` at column 1");
    }
    void refusesByName()
    {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const Result<Expression> e = Expression::compile(text);
        QVERIFY(!e.isOk());
        QCOMPARE(e.error().code, Errc::ValidationFailed);
        QVERIFY2(e.error().detail.contains(part), qPrintable(e.error().detail));
    }

    void tellsPlacesAndUses()
    {
        qsizetype at = -1;
        QVERIFY(!Expression::compile(u".a\n| .b\n| oops"_s, &at).isOk());
        QCOMPARE(at, 10);
        const Result<Expression> e = Expression::compile(
            u"$secrets.a + $secrets[\"b\"].c, ($secrets | .d), $secrets[.e], $other.f, (1 as $secrets | $secrets.g)"_s);
        QVERIFY(e.isOk());
        QStringList fields = e->fieldsOf(u"secrets"_s);
        QCOMPARE(fields.removeAll(QString()), 1);
        fields.sort();
        QCOMPARE(fields, QStringList({u"a"_s, u"b"_s}));
        QCOMPARE(e->fieldsOf(u"other"_s), QStringList{u"f"_s});
        QCOMPARE(e->fieldsOf(u"nobody"_s), QStringList());
    }

    void reportsRunTimeErrors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *t, const char *p) {
            QTest::newRow(t) << QString::fromUtf8(t) << QString::fromUtf8(p);
        };
        row(".s.x", "Cannot index string with string \"x\"");
        row(".a[0]", "Cannot index object with number");
        row(".a[true]", "Cannot index object with boolean");
        row("$nobody", "`$nobody` is not defined here");
        row(".num[]", "Cannot iterate over number (3.5)");
        row(".a + 1", "object ({\"b\":[1,2,{...) and number (1) cannot be added");
        row("error", "(not a string)");
        row("error(\"mine\")", "mine");
        row("{(.num): 1}", "Cannot use number (3.5) as object key");
        row(".t | keys", "boolean (true) has no keys");
        row("1 / (.n | length)", "cannot be divided because the divisor is zero");
        row("path(1 | {})", "Invalid path expression with result {}");
        row("input", "break");
    }
    void reportsRunTimeErrors()
    {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const Result<Expression> e = Expression::compile(text);
        QVERIFY(e.isOk());
        const Result<QJsonValue> value = e->evaluate(json(document), {});
        QVERIFY(!value.isOk());
        QVERIFY2(value.error().detail.contains(part), qPrintable(value.error().detail));
    }

    void boundsTheText()
    {
        QVERIFY(!Expression::compile(QString(Budget::textUnits + 1, u' ')).isOk());
        QVERIFY(!Expression::compile(QString(5000, u'(')).isOk());
        QVERIFY(!Expression::compile(QString(60, u'(') + QString(5000, u'[')).isOk());
        QVERIFY(!Expression::compile(u"\"\\("_s.repeated(500)).isOk());
        QVERIFY(!Expression::compile(u". as {(. as "_s.repeated(600)).isOk());
        QVERIFY(!Expression::compile(u"def f: "_s.repeated(1000)).isOk());
        QVERIFY(!Expression::compile(u"1 // "_s.repeated(1000) + u'1').isOk());
        QVERIFY(!Expression::compile(u"if 1 then 2 elif "_s.repeated(400)).isOk());
        for (const QString &wide : {u"."_s + u"[0]"_s.repeated(2000), u"1"_s + u"|1"_s.repeated(2000),
                                    u"1"_s + u"+1"_s.repeated(2000), u"1"_s + u",1"_s.repeated(2000)}) {
            const Result<Expression> e = Expression::compile(wide);
            QVERIFY(e.isOk());
            QVERIFY(e->evaluate(QJsonValue(QJsonValue::Null), {}).isOk());
        }
        QVERIFY(Expression::compile(QString(90, u'(') + u'1' + QString(90, u')')).isOk());
    }

    void givesAllResults()
    {
        const Result<Expression> e = Expression::compile(u"range(3), \"x\""_s);
        QVERIFY(e.isOk());
        QCOMPARE(*e->evaluateAll({}, {}, 4), QList<QJsonValue>({0, 1, 2, u"x"_s}));
        QVERIFY(!e->evaluateAll({}, {}, 3).isOk());
        QCOMPARE(*e->evaluate({}, {}), QJsonValue(0));
        QVERIFY(Expression::compile(u"empty"_s)->evaluate({}, {})->isNull());
        QVERIFY(Expression::compile(u"empty"_s)->evaluateAll({}, {}, 0)->isEmpty());
        // Only what is asked for is computed.
        QCOMPARE(*Expression::compile(u"1, error(\"late\")"_s)->evaluate({}, {}), QJsonValue(1));
    }

    void knowsPaths()
    {
        for (const QString &path : {u"."_s, u".a.b[0]"_s, u".[\"x y\"].z[-1]"_s, u".\"a\""_s})
            QVERIFY2(Expression::compile(path)->isPath(), qPrintable(path));
        for (const QString &other : {u".[]"_s, u".a | .b"_s, u".a?"_s, u".[.a]"_s, u"$x.a"_s, u"1"_s, u".a[1:]"_s})
            QVERIFY2(!Expression::compile(other)->isPath(), qPrintable(other));
        QVERIFY(Expression().isPath());
    }

    void conditionsTakeBothForms()
    {
        for (const QString &text : {u".t"_s, u"${ .t }"_s, u" ${.t} "_s}) {
            const Result<Expression> e = Expression::compileCondition(text);
            QVERIFY(e.isOk());
            QCOMPARE(e->evaluate(json(document), {})->toBool(), true);
        }
        QCOMPARE(Expression::compile(u"$a.b == $c and $a"_s)->variables(), QStringList({u"a"_s, u"c"_s}));
        QCOMPARE(Expression::compile(u". as [$a] ?// {$b} | $a + $b + $d"_s)->variables(), QStringList{u"d"_s});
    }
};

QTEST_GUILESS_MAIN(TestExpression)
#include "tst_expression.moc"
