// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/alertscontroller.h"
#include "console/controllers/connectioncontroller.h"
#include "console/controllers/overviewcontroller.h"
#include "console/controllers/roomscontroller.h"
#include "console/controllers/tracescontroller.h"
#include "shared/protocol/restcodec.h"
#include "tests/console/demodata.h"
#include "tests/support/fakeclock.h"
#include "tests/support/scriptedstream.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Console;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class ConsoleControllersTest : public QObject
{
    Q_OBJECT

    //! REST by a real local server, the realtime stream by script, time by hand.
    struct Setup
    {
        FakeClock clock;
        FakeServer server;
        StreamFactory streams;
        ConnectionController connection{clock, "test", streams.maker()};
        DisplayPause pause;

        Setup() { fill(server, clock.now()); }
        void signIn()
        {
            connection.signIn(server.url().toString(), u"ada"_s, u"correct horse"_s);
            QTRY_COMPARE(connection.phase(), ConnectionController::Phase::SignedIn);
        }
        void welcome()
        {
            QTRY_VERIFY(streams.last());
            streams.last()->accept();
            streams.last()->say(R"({"type":"welcome","user":{"id":"ada"},"rooms":[]})");
        }
        void online()
        {
            signIn();
            welcome();
            QTRY_COMPARE(connection.link(), ConnectionController::Link::Online);
        }
        void topic(const QByteArray &name, const QJsonObject &data)
        {
            const QJsonObject frame{
                {u"type"_s, u"topic"_s}, {u"topic"_s, QString::fromLatin1(name)}, {u"data"_s, data}};
            streams.last()->say(QJsonDocument(frame).toJson(QJsonDocument::Compact));
        }
    };

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void serverAddresses_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("expected");
        QTest::newRow("whole") << u"http://127.0.0.1:5059"_s << u"http://127.0.0.1:5059"_s;
        QTest::newRow("bare") << u" chat.example:5059/ "_s << u"http://chat.example:5059"_s;
        QTest::newRow("path") << u"https://example.org/chat"_s << u"https://example.org/chat"_s;
        for (const char *bad : {"", "ftp://x", "http://", "http://user:pw@host", "http://h ost", "http://host/?q=1"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << QString();
    }
    void serverAddresses()
    {
        QFETCH(QString, typed);
        QFETCH(QString, expected);
        const Result<QUrl> url = ConnectionController::serverUrl(typed);
        QCOMPARE(url ? url->toString() : QString(), expected);
        if (!url)
            QCOMPARE(url.error().code, Errc::ValidationFailed);
    }

    void passwordsOverOpenNetworks()
    {
        QVERIFY(ConnectionController::isExposed(QUrl(u"http://chat.example"_s)));
        QVERIFY(!ConnectionController::isExposed(QUrl(u"https://chat.example"_s)));
        QVERIFY(!ConnectionController::isExposed(QUrl(u"http://127.0.0.1:5059"_s)));
        QVERIFY(!ConnectionController::isExposed(QUrl(u"http://[::1]:5059"_s)));
        QVERIFY(!ConnectionController::isExposed(QUrl(u"http://localhost"_s)));
    }

    void throttleCountsDown()
    {
        Setup s;
        s.server.answer("POST /api/v1/auth/sign-in", [](const QJsonObject &) {
            return FakeServer::problem(429, u"rate_limited"_s, "Retry-After: 3\r\n");
        });
        s.connection.signIn(s.server.url().toString(), u"ada"_s, u"x"_s);
        QTRY_COMPARE(s.connection.phase(), ConnectionController::Phase::Throttled);
        QVERIFY(s.connection.problem().contains(u"3 s"_s));
        s.clock.advance(seconds(1));
        QVERIFY(s.connection.problem().contains(u"2 s"_s));
        s.clock.advance(seconds(2));
        QCOMPARE(s.connection.phase(), ConnectionController::Phase::SignedOut);
        QCOMPARE(s.connection.problem(), QString());
    }

    void reconnectsAndTellsWhen()
    {
        Setup s;
        s.online();
        QCOMPARE(s.connection.linkText(), u"Online"_s);
        QCOMPARE(s.streams.last()->url().scheme(), u"ws"_s);
        QCOMPARE(s.streams.last()->url().path(), u"/ws"_s);
        s.streams.last()->cut();
        QTRY_COMPARE(s.connection.link(), ConnectionController::Link::Waiting);
        QVERIFY2(s.connection.linkText().startsWith(u"Reconnecting in"_s), qPrintable(s.connection.linkText()));
        for (int i = 0; i < 40 && s.streams.made() == 1; ++i) {
            s.clock.advance(seconds(1));
            QCoreApplication::processEvents();
        }
        QCOMPARE(s.streams.made(), 2);
        s.welcome();
        QTRY_COMPARE(s.connection.link(), ConnectionController::Link::Online);
    }

    void dataAges()
    {
        Setup s;
        s.online();
        QVERIFY(!s.connection.dataAge());
        QSignalSpy ticks(&s.connection, &ConnectionController::tick);
        s.connection.noteData();
        s.clock.advance(seconds(7));
        QCOMPARE(s.connection.dataAge(), std::optional(seconds(7)));
        QCOMPARE(ticks.count(), 7);
    }

    void aRevokedSessionSignsOut()
    {
        Setup s;
        s.online();
        s.server.answer("POST /api/v1/auth/refresh",
                        [](const QJsonObject &) { return FakeServer::problem(401, u"unauthenticated"_s); });
        QSignalSpy leaving(&s.connection, &ConnectionController::aboutToSignOut);
        s.streams.last()->cut(4401, u"revoked"_s);
        // It tries once more with a fresh token before it believes it.
        QTRY_VERIFY(leaving.count() == 1 || s.streams.made() == 2);
        if (leaving.isEmpty())
            s.streams.last()->cut(4401, u"revoked"_s);
        QTRY_COMPARE(leaving.count(), 1);
        QTRY_COMPARE(s.connection.phase(), ConnectionController::Phase::SignedOut);
        QVERIFY(!s.connection.problem().isEmpty());
    }

    void destroyedWhileSigningIn()
    {
        FakeClock clock;
        FakeServer server;
        fill(server, clock.now());
        {
            ConnectionController connection(clock, "test");
            connection.signIn(server.url().toString(), u"ada"_s, u"correct horse"_s);
            QCOMPARE(connection.phase(), ConnectionController::Phase::SigningIn);
        }
        QTRY_VERIFY(true); // nothing is called any more
    }

    void overviewMergesHistoryAndLive()
    {
        Setup s;
        s.online();
        OverviewController overview(s.connection.api(), s.connection.realtime(), s.pause);
        QCOMPARE(overview.state().kind, PageState::Kind::Loading);
        overview.refresh();
        QTRY_COMPARE(overview.state().kind, PageState::Kind::Ready);
        QCOMPARE(overview.series().size(), 420);
        QSignalSpy shown(&overview, &OverviewController::displayChanged);
        s.topic("metrics", Protocol::toJson(demoSample(s.clock.now() + seconds(1), 1)));
        QTRY_COMPARE(shown.count(), 1);
        QCOMPARE(overview.shownRow(), 420);
        s.pause.setPaused(true);
        s.topic("metrics", Protocol::toJson(demoSample(s.clock.now() + seconds(2), 2)));
        s.topic("metrics", QJsonObject{{u"at"_s, u"yesterday"_s}}); // ignored
        QTRY_COMPARE(overview.series().size(), 422);
        QCOMPARE(overview.shownRow(), 420);
        s.pause.setPaused(false);
        QCOMPARE(overview.shownRow(), 421);
    }

    void statesInWords_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("kind");
        QTest::newRow("forbidden") << 403 << u"forbidden"_s << int(PageState::Kind::Forbidden);
        QTest::newRow("error") << 500 << u"internal"_s << int(PageState::Kind::Error);
        QTest::newRow("unavailable") << 503 << u"unavailable"_s << int(PageState::Kind::Offline);
    }
    void statesInWords()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(int, kind);
        Setup s;
        s.online();
        const FakeServer::Reply reply = FakeServer::problem(status, code);
        s.server.answer("GET /api/v1/alerts", [reply](const QJsonObject &) { return reply; });
        AlertsController alerts(s.connection.api(), s.connection.realtime(), s.clock);
        alerts.refresh();
        QTRY_COMPARE(int(alerts.state().kind), kind);
        QVERIFY(!alerts.state().text.isEmpty());
        s.server.answerItems("GET /api/v1/alerts", {});
        alerts.refresh();
        QTRY_COMPARE(alerts.state().kind, PageState::Kind::Empty);
    }

    void whatIsShownStaysWhenARefreshFails()
    {
        Setup s;
        s.online();
        AlertsController alerts(s.connection.api(), s.connection.realtime(), s.clock);
        alerts.refresh();
        QTRY_COMPARE(alerts.state().kind, PageState::Kind::Ready);
        s.server.stop();
        alerts.refresh();
        QTRY_VERIFY(!alerts.staleReason().isEmpty());
        QCOMPARE(alerts.state().kind, PageState::Kind::Ready);
        s.server.start();
        alerts.refresh();
        QTRY_VERIFY(alerts.staleReason().isEmpty());
    }

    void aPushOutlivesAnOlderList()
    {
        Setup s;
        s.online();
        AlertsController alerts(s.connection.api(), s.connection.realtime(), s.clock);
        alerts.refresh();
        s.topic("alerts", Protocol::toJson(demoAlert("p", AlertState::Firing, AlertSeverity::Warning, s.clock.now())));
        QTRY_VERIFY(alerts.alerts().find(AlertId("a3")));
        QVERIFY(alerts.alerts().find(AlertId("p")));
    }

    void acknowledgesOnce()
    {
        Setup s;
        s.online();
        AlertsController alerts(s.connection.api(), s.connection.realtime(), s.clock);
        alerts.refresh();
        QTRY_COMPARE(alerts.alerts().firingCount(), 1);
        const AlertId id("a3");
        QVERIFY(alerts.canAcknowledge(id));
        alerts.acknowledge(id);
        alerts.acknowledge(id); // a second press
        QVERIFY(!alerts.canAcknowledge(id));
        QTRY_COMPARE(alerts.alerts().firingCount(), 0);
        QCOMPARE(s.server.requests().count("POST /api/v1/alerts/a3/acknowledge"), 1);
        QSignalSpy fired(&alerts, &AlertsController::alertFired);
        s.topic("alerts", Protocol::toJson(demoAlert("n", AlertState::Firing, AlertSeverity::Warning, s.clock.now())));
        s.topic("alerts", Protocol::toJson(demoAlert("n", AlertState::Firing, AlertSeverity::Warning, s.clock.now())));
        QTRY_COMPARE(alerts.alerts().firingCount(), 1);
        QCOMPARE(fired.count(), 1);
        QSignalSpy failed(&alerts, &AlertsController::acknowledgeFailed);
        alerts.acknowledge(AlertId("n")); // the fake server does not know it
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(alerts.canAcknowledge(AlertId("n")));
    }

    void roomsHoldBackWhilePaused()
    {
        Setup s;
        s.online();
        RoomsController rooms(s.connection.api(), s.connection.realtime(), s.pause);
        rooms.refresh();
        QTRY_COMPARE(rooms.state().kind, PageState::Kind::Ready);
        rooms.select(RoomId("general"));
        QCOMPARE(rooms.eventsState().kind, PageState::Kind::Loading);
        QTRY_COMPARE(rooms.events().rowCount(), 4);
        QVERIFY(rooms.notice().isEmpty());
        s.pause.setPaused(true);
        s.topic("activity", Protocol::toJson(demoMessage("general", 5, "eve", u"x"_s, s.clock.now())));
        s.topic("activity", Protocol::toJson(demoMessage("ops", 78, "eve", u"x"_s, s.clock.now())));
        QTRY_COMPARE(rooms.heldBack(), 1);
        QCOMPARE(rooms.events().rowCount(), 4);
        QCOMPARE(rooms.rooms().find(RoomId("ops"))->lastSeq, 78);
        s.pause.setPaused(false);
        QCOMPARE(rooms.events().rowCount(), 5);
        QCOMPARE(rooms.heldBack(), 0);
    }

    void nonMembersAreTold()
    {
        Setup s;
        s.online();
        RoomsController rooms(s.connection.api(), s.connection.realtime(), s.pause);
        rooms.select(RoomId("support"));
        QTRY_COMPARE(rooms.eventsState().kind, PageState::Kind::Empty);
        QVERIFY(rooms.notice().contains(u"not a member"_s));
        // An answer for an earlier selection does not disturb the present one.
        rooms.select(RoomId("general"));
        rooms.select(RoomId("support"));
        QTRY_COMPARE(rooms.eventsState().kind, PageState::Kind::Empty);
        QTRY_VERIFY(s.server.requests().count("GET /api/v1/rooms/support/messages") == 2);
        QCOMPARE(rooms.events().rowCount(), 0);
    }

    void tracesOpenAndFollow()
    {
        Setup s;
        s.online();
        TracesController traces(s.connection.api(), s.connection.realtime(), s.pause);
        traces.openText(u" "_s + QString::fromLatin1(demoTraceId).toUpper() + u" "_s);
        QTRY_COMPARE(traces.traceState().kind, PageState::Kind::Ready);
        QCOMPARE(traces.openId(), TraceId(demoTraceId));
        QVERIFY(!traces.story().isEmpty());
        QVERIFY(traces.rawJson().contains(u"\"workflow.step\""_s));

        // It goes on: the topic says so, the trace is asked for again. Contents taken out are marked.
        QJsonObject longer = Protocol::toJson(demoTrace(5));
        QJsonArray spans = longer.value(u"spans"_s).toArray();
        QJsonObject first = spans.at(0).toObject();
        first.insert(u"content_hidden"_s, true);
        spans.replace(0, first);
        longer.insert(u"spans"_s, spans);
        s.server.answer("GET /api/v1/traces/" + demoTraceId, longer);
        QSignalSpy changed(&traces, &TracesController::traceChanged);
        s.topic("traces", Protocol::toJson(demoTraces(5).first()));
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(traces.spans().trace().spans.first().attributes.contains(u"content"_s));
        QVERIFY(traces.rawJson().contains(u"content_hidden"_s));

        traces.openMessage(MessageId("gone"));
        QTRY_COMPARE(traces.traceState().kind, PageState::Kind::Error);
        traces.openText(u"not an id!"_s);
        QVERIFY(traces.traceState().text.contains(u"neither"_s));
    }
};

QTEST_MAIN(ConsoleControllersTest)
#include "tst_console_controllers.moc"
