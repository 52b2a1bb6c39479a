// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a room over the shipped binary: two people, an invitation, moderation that is seen live and after coming
// back, an export, and an archive that somebody changed.
#include "shared/client/realtimeclient.h"
#include "tests/support/serverprocess.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;

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
        settings.backoff = Client::Backoff(milliseconds(50), milliseconds(200));
        realtime = std::make_unique<Client::RealtimeClient>(
            settings, [this] { return api.accessToken(); }, clock);
        QObject::connect(realtime.get(), &Client::RealtimeClient::roomEvent, realtime.get(),
                         [this](const RoomEvent &event) { events.append(event); });
        realtime->start();
    }
    Result<QJsonObject> call(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        return QCoro::waitFor(api.call(method, path, {}, body, seconds(20)));
    }
    int count(RoomEventKind kind) const
    {
        return int(std::count_if(events.begin(), events.end(), [kind](const RoomEvent &e) { return e.kind == kind; }));
    }
    SystemClock clock;
    Client::ApiClient api;
    std::unique_ptr<Client::RealtimeClient> realtime;
    QList<RoomEvent> events;
};
} // namespace

class RoomStoryTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<Client::ApiClient> m_owner;
    QNetworkAccessManager m_network;
    SystemClock m_clock;

    QString addUser(const QString &id)
    {
        const Result<QJsonObject> made = QCoro::waitFor(
            m_owner->call("POST", u"/api/v1/users"_s, {},
                          {{u"id"_s, id}, {u"display_name"_s, id}, {u"role"_s, u"member"_s}}, seconds(20)));
        if (!made)
            qFatal("cannot add %s: %s", qPrintable(id), qPrintable(made.error().detail));
        return made->value("initial_password"_L1).toString();
    }
    QByteArray fetch(const QString &path, const QByteArray &token = {})
    {
        QNetworkRequest request(m_server->http().resolved(QUrl(path)));
        if (!token.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + token);
        QNetworkReply *const reply = m_network.get(request);
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(patienceMs);
        reply->deleteLater();
        return reply->readAll();
    }
    QString write(const QString &name, const QByteArray &bytes)
    {
        const QString path = m_server->folder() + u'/' + name;
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(path));
        return path;
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<Test::ServerProcess>();
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

    void theLifeOfARoom()
    {
        Person ada(*m_server, u"ada"_s, addUser(u"ada"_s));
        Person grace(*m_server, u"grace"_s, addUser(u"grace"_s));
        const QString room = u"/api/v1/rooms/release"_s;
        QVERIFY(ada.call("POST", u"/api/v1/rooms"_s,
                         {{u"id"_s, u"release"_s}, {u"name"_s, u"Release"_s}, {u"visibility"_s, u"private"_s}}));
        QTRY_VERIFY_WITH_TIMEOUT(ada.realtime->state() == Client::ConnectionState::Online, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(grace.realtime->state() == Client::ConnectionState::Online, patienceMs);

        // An invitation to a room that grace cannot even see.
        QCOMPARE(grace.call("GET", room).error().code, Errc::NotFound);
        const auto invitation = ada.call("POST", room + u"/invitations"_s, {{u"max_uses"_s, 1}});
        QVERIFY2(invitation.isOk(), invitation.isOk() ? "" : qPrintable(invitation.error().detail));
        const QJsonObject token{{u"token"_s, invitation->value("token"_L1)}};
        QVERIFY(grace.call("POST", u"/api/v1/room-invitations/redeem"_s, token));
        QTRY_COMPARE_WITH_TIMEOUT(ada.count(RoomEventKind::MemberJoined), 1, patienceMs);

        // Settings and moderation are seen live.
        QVERIFY(ada.call("PATCH", room, {{u"topic"_s, u"Friday"_s}}));
        QVERIFY(ada.call("PUT", room + u"/mutes/grace"_s, {{u"seconds"_s, 600}, {u"reason"_s, u"calm down"_s}}));
        QTRY_COMPARE_WITH_TIMEOUT(grace.count(RoomEventKind::RoomUpdated), 1, patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(grace.count(RoomEventKind::MemberUpdated), 1, patienceMs);
        const auto refused = grace.call("POST", room + u"/messages"_s, {{u"message"_s, u"but"_s}});
        QCOMPARE(refused.error().code, Errc::Forbidden);
        QVERIFY(refused.error().retryAfter && *refused.error().retryAfter > seconds(500));
        QVERIFY(ada.call("POST", room + u"/messages"_s, {{u"message"_s, u"<b>Ship it</b> & go"_s}}));

        // The server dies; what holds still holds, and nothing is told twice.
        m_server->kill();
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QTRY_VERIFY_WITH_TIMEOUT(grace.realtime->state() == Client::ConnectionState::Online, patienceMs);
        QCOMPARE(grace.call("POST", room + u"/messages"_s, {{u"message"_s, u"but"_s}}).error().code, Errc::Forbidden);
        QVERIFY(ada.call("DELETE", room + u"/mutes/grace"_s));
        QTRY_COMPARE_WITH_TIMEOUT(grace.count(RoomEventKind::MemberUpdated), 2, patienceMs);
        QCOMPARE(grace.count(RoomEventKind::RoomUpdated), 1);
        QVERIFY(grace.call("POST", room + u"/messages"_s, {{u"message"_s, u"thank you"_s}}));

        // The whole room as one archive.
        const auto asked = ada.call("POST", room + u"/exports"_s);
        QVERIFY2(asked.isOk(), asked.isOk() ? "" : qPrintable(asked.error().detail));
        const QString one = room + u"/exports/"_s + asked->value("id"_L1).toString();
        Result<QJsonObject> job;
        QTRY_VERIFY_WITH_TIMEOUT((job = ada.call("GET", one)).isOk() && job->value("state"_L1) == u"ready"_s,
                                 patienceMs);
        QCOMPARE(grace.call("GET", one).error().code, Errc::Forbidden);
        const Result<QByteArray> access = QCoro::waitFor(ada.api.accessToken());
        const QByteArray bytes = fetch(job->value("download"_L1).toString(), *access);
        QCOMPARE(bytes.size(), job->value("bytes"_L1).toInteger());
        const QString archive = write(job->value("file_name"_L1).toString(), bytes);
        const QString keys = write(u"jwks.json"_s, fetch(u"/.well-known/jwks.json"_s));
        QByteArray out;
        QCOMPARE(m_server->run({u"export"_s, u"verify"_s, archive, u"--jwks"_s, keys}, &out), 0);
        QVERIFY2(out.contains("whole and signed") && out.contains("release"), out.constData());

        // Somebody changes one byte on the way.
        for (const qsizetype at : {bytes.size() / 3, bytes.size() / 2}) { // within the compressed pages
            QByteArray changed = bytes;
            changed[at] = char(changed[at] ^ 1);
            const QString other = write(u"changed.zip"_s, changed);
            out.clear();
            QVERIFY2(m_server->run({u"export"_s, u"verify"_s, other, u"--jwks"_s, keys}, &out) == 1,
                     qPrintable(QString::number(at)));
        }

        // The end: grace is banned and sees the room no more.
        QVERIFY(ada.call("PUT", room + u"/bans/grace"_s, {{u"reason"_s, u"enough"_s}}));
        QCOMPARE(grace.call("GET", room).error().code, Errc::NotFound);
        QVERIFY(ada.call("POST", room + u"/archive"_s));
        QCOMPARE(ada.call("POST", room + u"/messages"_s, {{u"message"_s, u"x"_s}}).error().code, Errc::Forbidden);
        QCOMPARE(m_server->terminate(), 0);
    }
};

QTEST_GUILESS_MAIN(RoomStoryTest)
#include "tst_roomstory.moc"
