// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The product's story over the shipped binary: two people in a room, one asks the assistant, its workflow calls a
// service that fails twice, the server is killed in between, and the answer still comes to both, once, with its whole
// trace.
#include "shared/client/realtimeclient.h"
#include "tests/integration/servicecopy.h"
#include "tests/support/httpservice.h"
#include "tests/support/serverprocess.h"

#include <QtCore/QJsonArray>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;

//! A person at a device: signs in by REST, talks in real time, remembers what they saw.
class Person
{
public:
    Person(const Test::ServerProcess &server, const QString &name, const QString &password) : api(server.http(), clock)
    {
        const Result<Client::Tokens> tokens = QCoro::waitFor(api.signIn(name, password, u"test"_s));
        if (!tokens)
            qFatal("%s cannot sign in: %s", qPrintable(name), qPrintable(tokens.error().detail));
        Client::RealtimeClient::Settings settings;
        settings.url = server.realtime().resolved(QUrl(u"/ws"_s));
        settings.device = name.toUtf8() + "-device";
        settings.backoff = Client::Backoff(milliseconds(50), milliseconds(200));
        realtime = std::make_unique<Client::RealtimeClient>(
            settings, [this] { return api.accessToken(); }, clock);
        QObject::connect(realtime.get(), &Client::RealtimeClient::roomEvent, realtime.get(),
                         [this](const RoomEvent &event) { events.append(event); });
        realtime->start();
    }
    QList<RoomEvent> from(const UserId &user) const
    {
        QList<RoomEvent> list;
        std::copy_if(events.begin(), events.end(), std::back_inserter(list),
                     [&](const RoomEvent &e) { return e.actor == user && e.kind == RoomEventKind::Message; });
        return list;
    }
    SystemClock clock;
    Client::ApiClient api;
    std::unique_ptr<Client::RealtimeClient> realtime;
    QList<RoomEvent> events;
};
} // namespace

class FirstLightTest : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Test::HttpService> m_service;
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<Client::ApiClient> m_owner;
    SystemClock m_clock;

    Result<QJsonObject> ownerCall(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        return QCoro::waitFor(m_owner->call(method, path, {}, body, seconds(20)));
    }
    QString addUser(const QString &id)
    {
        const Result<QJsonObject> made =
            ownerCall("POST", u"/api/v1/users"_s, {{u"id"_s, id}, {u"display_name"_s, id}, {u"role"_s, u"member"_s}});
        if (!made)
            qFatal("cannot add %s: %s", qPrintable(id), qPrintable(made.error().detail));
        return made->value("initial_password"_L1).toString();
    }

