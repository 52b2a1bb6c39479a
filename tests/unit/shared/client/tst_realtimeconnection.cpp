// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient frame by frame, the test plays the server: opening, end, silence.
#include "tests/support/realtimefixture.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Client;
using namespace Qt::StringLiterals;
using Atom::Test::eventFrame;
using Atom::Test::ScriptedStream;
using Fixture = Atom::Test::RealtimeFixture;

namespace {
const RoomId room("r1");
} // namespace

class TestRealtimeConnection : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void saysHelloWithTokenDeviceAndPositions();
    void backsOffWithJitter();
    void tokenFailureIsRetried();
    void refusedTokenStops();
    void freshTokenOnceAfter4401();
    void forbiddenCloseStops();
    void limitedCloseWaitsLonger();
    void goodbyeComesBackInTime();
    void silenceIsNoticed();
    void pongKeepsTheConnection();
    void sleepIsProbed();
    void wakingTriesAtOnce();
    void unansweredRequestEndsTheConnection();
    void openingHasADeadline();
    void garbageIsIgnored();
    void topicsAreKeptOverReconnections();
    void stopInsideASlot();
    void typingPresenceAndTopics();
};

void TestRealtimeConnection::saysHelloWithTokenDeviceAndPositions()
{
    Fixture f;
    f.client.setPositions({{room, 7}});
    f.client.start();
    QCOMPARE(f.client.state(), ConnectionState::Connecting);
    QCOMPARE(f.stream().url(), QUrl(u"ws://server/ws"_s));
    QVERIFY(f.stream().take().isEmpty()); // nothing before the stream is open
    f.stream().accept();
    const QList<QJsonObject> sent = f.stream().take();
    QCOMPARE(sent.size(), 1);
    const QJsonObject hello = sent.first();
    QCOMPARE(hello.value(u"type"_s).toString(), u"hello"_s);
    QCOMPARE(hello.value(u"token"_s).toString(), u"secret"_s);
    QCOMPARE(hello.value(u"device"_s).toString(), u"laptop"_s);
    QCOMPARE(hello.value(u"protocol"_s).toInt(), 1);
    QCOMPARE(hello.value(u"resume"_s).toObject(), (QJsonObject{{u"r1"_s, 7}}));
}

