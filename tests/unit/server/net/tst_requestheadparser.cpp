// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/requestheadparser.h"

#include <QtTest/QTest>

using namespace Atom::Net;

namespace {
QByteArray get(const QByteArray &target = "/x", const QByteArray &headers = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: a.example:5059\r\n" + headers + "\r\n";
}
QByteArray post(const QByteArray &headers)
{
    return "POST /x HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n";
}
} // namespace

class TestRequestHeadParser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void acceptsAndReadsTheHead()
    {
        const QByteArray text = "\r\nPOST /a/b%20c?q=1 HTTP/1.1\r\nhost: a.example\r\nX-One:  v 1 \t\r\nX-One: 2\r\n"
                                "Content-Length: 007\r\nExpect: 100-Continue\r\n\r\nbody";
        RequestHeadParser parser({});
        QCOMPARE(parser.parse(text), RequestHeadParser::State::Done);
        QCOMPARE(parser.skipped(), 2);
        QCOMPARE(text.mid(parser.length()), "body");
        const RequestHead head = parser.takeHead();
        QCOMPARE(head.method, "POST");
        QCOMPARE(head.target, "/a/b%20c?q=1");
        QCOMPARE(head.path(), "/a/b%20c");
        QCOMPARE(head.minorVersion, 1);
        QCOMPARE(head.headers.size(), 5);
        QCOMPARE(*head.header("x-oNE"), "v 1");
        QVERIFY(!head.header("X-Two"));
        QCOMPARE(head.contentLength, 7);
        QVERIFY(head.expectContinue);
        QVERIFY(head.keepAlive);
        QVERIFY(!head.chunked);
        QVERIFY(!head.upgradeWebSocket);
    }

    void readsByteByByteAsWellAsAtOnce()
    {
        const QByteArray text = get("/x?y", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
        RequestHeadParser parser({});
        for (qsizetype n = 0; n < text.size(); ++n)
            QCOMPARE(parser.parse(QByteArrayView(text).first(n)), RequestHeadParser::State::NeedMore);
        QCOMPARE(parser.parse(text), RequestHeadParser::State::Done);
        QCOMPARE(parser.length(), text.size());
        QVERIFY(parser.takeHead().upgradeWebSocket);
    }

    void decides_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("status"); // 0: accepted
        const auto row = [](const char *name, const QByteArray &text, int status) {
            QTest::newRow(name) << text << status;
        };
        const QByteArray host = "Host: a.example\r\n\r\n";

        row("no version", "GET /x\r\n" + host, 400);
        row("version 2.0", "PRI * HTTP/2.0\r\n" + host, 505);
        row("version 9.9", "GET /x HTTP/9.9\r\n" + host, 505);
        row("version 1.1x", "GET /x HTTP/1.1x\r\n" + host, 400);
        row("version in small letters", "GET /x http/1.1\r\n" + host, 400);
        row("version cut", "GET /x HTTP/1.\r\n" + host, 400);
        row("no target", "GET  HTTP/1.1\r\n" + host, 400);
        row("two spaces", "GET /x y HTTP/1.1\r\n" + host, 400);
        row("leading space", " GET /x HTTP/1.1\r\n" + host, 400);
        row("tabs", "GET\t/x\tHTTP/1.1\r\n" + host, 400);
        row("unknown method", "FROB /x HTTP/1.1\r\n" + host, 501);
        row("method in small letters", "get /x HTTP/1.1\r\n" + host, 501);
        row("method is no token", "GE:T /x HTTP/1.1\r\n" + host, 400);
        row("TRACE", "TRACE /x HTTP/1.1\r\n" + host, 501);
        row("CONNECT", "CONNECT a:22 HTTP/1.1\r\n" + host, 501);
        row("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + host, 0);
        row("GET *", "GET * HTTP/1.1\r\n" + host, 400);
        row("too many empty lines", QByteArray("\r\n").repeated(5) + get(), 400);
        row("TLS hello", QByteArray::fromHex("16030100a5010000a10303"), 400);
        row("HTTP/1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", 0);

        row("NUL in the target", "GET /a" + QByteArray(1, '\0') + "b HTTP/1.1\r\n" + host, 400);
        row("8-bit target", get("/\xff"), 400);
        row("backslash in the path", get("/a\\b"), 400);
        row("fragment", get("/a#b"), 400);
        row("escaped NUL", get("/a%00"), 400);
        row("escaped line feed", get("/a%0Ab"), 400);
        row("escape cut", get("/a%2"), 400);
        row("escape not hex", get("/a%zz"), 400);
        row("overlong UTF-8", get("/%c0%ae"), 400);
        row("dot dot", get("/a/../b"), 400);
        row("dot dot at the end", get("/a/.."), 400);
        row("dot dot escaped", get("/%2e%2E/b"), 400);
        row("dot dot behind escaped slash", get("/a%2f..%2fb"), 400);
        row("dot dot behind escaped backslash", get("/a%5c..%5cb"), 400);
        row("three dots", get("/a/.../b"), 0);
        row("bad escape in the query", get("/a?q=%zz"), 400);
        row("line feed in the query is text", get("/a?q=%0A"), 0);
        row("quotes in the query", get("/a?q=\"{}\""), 0);
        row("absolute form, same host", get("http://A.example:5059/x"), 0);
        row("absolute form, foreign host", get("http://169.254.169.254/x"), 421);
        row("absolute form, user info", get("http://u@a.example:5059/x"), 400);
        row("target too long", get("/" + QByteArray(9000, 'a')), 414);
        row("target too long, unfinished", "GET /" + QByteArray(9000, 'a'), 414);

        row("no Host", "GET /x HTTP/1.1\r\n\r\n", 400);
        row("two Hosts", get("/x", "Host: a.example\r\n"), 400);
        row("Host empty", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", 400);
        row("Host with user and path", "GET /x HTTP/1.1\r\nHost: a@b/c\r\n\r\n", 400);
        row("Host IPv6", "GET /x HTTP/1.1\r\nHost: [::1]:5059\r\n\r\n", 0);
        row("Host port no number", "GET /x HTTP/1.1\r\nHost: a:b\r\n\r\n", 400);
        row("space before the colon", get("/x", "X : 1\r\n"), 400);
        row("no colon", get("/x", "NoColon\r\n"), 400);
        row("empty name", get("/x", ": 1\r\n"), 400);
        row("8-bit name", get("/x", "X\xe9: 1\r\n"), 400);
        row("8-bit value", get("/x", "X: \xe9\r\n"), 0);
        row("NUL in a value", get("/x", QByteArray("X: a\0b\r\n", 8)), 400);
        row("folded", get("/x", "X: 1\r\n 2\r\n"), 400);
        row("bare LF", get("/x", "X: 1\nY: 2\n"), 400);
        row("bare CR", get("/x", "X: 1\rY: 2\r\n"), 400);
        row("101 headers", get("/x", QByteArray("X: 1\r\n").repeated(101)), 431);
        row("large headers", get("/x", "X: " + QByteArray(40'000, 'a') + "\r\n"), 431);
        row("large headers, unfinished", "GET /x HTTP/1.1\r\nX: " + QByteArray(40'000, 'a'), 431);
        row("two Authorizations", get("/x", "Authorization: a\r\nAuthorization: b\r\n"), 400);
        row("expects nonsense", get("/x", "Expect: 200-maybe\r\n"), 417);
        row("upgrade with a body", get("/x", "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n"),
            400);

        row("length 2", post("Content-Length: 2\r\n"), 0);
        for (const char *bad : {"-1", "+2", "0x2", "2.0", "2 2", "", "two", "2, 2", "2, 3"})
            row(qPrintable(QStringLiteral("length '%1'").arg(QLatin1String(bad))),
                post("Content-Length: " + QByteArray(bad) + "\r\n"), 400);
        row("length above the limit", post("Content-Length: 1048577\r\n"), 413);
        row("length 2^64+2", post("Content-Length: 18446744073709551618\r\n"), 413);
        row("length of 400 digits", post("Content-Length: " + QByteArray(400, '9') + "\r\n"), 413);
        row("equal lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n"), 400);
        row("chunked", post("Transfer-Encoding: CHUNKED\r\n"), 0);
        row("chunked and length", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"), 400);
        row("chunked on 1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
        row("xchunked", post("Transfer-Encoding: xchunked\r\n"), 501);
        row("gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 501);
        row("chunked, identity", post("Transfer-Encoding: chunked, identity\r\n"), 400);
        row("chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), 400);
        row("chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
        row("vertical tab",
            post("Transfer-Encoding: \x0b"
                 "chunked\r\n"),
            400);
    }
    void decides()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, status);
        RequestHeadParser parser({});
        const auto state = parser.parse(text);
        QCOMPARE(state, status == 0 ? RequestHeadParser::State::Done : RequestHeadParser::State::Rejected);
        QCOMPARE(status == 0 ? 0 : parser.rejection().status, status);
        QCOMPARE(parser.rejection().reason.isEmpty(), status == 0);
    }

    void reducesTheAbsoluteForm()
    {
        for (const auto &[sent, seen] : {std::pair<QByteArray, QByteArray>{"http://a.example:5059/p?q", "/p?q"},
                                         {"HTTP://a.example:5059", "/"},
                                         {"http://a.example:5059?q", "/?q"}}) {
            RequestHeadParser parser({});
            QCOMPARE(parser.parse(get(sent)), RequestHeadParser::State::Done);
            QCOMPARE(parser.takeHead().target, seen);
        }
    }

    void decidesAboutKeepAlive_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("connection");
        QTest::addColumn<bool>("keepAlive");
        QTest::newRow("1.1") << QByteArray("1.1") << QByteArray() << true;
        QTest::newRow("1.1 close") << QByteArray("1.1") << QByteArray("Connection: x, Close\r\n") << false;
        QTest::newRow("1.0") << QByteArray("1.0") << QByteArray() << false;
        QTest::newRow("1.0 keep-alive") << QByteArray("1.0") << QByteArray("Connection: Keep-Alive\r\n") << true;
        QTest::newRow("both") << QByteArray("1.0") << QByteArray("Connection: close\r\nConnection: keep-alive\r\n")
                              << false;
    }
    void decidesAboutKeepAlive()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, connection);
        RequestHeadParser parser({});
        QCOMPARE(parser.parse("GET / HTTP/" + version + "\r\nHost: a\r\n" + connection + "\r\n"),
                 RequestHeadParser::State::Done);
        QTEST(parser.takeHead().keepAlive, "keepAlive");
    }
};

QTEST_GUILESS_MAIN(TestRequestHeadParser)
#include "tst_requestheadparser.moc"
