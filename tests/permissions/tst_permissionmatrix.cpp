// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Each route and each realtime frame, for each role, in each state of a room, at each position in it: allowed where the
// tables of this folder say so, refused everywhere else. The tables must be complete.
#include "tests/permissions/matrixfixture.h"

#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
QByteArray keyOf(const Http::Route &route)
{
    return route.method + ' ' + route.path.toUtf8();
}

struct Call
{
    QByteArray what; //!< for the failure
    bool wanted = false;
    bool isHidden = false; //!< 404 is a refusal as well: the thing exists
    int status = 0;
};

bool isRefused(const Call &call)
{
    return call.status == 401 || call.status == 403 || (call.isHidden && call.status == 404);
}
} // namespace

class PermissionMatrixTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<MatrixFixture> m_fixture;
    QHash<QByteArray, Http::Route> m_routes;
    QObject m_context;

    void verdict(const std::vector<std::unique_ptr<Call>> &calls)
    {
        QByteArrayList wrong;
        for (const auto &call : calls) {
            if (isRefused(*call) == call->wanted)
                wrong.append(call->what + (call->wanted ? " must be allowed, was " : " must be refused, was ") +
                             QByteArray::number(call->status));
        }
        const QByteArray text = wrong.mid(0, 20).join('\n');
        QVERIFY2(wrong.isEmpty(), QByteArray(QByteArray::number(wrong.size()) + " of " +
                                             QByteArray::number(calls.size()) + ":\n" + text));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<MatrixFixture>();
        for (const Http::Route &route : m_fixture->api->routes())
            m_routes.insert(keyOf(route), route);
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void everyRouteHasOneRow()
    {
        QSet<QByteArray> rows;
        for (const RouteCase &row : routeCases()) {
            QVERIFY2(!rows.contains(row.route), row.route);
            rows.insert(row.route);
            QVERIFY2(m_routes.contains(row.route), QByteArray(row.route) + " is a row for no route");
        }
        QByteArrayList missing;
        for (const QByteArray &route : m_routes.keys()) {
            if (!rows.contains(route))
                missing.append(route);
        }
        std::sort(missing.begin(), missing.end());
        QVERIFY2(missing.isEmpty(), "add to tests/permissions/routecases.h:\n" + missing.join('\n'));
    }

    //! The row's action is the route's, unless the row says by itself who may.
    void rowsNameTheActionOfTheRoute()
    {
        for (const RouteCase &row : routeCases()) {
            const Http::Route route = m_routes.value(row.route);
            const bool decides = row.in == In::Server || row.in == In::Room || row.in == In::Message;
            QVERIFY2(!decides || !row.instead.empty() || route.action == row.action, row.route);
            // What a route is said to be open for is open in the table of routes as well.
            QVERIFY2(row.in != In::Open || route.access != Http::Access::User, row.route);
        }
    }

    void routes()
    {
        struct Planned
        {
            std::unique_ptr<Call> call;
            Actor actor;
            QByteArray method;
            QString target;
            QByteArray body;
        };
        std::vector<Planned> plan;
        for (const RouteCase &row : routeCases()) {
            const QByteArray route(row.route);
            const bool isUserRoute = m_routes.value(route).access == Http::Access::User;
            const auto add = [&](char role, const QByteArray &place, bool own, bool wanted, const RoomId &room) {
                Planned p;
                p.call = std::make_unique<Call>();
                p.call->what = route + " as " + role + " at " + place + (own ? " own" : "");
                p.call->wanted = wanted && !(role == 'g' && isUserRoute); // a guest has no token
                p.call->isHidden = !room.isEmpty();
                p.actor = m_fixture->actorOf(role);
                const UserId me = role == 'g' ? UserId("visitor") : MatrixFixture::userOf(role);
                const QByteArray user = row.in == In::Profile ? (own ? me.bytes() : QByteArray("keeper"))
                                        : room.isEmpty()      ? QByteArray("nobody-there")
                                                              : QByteArray("zoe");
                const auto filled = [&](QByteArray text) {
                    text.replace("{room_id}", room.isEmpty() ? "nowhere" : room.bytes()).replace("{user_id}", user);
                    text.replace("{message_id}", MatrixFixture::messageIn(room, own).bytes());
                    text.replace("ROOM", room.bytes()).replace("ME\"", me.bytes() + '"').replace("ZOE", "zoe");
                    text.replace("MESSAGE", MatrixFixture::messageIn(room, own).bytes());
                    return text;
                };
                p.method = route.left(route.indexOf(' '));
                QString path = QString::fromUtf8(filled(route.mid(route.indexOf(' ') + 1)));
                static const QRegularExpression part(u"\\{[a-z_]+\\}"_s);
                p.target = path.replace(part, u"unknown"_s) + QString::fromUtf8(filled(row.query));
                p.body = filled(row.body);
                plan.push_back(std::move(p));
            };
            for (const char role : MatrixFixture::roles) {
                switch (row.in) {
                case In::Open:
                    add(role, "--", false, true, {});
                    break;
                case In::Account:
                    add(role, "--", false, role != 'g', {});
                    break;
                case In::Server:
                    add(role, "--", false, MatrixFixture::mayBe(row.instead, row.action, role, "--", false), {});
                    break;
                case In::Profile:
                    for (const bool own : {true, false})
                        add(role, "--", own, MatrixFixture::mayBe(row.instead, row.action, role, "--", own), {});
                    break;
                case In::Room:
                case In::Message:
                    for (const QByteArray &place : MatrixFixture::places()) {
                        for (const bool own : {true, false}) {
                            if (!own || row.in == In::Message) {
                                // Without a token nobody is somebody in particular: a stranger who is not banned.
                                const QByteArray seen = role != 'g'               ? place
                                                        : specialOf(place) == 'a' ? plainPlace(place).left(1) + "0a"
                                                                                  : plainPlace(place).left(1) + "0";
                                add(role, place, own, MatrixFixture::mayBe(row.instead, row.action, role, seen, own),
                                    m_fixture->roomFor(role, place));
                            }
                        }
                    }
                    break;
                }
            }
        }
        m_fixture->makeRooms();
        std::vector<std::unique_ptr<Call>> calls;
        int open = 0;
        for (Planned &p : plan) {
            Call *const call = p.call.get();
            m_fixture->caller->setActor(p.actor);
            ++open;
            QCoro::connect(m_fixture->caller->begin(p.method, p.target, p.body), &m_context,
                           [call, &open](const Http::Response &response) {
                               call->status = response.status;
                               --open;
                           });
            calls.push_back(std::move(p.call));
            MatrixFixture::waitUntil([&open] { return open < 200; });
        }
        MatrixFixture::waitUntil([&open] { return open == 0; });
        verdict(calls);
        QVERIFY(calls.size() > 15'000);
    }

    void framesAndTopics()
    {
        using Protocol::ClientFrameType;
        std::vector<FrameCase> rows;
        for (int type = 0; frameCase(ClientFrameType(type)).frame; ++type)
            rows.push_back(frameCase(ClientFrameType(type)));
        QVERIFY(rows.size() >= 13);
        QByteArrayList topics;
        QByteArrayList topicFrames; // the rows point into them
        topicFrames.reserve(32);
        for (const TopicCase &topic : topicCases) {
            topics.append(topic.topic);
            topicFrames.append(QByteArray(R"({"type":"subscribe","topic":")") + topic.topic + "\"}");
            rows.push_back({topicFrames.constLast().constData(), topic.action, In::Server});
        }
        QByteArrayList known = Realtime::RealtimeServer::topicNames();
        std::sort(topics.begin(), topics.end());
        std::sort(known.begin(), known.end());
        QCOMPARE(topics, known);

        struct Sent
        {
            std::unique_ptr<Call> call;
            char role = 0;
            QByteArray text;
        };
        std::vector<Sent> plan;
        for (const FrameCase &row : rows) {
            const auto add = [&](char role, const QByteArray &place, bool own, bool wanted, const RoomId &room) {
                Sent sent;
                sent.call = std::make_unique<Call>();
                sent.call->what = QByteArray(row.frame) + " as " + role + " at " + place + (own ? " own" : "");
                sent.call->wanted = wanted;
                sent.call->isHidden = !room.isEmpty();
                sent.role = role;
                sent.text = row.frame;
                sent.text.replace("ROOM", room.bytes()).replace("MESSAGE", MatrixFixture::messageIn(room, own).bytes());
                sent.text.replace(sent.text.size() - 1, 1, ",\"ref\":\"" + QByteArray::number(plan.size()) + "\"}");
                plan.push_back(std::move(sent));
            };
            for (const char role : MatrixFixture::roles) {
                if (row.in == In::Open) {
                    add(role, "--", false, true, {});
                } else if (row.in == In::Server) {
                    add(role, "--", false, MatrixFixture::mayBe(row.instead, row.action, role, "--", false), {});
                } else {
                    for (const QByteArray &place : MatrixFixture::places()) {
                        for (const bool own : {true, false}) {
                            if (!own || row.in == In::Message) {
                                add(role, place, own, MatrixFixture::mayBe(row.instead, row.action, role, place, own),
                                    m_fixture->roomFor(role, place));
                            }
                        }
                    }
                }
            }
        }
        m_fixture->makeRooms();

        Realtime::RealtimeSettings settings;
        settings.messagesPerSecond = 0;
        settings.framesPerSecond = 0;
        settings.roomsPerConnection = 0;
        settings.outgoingBytes = 1 << 30;
        Realtime::RealtimeServer server(settings, *m_fixture->rooms, m_fixture->presence, *m_fixture->sessions,
                                        *m_fixture->users, m_fixture->permissions, *m_fixture->traces, m_fixture->clock,
                                        m_fixture->metrics);
        server.serve(*m_fixture->personal);
        std::map<char, FakePeer> peers;
        for (const char role : MatrixFixture::roles)
            open(server, role, peers[role]);
        int answered = 0;
        QByteArrayList strange;
        const auto read = [&] {
            for (auto &[role, peer] : peers) {
                while (const auto frame = takeServerFrame(peer.sent)) {
                    if (frame->opcode != 1) {
                        strange.append("the connection of " + QByteArray(1, role) + " was closed");
                        return;
                    }
                    const QJsonObject object = QJsonDocument::fromJson(frame->payload).object();
                    bool isAnswer = false;
                    const size_t index = object.value("ref"_L1).toString().toULong(&isAnswer);
                    if (!isAnswer || index >= plan.size() || plan[index].call->status != 0)
                        continue;
                    const QString code = object.value("code"_L1).toString();
                    plan[index].call->status = object.value("type"_L1).toString() != u"error"_s ? 200
                                               : code == u"forbidden"_s                         ? 403
                                               : code == u"unauthenticated"_s                   ? 401
                                               : code == u"not_found"_s                         ? 404
                                                                                                : 422;
                    ++answered;
                }
            }
        };
        int sent = 0;
        for (Sent &s : plan) {
            peers[s.role].send(clientFrame(1, s.text));
            ++sent;
            MatrixFixture::waitUntil([&] {
                read();
                return sent - answered < 100 || !strange.isEmpty();
            });
        }
        MatrixFixture::waitUntil([&] {
            read();
            return answered == sent || !strange.isEmpty();
        });
        std::vector<std::unique_ptr<Call>> calls;
        for (Sent &s : plan)
            calls.push_back(std::move(s.call));
        bool ended = false;
        QCoro::connect(server.drain(milliseconds(0), milliseconds(0)), &m_context, [&ended] { ended = true; });
        MatrixFixture::waitUntil([&] {
            m_fixture->clock.advance(milliseconds(1));
            return ended;
        });
        QVERIFY2(strange.isEmpty(), strange.join('\n'));
        verdict(calls);
        QVERIFY(calls.size() > 3'000);
    }

private:
    void open(Realtime::RealtimeServer &server, char role, FakePeer &peer)
    {
        Net::UpgradeRequest request;
        request.head.method = "GET";
        request.head.target = "/ws/" + MatrixFixture::userOf(role).bytes();
        request.head.upgradeWebSocket = true;
        request.head.headers = {{"Host", "chat.example:5060"},
                                {"Upgrade", "websocket"},
                                {"Connection", "Upgrade"},
                                {"Sec-WebSocket-Version", "13"},
                                {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
        if (role != 'g') {
            const auto tokens = QCoro::waitFor(m_fixture->sessions->signIn(MatrixFixture::userOf(role).toString(),
                                                                           u"xkcd-Tulip pot 7"_s, u"test"_s,
                                                                           QHostAddress(QHostAddress::LocalHost)));
            MatrixFixture::must(tokens);
            request.head.headers.append({"Authorization", "Bearer " + tokens->accessToken});
        }
        request.transport = std::make_unique<FakeTransport>(peer);
        server.accept(std::move(request));
        MatrixFixture::waitUntil([&peer] { return peer.sent.contains("\r\n\r\n"); });
        peer.sent.remove(0, peer.sent.indexOf("\r\n\r\n") + 4);
    }
};

QTEST_GUILESS_MAIN(PermissionMatrixTest)
#include "tst_permissionmatrix.moc"
