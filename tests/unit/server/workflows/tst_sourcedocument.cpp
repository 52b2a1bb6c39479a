// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/durations.h"
#include "server/workflows/schema.h"
#include "server/workflows/sourcedocument.h"
#include "server/workflows/workflowerror.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

class TestSourceDocument : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void typesPlainScalars_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("json"); // of [value]
        const auto row = [](const char *yaml, const char *json) {
            QTest::newRow(yaml) << QByteArray(yaml) << QByteArray(json);
        };
        row("on", "[\"on\"]");
        row("yes", "[\"yes\"]");
        row("No", "[\"No\"]");
        row("off", "[\"off\"]");
        row("true", "[true]");
        row("False", "[false]");
        row("~", "[null]");
        row("null", "[null]");
        row("'true'", "[\"true\"]");
        row("\"12\"", "[\"12\"]");
        row("!!str 12", "[\"12\"]");
        row("12", "[12]");
        row("-7", "[-7]");
        row("+7", "[7]");
        row("007", "[7]");
        row("0x1F", "[31]");
        row("0o17", "[15]");
        row("0x", "[\"0x\"]");
        row("9007199254740993", "[9007199254740993]");
        row("-9223372036854775808", "[-9223372036854775808]");
        row("1.5", "[1.5]");
        row("1e3", "[1000]");
        row(".5", "[0.5]");
        row("1.2.3", "[\"1.2.3\"]");
        row("0.1.0", "[\"0.1.0\"]");
        row("12:30", "[\"12:30\"]");
        row("2026-01-01", "[\"2026-01-01\"]");
        row("-", "[[null]]"); // a sequence with an empty item
        row("1_000", "[\"1_000\"]");
        row("e5", "[\"e5\"]");
        row("5e", "[\"5e\"]");
        row("${ .a }", "[\"${ .a }\"]");
        row("{a: [1, {b: x}]}", "[{\"a\":[1,{\"b\":\"x\"}]}]");
        row("&x 5", "[5]");
        row("|\n  two\n  lines\n", "[\"two\\nlines\\n\"]");
        row("\"\\u00e9\\n\"", "[\"\xc3\xa9\\n\"]");
    }
    void typesPlainScalars()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, json);
        const SourceDocument document = SourceDocument::parse(yaml);
        QVERIFY2(document.issues.isEmpty(),
                 document.issues.isEmpty() ? "" : qPrintable(document.issues.first().message));
        QCOMPARE(QJsonDocument(QJsonArray{document.value}).toJson(QJsonDocument::Compact), json);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("part");
        QTest::addColumn<int>("line");
        QTest::newRow("duplicate key") << QByteArray("a: 1\nb:\n  c: 1\n  c: 2\n") << u"`c` is there twice"_s << 4;
        QTest::newRow("duplicate key in JSON") << QByteArray("{\"a\": 1,\n\"a\": 2}") << u"`a` is there twice"_s << 2;
        QTest::newRow("duplicate after a surrogate")
            << QByteArray("{\"a\": \"\\ud83d\\ude00\",\n\n\"b\": 1, \"\\u0062\": 2}") << u"`b` is there twice"_s << 3;
        QTest::newRow("long keys in JSON")
            << "{\"" + QByteArray(100'000, 'k') + "\": [" + QByteArray("0,").repeated(30'000) + "0]}"
            << u"keys of the document are too long"_s << 1;
        QTest::newRow("many values in JSON")
            << "{\"k\": [" + QByteArray("0,").repeated(50'000) + "0]}" << u"more than 40000 values"_s << 1;
        QTest::newRow("merge key") << QByteArray("x: &x {a: 1}\ny:\n  <<: *x\n") << u"merge keys"_s << 3;
        QTest::newRow("two documents") << QByteArray("a: 1\n---\nb: 2\n") << u"only one YAML document"_s << 2;
        QTest::newRow("empty") << QByteArray() << u"empty"_s << 1;
        QTest::newRow("tag") << QByteArray("a: !!binary abcd\n") << u"tag"_s << 1;
        QTest::newRow("own tag") << QByteArray("a: !thing {b: 1}\n") << u"tag"_s << 1;
        QTest::newRow("complex key") << QByteArray("? [a, b]\n: 1\n") << u"a key must be plain text"_s << 1;
        QTest::newRow("huge integer") << QByteArray("a: 100000000000000000001\n") << u"64 bits"_s << 1;
        QTest::newRow("infinity") << QByteArray("a: .inf\n") << u"no JSON form"_s << 1;
        QTest::newRow("syntax") << QByteArray("a: 1\n b: [\n") << u"not valid YAML"_s << 2;
        QTest::newRow("bad JSON") << QByteArray("{\"a\": }") << u"Not valid JSON"_s << 1;
        QTest::newRow("bytes") << QByteArray("a: \xff\n") << u"UTF-8"_s << 1;
        QTest::newRow("NUL") << QByteArray("a: \0b\n", 6) << u"UTF-8"_s << 1;
        QTest::newRow("large") << QByteArray(SourceDocument::maxBytes + 1, 'x') << u"larger than"_s << 1;
        QTest::newRow("deep") << QByteArray(200, '[') + QByteArray(200, ']') << u"deeper than"_s << 1;
        QTest::newRow("very deep") << QByteArray(100'000, '[') << u""_s << -1;
        // The library reads these as documents without end, one after the other.
        QTest::newRow("bracket in a plain text")
            << QByteArray(",a\n[    b:\n  c: '1'\nd: \n  - e:\n[      f:\n        g: 30") << u"only one YAML document"_s
            << 1;
        QTest::newRow("lines that go back")
            << QByteArray("a:\n  b:\n    c: 1\n   d\ne:\n  - f: {g/{h}\n    i:\n      j: e:k\n") << u""_s << -1;
        QTest::newRow("cycle") << QByteArray("a: &a [*a]\n") << u""_s << -1;
        QByteArray bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c <= 'j'; ++c)
            bomb += QByteArray(1, c) + ": &" + c + " [*P,*P,*P,*P,*P,*P,*P,*P,*P,*P]\n";
        for (char c = 'b'; c <= 'j'; ++c) {
            const qsizetype at = bomb.indexOf(QByteArray("&") + c + " [");
            QByteArray line = bomb.mid(at, bomb.indexOf('\n', at) - at);
            bomb.replace(at, line.size(), QByteArray(line).replace("*P", QByteArray("*") + char(c - 1)));
        }
        QByteArray text = "a: &a " + QByteArray(200'000, 'x') + "\nb: [*a, *a, *a, *a, *a, *a]\n";
        QTest::newRow("large aliases") << text << u"bytes of text"_s << 2;
        QTest::newRow("long key") << "? " + QByteArray(100'000, 'k') + "\n: [" + QByteArray("0,").repeated(30'000) +
                                         "0]\n"
                                  << u"keys of the document are too long"_s << 2;
        QTest::newRow("alias bomb") << bomb << u"more than"_s << -1;
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, part);
        QFETCH(int, line);
        const SourceDocument document = SourceDocument::parse(text);
        QVERIFY(!document.issues.isEmpty());
        QVERIFY2(document.issues.first().message.contains(part), qPrintable(document.issues.first().message));
        if (line >= 0)
            QCOMPARE(document.issues.first().position.line, line);
    }

    void knowsPlaces()
    {
        const SourceDocument yaml = SourceDocument::parse("a:\n  - b: 1\n    c/d: x\n");
        QCOMPARE(yaml.positionOf(u"/a/0/c~1d"_s).line, 3);
        QCOMPARE(yaml.positionOf(u"/a/0/c~1d"_s).column, 10);
        QCOMPARE(yaml.keyPositionOf(u"/a/0/c~1d"_s).column, 5);
        QCOMPARE(yaml.positionOf(u"/a/0/missing/deeper"_s).line, 2);
        const SourceDocument json = SourceDocument::parse("{\n  \"a\": {\n    \"b\": \"\\u00e9\\/\"\n  }\n}");
        QCOMPARE(json.keyPositionOf(u"/a/b"_s).line, 3);
        QCOMPARE(json.value.toObject().value(u"a").toObject().value(u"b").toString(), u"é/"_s);
    }

    void knowsPlacesInsideTexts_data()
    {
        // X stands once in each source and in its text; its place must be found through what is between.
        QTest::addColumn<QByteArray>("source");
        QTest::newRow("plain") << QByteArray("a: one X two\n");
        QTest::newRow("plain lines") << QByteArray("b: 1\na: one\n  two\n\n  three X\n");
        QTest::newRow("plain, first of a line") << QByteArray("a: one  \n  X two\n");
        QTest::newRow("single quotes") << QByteArray("a: 'it''s ''X'''\n");
        QTest::newRow("single quotes, lines") << QByteArray("a: 'one\n\n\n   two X'\n");
        QTest::newRow("double quotes") << QByteArray("a: \"\\t\\x41\\u00e9\\U0001F600 \\\"X\\\"\"\n");
        QTest::newRow("double quotes, lines") << QByteArray("a: \"one\n  two \\\n   three X\"\n");
        QTest::newRow("bytes") << QByteArray("\xc3\xa9: 1\na: \xc3\xa9\xf0\x9f\x98\x80 X\n");
        QTest::newRow("key with bytes") << QByteArray("{\xc3\xa9: 1, a: X}\n");
        QTest::newRow("literal") << QByteArray("a: |\n  one\n\n    two\n  X three\n");
        QTest::newRow("literal, kept") << QByteArray("a: |+ # why\n   one\n   two X\n\n\n");
        QTest::newRow("folded") << QByteArray("a: >\n  one\n  two\n\n  three X\n");
        QTest::newRow("folded, further in") << QByteArray("a: >-\n  one\n    two\n  three X\n");
        QTest::newRow("CR LF") << QByteArray("a: |\r\n  one\r\n  X\r\n");
        QTest::newRow("BOM") << QByteArray("\xef\xbb\xbf"
                                           "a: one X\n");
        QTest::newRow("JSON") << QByteArray("{\n \"a\": \"\\/\\u00e9\\ud83d\\ude00\\n X\"}");
    }
    void knowsPlacesInsideTexts()
    {
        QFETCH(QByteArray, source);
        const SourceDocument document = SourceDocument::parse(source);
        QVERIFY2(document.issues.isEmpty(), document.issues.isEmpty() ? "" : qPrintable(document.issues[0].message));
        const QString text = document.value.toObject().value(u"a").toString();
        QCOMPARE(text.count(u'X'), 1);
        const Position found = document.positionInside(u"/a"_s, text, text.indexOf(u'X'));
        if (source.startsWith("\xef\xbb\xbf"))
            source.remove(0, 3);
        const QByteArray before = source.left(source.indexOf('X'));
        QCOMPARE(found.line, int(before.count('\n')) + 1);
        const QByteArray line = before.mid(before.lastIndexOf('\n') + 1);
        QCOMPARE(found.column, int(QString::fromUtf8(line).toUcs4().size()) + 1);
    }

    void readsDurations_data()
    {
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<int>("millis"); // -1: refused
        QTest::newRow("object") << QJsonValue(QJsonObject{{u"minutes"_s, 1}, {u"seconds"_s, 3}, {u"milliseconds"_s, 5}})
                                << 63'005;
        QTest::newRow("days") << QJsonValue(QJsonObject{{u"days"_s, 1}, {u"hours"_s, 1}}) << 90'000'000;
        QTest::newRow("zero") << QJsonValue(QJsonObject{{u"seconds"_s, 0}}) << 0;
        QTest::newRow("iso") << QJsonValue(u"PT1M1.5S"_s) << 61'500;
        QTest::newRow("iso day") << QJsonValue(u"P1DT2H"_s) << 93'600'000;
        QTest::newRow("iso week") << QJsonValue(u"P1W"_s) << 604'800'000;
        for (const QString &bad :
             {u"P"_s, u"PT"_s, u"1S"_s, u"PT-1S"_s, u"P1Y"_s, u"P1M"_s, u"PT1"_s, u"P999W"_s, u"${ .d }"_s})
            QTest::newRow(qPrintable(bad)) << QJsonValue(bad) << -1;
        QTest::newRow("negative") << QJsonValue(QJsonObject{{u"seconds"_s, -1}}) << -1;
        QTest::newRow("fraction") << QJsonValue(QJsonObject{{u"seconds"_s, 1.5}}) << -1;
        QTest::newRow("unknown") << QJsonValue(QJsonObject{{u"second"_s, 1}}) << -1;
        QTest::newRow("empty") << QJsonValue(QJsonObject{}) << -1;
        QTest::newRow("number") << QJsonValue(5) << -1;
        QTest::newRow("too long") << QJsonValue(QJsonObject{{u"days"_s, 400}}) << -1;
    }
    void readsDurations()
    {
        QFETCH(QJsonValue, value);
        QFETCH(int, millis);
        const Result<std::chrono::milliseconds> duration = parseDuration(value);
        QCOMPARE(duration.isOk(), millis >= 0);
        if (duration)
            QCOMPARE(qint64(duration->count()), qint64(millis));
    }

    void checksInput()
    {
        QList<FieldError> issues;
        const QJsonObject schema =
            QJsonDocument::fromJson(
                "{\"document\":{\"type\":\"object\",\"required\":[\"city\"],\"properties\":{\"city\":{\"type\":"
                "\"string\","
                "\"minLength\":2,\"maxLength\":5},\"n\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":3},"
                "\"p\":{\"enum\":[\"low\",\"high\"]}}}}")
                .object();
        const Schema checks = Schema::parse(schema, u"/input/schema"_s, issues);
        QVERIFY(issues.isEmpty());
        const auto pointers = [&](const QJsonValue &input) {
            QStringList list;
            if (const Result<void> r = checks.check(input); !r) {
                for (const FieldError &f : r.error().fields)
                    list.append(f.pointer);
            }
            return list;
        };
        QCOMPARE(pointers(QJsonObject{{u"city"_s, u"Paris"_s}, {u"n"_s, 2.0}, {u"p"_s, u"low"_s}, {u"free"_s, 1}}),
                 QStringList());
        QCOMPARE(pointers(QJsonObject{}), QStringList{u"/city"_s});
        QCOMPARE(pointers(QJsonObject{{u"city"_s, 5}, {u"n"_s, 2.5}, {u"p"_s, u"mid"_s}}),
                 QStringList({u"/city"_s, u"/n"_s, u"/p"_s}));
        QCOMPARE(pointers(QJsonObject{{u"city"_s, u"x"_s}, {u"n"_s, 4}}), QStringList({u"/city"_s, u"/n"_s}));
        QCOMPARE(pointers(u"text"_s), QStringList{QString()});

        (void)Schema::parse(QJsonObject{{u"document"_s, QJsonObject{{u"allOf"_s, QJsonArray{}}}}}, u"/s"_s, issues);
        QCOMPARE(issues.size(), 1);
        QVERIFY(issues.first().detail.contains(u"`allOf`"));
    }

    void comparesErrorTypes()
    {
        const QString now = u"https://open-workflow-specification.org/spec/1.0.0/errors/communication"_s;
        for (const QString &alias : {u"https://serverlessworkflow.io/spec/1.0.0/errors/communication"_s,
                                     u"https://serverlessworkflow.io/dsl/errors/types/communication"_s,
                                     u"https://open-workflow-specification.org/dsl/errors/types/communication"_s,
                                     u"https://open-workflow-specification.org/spec/1.0.3/errors/communication"_s})
            QVERIFY(isSameErrorType(now, alias));
        QVERIFY(!isSameErrorType(now, u"https://serverlessworkflow.io/spec/1.0.0/errors/timeout"_s));
        QVERIFY(!isSameErrorType(now, u"https://example.org/spec/1.0.0/errors/communication"_s));
        const QJsonObject error = makeError(ErrorType::Communication, u"t"_s, u"d"_s, u"/do/0/x"_s, 503);
        QCOMPARE(error.value(u"type").toString(), now);
        QVERIFY(matchesErrorFilter(error, {}));
        QVERIFY(matchesErrorFilter(error, {{u"status"_s, 503}, {u"instance"_s, u"/do/0/x"_s}, {u"details"_s, u"d"_s}}));
        QVERIFY(!matchesErrorFilter(error, {{u"status"_s, 500}}));
        QVERIFY(!matchesErrorFilter(error, {{u"status"_s, u"503"_s}}));
    }
};

QTEST_GUILESS_MAIN(TestSourceDocument)
#include "tst_sourcedocument.moc"
