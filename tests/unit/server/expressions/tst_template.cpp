// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/jsonvalues.h"
#include "server/expressions/template.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

class TestTemplate : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void replacesExpressionsAtAnyDepth()
    {
        const QJsonObject definition{
            {u"plain"_s, u".a"_s},
            {u"value"_s, u"${ .a }"_s},
            {u"list"_s, QJsonArray{u"${ .b }"_s, 7, QJsonObject{{u"x/y~z"_s, u" ${ .c } "_s}}}},
            {u"partly"_s, u"say ${ .a }"_s},
        };
        QList<FieldError> issues;
        const Template t = Template::compile(definition, u"/set"_s, issues);
        QVERIFY(issues.isEmpty());
        const QJsonObject input{{u"a"_s, u"${ .b }"_s}, {u"b"_s, true}, {u"c"_s, QJsonObject{{u"k"_s, 1}}}};
        const Result<QJsonValue> out = t.evaluate(input, {});
        QVERIFY(out.isOk());
        // What came from data stays data, even when it looks like an expression.
        QCOMPARE(out->toObject().value(u"value").toString(), u"${ .b }"_s);
        QCOMPARE(
            toJsonText(*out),
            QByteArray(R"({"list":[true,7,{"x/y~z":{"k":1}}],"partly":"say ${ .a }","plain":".a","value":"${ .b }"})"));
    }

    void namesThePlaceOfEachMistake()
    {
        QList<FieldError> issues;
        const QJsonObject definition{
            {u"ok"_s, u"${ .a }"_s}, {u"bad"_s, QJsonArray{u"${ .a | lengths }"_s}}, {u"worse"_s, u"${ .a. }"_s}};
        (void)Template::compile(definition, u"/do/0/x/set"_s, issues);
        QCOMPARE(issues.size(), 2);
        QCOMPARE(issues[0].pointer, u"/do/0/x/set/bad/0"_s);
        QVERIFY(issues[0].detail.contains(u"`lengths/0`"));
        QCOMPARE(issues[1].pointer, u"/do/0/x/set/worse"_s);
    }

    void looseStringsAreExpressions()
    {
        QList<FieldError> issues;
        QCOMPARE(Template::compileLoose(u".a"_s, {}, issues).evaluate(QJsonObject{{u"a"_s, 5}}, {})->toInt(), 5);
        QCOMPARE(Template::compileLoose(u"${ .a }"_s, {}, issues).evaluate(QJsonObject{{u"a"_s, 5}}, {})->toInt(), 5);
        QCOMPARE(Template::compile(u".a"_s, {}, issues).evaluate(QJsonObject{{u"a"_s, 5}}, {})->toString(), u".a"_s);
        QVERIFY(issues.isEmpty());
        QCOMPARE(Template::compile(QJsonArray{u"${ $a }"_s, u"${ $b == $a }"_s}, {}, issues).variables().size(), 2);
    }

    void expandsUris_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected"); // empty: refused when expanded
        QTest::newRow("plain") << u"http://h/a?b=c"_s << u"http://h/a?b=c"_s;
        QTest::newRow("encoded") << u"http://h/{city}/x"_s << u"http://h/S%C3%A3o%20Paulo%2F%3F%26%23/x"_s;
        QTest::newRow("number") << u"http://h/{id}"_s << u"http://h/9007199254740993"_s;
        QTest::newRow("boolean") << u"http://h/{on}{id}"_s << u"http://h/true9007199254740993"_s;
        QTest::newRow("missing") << u"http://h/{nobody}"_s << QString();
        QTest::newRow("object") << u"http://h/{o}"_s << QString();
        QTest::newRow("climbs") << u"http://h/{up}/x"_s << QString();
        QTest::newRow("expression in data") << u"http://h/{evil}"_s << u"http://h/%24%7B%20.id%20%7D"_s;
        QTest::newRow("template in data") << u"http://h/{nested}"_s << u"http://h/%7Bid%7D"_s;
    }
    void expandsUris()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const QJsonObject input{{u"city"_s, u"São Paulo/?&#"_s},
                                {u"id"_s, qint64(9007199254740993)},
                                {u"on"_s, true},
                                {u"o"_s, QJsonObject{}},
                                {u"up"_s, u".."_s},
                                {u"evil"_s, u"${ .id }"_s},
                                {u"nested"_s, u"{id}"_s}};
        const Result<UriTemplate> t = UriTemplate::compile(text);
        QVERIFY(t.isOk());
        const Result<QString> out = t->expand(input);
        QCOMPARE(out.isOk(), !expected.isEmpty());
        if (out)
            QCOMPARE(*out, expected);
    }

    void refusesOtherUriTemplates()
    {
        for (const QString &text : {u"http://h/{+x}"_s, u"http://h/{a.b}"_s, u"http://h/{}"_s, u"http://h/{a"_s,
                                    u"http://h/a}"_s, u"http://h/{?q}"_s, u"{ a }"_s})
            QVERIFY2(!UriTemplate::compile(text).isOk(), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_template.moc"
