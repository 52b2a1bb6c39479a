// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/schema.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
// With ' for ", which the tables are easier to read with.
QJsonValue json(QByteArray text)
{
    return QJsonDocument::fromJson('[' + text.replace('\'', '"') + ']').array().at(0);
}
QString told(const QList<FieldError> &fields)
{
    QStringList lines;
    for (const FieldError &f : fields)
        lines.append(f.pointer + u' ' + f.detail);
    return lines.join(u'\n');
}
} // namespace

class TestSchema : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void checks_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("told"); // empty: fits; else the first error's pointer and the start of its text
        const auto row = [](const char *schema, const char *value, const char *expected = "") {
            QTest::addRow("%s  %s", schema, value)
                << QByteArray(schema) << QByteArray(value) << QString::fromUtf8(expected);
        };
        row("true", "1");
        row("false", "1", " is not allowed here");
        row("{}", "null");
        row("{'type':'string'}", "\"x\"");
        row("{'type':'string'}", "5", " must be string, is number");
        row("{'type':['string','null']}", "null");
        row("{'type':['string','null']}", "[]", " must be string or null, is array");
        row("{'type':'integer'}", "2.0");
        row("{'type':'integer'}", "2.5", " must be integer");
        row("{'type':'integer'}", "9007199254740993");
        row("{'type':'number'}", "2");
        row("{'enum':['a',{'b':1}]}", "{'b':1.0}");
        row("{'enum':['a',{'b':1}]}", "\"b\"", " is none of the allowed values");
        row("{'const':[1,2]}", "[1,2]");
        row("{'const':null}", "0", " must be null");
        row("{'minimum':1,'maximum':3}", "3");
        row("{'minimum':1}", "0.5", " is too small: at least 1");
        row("{'maximum':9007199254740992}", "9007199254740993", " is too large");
        row("{'exclusiveMinimum':1}", "1", " is too small: more than 1");
        row("{'exclusiveMaximum':1}", "1", " is too large: less than 1");
        row("{'minimum':1}", "\"no number\"");
        row("{'multipleOf':0.1}", "0.3");
        row("{'multipleOf':3}", "9223372036854775806");
        row("{'multipleOf':3}", "10", " is no multiple of 3");
        row("{'minLength':2,'maxLength':2}", "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\""); // two characters, four units
        row("{'minLength':2}", "\"x\"", " is too short");
        row("{'maxLength':2}", "\"xyz\"", " is too long");
        row("{'pattern':'^a+$'}", "\"aaa\"");
        row("{'pattern':'^[a-z]*$'}", "\"\"");
        row("{'pattern':'b'}", "\"abc\"");
        row("{'pattern':'^(?!x)[a-z]+$'}", "\"xyz\"", " does not match the pattern ^(?!x)");
        row("{'format':'date-time'}", "\"2026-02-28T23:59:60.5Z\"");
        row("{'format':'date-time'}", "\"2026-02-29T00:00:00Z\"", " is no date-time");
        row("{'format':'date-time'}", "\"2026-02-28 10:00\"", " is no date-time");
        row("{'format':'email'}", "\"a.b@example.org\"");
        row("{'format':'email'}", "\"a b@example.org\"", " is no email");
        row("{'format':'uri'}", "\"https://example.org/a?b#c\"");
        row("{'format':'uri'}", "\"/relative\"", " is no uri");
        row("{'format':'uri-reference'}", "\"/relative\"");
        row("{'format':'ipv4'}", "\"10.0.0.255\"");
        row("{'format':'ipv4'}", "\"10.0.0.256\"", " is no ipv4");
        row("{'format':'uuid'}", "\"123e4567-e89b-12d3-a456-426614174000\"");
        row("{'format':'uuid'}", "\"123e4567\"", " is no uuid");
        row("{'format':'of-our-own'}", "\"x\"");
        row("{'required':['a']}", "{}", "/a is missing");
        row("{'required':['a']}", "5");
        row("{'properties':{'a':{'properties':{'b':{'type':'null'}}}}}", "{'a':{'b':1}}", "/a/b must be null");
        row("{'properties':{'color':true},'additionalProperties':false}", "{'colour':1}",
            "/colour is not a known property. Did you mean `color`?");
        row("{'properties':{'a':{}},'additionalProperties':{'type':'string'}}", "{'a':1,'b':2}", "/b must be string");
        row("{'patternProperties':{'^x-':{'type':'string'}},'additionalProperties':false}", "{'x-a':'1'}");
        row("{'patternProperties':{'^x-':{'type':'string'}}}", "{'x-a':1}", "/x-a must be string");
        row("{'propertyNames':{'maxLength':2}}", "{'abc':1}", "/abc `abc` is not allowed as a name");
        row("{'minProperties':1}", "{}", " has too few properties");
        row("{'maxProperties':1}", "{'a':1,'b':1}", " has too many properties");
        row("{'dependentRequired':{'a':['b']}}", "{'a':1}", "/b is missing; `a` needs it");
        row("{'dependentSchemas':{'a':{'required':['c']}}}", "{'a':1}", "/c is missing");
        row("{'items':{'type':'integer'}}", "[1,2,\"x\"]", "/2 must be integer");
        row("{'prefixItems':[{'type':'string'}],'items':{'type':'integer'}}", "[\"a\",1]");
        row("{'prefixItems':[{'type':'string'}],'items':false}", "[\"a\",1]", "/1 is not allowed here");
        row("{'minItems':2}", "[1]", " has too few items");
        row("{'maxItems':1}", "[1,2]", " has too many items");
        row("{'uniqueItems':true}", "[1,\"1\",[1]]");
        row("{'uniqueItems':true}", "[{'a':1,'b':2},{'b':2,'a':1.0}]", " has the same item twice");
        row("{'contains':{'const':1},'maxContains':1}", "[1,2]");
        row("{'contains':{'const':1}}", "[2]", " contains too few items");
        row("{'contains':{'const':1},'minContains':0}", "[2]");
        row("{'contains':{'const':1},'maxContains':1}", "[1,1]", " contains too many items");
        row("{'allOf':[{'minimum':1},{'maximum':2}]}", "3", " is too large");
        row("{'anyOf':[{'type':'string'},{'type':'null'}]}", "null");
        row("{'anyOf':[{'type':'string'},{'type':'null'}]}", "1", " fits none of the 2 alternatives");
        row("{'oneOf':[{'minimum':1},{'maximum':5}]}", "3", " fits 2 of the alternatives, only one may fit");
        row("{'oneOf':[{'minimum':1},{'maximum':5}]}", "6");
        row("{'not':{'type':'string'}}", "\"x\"", " is what the schema excludes");
        row("{'if':{'required':['a']},'then':{'required':['b']},'else':{'required':['c']}}", "{'a':1}",
            "/b is missing");
        row("{'if':{'required':['a']},'then':{'required':['b']},'else':{'required':['c']}}", "{}", "/c is missing");
        row("{'$ref':'#/$defs/x','$defs':{'x':{'type':'string'}}}", "1", " must be string");
        row("{'$ref':'#/$defs/a~1b%20c','$defs':{'a/b c':{'type':'string'}}}", "1", " must be string");
        row("{'$ref':'#/$defs/x','$defs':{'x':{'type':'string'}},'minLength':3}", "\"ab\"", " is too short");
        row("{'type':'object','properties':{'next':{'$ref':'#'}},'additionalProperties':false}",
            "{'next':{'next':{'last':1}}}", "/next/next/last is not a known property");
        row("{'properties':{'a':{'$ref':'#/properties/b'},'b':{'type':'string'}}}", "{'a':1,'b':'x'}",
            "/a must be string");
    }
    void checks()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QByteArray, value);
        QFETCH(QString, told);
        QList<FieldError> issues;
        const Schema compiled = Schema::compile(json(schema), {}, issues);
        QVERIFY2(issues.isEmpty(), qPrintable(::told(issues)));
        const Result<void> fits = compiled.check(json(value));
        if (told.isEmpty()) {
            QVERIFY2(fits.isOk(), fits ? "" : qPrintable(::told(fits.error().fields)));
            return;
        }
        QVERIFY(!fits.isOk());
        QCOMPARE(fits.error().code, Errc::ValidationFailed);
        QVERIFY2(::told(fits.error().fields).startsWith(told), qPrintable(::told(fits.error().fields)));
    }

    void refusesSchemas_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *schema, const char *pointer, const char *part) {
            QTest::newRow(schema) << QByteArray(schema) << QString::fromUtf8(pointer) << QString::fromUtf8(part);
        };
        row("5", "", "a schema is an object, true or false; this is number");
        row("{'type':'strin'}", "/type", "Did you mean `string`?");
        row("{'type':[]}", "/type", "`type` is one of");
        row("{'propertys':{}}", "/propertys", "Did you mean `properties`?");
        row("{'properties':{'a':{'unevaluatedProperties':false}}}", "/properties/a/unevaluatedProperties",
            "`unevaluatedProperties` is not supported");
        row("{'properties':[]}", "/properties", "`properties` takes an object of schemas");
        row("{'items':[{}]}", "/items", "this is array");
        row("{'required':'a'}", "/required", "a list of names");
        row("{'enum':[]}", "/enum", "a list of values");
        row("{'minLength':-1}", "/minLength", "a whole number from 0");
        row("{'minimum':'1'}", "/minimum", "a number");
        row("{'multipleOf':0}", "/multipleOf", "above 0");
        row("{'pattern':'(a'}", "/pattern", "not a regular expression");
        row("{'patternProperties':{'[':{}}}", "/patternProperties/[", "not a regular expression");
        row("{'allOf':[]}", "/allOf", "`allOf` takes a list of schemas");
        row("{'$ref':'https://example.org/schema'}", "/$ref", "a place of the same schema");
        row("{'$ref':'#/$defs/nobody'}", "/$ref", "leads nowhere");
        row("{'format':5}", "/format", "is a name");
        row("{'uniqueItems':'yes'}", "/uniqueItems", "true or false");
    }
    void refusesSchemas()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QString, pointer);
        QFETCH(QString, part);
        QList<FieldError> issues;
        (void)Schema::compile(json(schema), u"/base"_s, issues);
        bool found = false;
        for (const FieldError &issue : issues)
            found = found || (issue.pointer == u"/base"_s + pointer && issue.detail.contains(part));
        QVERIFY2(found, qPrintable(told(issues)));
    }

    void readsTheDslForm()
    {
        const auto problems = [](const char *text) {
            QList<FieldError> issues;
            (void)Schema::parse(json(text).toObject(), u"/s"_s, issues);
            return told(issues);
        };
        QCOMPARE(problems("{'document':{'type':'object'}}"), QString());
        QCOMPARE(problems("{'format':'json:2020-12','document':true}"), QString());
        QVERIFY(problems("{'format':'avro','document':true}").startsWith(u"/s/format "));
        QVERIFY(problems("{'resource':{'endpoint':'http://x'}}").startsWith(u"/s/resource an external schema"));
        QVERIFY(problems("{'documnt':{}}").contains(u"Did you mean `document`?"));
        QVERIFY(Schema().isEmpty());
        QVERIFY(Schema().check(5).isOk());
    }

    void endsAlways_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("part");
        QTest::newRow("recursion") << QByteArray("{'$ref':'#'}") << QJsonValue(1) << u"nested too deep"_s;
        QTest::newRow("recursion of two")
            << QByteArray("{'allOf':[{'$ref':'#/$defs/a'}],'$defs':{'a':{'anyOf':[{'$ref':'#'}]}}}") << QJsonValue(1)
            << u"nested too deep"_s;
        QTest::newRow("exponential") << QByteArray("{'anyOf':[{'$ref':'#'},{'$ref':'#'}]}") << QJsonValue(1)
                                     << u"nested too deep"_s;
        QByteArray doubling = "{'$ref':'#/$defs/d0','$defs':{'d40':{'type':'null'}";
        for (int i = 0; i < 40; ++i) {
            const QByteArray next = "{'$ref':'#/$defs/d" + QByteArray::number(i + 1) + "'}";
            doubling += ",'d" + QByteArray::number(i) + "':{'anyOf':[" + next + "," + next + "]}";
        }
        QTest::newRow("doubling") << doubling + "}}" << QJsonValue(1) << u"too much work"_s;
        QTest::newRow("pattern") << QByteArray("{'pattern':'^(a+)+$'}") << QJsonValue(QString(5000, u'a') + u'b')
                                 << u"its patterns need too much work"_s;
        QJsonArray many;
        for (int i = 0; i < 20'000; ++i)
            many.append(QString::number(i));
        const QByteArray values = QJsonDocument(QJsonObject{{u"items"_s, QJsonObject{{u"enum"_s, many}}}}).toJson();
        QTest::newRow("enum") << values << QJsonValue(many) << u"too much work"_s;
        QTest::newRow("large const") << QByteArray("{'items':{'const':'") + QByteArray(60'000, 'x') + "'}}"
                                     << QJsonValue(QJsonArray::fromStringList(QStringList(500, QString(60'000, u'x'))))
                                     << u"too much work"_s;
        QTest::newRow("required") << QByteArray("{'items':{'required':[") + QByteArray("'a',").repeated(2000) + "'a']}}"
                                  << QJsonValue(
                                         QJsonArray::fromVariantList(QVariantList(1000, QVariantMap{{u"a"_s, 1}})))
                                  << u"too much work"_s;
        QJsonValue deep = 1;
        for (int i = 0; i < 900; ++i)
            deep = QJsonArray{deep};
        QTest::newRow("deep value") << QByteArray("{'items':{'$ref':'#'}}") << deep << u"nested too deep"_s;
    }
    void endsAlways()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QJsonValue, value);
        QFETCH(QString, part);
        QList<FieldError> issues;
        const Schema compiled = Schema::compile(json(schema), {}, issues);
        QVERIFY2(issues.isEmpty(), qPrintable(told(issues)));
        const Result<void> fits = compiled.check(value);
        QVERIFY(!fits.isOk());
        QVERIFY2(told(fits.error().fields).contains(part), qPrintable(told(fits.error().fields)));
    }

    void boundsSchemasAndErrors()
    {
        QJsonValue deep = true;
        for (int i = 0; i < 300; ++i)
            deep = QJsonObject{{u"not"_s, deep}};
        QList<FieldError> issues;
        (void)Schema::compile(deep, {}, issues);
        QCOMPARE(issues.size(), 1);
        QVERIFY(issues.first().detail.contains(u"too large"_s));

        QJsonObject properties;
        for (int i = 0; i < Schema::maxNodes + 10; ++i)
            properties.insert(QString::number(i), true);
        issues.clear();
        const Schema wide = Schema::compile(QJsonObject{{u"additionalProperties"_s, false}}, {}, issues);
        QVERIFY(issues.isEmpty());
        const Result<void> fits = wide.check(properties);
        QCOMPARE(fits.error().fields.size(), qsizetype(Schema::maxErrors));
        QJsonObject objects;
        for (int i = 0; i < Schema::maxNodes + 10; ++i)
            objects.insert(QString::number(i), QJsonObject());
        (void)Schema::compile(QJsonObject{{u"properties"_s, objects}}, {}, issues);
        QCOMPARE(issues.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
