// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two clients against a server of the same rules, and a network that does what networks do. Every seed is printed.
#include "tests/support/fakeclock.h"
#include "tests/support/modelserver.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Client;
using namespace Qt::StringLiterals;
using Atom::Test::FakeClock;
using Atom::Test::ModelServer;

namespace {
QCoro::Task<Result<QByteArray>> tokenOf(QByteArray user)
{
    co_return user;
}

//! What a message looks like in the end, whatever way its events took.
struct Body
{
    QString text;
    bool deleted = false;
    bool operator==(const Body &) const = default;
};
using State = QMap<QByteArray, Body>;

void apply(State &state, const RoomEvent &event)
{
    switch (event.kind) {
    case RoomEventKind::Message:
        state[event.message.bytes()] = Body{event.deleted ? QString() : event.text, event.deleted};
        break;
    case RoomEventKind::Edit:
        if (!state.value(event.message.bytes()).deleted)
            state[event.message.bytes()].text = event.text;
        break;
    case RoomEventKind::Deletion:
        state[event.message.bytes()] = Body{QString(), true};
        break;
    default:
        break;
    }
}

//! One user's device and all that it was told.
class Person : public QObject
{
public:
    Person(const QByteArray &name, ModelServer &server, FakeClock &clock)
        : user(name), client(
                          RealtimeClient::Settings{QUrl(u"ws://model/ws"_s), name + "-device"},
                          [name] { return tokenOf(name); }, clock, server.maker())
    {
        connect(&client, &RealtimeClient::roomEvent, this, [this](const RoomEvent &event) {
            seen[event.room].append(event);
            apply(state[event.room], event);
        });
        connect(&client, &RealtimeClient::gap, this, [this](const RoomId &room, qint64 from, qint64 to) {
            for (qint64 seq = from; seq <= to; ++seq)
                missing[room].insert(seq);
        });
        connect(&client, &RealtimeClient::messageAcknowledged, this,
                [this](const QByteArray &id, const RoomEvent &event) {
                    ++acknowledgements[id];
                    mine[event.room].append(event.message);
                });
        connect(&client, &RealtimeClient::messageRefused, this, [this] { ++refusals; });
        client.joinRoom(RoomId("r1"));
        client.joinRoom(RoomId("r2"));
        client.start();
    }

    UserId user;
    RealtimeClient client;
    QMap<RoomId, QList<RoomEvent>> seen;
    QMap<RoomId, State> state;
    QMap<RoomId, QSet<qint64>> missing;
    QMap<RoomId, QList<MessageId>> mine;
    QHash<QByteArray, int> acknowledgements;
    QMap<RoomId, QStringList> sent;
    QStringList edits;
    int refusals = 0;
};
} // namespace

class TestConvergence : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void clientsConverge_data();
    void clientsConverge();
    void cleanupTestCase();

private:
    void act(Person &person, QRandomGenerator &random, int step);
    void verify(const Person &person, const ModelServer &server, bool exact);
    QMap<QString, int> m_met; //!< what the seeds together have exercised
};

//! A test of faults that never happen proves nothing.
void TestConvergence::cleanupTestCase()
{
    qInfo() << m_met;
    for (auto it = m_met.cbegin(); it != m_met.cend(); ++it)
        QVERIFY2(it.value() > 0, qPrintable(it.key()));
}

void TestConvergence::clientsConverge_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<int>("replayLimit");
    for (quint32 seed = 1; seed <= 60; ++seed) {
        QTest::addRow("seed %u", seed) << seed << 1'000'000;
        QTest::addRow("seed %u with gaps", seed) << seed << 4; // just above a snapshot
    }
    const quint32 fresh = QRandomGenerator::global()->generate();
    QTest::addRow("seed %u, new", fresh) << fresh << 1'000'000;
}

void TestConvergence::act(Person &person, QRandomGenerator &random, int step)
{
    const RoomId room(random.bounded(2) ? "r1" : "r2");
    const QString text = u"%1-%2"_s.arg(person.user.toString()).arg(step);
    const QList<MessageId> &mine = person.mine[room];
    switch (random.bounded(6)) {
    case 0:
        if (!mine.isEmpty()) {
            person.client.editMessage(room, mine[random.bounded(int(mine.size()))], text + u"-edited"_s);
            person.edits.append(text + u"-edited"_s);
            break;
        }
        [[fallthrough]];
    case 1:
        if (mine.size() > 3) {
            person.client.deleteMessage(room, mine[random.bounded(int(mine.size()))]);
            break;
        }
        [[fallthrough]];
    case 2:
        if (!person.seen[room].isEmpty()) {
            person.client.sendReceipt(room, person.seen[room].last().seq);
            break;
        }
        [[fallthrough]];
    default:
        QVERIFY(person.client.sendMessage(room, text).isOk());
        person.sent[room].append(text);
    }
}

