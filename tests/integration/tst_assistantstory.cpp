// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The assistant over the shipped binary: what it is told, taught and asked for is there after kill -9, and each thing
// once.
#include "shared/client/apiclient.h"
#include "tests/integration/servicecopy.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;
}

class AssistantStoryTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<Client::ApiClient> m_owner;
    SystemClock m_clock;
    QString m_room;

    Result<QJsonObject> call(const QByteArray &method, const QString &path, const QJsonObject &body = {},
                             const QUrlQuery &query = {})
    {
        return QCoro::waitFor(m_owner->call(method, path, query, body, seconds(20)));
    }
    QString say(const QString &text)
    {
        const Result<QJsonObject> reply =
            call("POST", u"/api/v1/chat/message"_s, {{u"user_id"_s, u"owner"_s}, {u"message"_s, text}});
        if (!reply)
            return u"failed: "_s + reply.error().detail;
        m_room = reply->value("context_id"_L1).toString();
        return reply->value("response"_L1).toString();
    }
    //! Messages of the conversation that contain this.
    int said(const QString &part)
    {
        const Result<QJsonObject> context = call("GET", u"/api/v1/chat/users/owner/context"_s);
        int count = 0;
        for (const QJsonValue &message : context ? context->value("recent_messages"_L1).toArray() : QJsonArray())
            count += message[u"message"_s].toString().contains(part) ? 1 : 0;
        return count;
    }
    void killAndRestart()
    {
        m_server->kill();
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<Test::ServerProcess>();
        Test::useService(*m_server, 9); // nobody is called
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        m_server->configure(u"http.port"_s, QString::number(m_server->http().port()));
        m_server->configure(u"realtime.port"_s, QString::number(m_server->realtime().port()));
        m_owner = std::make_unique<Client::ApiClient>(m_server->http(), m_clock);
        QVERIFY(QCoro::waitFor(m_owner->signIn(u"owner"_s, m_server->ownerPassword(), u"test"_s)).isOk());
    }
    void cleanup()
    {
        m_owner.reset();
        m_server.reset();
    }

    void remembersOverAKill()
    {
        QVERIFY(say(u"Remember that my desk is 4.017"_s).contains(u"4.017"_s));
        const Result<QJsonObject> room =
            call("POST", u"/api/v1/rooms"_s,
                 {{u"id"_s, u"crew"_s}, {u"name"_s, u"Crew"_s}, {u"visibility"_s, u"private"_s}});
        QVERIFY2(room.isOk(), room ? "" : qPrintable(room.error().detail));
        QVERIFY(call("POST", u"/api/v1/rooms/crew/messages"_s,
                     {{u"message"_s, u"The harbour master arrives on Thursday with the charts"_s}})
                    .isOk());
        killAndRestart();
        const QString desk = say(u"where is my desk?"_s);
        QVERIFY2(desk.contains(u"4.017"_s), qPrintable(desk));
        const QString when = say(u"when does the harbour master arrive?"_s);
        QVERIFY2(when.contains(u"Thursday"_s), qPrintable(when));
        const Result<QJsonObject> kept = call("GET", u"/api/v1/users/me/memory"_s);
        QVERIFY(kept.isOk());
        QCOMPARE(kept->value("items"_L1).toArray().size(), 1);
    }

    void remindsOnceOverAKill()
    {
        const QString answer = say(u"remind me in 2 seconds to stretch"_s);
        QVERIFY2(answer.startsWith(u"I will remind you"_s), qPrintable(answer));
        killAndRestart();
        QTRY_COMPARE_WITH_TIMEOUT(said(u"Reminder: stretch"_s), 1, patienceMs);
        killAndRestart();
        QCOMPARE(said(u"Reminder: stretch"_s), 1);
    }

    //! What is asked in a room of several people is answered for all of them.
    void tellsARoomNothingOfOtherRooms()
    {
        for (const QString &room : {u"secret"_s, u"crew"_s}) {
            QVERIFY(
                call("POST", u"/api/v1/rooms"_s, {{u"id"_s, room}, {u"name"_s, room}, {u"visibility"_s, u"private"_s}})
                    .isOk());
        }
        QVERIFY(call("POST", u"/api/v1/rooms/secret/messages"_s, {{u"message"_s, u"the treasure lies by the mill"_s}})
                    .isOk());
        QVERIFY(say(u"Remember that the treasure is mine"_s).contains(u"treasure"_s));
        const auto ask = [this](const QString &text) {
            const Result<QJsonObject> reply =
                call("POST", u"/api/v1/chat/message"_s,
                     {{u"user_id"_s, u"owner"_s}, {u"message"_s, text}, {u"context_id"_s, u"crew"_s}});
            return reply ? reply->value("response"_L1).toString() : u"failed: "_s + reply.error().detail;
        };
        // Alone the search finds it, once it is indexed; in the crew's room not even by an operator.
        QTRY_VERIFY_WITH_TIMEOUT(say(u"search for treasure mill"_s).contains(u"lies by the mill"_s), patienceMs);
        for (const QString &text : {u"search for treasure in:secret"_s, u"search for treasure"_s,
                                    u"where does the treasure lie?"_s, u"forget about the treasure"_s}) {
            const QString answer = ask(text);
            QVERIFY2(!answer.startsWith(u"failed"_s), qPrintable(answer));
            QVERIFY2(!answer.contains(u"lies by"_s) && !answer.contains(u"is mine"_s), qPrintable(answer));
        }
    }

    void whatWasTaughtStays()
    {
        const QByteArray source = "name: parking\ndescription: tell where to park\n"
                                  "examples: [where can I park, is there a car park, parking please]\n"
                                  "reply: Behind the harbour.\n";
        const Result<QJsonObject> saved =
            call("PUT", u"/api/v1/intents/parking"_s, {{u"source"_s, QString::fromUtf8(source)}});
        QVERIFY2(saved.isOk(), saved ? "" : qPrintable(saved.error().detail));
        killAndRestart();
        QCOMPARE(say(u"is there a car park?"_s), u"Behind the harbour."_s);
        const Result<QJsonObject> record = call("GET", u"/api/v1/audit"_s, {}, {{u"action"_s, u"intent.saved"_s}});
        QVERIFY2(record.isOk(), record ? "" : qPrintable(record.error().detail));
        QCOMPARE(record->value("items"_L1).toArray().size(), 1);
    }
};

QTEST_GUILESS_MAIN(AssistantStoryTest)
#include "tst_assistantstory.moc"
