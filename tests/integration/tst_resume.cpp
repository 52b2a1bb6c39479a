// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two clients against the shipped binary through networks that fail: sender killed, server killed, network cut, ten
// minutes asleep. Both must end with the same ordered events, edits and deletions included.
#include "shared/client/realtimeclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/serverprocess.h"
#include "tests/support/tcpproxy.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;
const RoomId room(QByteArrayLiteral("harbour"));

//! A guest's device behind its own network. Its clock is driven by the test.
class Device
{
public:
    Device(const QByteArray &name, quint16 port) : network(port), m_name(name) { open({}); }
    //! The process of the device dies with all it had in memory, and starts again knowing only what it had seen.
    void crash()
    {
        const auto positions = client->positions();
        client.reset();
        open(positions);
    }
    //! Lets the client's timers (retries, heartbeats) run.
    void tick() { clock.advance(milliseconds(500)); }
    bool isOnline() const { return client->state() == Client::ConnectionState::Online; }

    Test::FakeClock clock;
    Test::TcpProxy network;
    std::unique_ptr<Client::RealtimeClient> client;
    QMap<qint64, RoomEvent> events; //!< by seq: what a person at the device has seen
    QStringList faults;

private:
    void open(const QHash<RoomId, qint64> &positions)
    {
        Client::RealtimeClient::Settings settings;
        settings.url = QUrl(u"ws://127.0.0.1:%1/ws/%2"_s.arg(network.serverPort()).arg(QString::fromLatin1(m_name)));
        settings.device = m_name + "-device";
        settings.backoff = Client::Backoff(milliseconds(100), milliseconds(1000));
        // A guest has no token; a plain function, so that no captures are lost at a suspension.
        client = std::make_unique<Client::RealtimeClient>(settings, noToken, clock);
        client->setPositions(positions);
        QObject::connect(client.get(), &Client::RealtimeClient::roomEvent, client.get(),
                         [this](const RoomEvent &event) {
                             if (!events.isEmpty() && event.seq <= events.lastKey())
                                 faults.append(u"%1 after %2"_s.arg(event.seq).arg(events.lastKey()));
                             events.insert(event.seq, event);
                         });
        client->start();
        client->joinRoom(room);
    }
    static QCoro::Task<Result<QByteArray>> noToken() { co_return Result<QByteArray>(QByteArray()); }
    QByteArray m_name;
};

//! What a person reads at the end: bodies with edits applied, deleted ones gone.
QStringList conversation(const Device &device)
{
    QMap<QByteArray, QString> bodies;
    QList<QByteArray> order;
    for (const RoomEvent &event : device.events) {
        if (event.kind == RoomEventKind::Message) {
            order.append(event.message.bytes());
            bodies[event.message.bytes()] = event.deleted ? u"(deleted)"_s : event.text;
        } else if (event.kind == RoomEventKind::Edit) {
            bodies[event.message.bytes()] = event.text;
        } else if (event.kind == RoomEventKind::Deletion) {
            bodies[event.message.bytes()] = u"(deleted)"_s;
        }
    }
    QStringList lines;
    for (const QByteArray &id : order)
        lines.append(bodies[id]);
    return lines;
}
} // namespace

