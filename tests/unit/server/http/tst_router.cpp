// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/router.h"

#include <QtTest/QTest>

using namespace Atom::Http;
using namespace Qt::StringLiterals;

class RouterTest : public QObject
{
    Q_OBJECT
private:
    Router m_router;

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &[method, path] :
             {std::pair("GET", "/health"), std::pair("GET", "/"), std::pair("GET", "/users/me"),
              std::pair("GET", "/users/{id}"), std::pair("PATCH", "/users/{id}"),
              std::pair("GET", "/rooms/{room}/messages/{message}")}) {
            Route route;
            route.method = method;
            route.path = QString::fromLatin1(path);
            m_router.add(route);
        }
    }

    void paths_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QString>("route"); // empty: none
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QByteArray>("allowed");
        const auto row = [](const char *name, const char *method, const char *path, const char *route,
                            const QStringList &args = {}, const char *allowed = "") {
            QTest::newRow(name) << QByteArray(method) << QByteArray(path) << QString::fromLatin1(route) << args
                                << QByteArray(allowed);
        };
        row("literal", "GET", "/health", "/health");
        row("root", "GET", "/", "/");
        row("HEAD is served by GET", "HEAD", "/health", "/health");
        row("first that fits", "GET", "/users/me", "/users/me");
        row("parameter", "GET", "/users/ada", "/users/{id}", {u"ada"_s});
        row("two parameters", "GET", "/rooms/a/messages/b", "/rooms/{room}/messages/{message}", {u"a"_s, u"b"_s});
        row("escaped slash stays in its segment", "GET", "/users/a%2Fb", "/users/{id}", {u"a/b"_s});
        row("escaped UTF-8", "GET", "/users/%c3%a9", "/users/{id}", {u"é"_s});
        row("a point is a point", "GET", "/heal.h", "");
        row("literals are not decoded", "GET", "/%68ealth", "");
        row("trailing slash", "GET", "/health/", "");
        row("double slash", "GET", "//health", "");
        row("empty parameter", "GET", "/users/", "");
        row("escaped NUL", "GET", "/users/a%00b", "");
        row("escaped line feed", "GET", "/users/a%0A", "");
        row("broken escape", "GET", "/users/%zz", "");
        row("cut-off escape", "GET", "/users/%4", "");
        row("overlong UTF-8", "GET", "/users/%c0%af", "");
        row("other method", "POST", "/health", "", {}, "GET, HEAD, OPTIONS");
        row("other method, several served", "DELETE", "/users/ada", "", {}, "GET, HEAD, OPTIONS, PATCH");
    }
    void paths()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QString, route);
        QFETCH(QStringList, args);
        QFETCH(QByteArray, allowed);
        const Router::Match match = m_router.find(method, path);
        QCOMPARE(match.route ? match.route->path : QString(), route);
        QCOMPARE(match.args, args);
        QCOMPARE(match.allowed.join(", "), allowed);
    }
};

QTEST_GUILESS_MAIN(RouterTest)
#include "tst_router.moc"
