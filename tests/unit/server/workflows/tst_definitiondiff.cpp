// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitiondiff.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

class TestDefinitionDiff : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const char *before, const char *after, const QStringList &expected) {
            QTest::newRow(name) << QByteArray(before) << QByteArray(after) << expected;
        };
        row("same", R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":2}]})", {});
        row("value", R"({"a":{"b":1}})", R"({"a":{"b":"x"}})", {u"changed /a/b 1 \"x\""_s});
        row("kind", R"({"a":{"b":1}})", R"({"a":[]})", {u"changed /a {\"b\":1} []"_s});
        row("keys", R"({"a":1,"b":2})", R"({"b":2,"c~/d":3})", {u"removed /a 1 -"_s, u"added /c~0~1d - 3"_s});
        row("list", R"({"a":[1,2,3]})", R"({"a":[1,5]})", {u"changed /a/1 2 5"_s, u"removed /a/2 3 -"_s});
        row("list grows", R"({"a":[]})", R"({"a":[{"x":1,"y":2}]})", {u"added /a/0 - {\"x\":1,\"y\":2}"_s});
        row("task between", R"({"do":[{"a":{"set":1}},{"b":{"set":2}}]})",
            R"({"do":[{"a":{"set":1}},{"n":{"wait":3}},{"b":{"set":2}}]})", {u"added /do/1/n - {\"wait\":3}"_s});
        row("task gone and changed", R"({"do":[{"a":{"set":1}},{"b":{"set":2}}]})", R"({"do":[{"b":{"set":5}}]})",
            {u"removed /do/0/a {\"set\":1} -"_s, u"changed /do/0/b/set 2 5"_s});
        row("tasks swapped", R"({"do":[{"a":{"set":1}},{"b":{"set":2}}]})",
            R"({"do":[{"b":{"set":2}},{"a":{"set":1}}]})", {u"changed /do [\"a\",\"b\"] [\"b\",\"a\"]"_s});
        row("names twice are no tasks", R"({"do":[{"a":1},{"a":2}]})", R"({"do":[{"a":1},{"a":3}]})",
            {u"changed /do/1/a 2 3"_s});
        row("null is a value", R"({"a":null})", R"({})", {u"removed /a null -"_s});
    }
    void finds()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QStringList, expected);
        const Result<QList<DefinitionChange>> changes = diffDefinitions(before, after);
        QVERIFY(changes.isOk());
        const auto shown = [](const QJsonValue &value) {
            if (value.isUndefined())
                return u"-"_s;
            const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
            return QString::fromUtf8(text.mid(1, text.size() - 2));
        };
        QStringList found;
        for (const DefinitionChange &c : *changes)
            found.append(u"%1 %2 %3 %4"_s.arg(changeKindName(c.kind), c.pointer, shown(c.before), shown(c.after)));
        QCOMPARE(found, expected);
    }

    void isBounded()
    {
        QJsonArray many, none;
        for (int i = 0; i < 5000; ++i)
            many.append(i);
        QCOMPARE(diffDefinitions(QJsonValue(many), QJsonValue(none)).size(), 1000);
        QVERIFY(!diffDefinitions(QByteArray("{"), QByteArray("{}")).isOk());
        QVERIFY(!diffDefinitions(QByteArray("{}"), QByteArray("[]")).isOk());
        QVERIFY(
            !diffDefinitions(QByteArray("{}"), "{\"a\":" + QByteArray(500, '[') + QByteArray(500, ']') + '}').isOk());
    }
};

QTEST_GUILESS_MAIN(TestDefinitionDiff)
#include "tst_definitiondiff.moc"
