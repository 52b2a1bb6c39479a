// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/jsonreader.h"
#include "shared/model/user.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
QJsonObject object(const char *json)
{
    return QJsonDocument::fromJson(json).object();
}

QStringList pointers(const Result<void> &result)
{
    QStringList all;
    if (!result) {
        for (const FieldError &field : result.error().fields)
            all.append(field.pointer);
    }
    return all;
}
} // namespace

class JsonReaderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsWhatFits()
    {
        JsonReader reader(object(R"({"text":"hi","count":7,"on":true,"more":{"a":1},"list":["x","y"],"id":"room-1",
                                     "role":"admin","any":[1],"nothing":null})"));
        QCOMPARE(reader.string(u"text"_s, 1, 2), u"hi"_s);
        QCOMPARE(reader.integer(u"count"_s, 7, 7), 7);
        QCOMPARE(reader.optionalBool(u"on"_s), std::optional(true));
        QCOMPARE(reader.optionalObject(u"more"_s, 7)->value(u"a"_s).toInt(), 1);
        QCOMPARE(*reader.optionalStrings(u"list"_s, 2, 1, 1), (QStringList{u"x"_s, u"y"_s}));
        QCOMPARE(reader.id<RoomId>(u"id"_s).bytes(), QByteArray("room-1"));
        QVERIFY(reader.optionalChoice(u"role"_s, &roleFromName, u"..."_s) == Role::Admin);
        QVERIFY(reader.optionalValue(u"any"_s).isArray());
        QVERIFY(!reader.optionalString(u"nothing"_s, 1, 2));
        QVERIFY(!reader.optionalBool(u"absent"_s));
        QVERIFY(reader.finish().isOk());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("pointer");
        const auto row = [](const char *name, const char *json, const QString &pointer) {
            QTest::newRow(name) << QByteArray(json) << pointer;
        };
        row("missing", R"({})", u"/text"_s);
        row("null", R"({"text":null})", u"/text"_s);
        row("number for text", R"({"text":1})", u"/text"_s);
        row("empty", R"({"text":""})", u"/text"_s);
        row("too long", R"({"text":"12345"})", u"/text"_s);
        row("NUL", R"({"text":"a\u0000"})", u"/text"_s);
        row("half a pair", R"({"text":"\ud83d"})", u"/text"_s);
        row("text for integer", R"({"text":"a","count":"5"})", u"/count"_s);
        row("fraction", R"({"text":"a","count":1.5})", u"/count"_s);
        row("too small", R"({"text":"a","count":-1})", u"/count"_s);
        row("too large", R"({"text":"a","count":11})", u"/count"_s);
        row("beyond exact", R"({"text":"a","count":1e300})", u"/count"_s);
        row("text for bool", R"({"text":"a","on":"true"})", u"/on"_s);
        row("array for object", R"({"text":"a","more":[]})", u"/more"_s);
        row("object too large", R"({"text":"a","more":{"a":"0123456789"}})", u"/more"_s);
        row("text for list", R"({"text":"a","list":"x"})", u"/list"_s);
        row("list too long", R"({"text":"a","list":["1","2","3"]})", u"/list"_s);
        row("list item", R"({"text":"a","list":["1",2]})", u"/list/1"_s);
        row("bad id", R"({"text":"a","id":"a/b"})", u"/id"_s);
        row("unknown choice", R"({"text":"a","role":"king"})", u"/role"_s);
        row("unknown field", R"({"text":"a","extra":1})", u"/extra"_s);
        row("unknown field, escaped", R"({"text":"a","a/b~c":1})", u"/a~1b~0c"_s);
    }
    void refuses()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, pointer);
        JsonReader reader(object(json.constData()));
        (void)reader.string(u"text"_s, 1, 4);
        if (reader.has(u"count"_s))
            (void)reader.integer(u"count"_s, 0, 10);
        (void)reader.optionalBool(u"on"_s);
        (void)reader.optionalObject(u"more"_s, 10);
        (void)reader.optionalStrings(u"list"_s, 2, 1, 1);
        (void)reader.optionalId<RoomId>(u"id"_s);
        (void)reader.optionalChoice(u"role"_s, &roleFromName, u"..."_s);
        const Result<void> result = reader.finish();
        QVERIFY(!result);
        QVERIFY(result.error().code == Errc::ValidationFailed);
        QCOMPARE(pointers(result), QStringList{pointer});
    }

    void collectsAllMistakes()
    {
        JsonReader reader(object(R"({"a":1,"c":{},"ids":["ok","not ok"]})"));
        (void)reader.string(u"a"_s, 1, 4);
        (void)reader.string(u"b"_s, 1, 4);
        QCOMPARE(reader.optionalIds<UserId>(u"ids"_s, 5).size(), 1);
        QCOMPARE(pointers(reader.finish()), (QStringList{u"/a"_s, u"/b"_s, u"/ids/1"_s, u"/c"_s}));
    }

    void boundsTheNumberOfMistakes()
    {
        QJsonObject many;
        for (int i = 0; i < 1000; ++i)
            many.insert(QString(2000, u'x') + QString::number(i), i);
        const Result<void> result = JsonReader(many).finish();
        QVERIFY(!result);
        QCOMPARE(result.error().fields.size(), 50);
        QVERIFY(result.error().fields.constFirst().pointer.size() < 100);
    }
};

QTEST_GUILESS_MAIN(JsonReaderTest)
#include "tst_jsonreader.moc"
