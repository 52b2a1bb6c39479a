// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// An account's life over the shipped binary: invited, joined, a second factor, a bot with a token that works within its
// scope alone and ends at once, a restart, erasure; and the owner who is locked out.
#include "server/identity/totp.h"
#include "tests/support/serverprocess.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QTest>
#include <QtWebSockets/QWebSocket>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;

struct Answer
{
    int status = 0;
    QJsonObject json;
};

QByteArray fromBase32(const QByteArray &text)
{
    QByteArray bytes;
    quint32 buffer = 0;
    int bits = 0;
    for (const char c : text) {
        buffer = (buffer << 5) | quint32(c >= 'A' ? c - 'A' : c - '2' + 26);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes += char((buffer >> bits) & 0xff);
        }
    }
    return bytes;
}

//! A program that speaks the realtime protocol by hand.
struct Line
{
    explicit Line(const QUrl &url)
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [this](const QString &text) {
            frames.append(QJsonDocument::fromJson(text.toUtf8()).object());
        });
        socket.open(url);
    }
    void send(const QJsonObject &frame)
    {
        socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }
    bool has(const QString &type, const QString &code = {}) const
    {
        return std::any_of(frames.begin(), frames.end(), [&](const QJsonObject &frame) {
            return frame.value(u"type"_s) == type && (code.isEmpty() || frame.value(u"code"_s) == code);
        });
    }
    QWebSocket socket;
    QList<QJsonObject> frames;
};
} // namespace

class AccountStoryTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<Test::ServerProcess> m_server;
    QNetworkAccessManager m_network;

    Answer call(const QByteArray &method, const QString &path, const QString &bearer, const QJsonObject &body = {})
    {
        QNetworkRequest request(m_server->http().resolved(QUrl(path)));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        if (!bearer.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + bearer.toLatin1());
        const QByteArray text =
            method == "GET" || method == "DELETE" ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact);
        const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, method, text));
        (void)QTest::qWaitFor([&reply] { return reply->isFinished(); }, patienceMs);
        Answer answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        answer.json = QJsonDocument::fromJson(reply->readAll()).object();
        return answer;
    }
    Answer signIn(const QString &user, const QString &password)
    {
        return call("POST", u"/api/v1/auth/sign-in"_s, {}, {{u"user"_s, user}, {u"password"_s, password}});
    }
    static QString code(const QString &secret, int stepsAway)
    {
        const Timestamp now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
        return QString::fromLatin1(
            Identity::Totp::code(fromBase32(secret.toLatin1()), Identity::Totp::stepAt(now) + stepsAway));
    }

