// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/problem.h"
#include "server/http/requestpolicy.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Http;
using namespace Qt::StringLiterals;

namespace {
QByteArray headerOf(const Response &response, const QByteArray &name)
{
    for (const auto &[key, value] : response.headers) {
        if (key == name)
            return value;
    }
    return {};
}
} // namespace

class TestHttpExchange : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsJson()
    {
        Request request;
        QCOMPARE(request.json().error().code, Errc::MalformedRequest);
        request.body = R"({"a":1})";
        QCOMPARE(request.json().error().code, Errc::MalformedRequest);
        request.headers["content-type"] = "Application/JSON; charset=\"UTF-8\"";
        QCOMPARE(request.json()->value(u"a"_s).toInt(), 1);
        request.body = "[]";
        QCOMPARE(request.json().error().code, Errc::ValidationFailed);
        request.body = QByteArray(R"({"a":)").repeated(40) + "1" + QByteArray("}").repeated(40);
        QCOMPARE(request.json().error().code, Errc::MalformedRequest);
    }

    void readsIntegersOfTheQuery()
    {
        Request request;
        request.query = QUrlQuery(u"n=5&neg=-3&bad=x&huge=99999999999999999999&empty=&space=%205"_s);
        QCOMPARE(*request.queryInt(u"n"_s, 1, 0, 10), 5);
        QCOMPARE(*request.queryInt(u"neg"_s, 1, -10, 10), -3);
        QCOMPARE(*request.queryInt(u"absent"_s, 7, 0, 10), 7);
        for (const QString &name : {u"bad"_s, u"huge"_s, u"empty"_s, u"space"_s})
            QCOMPARE(request.queryInt(name, 1, 0, 10).error().code, Errc::ValidationFailed);
        const auto outside = request.queryInt(u"n"_s, 1, 6, 10);
        QCOMPARE(outside.error().fields.constFirst().pointer, u"/n"_s);
    }

    void problemsSayEverything()
    {
        Request request;
        request.path = u"/a b"_s;
        request.requestId = "r1";
        Error error = Error::invalid(u"/message"_s, u"is missing"_s);
        const Response response = Response::problem(error, request);
        QCOMPARE(response.status, 422);
        QCOMPARE(response.contentType, QByteArray("application/problem+json"));
        const QJsonObject problem = QJsonDocument::fromJson(response.body).object();
        QCOMPARE(problem.value(u"type"_s).toString(), u"https://atom-chat.org/problems/validation_failed"_s);
        QCOMPARE(problem.value(u"status"_s).toInt(), 422);
        QCOMPARE(problem.value(u"code"_s).toString(), u"validation_failed"_s);
        QCOMPARE(problem.value(u"detail"_s).toString(), u"is missing"_s);
        QCOMPARE(problem.value(u"instance"_s).toString(), u"/a%20b"_s);
        QCOMPARE(problem.value(u"request_id"_s).toString(), u"r1"_s);
        QVERIFY(!problem.value(u"title"_s).toString().isEmpty());
        QCOMPARE(problem.value(u"errors"_s).toArray().at(0)[u"pointer"_s].toString(), u"/message"_s);
    }

    void statuses_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        const std::pair<Errc, int> rows[] = {
            {Errc::MalformedRequest, 400}, {Errc::ValidationFailed, 422}, {Errc::Unauthenticated, 401},
            {Errc::Forbidden, 403},        {Errc::NotFound, 404},         {Errc::Conflict, 409},
            {Errc::PayloadTooLarge, 413},  {Errc::RateLimited, 429},      {Errc::UpstreamFailed, 502},
            {Errc::Unavailable, 503},      {Errc::DeadlineExceeded, 504}, {Errc::Cancelled, 503},
            {Errc::Internal, 500}};
        for (const auto &[code, status] : rows)
            QTest::newRow(qPrintable(errcName(code))) << int(code) << status;
    }
    void statuses()
    {
        QFETCH(int, code);
        QTEST(statusOf(Errc(code)), "status");
    }

    void headersThatBelongToAStatus()
    {
        Request request;
        QCOMPARE(headerOf(Response::problem(Error(Errc::Unauthenticated, {}), request), "WWW-Authenticate"),
                 QByteArray(R"(Bearer realm="atom-chat")"));
        request.headers["authorization"] = "Bearer x";
        QVERIFY(headerOf(Response::problem(Error(Errc::Unauthenticated, {}), request), "WWW-Authenticate")
                    .contains("invalid_token"));
        Error limited(Errc::RateLimited, {});
        limited.retryAfter = seconds(7);
        QCOMPARE(headerOf(Response::problem(limited, request), "Retry-After"), QByteArray("7"));
        QCOMPARE(headerOf(Response::problem(Error(Errc::Unavailable, {}), request), "Retry-After"), QByteArray("1"));
    }

    void theCauseStaysInside()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"r9.*secret reason"_s));
        Request request;
        request.requestId = "r9";
        const Response response = Response::problem(Error(Errc::Internal, u"words"_s, u"secret reason"_s), request);
        QVERIFY(!response.body.contains("secret"));
    }

    void headerRules()
    {
        QCOMPARE(*bearerToken("bearer  abc.def-_~+/="), QByteArray("abc.def-_~+/="));
        for (const char *bad : {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer \xff"})
            QVERIFY2(!bearerToken(bad), bad);
        QVERIFY(isRequestId("abc-1.2_3:4"));
        for (const QByteArray &bad : {QByteArray(), QByteArray("a b"), QByteArray(65, 'a'), QByteArray("a\n")})
            QVERIFY(!isRequestId(bad));
        QVERIFY(isJsonContentType("application/merge-patch+json"));
        QVERIFY(!isJsonContentType("application/json; charset=latin1"));
        QVERIFY(!isJsonContentType("text/plain"));
        QVERIFY(isSameOrigin("https://chat.example", "chat.example"));
        QVERIFY(isSameOrigin("https://chat.example", "Chat.example:443"));
        QVERIFY(isSameOrigin("http://127.0.0.1:5059", "127.0.0.1:5059"));
        QVERIFY(!isSameOrigin("http://127.0.0.1:8000", "127.0.0.1:5059"));
        QVERIFY(!isSameOrigin("null", "null"));
        QVERIFY(!isSameOrigin("https://evil.example", "chat.example"));
    }
};

QTEST_GUILESS_MAIN(TestHttpExchange)
#include "tst_httpexchange.moc"
