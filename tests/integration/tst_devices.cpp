// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two devices each of two users against the shipped binary: they send, edit, delete, react, pin, acknowledge, read,
// mark as unread and draft at random, their networks are cut, their processes and the server are killed. In the end all
// have the same state, and it is what a new device is shown. Every seed is printed.
#include "shared/client/realtimeclient.h"
#include "shared/model/roomfold.h"
#include "tests/support/fakeclock.h"
#include "tests/support/serverprocess.h"
#include "tests/support/tcpproxy.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 60'000;
const RoomId room(QByteArrayLiteral("harbour"));

//! What a program keeps on its disk.
struct Kept
{
    RoomFold fold;
    QHash<RoomId, qint64> positions;
};

//! A device behind its own network; the realtime client's clock is driven by the test.
class Device
{
public:
    Device(const Test::ServerProcess &server, const QString &user, const QString &password, const QByteArray &name)
        : network(quint16(server.realtime().port())), m_name(name), api(server.http(), wall)
    {
        const Result<Client::Tokens> tokens = QCoro::waitFor(api.signIn(user, password, QString::fromLatin1(name)));
        if (!tokens)
            qFatal("%s cannot sign in: %s", qPrintable(user), qPrintable(tokens.error().detail));
        open();
    }
    //! The process dies with all that was not on its disk, and starts again.
    void crash()
    {
        client.reset();
        open();
    }
    void tick() { clock.advance(milliseconds(200)); }
    bool isAtRest() const { return client->isQuiet(); }

    SystemClock wall;
    Test::FakeClock clock;
    Test::TcpProxy network;
    std::unique_ptr<Client::RealtimeClient> client;
    Kept disk;
    QStringList faults;
    int crashes = 0;

private:
    void open()
    {
        Client::RealtimeClient::Settings settings;
        settings.url = QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(network.serverPort()));
        settings.device = m_name;
        settings.backoff = Client::Backoff(milliseconds(100), milliseconds(1000));
        client = std::make_unique<Client::RealtimeClient>(
            settings, [this] { return api.accessToken(); }, clock);
        client->setPositions(disk.positions);
        QObject::connect(client.get(), &Client::RealtimeClient::roomEvent, client.get(),
                         [this](const RoomEvent &event) {
                             if (event.room != room)
                                 return;
                             if (event.seq <= disk.fold.lastSeq())
                                 faults.append(u"%1 after %2"_s.arg(event.seq).arg(disk.fold.lastSeq()));
                             disk.fold.apply(event);
                             disk.positions.insert(room, event.seq);
                         });
        QObject::connect(client.get(), &Client::RealtimeClient::gap, client.get(), [this] { disk.fold.gap(); });
        client->start();
    }
    QByteArray m_name;

public:
    Client::ApiClient api;
};

QJsonObject reactionsOf(const RoomEvent &message)
{
    QJsonObject reactions;
    for (auto it = message.marks.reactions.cbegin(); it != message.marks.reactions.cend(); ++it) {
        QJsonArray users;
        for (const UserId &user : it.value())
            users.append(user.toString());
        reactions.insert(it.key(), users);
    }
    return reactions;
}

//! The state in words, so that a difference can be read.
QStringList stateOf(const RoomFold &fold)
{
    QStringList lines;
    for (const RoomEvent &m : fold.messages()) {
        QStringList acknowledged;
        for (const UserId &user : m.marks.acknowledgedBy)
            acknowledged.append(user.toString());
        lines.append(u"%1 %2 %3 \"%4\" edited=%5 deleted=%6 reactions=%7 pin=%8 ack=%9"_s.arg(m.seq)
                         .arg(m.message.toString(), m.actor.toString(), m.text)
                         .arg(m.edited)
                         .arg(m.deleted)
                         .arg(QString::fromUtf8(QJsonDocument(reactionsOf(m)).toJson(QJsonDocument::Compact)),
                              m.marks.pinnedBy.toString(), acknowledged.join(u',')) +
                     u" root=%1 replies=%2/%3 must=%4"_s.arg(m.threadRoot.toString())
                         .arg(m.marks.replies)
                         .arg(m.marks.lastReplySeq)
                         .arg(m.mustAcknowledge));
    }
    for (auto it = fold.readUpTo().cbegin(); it != fold.readUpTo().cend(); ++it)
        lines.append(u"%1 has read up to %2"_s.arg(it.key().toString()).arg(it.value()));
    return lines;
}

QString draftOf(const Client::RealtimeClient &client)
{
    return client.userState().value({u"draft"_s, room.toString()}).value("message"_L1).toString();
}
} // namespace