class ResumeTest : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Test::ServerProcess> m_server;

    bool eventually(Device &a, Device &b, const std::function<bool()> &condition)
    {
        return QTest::qWaitFor(
            [&] {
                a.tick();
                b.tick();
                return condition();
            },
            patienceMs);
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<Test::ServerProcess>();
        m_server->configure(u"rooms.create_on_join"_s, u"true"_s);
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        m_server->configure(u"http.port"_s, QString::number(m_server->http().port()));
        m_server->configure(u"realtime.port"_s, QString::number(m_server->realtime().port()));
    }

    void bothEndWithTheSameEvents()
    {
        const auto port = quint16(m_server->realtime().port());
        Device ann("ann", port);
        Device bob("bob", port);
        QVERIFY(eventually(ann, bob, [&] { return ann.isOnline() && bob.isOnline(); }));

        QStringList expected;
        const auto say = [&](Device &device, const QString &text) {
            expected.append(text);
            QVERIFY(device.client->sendMessage(room, text).isOk());
            QVERIFY(eventually(ann, bob, [&] { return device.client->unacknowledged() == 0; }));
        };
        const auto idOf = [](const Device &device, const QString &text) {
            for (const RoomEvent &event : device.events) {
                if (event.text == text)
                    return event.message;
            }
            return MessageId();
        };

        say(ann, u"one"_s);
        say(bob, u"two"_s);

        // Bob's network is cut; meanwhile Ann talks, edits and deletes; Bob writes into the dark.
        bob.network.cut();
        say(ann, u"three"_s);
        say(ann, u"four"_s);
        ann.client->editMessage(room, idOf(ann, u"one"_s), u"one, corrected"_s);
        ann.client->deleteMessage(room, idOf(ann, u"three"_s));
        QVERIFY(bob.client->sendMessage(room, u"from the dark"_s).isOk());
        QVERIFY(eventually(ann, bob, [&] { return ann.client->unacknowledged() == 0; }));
        QCOMPARE(bob.client->unacknowledged(), 1);
        bob.network.mend();
        QVERIFY(eventually(ann, bob, [&] { return bob.client->unacknowledged() == 0; }));

        // The server is killed while Ann's message is on its way: it is sent again, and stands there once.
        QVERIFY(ann.client->sendMessage(room, u"over the kill"_s).isOk());
        m_server->kill();
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QVERIFY(eventually(ann, bob,
                           [&] { return ann.isOnline() && bob.isOnline() && ann.client->unacknowledged() == 0; }));

        // Ten minutes asleep: the timers notice, the connection is made again.
        bob.clock.advance(std::chrono::minutes(10));
        say(ann, u"while you slept"_s);
        QVERIFY(eventually(ann, bob, [&] { return bob.isOnline(); }));

        // The sender's device is killed after the server has the message, perhaps before the ack: it comes back knowing
        // only its position.
        QVERIFY(ann.client->sendMessage(room, u"last words"_s).isOk());
        QVERIFY(eventually(ann, bob, [&] { return !idOf(bob, u"last words"_s).isEmpty(); }));
        ann.crash();
        QVERIFY(eventually(ann, bob, [&] { return ann.isOnline(); }));
        say(bob, u"the end"_s);

        QVERIFY(eventually(ann, bob, [&] {
            return !ann.events.isEmpty() && !bob.events.isEmpty() && ann.events.last().text == u"the end"_s &&
                   bob.events.last().text == u"the end"_s;
        }));
        QCOMPARE(conversation(bob), conversation(ann));
        QCOMPARE(conversation(ann),
                 (QStringList{u"one, corrected"_s, u"two"_s, u"(deleted)"_s, u"four"_s, u"from the dark"_s,
                              u"over the kill"_s, u"while you slept"_s, u"last words"_s, u"the end"_s}));
        // From the first event both know on, the sequences are without holes and the same.
        const qint64 from = std::max(ann.events.firstKey(), bob.events.firstKey());
        for (qint64 seq = from; seq <= bob.events.lastKey(); ++seq) {
            QVERIFY2(ann.events.contains(seq) && bob.events.contains(seq), qPrintable(QString::number(seq)));
            QCOMPARE(ann.events[seq].kind, bob.events[seq].kind);
            QCOMPARE(ann.events[seq].message, bob.events[seq].message);
        }
        QVERIFY2(ann.faults.isEmpty() && bob.faults.isEmpty(), qPrintable((ann.faults + bob.faults).join(u"; "_s)));
        QCOMPARE(m_server->terminate(), 0);
    }
};

QTEST_GUILESS_MAIN(ResumeTest)
#include "tst_resume.moc"