private Q_SLOTS:
    void init()
    {
        m_service = std::make_unique<Test::HttpService>([](const Test::HttpService::Request &, int before) {
            if (before < 2)
                return Test::HttpService::Answer{503, R"({"error":"not yet"})"};
            return Test::HttpService::Answer{
                200, R"({"city":"Paris","temperature_c":18,"condition":"sunny","wind_kmh":11,"humidity":40})"};
        });
        m_server = std::make_unique<Test::ServerProcess>();
        Test::useService(*m_server, m_service->serverPort());
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        // The same ports after a restart: clients come back to where they were.
        m_server->configure(u"http.port"_s, QString::number(m_server->http().port()));
        m_server->configure(u"realtime.port"_s, QString::number(m_server->realtime().port()));
        QVERIFY(!m_server->ownerPassword().isEmpty());
        m_owner = std::make_unique<Client::ApiClient>(m_server->http(), m_clock);
        QVERIFY(QCoro::waitFor(m_owner->signIn(u"owner"_s, m_server->ownerPassword(), u"test"_s)).isOk());
    }

    void cleanup()
    {
        m_owner.reset();
        m_server.reset();
        m_service.reset();
    }

    void theAnswerSurvivesTheKillAndIsExplained()
    {
        Person ada(*m_server, u"ada"_s, addUser(u"ada"_s));
        Person grace(*m_server, u"grace"_s, addUser(u"grace"_s));
        QJsonObject draft{{u"id"_s, u"support"_s}, {u"name"_s, u"Support"_s}, {u"assistant_enabled"_s, true}};
        draft.insert(u"members"_s, QJsonArray{u"grace"_s});
        const Result<Room> room = QCoro::waitFor(ada.api.createRoom(draft));
        QVERIFY2(room.isOk(), room.isOk() ? "" : qPrintable(room.error().detail));
        QTRY_VERIFY_WITH_TIMEOUT(ada.realtime->state() == Client::ConnectionState::Online, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(grace.realtime->state() == Client::ConnectionState::Online, patienceMs);

        QSignalSpy acknowledged(ada.realtime.get(), &Client::RealtimeClient::messageAcknowledged);
        QVERIFY(ada.realtime->sendMessage(RoomId("support"), u"what is the weather in Paris?"_s).isOk());
        QTRY_COMPARE_WITH_TIMEOUT(acknowledged.size(), 1, patienceMs);

        // The first call fails; before the retry the machine dies.
        QTRY_VERIFY_WITH_TIMEOUT(!m_service->requests().isEmpty(), patienceMs);
        m_server->kill();
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));

        const UserId assistant = assistantUser();
        QTRY_VERIFY_WITH_TIMEOUT(!ada.from(assistant).isEmpty(), patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!grace.from(assistant).isEmpty(), patienceMs);
        const RoomEvent reply = ada.from(assistant).first();
        QVERIFY2(reply.text.contains(u"Paris"_s) && reply.text.contains(u"18"_s), qPrintable(reply.text));
        QCOMPARE(reply.replyTo, ada.from(UserId("ada")).first().message);

        // Both saw the same, in the same order, each once.
        QTRY_COMPARE_WITH_TIMEOUT(grace.events.last().seq, ada.events.last().seq, patienceMs);
        const auto messagesOf = [](const Person &person) {
            QStringList lines;
            for (const RoomEvent &event : person.events) {
                if (event.kind == RoomEventKind::Message)
                    lines.append(u"%1 %2 %3"_s.arg(event.seq).arg(event.actor.toString(), event.text));
            }
            return lines;
        };
        QCOMPARE(messagesOf(grace), messagesOf(ada));
        QCOMPARE(ada.from(assistant).size(), 1);

        // One step of one run: every call carried the same key, so the service could have told repeats apart.
        QCOMPARE(m_service->requests().size() >= 3, true);
        QSet<QByteArray> keys;
        for (const Test::HttpService::Request &request : m_service->requests())
            keys.insert(request.headers.value("idempotency-key"));
        QCOMPARE(keys.size(), 1);
        QVERIFY(!keys.contains(QByteArray()));

        // The owner, who is no member, sees why it was answered so, but not what was said.
        Result<Trace> trace;
        const auto spanNames = [&trace] {
            QStringList list;
            for (const Span &span : trace->spans)
                list.append(span.name);
            return list;
        };
        QTRY_VERIFY_WITH_TIMEOUT((trace = QCoro::waitFor(m_owner->traceOfMessage(reply.replyTo))).isOk() &&
                                     spanNames().contains(u"reply"_s),
                                 patienceMs);
        for (const QString &stage : {u"message"_s, u"persist"_s, u"intent"_s, u"context"_s, u"decision"_s,
                                     u"workflow"_s, u"workflow.step"_s, u"connector.call"_s, u"reply"_s, u"fanout"_s}) {
            QVERIFY2(spanNames().contains(stage), qPrintable(stage + u" is missing in "_s + spanNames().join(u", "_s)));
        }
        for (const Span &span : trace->spans) {
            for (const QString &key : span.attributes.keys())
                QVERIFY2(!key.startsWith(u"content."_s), qPrintable(span.name + u' ' + key));
        }
        // A member reads the same trace with its contents.
        const Result<Trace> mine = QCoro::waitFor(ada.api.traceOfMessage(reply.replyTo));
        QVERIFY2(mine.isOk(), mine.isOk() ? "" : qPrintable(mine.error().detail));
        const bool hasContents = std::any_of(mine->spans.begin(), mine->spans.end(), [](const Span &span) {
            const QStringList names = span.attributes.keys();
            return std::any_of(names.begin(), names.end(),
                               [](const QString &k) { return k.startsWith(u"content."_s); });
        });
        QVERIFY(hasContents);

        QCOMPARE(m_server->terminate(), 0);
    }

    void theChatApiAnswersInTheReferenceShape()
    {
        // The service is healthy from the third request on: use the two failures up.
        Person ada(*m_server, u"ada"_s, addUser(u"ada"_s));
        const Result<Client::ChatReply> reply =
            QCoro::waitFor(ada.api.chat(u"what is the weather in Paris?"_s, UserId("ada"), RoomId()));
        QVERIFY2(reply.isOk(), reply.isOk() ? "" : qPrintable(reply.error().detail));
        QVERIFY2(reply->response.contains(u"18"_s), qPrintable(reply->response));
        QVERIFY(reply->workflowTriggered);
        QVERIFY(!reply->workflowId.isEmpty());
        QVERIFY(!reply->contextId.isEmpty());

        // A missing value is asked for, and the next message fills it.
        const Result<Client::ChatReply> question =
            QCoro::waitFor(ada.api.chat(u"how is the weather?"_s, UserId("ada"), reply->contextId));
        QVERIFY(question.isOk());
        QVERIFY(!question->workflowTriggered);
        QVERIFY2(question->response.contains(u'?'), qPrintable(question->response));
        const Result<Client::ChatReply> filled =
            QCoro::waitFor(ada.api.chat(u"Paris"_s, UserId("ada"), reply->contextId));
        QVERIFY(filled.isOk());
        QVERIFY2(filled->workflowTriggered, qPrintable(filled->response));

        const Result<QJsonObject> context =
            QCoro::waitFor(ada.api.call("GET", u"/api/v1/chat/users/ada/context"_s, {}, {}, seconds(10)));
        QVERIFY(context.isOk());
        const Result<QJsonObject> missing = QCoro::waitFor(
            m_owner->call("POST", u"/api/v1/chat/message"_s, {}, {{u"user_id"_s, u"owner"_s}}, seconds(10)));
        QVERIFY(!missing.isOk());
        QCOMPARE(int(missing.error().code), int(Errc::ValidationFailed));
        QCOMPARE(missing.error().fields.first().pointer, u"/message"_s);
    }

    void aSecondServerOnTheSameDataIsRefused()
    {
        QByteArray out;
        QVERIFY(m_server->run({u"user"_s, u"list"_s}, &out) != 0);
        QVERIFY2(out.contains("already") || out.contains("another"), out.constData());
        QCOMPARE(m_server->terminate(), 0);
        out.clear();
        QCOMPARE(m_server->run({u"user"_s, u"list"_s}, &out), 0);
        QVERIFY2(out.contains("owner"), out.constData());
    }
};

QTEST_GUILESS_MAIN(FirstLightTest)
#include "tst_firstlight.moc"