private Q_SLOTS:
    void anAccountsLife()
    {
        m_server = std::make_unique<Test::ServerProcess>();
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        const QString owner = signIn(u"owner"_s, m_server->ownerPassword()).json.value(u"access_token"_s).toString();
        QVERIFY(!owner.isEmpty());

        // Invited, joined.
        const Answer invitation = call("POST", u"/api/v1/account-invitations"_s, owner, {{u"note"_s, u"Rosa"_s}});
        QCOMPARE(invitation.status, 201);
        const QString password = u"a long one for Rosa"_s;
        const QJsonObject join{{u"token"_s, invitation.json.value(u"token"_s)},
                               {u"id"_s, u"rosa"_s},
                               {u"display_name"_s, u"Rosa"_s},
                               {u"password"_s, password}};
        QCOMPARE(call("POST", u"/api/v1/auth/join"_s, {}, join).status, 201);
        QCOMPARE(call("POST", u"/api/v1/auth/join"_s, {}, join).status, 404); // used

        // A second factor, then a sign-in with a code.
        const QString first = signIn(u"rosa"_s, password).json.value(u"access_token"_s).toString();
        const Answer enrolment = call("POST", u"/api/v1/users/me/totp"_s, first, {{u"password"_s, password}});
        QCOMPARE(enrolment.status, 201);
        const QString secret = enrolment.json.value(u"secret"_s).toString();
        const Answer confirmed =
            call("POST", u"/api/v1/users/me/totp/confirm"_s, first, {{u"code"_s, code(secret, -1)}});
        QCOMPARE(confirmed.status, 200);
        QCOMPARE(confirmed.json.value(u"recovery_codes"_s).toArray().size(), 10);
        const Answer half = signIn(u"rosa"_s, password);
        QCOMPARE(half.status, 202);
        QVERIFY(half.json.value(u"totp_required"_s).toBool() && !half.json.contains(u"access_token"_s));
        const QJsonObject complete{{u"challenge"_s, half.json.value(u"challenge"_s)}, {u"code"_s, code(secret, 0)}};
        const Answer whole = call("POST", u"/api/v1/auth/sign-in/totp"_s, {}, complete);
        QCOMPARE(whole.status, 200);
        const QString rosa = whole.json.value(u"access_token"_s).toString();
        QCOMPARE(call("POST", u"/api/v1/auth/sign-in/totp"_s, {}, complete).status, 401); // once

        // A bot that may write into one room.
        for (const QString &room : {u"builds"_s, u"private"_s})
            QCOMPARE(call("POST", u"/api/v1/rooms"_s, rosa,
                          {{u"id"_s, room}, {u"name"_s, room}, {u"visibility"_s, u"public"_s}})
                         .status,
                     201);
        const QJsonObject draft{{u"name"_s, u"build bot"_s},
                                {u"actions"_s, QJsonArray{u"MessageSend"_s}},
                                {u"rooms"_s, QJsonArray{u"builds"_s}}};
        const Answer token = call("POST", u"/api/v1/tokens"_s, rosa, draft);
        QCOMPARE(token.status, 201);
        const QString bot = token.json.value(u"token"_s).toString();
        const QJsonObject message{{u"message"_s, u"build 7 is green"_s}};
        QCOMPARE(call("POST", u"/api/v1/rooms/builds/messages"_s, bot, message).status, 201);
        QCOMPARE(call("POST", u"/api/v1/rooms/private/messages"_s, bot, message).status, 403);
        QCOMPARE(call("GET", u"/api/v1/rooms/builds/messages"_s, bot).status, 403);
        QCOMPARE(call("GET", u"/api/v1/users/me"_s, bot).status, 403);
        QCOMPARE(call("POST", u"/api/v1/tokens"_s, bot, draft).status, 403);

        // The same over an open connection, which hears nothing and ends with the token.
        Line line(m_server->realtime().resolved(QUrl(u"/ws"_s)));
        QTRY_COMPARE_WITH_TIMEOUT(line.socket.state(), QAbstractSocket::ConnectedState, patienceMs);
        line.send({{u"type"_s, u"hello"_s}, {u"token"_s, bot}});
        QTRY_VERIFY_WITH_TIMEOUT(line.has(u"welcome"_s), patienceMs);
        QCOMPARE(line.frames.first().value(u"rooms"_s).toArray().size(), 0);
        line.send({{u"type"_s, u"chat_message"_s},
                   {u"room_id"_s, u"builds"_s},
                   {u"message"_s, u"build 8 is green"_s},
                   {u"client_id"_s, u"b8"_s}});
        QTRY_VERIFY_WITH_TIMEOUT(line.has(u"message_ack"_s), patienceMs);
        line.send({{u"type"_s, u"chat_message"_s}, {u"room_id"_s, u"private"_s}, {u"message"_s, u"let me in"_s}});
        QTRY_VERIFY_WITH_TIMEOUT(line.has(u"error"_s, u"forbidden"_s), patienceMs);
        QCOMPARE(call("POST", u"/api/v1/rooms/builds/messages"_s, rosa, {{u"message"_s, u"thanks"_s}}).status, 201);
        QElapsedTimer since;
        since.start();
        const QString tokenPath = u"/api/v1/tokens/"_s + token.json.value(u"id"_s).toString();
        QCOMPARE(call("DELETE", tokenPath, rosa).status, 204);
        QTRY_COMPARE_WITH_TIMEOUT(line.socket.state(), QAbstractSocket::UnconnectedState, patienceMs);
        QVERIFY2(since.elapsed() < 1'000, QByteArray::number(since.elapsed()).constData());
        QCOMPARE(int(line.socket.closeCode()), 4401);
        QVERIFY(!line.has(u"chat_message"_s));
        QCOMPARE(call("POST", u"/api/v1/rooms/builds/messages"_s, bot, message).status, 401);

        // What is at rest: no token, and the master key for nobody else.
        QVERIFY(QFile::exists(m_server->dataFolder() + u"/master.key"_s));
        QCOMPARE(m_server->terminate(), 0);
        QFile database(m_server->dataFolder() + u"/atom.db"_s);
        QVERIFY(database.open(QIODevice::ReadOnly));
        const QByteArray rows = database.readAll();
        QVERIFY(!rows.contains(bot.toLatin1()));
        QVERIFY(!rows.contains(fromBase32(secret.toLatin1())));
        QVERIFY(!rows.contains(secret.toLatin1()));

        // After a restart the same sessions; then everything is gone but the words.
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QCOMPARE(call("GET", u"/api/v1/users/me"_s, rosa).status, 200);
        const QJsonObject erase{{u"messages"_s, u"keep"_s}, {u"reason"_s, u"asked for it"_s}};
        QCOMPARE(call("POST", u"/api/v1/users/rosa/erase"_s, owner, erase).status, 403); // not without the password
        QCOMPARE(call("POST", u"/api/v1/auth/step-up"_s, owner, {{u"password"_s, m_server->ownerPassword()}}).status,
                 204);
        const Answer erased = call("POST", u"/api/v1/users/rosa/erase"_s, owner, erase);
        QCOMPARE(erased.status, 202);
        QCOMPARE(call("GET", u"/api/v1/users/me"_s, rosa).status, 401);
        QCOMPARE(signIn(u"rosa"_s, password).status, 401);
        QCOMPARE(call("GET", u"/api/v1/users/rosa"_s, owner).status, 404);
        const auto senders = [this, &owner] {
            QStringList names;
            const Answer page = call("GET", u"/api/v1/rooms/builds/messages"_s, owner);
            for (const QJsonValue &event : page.json.value(u"events"_s).toArray()) {
                if (event.toObject().contains(u"message"_s))
                    names.append(event.toObject().value(u"user_id"_s).toString());
            }
            names.removeDuplicates();
            return names;
        };
        QTRY_COMPARE_WITH_TIMEOUT(senders(), QStringList(erased.json.value(u"pseudonym"_s).toString()), patienceMs);
        QCOMPARE(m_server->terminate(), 0);
    }

    void theOwnerGetsInAgain()
    {
        m_server = std::make_unique<Test::ServerProcess>();
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        const QString lost = m_server->ownerPassword();
        const QString session = signIn(u"owner"_s, lost).json.value(u"access_token"_s).toString();
        QCOMPARE(call("POST", u"/api/v1/users/me/totp"_s, session, {{u"password"_s, lost}}).status, 201);
        QByteArray out;
        QVERIFY(m_server->run({u"user"_s, u"recover-owner"_s}, &out) != 0); // while the server runs: not
        QCOMPARE(m_server->terminate(), 0);
        out.clear();
        QVERIFY(m_server->run({u"user"_s, u"recover-owner"_s, u"nobody"_s}, &out) != 0);
        out.clear();
        QCOMPARE(m_server->run({u"user"_s, u"recover-owner"_s}, &out), 0);
        const QString password =
            QString::fromUtf8(out).section(u"shown only now: "_s, 1).section(u'\n', 0, 0).trimmed();
        QCOMPARE(password.size(), 20);
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QCOMPARE(signIn(u"owner"_s, lost).status, 401);
        QCOMPARE(call("GET", u"/api/v1/users/me"_s, session).status, 401); // sessions of the old password ended
        const Answer in = signIn(u"owner"_s, password);
        QCOMPARE(in.status, 200);
        QVERIFY(in.json.contains(u"access_token"_s));
        QCOMPARE(m_server->terminate(), 0);
    }
};

QTEST_GUILESS_MAIN(AccountStoryTest)
#include "tst_accountstory.moc"