class DevicesTest : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<Client::ApiClient> m_owner;
    SystemClock m_clock;
    std::vector<std::unique_ptr<Device>> m_devices; //!< ann, ann, ben, ben
    QHash<QString, QString> m_passwords;
    QMap<QString, int> m_met; //!< what the seeds together have exercised

    QJsonObject ownerCall(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        const Result<QJsonObject> answer = QCoro::waitFor(m_owner->call(method, path, {}, body, seconds(20)));
        if (!answer)
            qFatal("%s %s: %s", method.constData(), qPrintable(path), qPrintable(answer.error().detail));
        return answer.value();
    }
    QJsonObject call(Device &device, const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        const Result<QJsonObject> answer = QCoro::waitFor(device.api.call(method, path, {}, body, seconds(20)));
        if (!answer)
            qFatal("%s %s: %s", method.constData(), qPrintable(path), qPrintable(answer.error().detail));
        return answer.value();
    }
    bool eventually(const std::function<bool()> &condition)
    {
        return QTest::qWaitFor(
            [&] {
                for (const auto &device : m_devices)
                    device->tick();
                return condition();
            },
            patienceMs);
    }
    bool settled()
    {
        qint64 last = 0;
        for (const auto &device : m_devices)
            last = std::max(last, device->disk.fold.lastSeq());
        return std::all_of(m_devices.begin(), m_devices.end(), [last](const auto &device) {
            return device->isAtRest() && device->disk.fold.lastSeq() == last;
        });
    }
    std::unique_ptr<Device> makeDevice(const QString &user, const QByteArray &name)
    {
        return std::make_unique<Device>(*m_server, user, m_passwords.value(user), name);
    }

    void act(Device &device, QRandomGenerator &random, int step);
    void misfortune(QRandomGenerator &random);
    void compare();

private Q_SLOTS:
    void initTestCase();
    void allEndWithTheSameState_data();
    void allEndWithTheSameState();
    void cleanupTestCase();
};

void DevicesTest::initTestCase()
{
    m_server = std::make_unique<Test::ServerProcess>();
    m_server->configure(u"realtime.messages_per_second"_s, u"0"_s);
    m_server->configure(u"realtime.frames_per_second"_s, u"0"_s);
    m_server->configure(u"realtime.connections_per_user"_s, u"50"_s);
    QVERIFY2(m_server->start(), qPrintable(m_server->error()));
    m_server->configure(u"http.port"_s, QString::number(m_server->http().port()));
    m_server->configure(u"realtime.port"_s, QString::number(m_server->realtime().port()));
    m_owner = std::make_unique<Client::ApiClient>(m_server->http(), m_clock);
    QVERIFY(QCoro::waitFor(m_owner->signIn(u"owner"_s, m_server->ownerPassword(), u"test"_s)).isOk());
    for (const QString &user : {u"ann"_s, u"ben"_s}) {
        const QJsonObject made = ownerCall("POST", u"/api/v1/users"_s,
                                           {{u"id"_s, user}, {u"display_name"_s, user}, {u"role"_s, u"member"_s}});
        m_passwords.insert(user, made.value("initial_password"_L1).toString());
    }
    m_devices.push_back(makeDevice(u"ann"_s, "ann-1"));
    call(*m_devices.front(), "POST", u"/api/v1/rooms"_s,
         {{u"id"_s, room.toString()}, {u"name"_s, u"Harbour"_s}, {u"members"_s, QJsonArray{u"ben"_s}}});
    m_devices.push_back(makeDevice(u"ann"_s, "ann-2"));
    m_devices.push_back(makeDevice(u"ben"_s, "ben-1"));
    m_devices.push_back(makeDevice(u"ben"_s, "ben-2"));
    QVERIFY(eventually([this] {
        return std::all_of(m_devices.begin(), m_devices.end(),
                           [](const auto &d) { return d->isAtRest() && d->client->positions().contains(room); });
    }));
}

void DevicesTest::allEndWithTheSameState_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 4; ++seed)
        QTest::addRow("seed %u", seed) << seed;
    const quint32 fresh = QRandomGenerator::global()->generate();
    QTest::addRow("seed %u, new", fresh) << fresh;
}

