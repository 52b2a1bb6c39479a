// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/routetable.h"

#include <QtTest/QTest>

using namespace Atom::Http;
using namespace Qt::StringLiterals;

class TestRouteTable : public QObject
{
    Q_OBJECT
    RouteTable m_table;
    void add(const char *method, const QString &path)
    {
        Route route;
        route.method = method;
        route.path = path;
        m_table.add(route);
    }

private Q_SLOTS:
    void initTestCase()
    {
        add("GET", u"/"_s);
        add("GET", u"/a.b"_s);
        add("GET", u"/rooms/{room_id}"_s);
        add("PATCH", u"/rooms/{room_id}"_s);
        add("GET", u"/rooms/mine"_s);
        add("GET", u"/rooms/{room_id}/members/{user_id}"_s);
        add("GET", u"/rooms/mine/settings"_s);
    }

    void finds_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QString>("route"); // empty: none
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QByteArray>("allowed");
        const auto row = [](const char *method, const char *path, const QString &route, const QStringList &args,
                            const char *allowed) {
            QTest::addRow("%s %s", method, path)
                << QByteArray(method) << QByteArray(path) << route << args << QByteArray(allowed);
        };
        row("GET", "/", u"/"_s, {}, "GET HEAD OPTIONS");
        row("GET", "/a.b", u"/a.b"_s, {}, "GET HEAD OPTIONS");
        row("GET", "/aXb", u""_s, {}, "");
        row("GET", "/%61.b", u"/a.b"_s, {}, "GET HEAD OPTIONS");
        row("GET", "/rooms/x", u"/rooms/{room_id}"_s, {u"x"_s}, "GET HEAD PATCH OPTIONS");
        row("HEAD", "/rooms/x", u"/rooms/{room_id}"_s, {u"x"_s}, "GET HEAD PATCH OPTIONS");
        row("PATCH", "/rooms/x", u"/rooms/{room_id}"_s, {u"x"_s}, "GET HEAD PATCH OPTIONS");
        row("DELETE", "/rooms/x", u""_s, {u"x"_s}, "GET HEAD PATCH OPTIONS");
        row("GET", "/rooms/mine", u"/rooms/mine"_s, {}, "GET HEAD OPTIONS");
        row("GET", "/rooms/mine/members/u", u"/rooms/{room_id}/members/{user_id}"_s, {u"mine"_s, u"u"_s},
            "GET HEAD OPTIONS");
        row("GET", "/rooms/a%2Fb", u"/rooms/{room_id}"_s, {u"a/b"_s}, "GET HEAD PATCH OPTIONS");
        row("GET", "/rooms/%C3%A9", u"/rooms/{room_id}"_s, {u"é"_s}, "GET HEAD PATCH OPTIONS");
        row("GET", "/rooms/", u""_s, {}, "");
        row("GET", "/rooms", u""_s, {}, "");
        row("GET", "//rooms/x", u""_s, {}, "");
        row("GET", "/rooms//members/u", u""_s, {}, "");
        row("GET", "/rooms/x/members", u""_s, {}, "");
        row("GET", "/Rooms/x", u""_s, {}, "");
    }
    void finds()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QString, route);
        const RouteTable::Match match = m_table.find(method, path);
        QCOMPARE(match.route ? match.route->path : QString(), route);
        QTEST(match.args, "args");
        QTEST(match.allowed.join(' '), "allowed");
    }

    void endlessPathsAreCheap() { QVERIFY(!m_table.find("GET", QByteArray("/x").repeated(100'000)).route); }
};

QTEST_GUILESS_MAIN(TestRouteTable)
#include "tst_routetable.moc"
