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
        row(".a | map(.b)", "`map` is not supported yet at column 6");
        row(".a + 1", "`+` is not supported yet at column 4");
        row(".a // 1", "`//` is not supported yet at column 4");
        row(".a, .b", "`,` is not supported yet at column 3");
        row(".a = 1", "`=` is not supported yet at column 4");
        row(".a |= 1", "`|=` is not supported yet at column 4");
        row(".[]", "`.[]` is not supported yet at column 2");
        row(".a[1:2]", "`.[a:b]` is not supported yet at column 3");
        row("..", "`..` is not supported yet at column 1");
        row("{a: 1}", "`{ }` is not supported yet at column 1");
        row("[.a]", "`[ ]` is not supported yet at column 1");
        row("if .a then 1 else 2 end", "`if` is not supported yet at column 1");
        row(". as $x | $x", "`as` is not supported yet at column 3");
        row("def f: f; f", "`def` is not supported yet at column 1");
        row("@base64", "`@base64` is not supported yet at column 1");
        row("\"\\(.a | length)\"", "`length` is not supported yet at column 9");
        row("$secrets.token", "`$secrets` is not supported yet at column 1");
        row("$ENV.PATH", "`$ENV` is not supported yet at column 1");
        row("env", "`env` is not supported yet at column 1");
        row("input", "`input` is not supported yet at column 1");
        row("-.a", "`-` is not supported yet at column 1");
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
        row(".a[true", "ends too early");
        row("$", "variable name");
        row(".#", "unexpected `#`");
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

    void reportsRunTimeErrors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        QTest::newRow("field of text") << u".s.x"_s << u"cannot take `x` of a value of type string at column 3"_s;
        QTest::newRow("number of object") << u".a[0]"_s << u"cannot index a value of type object"_s;
        QTest::newRow("index type") << u".a[true]"_s << u"an index must be a number or a string, not boolean"_s;
        QTest::newRow("variable") << u"$nobody"_s << u"`$nobody` is not defined here at column 1"_s;
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

    void keepsItsBudgets()
    {
        QVERIFY(!Expression::compile(QString(Budget::textUnits + 1, u' ')).isOk());
        QVERIFY(!Expression::compile(QString(5000, u'(')).isOk());
        QVERIFY(!Expression::compile(QString(60, u'(') + QString(5000, u'[')).isOk());
        QVERIFY(!Expression::compile(u"."_s + u"[0]"_s.repeated(2000)).isOk());
        QVERIFY(!Expression::compile(u"1"_s + u"|1"_s.repeated(2000)).isOk());
        QVERIFY(!Expression::compile(u"\"\\("_s.repeated(500)).isOk());
        QVERIFY(Expression::compile(QString(40, u'(') + u'1' + QString(40, u')')).isOk());
        // Interpolation that would double a large text again and again ends with an error.
        QString doubling = u".t"_s;
        for (int i = 0; i < 40; ++i)
            doubling = u"%1 | \"\\(.)\\(.)\""_s.arg(doubling);
        const Result<Expression> e = Expression::compile(doubling);
        QVERIFY(e.isOk());
        QVERIFY(!e->evaluate(QJsonObject{{u"t"_s, u"0123456789"_s}}, {}).isOk());
    }

    void conditionsTakeBothForms()
    {
        for (const QString &text : {u".t"_s, u"${ .t }"_s, u" ${.t} "_s}) {
            const Result<Expression> e = Expression::compileCondition(text);
            QVERIFY(e.isOk());
            QCOMPARE(e->evaluate(json(document), {})->toBool(), true);
        }
        QCOMPARE(Expression::compile(u"$a.b == $c and $a"_s)->variables(), QStringList({u"a"_s, u"c"_s}));
    }
};

QTEST_GUILESS_MAIN(TestExpression)
#include "tst_expression.moc"