void DevicesTest::act(Device &device, QRandomGenerator &random, int step)
{
    Client::RealtimeClient &client = *device.client;
    const QMap<qint64, RoomEvent> &messages = device.disk.fold.messages();
    QList<RoomEvent> live;
    QList<RoomEvent> mine;
    for (const RoomEvent &message : messages) {
        if (message.deleted)
            continue;
        live.append(message);
        if (message.actor == client.user())
            mine.append(message);
    }
    // Mostly the newest ones, as people do.
    const auto some = [&random](const QList<RoomEvent> &list) {
        const int back = std::min<int>(int(list.size()), 8);
        return list.at(list.size() - 1 - random.bounded(back)).message;
    };
    static const QStringList reactions{u"\U0001F44D"_s, u"\u2764\uFE0F"_s, u":shipit:"_s};
    const QString text = u"%1 %2"_s.arg(client.user().toString()).arg(step);
    const int what = live.isEmpty() ? 0 : random.bounded(20);
    switch (what) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        QVERIFY(client.sendMessage(room, text).isOk());
        ++m_met[u"messages"_s];
        return;
    case 5:
        QVERIFY(client.sendMessage(room, text + u" @ben @ann"_s).isOk());
        ++m_met[u"mentions"_s];
        return;
    case 6:
        QVERIFY(client.sendMessage(room, text + u" @room"_s).isOk());
        ++m_met[u"mentions of all"_s];
        return;
    case 7:
        QVERIFY(client.sendMessage(room, u"re: "_s + text, {}, some(live)).isOk());
        ++m_met[u"replies"_s];
        return;
    case 8:
        QVERIFY(client.sendMessage(room, u"read this: "_s + text, {}, {}, true).isOk());
        return;
    case 9:
    case 10:
        if (!mine.isEmpty()) {
            client.editMessage(room, some(mine), text + u", corrected"_s);
            ++m_met[u"edits"_s];
        }
        return;
    case 11:
        if (mine.size() > 3) {
            client.deleteMessage(room, some(mine), u"not so"_s);
            ++m_met[u"deletions"_s];
        }
        return;
    case 12:
    case 13:
        client.react(room, some(live), reactions.at(random.bounded(3)));
        ++m_met[u"reactions"_s];
        return;
    case 14:
        client.react(room, some(live), reactions.at(random.bounded(3)), true);
        return;
    case 15:
        client.pin(room, some(live), random.bounded(2) == 0);
        ++m_met[u"pins"_s];
        return;
    case 16:
        for (const RoomEvent &message : std::as_const(live)) {
            if (message.mustAcknowledge && !message.marks.acknowledgedBy.contains(client.user())) {
                client.acknowledge(room, message.message);
                ++m_met[u"acknowledgements"_s];
                break;
            }
        }
        return;
    case 17:
        client.sendReceipt(room, device.disk.fold.lastSeq());
        ++m_met[u"reads"_s];
        return;
    case 18:
        client.markUnread(room, live.at(random.bounded(int(live.size()))).seq);
        ++m_met[u"unread marks"_s];
        return;
    default:
        client.setDraft(room, random.bounded(4) ? u"draft "_s + text : QString());
        ++m_met[u"drafts"_s];
    }
}

void DevicesTest::misfortune(QRandomGenerator &random)
{
    Device &device = *m_devices[size_t(random.bounded(int(m_devices.size())))];
    const int what = random.bounded(20);
    if (what < 10) {
        device.network.cut();
        ++m_met[u"cuts"_s];
    } else if (what < 16) {
        device.network.mend();
    } else if (what < 19) {
        device.crash();
        ++m_met[u"crashed devices"_s];
    } else {
        m_server->kill();
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        ++m_met[u"killed servers"_s];
    }
}

void DevicesTest::allEndWithTheSameState()
{
    QFETCH(quint32, seed);
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    for (int step = 0; step < 250; ++step) {
        if (random.bounded(12) == 0) {
            misfortune(random);
        } else {
            const int who = random.bounded(int(m_devices.size()));
            act(*m_devices[size_t(who)], random, step);
        }
        if (QTest::currentTestFailed())
            return;
        for (const auto &device : m_devices)
            device->tick();
        QTest::qWait(random.bounded(8)); // lets sockets and the server run: this is the interleaving, not a wait for it
    }
    // One kill for each seed in any case, in the middle of what is under way.
    for (int i = 0; i < 20; ++i)
        act(*m_devices[size_t(i % 4)], random, 1000 + i);
    m_server->kill();
    QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
    ++m_met[u"killed servers"_s];

    for (const auto &device : m_devices)
        device->network.mend();
    QVERIFY2(eventually([this] { return settled(); }), "the devices did not come to rest");
    // What a device only knows from an acknowledgement may be on its way to the others: one more round for all.
    for (const auto &device : m_devices) {
        QVERIFY(device->client->sendMessage(room, u"the end"_s).isOk());
        QVERIFY(eventually([this] { return settled(); }));
    }
    // Something private that differs from what the messages alone say.
    const QMap<qint64, RoomEvent> &messages = m_devices[0]->disk.fold.messages();
    m_devices[0]->client->markUnread(room, messages.keys().at(messages.size() / 2));
    m_devices[3]->client->setDraft(room, u"draft of seed %1"_s.arg(seed));
    QVERIFY(eventually([this] { return settled(); }));
    compare();
}

