// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/openinghandshake.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Realtime;
using namespace Qt::StringLiterals;

namespace {
using Headers = QList<std::pair<QByteArray, QByteArray>>;

Net::RequestHead head(const QByteArray &target = "/ws")
{
    Net::RequestHead h;
    h.method = "GET";
    h.target = target;
    h.upgradeWebSocket = true;
    h.headers = {{"Host", "chat.example:5060"},
                 {"Upgrade", "websocket"},
                 {"Connection", "Upgrade"},
                 {"Sec-WebSocket-Version", "13"},
                 {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    return h;
}
//! The head with one header given another value, or removed (empty value), or added.
Net::RequestHead with(const QByteArray &name, const QByteArray &value, bool twice = false)
{
    Net::RequestHead h = head();
    if (!twice)
        h.headers.removeIf([&name](const auto &header) { return header.first == name; });
    if (!value.isEmpty())
        h.headers.emplaceBack(name, value);
    return h;
}
int statusOf(const Net::RequestHead &h)
{
    const auto judged = judgeOpening(h, {u"https://app.example"_s});
    const auto *refused = std::get_if<OpeningRefusal>(&judged);
    return refused ? refused->status : 101;
}
} // namespace

class TestOpeningRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void paths_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("user");
        const auto row = [](const char *target, int status, const char *user = "") {
            QTest::newRow(target) << QByteArray(target) << status << QByteArray(user);
        };
        row("/", 101);
        row("/ws", 101);
        row("/ws/", 101);
        row("/ws?x=1", 101);
        row("/ws/ann", 101, "ann");
        row("/ws/a%3Ab?x", 101, "a:b");
        row("/ws/a/b", 404);
        row("/ws/a%2Fb", 404);
        row("/ws/%00", 404);
        row("/ws/a%20b", 404);
        row("/wsx", 404);
        row("/health", 404);
        row("/../ws", 404);
    }
    void paths()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        QFETCH(QByteArray, user);
        const auto judged = judgeOpening(head(target), {});
        QCOMPARE(statusOf(head(target)), status);
        if (status == 101)
            QCOMPARE(std::get<Opening>(judged).pathUser, UserId(user));
        QCOMPARE(statusOf(head("/ws/" + QByteArray(129, 'a'))), 404);
    }

    void heads()
    {
        Net::RequestHead post = head();
        post.method = "POST";
        QCOMPARE(statusOf(post), 405);
        Net::RequestHead old = head();
        old.minorVersion = 0;
        QCOMPARE(statusOf(old), 405);
        QCOMPARE(statusOf(with("Sec-WebSocket-Version", "12")), 426);
        QCOMPARE(statusOf(with("Sec-WebSocket-Version", {})), 426);
        QCOMPARE(statusOf(with("Sec-WebSocket-Version", "13", true)), 426);
        QCOMPARE(statusOf(with("Sec-WebSocket-Key", {})), 400);
        QCOMPARE(statusOf(with("Sec-WebSocket-Key", "abc")), 400);
        QCOMPARE(statusOf(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==")), 400); // bits left over
        QCOMPARE(statusOf(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE=")), 400); // 17 bytes
        QCOMPARE(statusOf(with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==", true)), 400);
        QCOMPARE(statusOf(with("Host", {})), 400);
    }

    void origins()
    {
        QCOMPARE(statusOf(with("Origin", "http://chat.example:5059")), 101);
        QCOMPARE(statusOf(with("Origin", "https://CHAT.example")), 101);
        QCOMPARE(statusOf(with("Origin", "https://app.example")), 101);
        QCOMPARE(statusOf(with("Origin", "https://evil.example")), 403);
        QCOMPARE(statusOf(with("Origin", "https://chat.example.evil.example")), 403);
        QCOMPARE(statusOf(with("Origin", "https://chat.example@evil.example")), 403);
        QCOMPARE(statusOf(with("Origin", "file://chat.example")), 403);
        QCOMPARE(statusOf(with("Origin", "null")), 403);
        Net::RequestHead two = with("Origin", "https://app.example");
        two.headers.emplaceBack("Origin", "https://app.example");
        QCOMPARE(statusOf(two), 403);
    }

    void tokensAndSubprotocols()
    {
        const auto bearer = judgeOpening(with("Authorization", "bearer  a.b.c"), {});
        QCOMPARE(std::get<Opening>(bearer).bearer, "a.b.c");
        QCOMPARE(statusOf(with("Authorization", "Basic eDp5")), 401);
        QCOMPARE(statusOf(with("Authorization", "Bearer ")), 401);
        QVERIFY(std::get<Opening>(judgeOpening(with("Sec-WebSocket-Protocol", "a, atom.v1 ,b"), {})).subprotocol);
        QVERIFY(!std::get<Opening>(judgeOpening(with("Sec-WebSocket-Protocol", "atom.v12"), {})).subprotocol);
        QCOMPARE(statusOf(with("Sec-WebSocket-Extensions", "permessage-deflate; x=99")), 101);
    }

    void refusalsAreProblems()
    {
        const QByteArray response =
            refusalResponse({426, "malformed_request", "No \"12\".", "Sec-WebSocket-Version: 13\r\n"});
        QVERIFY(response.startsWith("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n"));
        const qsizetype end = response.indexOf("\r\n\r\n");
        const QByteArray body = response.mid(end + 4);
        QVERIFY(response.contains("Content-Length: " + QByteArray::number(body.size()) + "\r\n"));
        const QJsonObject problem = QJsonDocument::fromJson(body).object();
        QCOMPARE(problem.value(u"status"_s).toInt(), 426);
        QCOMPARE(problem.value(u"code"_s), u"malformed_request"_s);
        QCOMPARE(problem.value(u"detail"_s), u"No \"12\"."_s);
    }
};

QTEST_GUILESS_MAIN(TestOpeningRules)
#include "tst_openingrules.moc"