void TestConvergence::clientsConverge()
{
    QFETCH(quint32, seed);
    QFETCH(int, replayLimit);
    QRandomGenerator random(seed);
    FakeClock clock;
    ModelServer server(random, clock);
    server.rooms[RoomId("r1")];
    server.rooms[RoomId("r2")];
    server.replayLimit = replayLimit;
    server.faults = {100, 30, 30, 200, 30, 20, 50};
    Person ann("ann", server, clock);
    Person ben("ben", server, clock);

    for (int step = 0; step < 1'500; ++step) {
        switch (random.bounded(40)) {
        case 0:
            server.cutOne(random.bounded(2) ? 1006 : 4408);
            break;
        case 1:
            if (random.bounded(6) == 0)
                server.restart();
            break;
        case 2:
            if (random.bounded(6) == 0) {
                clock.sleep(std::chrono::minutes(10));
                if (random.bounded(2))
                    server.goSilent();
            }
            break;
        case 3:
        case 4:
        case 5:
            clock.advance(milliseconds(random.bounded(3'000)));
            break;
        case 6:
        case 7:
            act(ann, random, step);
            break;
        case 8:
        case 9:
            act(ben, random, step);
            break;
        default:
            server.step();
        }
        if (step % 50 == 0)
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    // All heals; what is queued must now arrive, in bounded time.
    server.faults = {};
    const auto settled = [&] {
        for (const Person *p : {&ann, &ben}) {
            if (p->client.state() != ConnectionState::Online || p->client.unacknowledged() > 0)
                return false;
            const auto positions = p->client.positions();
            for (const auto &[room, log] : server.rooms) {
                if (positions.value(room, -1) != log.events.size())
                    return false;
            }
        }
        return true;
    };
    // A hole at the very end of a room shows with the next event only.
    for (const char *room : {"r1", "r2"})
        QVERIFY(ann.client.sendMessage(RoomId(room), u"ann-last-%1"_s.arg(QLatin1StringView(room))).isOk());
    ann.sent[RoomId("r1")].append(u"ann-last-r1"_s);
    ann.sent[RoomId("r2")].append(u"ann-last-r2"_s);
    for (int i = 0; i < 300 && !settled(); ++i) {
        while (server.step()) {
        }
        clock.advance(seconds(1));
    }
    QVERIFY2(settled(), "the clients did not come to rest");
    verify(ann, server, replayLimit > 1000);
    verify(ben, server, replayLimit > 1000);
    m_met[u"cuts"_s] += server.cuts;
    m_met[u"replays"_s] += server.replays;
    m_met[u"gaps"_s] += server.gaps;
    m_met[u"rate limited"_s] += server.limited;
    m_met[u"repeated messages"_s] += server.duplicates;
    m_met[u"lost events"_s] += server.lostEvents;
    m_met[u"histories"_s] += server.histories;
    m_met[u"edits"_s] += int(ann.edits.size() + ben.edits.size());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void TestConvergence::verify(const Person &person, const ModelServer &server, bool exact)
{
    QCOMPARE(person.refusals, 0);
    for (auto it = person.acknowledgements.cbegin(); it != person.acknowledgements.cend(); ++it)
        QCOMPARE(it.value(), 1);
    qsizetype sent = 0;
    for (const auto &[room, log] : server.rooms) {
        sent += person.sent[room].size();
        // Each seq once, ascending, without holes but the reported ones; and what the server stored.
        const QList<RoomEvent> seen = person.seen[room];
        QVERIFY(!seen.isEmpty());
        const QSet<qint64> missing = person.missing[room];
        if (exact)
            QVERIFY(missing.isEmpty());
        qint64 expected = seen.first().seq;
        for (const RoomEvent &event : seen) {
            while (missing.contains(expected))
                ++expected;
            QCOMPARE(event.seq, expected++);
            const RoomEvent &stored = log.events[event.seq - 1];
            QCOMPARE(event.kind, stored.kind);
            QCOMPARE(event.message, stored.message);
            QCOMPARE(event.actor, stored.actor);
            QCOMPARE(event.readUpTo, stored.readUpTo);
            QCOMPARE(event.clientId, stored.clientId);
            if (event.kind == RoomEventKind::Edit)
                QCOMPARE(event.text, stored.text);
        }
        QCOMPARE(seen.last().seq, log.events.size());
        if (exact) {
            State state;
            for (const RoomEvent &event : log.events) {
                if (event.seq >= seen.first().seq)
                    apply(state, event);
            }
            QCOMPARE(person.state[room], state);
        }
        // No message twice, none lost, none overtaken; no edit twice unless the replay could not tell.
        QStringList stored;
        QHash<QString, int> edits;
        for (const RoomEvent &event : log.events) {
            if (event.actor == person.user && event.kind == RoomEventKind::Message)
                stored.append(event.text);
            if (event.actor == person.user && event.kind == RoomEventKind::Edit)
                ++edits[event.text];
        }
        QCOMPARE(stored, person.sent[room]);
        if (exact) {
            for (auto it = edits.cbegin(); it != edits.cend(); ++it)
                QCOMPARE(it.value(), 1);
        }
    }
    QCOMPARE(person.acknowledgements.size(), sent);
}

QTEST_GUILESS_MAIN(TestConvergence)
#include "tst_convergence.moc"