void DevicesTest::compare()
{
    const QStringList first = stateOf(m_devices[0]->disk.fold);
    for (const auto &device : m_devices) {
        QVERIFY2(device->faults.isEmpty(), qPrintable(device->faults.join(u"; "_s)));
        QCOMPARE(stateOf(device->disk.fold), first);
    }
    // A new device: the newest events at once, the others by pages of history.
    Device fresh(*m_server, u"ann"_s, m_passwords.value(u"ann"_s), "ann-new");
    fresh.client.reset();
    Client::RealtimeClient::Settings settings;
    settings.url = m_server->realtime().resolved(QUrl(u"/ws"_s));
    settings.device = "ann-newest";
    settings.snapshot = true;
    Client::RealtimeClient newest(
        settings, [&fresh] { return fresh.api.accessToken(); }, m_clock);
    RoomFold fold;
    connect(&newest, &Client::RealtimeClient::roomEvent, &newest, [&fold](const RoomEvent &event) {
        if (event.room == room)
            fold.apply(event);
    });
    newest.start();
    const qint64 last = m_devices[0]->disk.fold.lastSeq();
    QVERIFY(eventually([&] { return newest.state() == Client::ConnectionState::Online && fold.lastSeq() == last; }));
    qint64 before = fold.messages().isEmpty() ? 0 : fold.messages().firstKey();
    for (bool more = true; more;) {
        const Result<RoomEventPage> page = QCoro::waitFor(fresh.api.history(room, before, 0, 100));
        QVERIFY(page.isOk());
        fold.prepend(page->events);
        more = page->hasMoreBefore;
        before = page->events.isEmpty() ? 0 : page->events.first().seq;
    }
    QCOMPARE(stateOf(fold), first);

    // What is private is the same on both devices of a user, and what the server says.
    for (const size_t i : {size_t(0), size_t(2)}) {
        Device &one = *m_devices[i];
        Device &other = *m_devices[i + 1];
        QVERIFY(eventually([&] { return draftOf(*one.client) == draftOf(*other.client); }));
        const Client::RoomCounters counters = one.client->counters(room);
        QVERIFY(eventually([&] { return other.client->counters(room).unread == one.client->counters(room).unread; }));
        QCOMPARE(other.client->counters(room).mentions, counters.mentions);
        QCOMPARE(other.client->counters(room).seenUpTo, counters.seenUpTo);
        const QJsonArray items = call(one, "GET", u"/api/v1/users/me/counters"_s).value("items"_L1).toArray();
        bool found = false;
        for (const QJsonValue &item : items) {
            if (item["room_id"_L1].toString() != room.toString())
                continue;
            found = true;
            QCOMPARE(item["unread"_L1].toInteger(), counters.unread);
            QCOMPARE(int(item["mentions"_L1].toInteger()), counters.mentions);
            QCOMPARE(item["seen_up_to"_L1].toInteger(), counters.seenUpTo);
        }
        QVERIFY(found);
        // Counted afresh from the messages themselves.
        QCOMPARE(counters.unread, qint64(one.disk.fold.unread(one.client->user(), counters.seenUpTo)));
        const QJsonObject drafts = call(one, "GET", u"/api/v1/users/me/drafts"_s);
        QString draft;
        for (const QJsonValue &item : drafts.value("items"_L1).toArray())
            draft = item["message"_L1].toString();
        QCOMPARE(draftOf(*one.client), draft);
        // The reply counts of threads, asked another way.
        for (const RoomEvent &message : one.disk.fold.messages())
            QCOMPARE(int(one.disk.fold.thread(message.message).size()), message.marks.replies);
    }
    QCOMPARE(newest.counters(room).unread, m_devices[0]->client->counters(room).unread);
    QCOMPARE(draftOf(newest), draftOf(*m_devices[0]->client));
}

//! A test of faults that never happen proves nothing.
void DevicesTest::cleanupTestCase()
{
    m_devices.clear();
    qInfo() << m_met;
    for (const char *what :
         {"messages", "mentions", "mentions of all", "replies", "edits", "deletions", "reactions", "pins",
          "acknowledgements", "reads", "unread marks", "drafts", "cuts", "crashed devices", "killed servers"})
        QVERIFY2(m_met.value(QLatin1StringView(what)) > 0, what);
    QCOMPARE(m_server->terminate(), 0);
}

QTEST_GUILESS_MAIN(DevicesTest)
#include "tst_devices.moc"