void TestRealtimeConnection::backsOffWithJitter()
{
    Fixture f;
    QSignalSpy retries(&f.client, &RealtimeClient::retryScheduled);
    f.client.start();
    qint64 cap = 500;
    for (int attempt = 0; attempt < 9; ++attempt) {
        f.stream().cut();
        QCOMPARE(f.client.state(), ConnectionState::Offline);
        const auto delay = retries.last()[0].value<milliseconds>();
        QVERIFY2(delay.count() >= cap / 2 && delay.count() <= cap, QByteArray::number(qint64(delay.count())));
        QCOMPARE(retries.last()[1].value<Error>().code, Errc::Unavailable);
        const int before = f.streams.made();
        f.clock.advance(delay - milliseconds(1));
        QCOMPARE(f.streams.made(), before);
        f.clock.advance(milliseconds(1));
        QCOMPARE(f.streams.made(), before + 1);
        cap = std::min<qint64>(30'000, cap * 2);
    }
    f.welcome(0); // success starts over
    f.stream().cut();
    QVERIFY(retries.last()[0].value<milliseconds>() <= milliseconds(500));
}

void TestRealtimeConnection::tokenFailureIsRetried()
{
    Fixture f;
    f.token = Error(Errc::Unavailable, u"unreachable"_s);
    QSignalSpy retries(&f.client, &RealtimeClient::retryScheduled);
    f.client.start();
    QCOMPARE(f.streams.made(), 0);
    QCOMPARE(retries.size(), 1);
    f.token = QByteArray("secret");
    f.clock.advance(seconds(1));
    QCOMPARE(f.streams.made(), 1);
}

void TestRealtimeConnection::refusedTokenStops()
{
    Fixture f;
    f.token = Error(Errc::Unauthenticated, u"sign in"_s);
    QSignalSpy out(&f.client, &RealtimeClient::unauthenticated);
    f.client.start();
    QCOMPARE(out.size(), 1);
    QCOMPARE(f.client.state(), ConnectionState::Offline);
    f.clock.advance(seconds(600));
    QCOMPARE(f.tokensAsked, 1);
    f.token = QByteArray("secret");
    f.client.start();
    QCOMPARE(f.client.state(), ConnectionState::Connecting);
}

void TestRealtimeConnection::freshTokenOnceAfter4401()
{
    Fixture f;
    QSignalSpy out(&f.client, &RealtimeClient::unauthenticated);
    f.client.start();
    f.stream().accept();
    f.stream().cut(4401, u"expired"_s);
    QCOMPARE(f.tokensAsked, 2);
    QCOMPARE(f.streams.made(), 2);
    QCOMPARE(out.size(), 0);
    f.stream().accept();
    f.stream().cut(4401, u"expired"_s);
    QCOMPARE(out.size(), 1);
    QCOMPARE(out[0][0].value<Error>().code, Errc::Unauthenticated);
    f.clock.advance(seconds(600));
    QCOMPARE(f.streams.made(), 2);
}

void TestRealtimeConnection::forbiddenCloseStops()
{
    Fixture f;
    QSignalSpy out(&f.client, &RealtimeClient::unauthenticated);
    f.online(0);
    f.stream().cut(4403, u"disabled"_s);
    QCOMPARE(out.size(), 1);
    QCOMPARE(out[0][0].value<Error>().code, Errc::Forbidden);
    QCOMPARE(f.client.state(), ConnectionState::Offline);
}

void TestRealtimeConnection::limitedCloseWaitsLonger()
{
    Fixture f;
    QSignalSpy retries(&f.client, &RealtimeClient::retryScheduled);
    f.online(0);
    f.stream().cut(4429);
    QVERIFY(retries.last()[0].value<milliseconds>() >= seconds(15));
    QCOMPARE(retries.last()[1].value<Error>().code, Errc::RateLimited);
}

void TestRealtimeConnection::goodbyeComesBackInTime()
{
    Fixture f;
    f.online(0);
    f.stream().say(R"({"type":"goodbye","reason":"restart","reconnect_after_ms":4000})");
    QVERIFY(f.client.sendMessage(room, u"x"_s).isOk());
    QVERIFY(f.stream().take(u"chat_message"_s).isEmpty()); // it waits for the next connection
    f.clock.advance(seconds(1));
    f.stream().cut(1012);
    f.clock.advance(milliseconds(2'900));
    QCOMPARE(f.streams.made(), 1);
    f.clock.advance(milliseconds(100));
    QCOMPARE(f.streams.made(), 2);
    // A server that only says it and never closes.
    f.welcome(0);
    f.stream().say(R"({"type":"goodbye","reason":"restart","reconnect_after_ms":4000})");
    f.clock.advance(seconds(4));
    QCOMPARE(f.streams.made(), 3);
}

void TestRealtimeConnection::silenceIsNoticed()
{
    Fixture f;
    f.online(0);
    f.clock.advance(seconds(25));
    QCOMPARE(f.stream().take(u"ping"_s).size(), 1);
    QCOMPARE(f.client.state(), ConnectionState::Online);
    f.clock.advance(seconds(20));
    QCOMPARE(f.client.state(), ConnectionState::Offline);
}

void TestRealtimeConnection::pongKeepsTheConnection()
{
    Fixture f;
    f.online(0);
    for (int i = 0; i < 20; ++i) {
        f.clock.advance(seconds(25));
        QCOMPARE(f.stream().take(u"ping"_s).size(), 1);
        f.stream().say(R"({"type":"pong","timestamp":"2026-01-01T00:00:00.000Z"})");
    }
    QCOMPARE(f.client.state(), ConnectionState::Online);
    QCOMPARE(f.streams.made(), 1);
}

void TestRealtimeConnection::sleepIsProbed()
{
    Fixture f;
    f.online(0);
    f.clock.sleep(std::chrono::minutes(10));
    f.clock.advance(seconds(5));
    QCOMPARE(f.stream().take(u"ping"_s).size(), 1);
    f.stream().say(R"({"type":"pong","timestamp":"2026-01-01T00:00:00.000Z"})");
    f.clock.advance(seconds(10));
    QCOMPARE(f.client.state(), ConnectionState::Online); // it survived
    f.clock.sleep(std::chrono::minutes(10));
    f.clock.advance(seconds(10));
    QCOMPARE(f.streams.made(), 2); // it did not, and nobody waited for 45 s
}

void TestRealtimeConnection::wakingTriesAtOnce()
{
    RealtimeClient::Settings settings = Fixture::make();
    settings.backoff = Backoff(seconds(600), seconds(600));
    Fixture f(settings);
    f.client.start();
    f.stream().cut();
    f.clock.advance(seconds(60));
    QCOMPARE(f.streams.made(), 1);
    f.clock.sleep(std::chrono::minutes(10));
    f.clock.advance(seconds(5));
    QCOMPARE(f.streams.made(), 2);
}

void TestRealtimeConnection::unansweredRequestEndsTheConnection()
{
    Fixture f;
    f.online(0);
    QVERIFY(f.client.sendMessage(room, u"x"_s).isOk());
    for (int i = 0; i < 12 && f.client.state() == ConnectionState::Online; ++i) {
        f.stream().say(R"({"type":"presence","user_id":"ben","status":"online"})"); // it talks, but does not answer
        f.clock.advance(seconds(5));
    }
    QVERIFY(f.streams.made() > 1 || f.client.state() == ConnectionState::Offline);
    QCOMPARE(f.client.unacknowledged(), 1);
}

void TestRealtimeConnection::openingHasADeadline()
{
    Fixture f;
    QSignalSpy retries(&f.client, &RealtimeClient::retryScheduled);
    f.client.start();
    QPointer<ScriptedStream> first = f.streams.last();
    first->accept();
    f.clock.advance(seconds(15));
    QCOMPARE(retries.size(), 1);
    QVERIFY(first->closedByClient());
    first->say(R"({"type":"welcome","user":{"id":"ann"}})"); // too late: another attempt counts now
    QVERIFY(f.client.user().isEmpty());
}

void TestRealtimeConnection::garbageIsIgnored()
{
    Fixture f;
    f.online(1);
    for (int i = 0; i < 3; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot be read"_s));
    for (const char *frame :
         {"", "not json", "[1]", R"({"type":"new_thing","seq":5})", R"({"type":"ack"})",
          R"({"type":"message_ack","seq":"x"})", R"({"type":"history","events":3})", R"({"type":"gap"})",
          R"({"type":"resumed"})", R"({"type":"room_joined"})", R"({"type":"error"})", R"({"type":"topic"})"})
        f.stream().say(frame);
    f.stream().say(eventFrame(2));
    QCOMPARE(f.seqs, (QList<qint64>{2}));
    QCOMPARE(f.client.state(), ConnectionState::Online);
}

void TestRealtimeConnection::topicsAreKeptOverReconnections()
{
    Fixture f;
    f.client.subscribe("metrics");
    f.client.subscribe("alerts");
    f.client.unsubscribe("alerts");
    f.online(0); // takes what was sent
    f.stream().cut();
    f.clock.advance(seconds(1));
    f.welcome(0);
    const QList<QJsonObject> sent = f.stream().take(u"subscribe"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent[0].value(u"topic"_s).toString(), u"metrics"_s);
    f.client.unsubscribe("metrics");
    QCOMPARE(f.stream().take(u"unsubscribe"_s).size(), 1);
}

void TestRealtimeConnection::stopInsideASlot()
{
    Fixture f;
    f.online(1);
    connect(&f.client, &RealtimeClient::roomEvent, this, [&f] { f.client.stop(); });
    QPointer<ScriptedStream> stream = f.streams.last();
    stream->say(eventFrame(2));
    stream->say(eventFrame(3));
    QCOMPARE(f.seqs, (QList<qint64>{2}));
    QCOMPARE(f.client.state(), ConnectionState::Offline);
    f.clock.advance(seconds(100));
    QCOMPARE(f.streams.made(), 1);
    QCOMPARE(f.clock.pending(), 0);
}

void TestRealtimeConnection::typingPresenceAndTopics()
{
    Fixture f;
    QSignalSpy typing(&f.client, &RealtimeClient::typing);
    QSignalSpy presence(&f.client, &RealtimeClient::presence);
    QSignalSpy topics(&f.client, &RealtimeClient::topic);
    f.client.setTyping(room, true); // offline: worthless later
    f.online(0);
    QVERIFY(f.stream().take(u"typing_indicator"_s).isEmpty());
    f.client.setTyping(room, true);
    QCOMPARE(f.stream().take(u"typing_indicator"_s).size(), 1);
    f.stream().say(R"({"type":"typing_indicator","room_id":"r1","user_id":"ben","is_typing":true})");
    f.stream().say(R"({"type":"presence","user_id":"ben","status":"away"})");
    f.stream().say(R"({"type":"topic","topic":"metrics","data":{"users":3}})");
    QCOMPARE(typing.size(), 1);
    QCOMPARE(typing[0][2].toBool(), true);
    QCOMPARE(presence[0][1].toString(), u"away"_s);
    QCOMPARE(topics[0][1].toJsonObject().value(u"users"_s).toInt(), 3);
}

QTEST_GUILESS_MAIN(TestRealtimeConnection)
#include "tst_realtimeconnection.moc"
