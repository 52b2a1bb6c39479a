// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/passwordhasher.h"
#include "server/realtime/realtimeserver.h"

#include "tests/support/fakeclock.h"
#include "tests/support/faketransport.h"
#include "tests/support/memoryidentity.h"
#include "tests/support/memoryrooms.h"
#include "tests/support/memorytraces.h"
#include "tests/support/websocketframes.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Test {
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

//! \brief Lets queued calls run until nothing is left.
inline void settle()
{
    for (int i = 0; i < 20; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

//! \brief One client of the server under test.
struct Device
{
    FakePeer peer;
    QByteArray answer;              //!< the HTTP head of the answer
    QList<ServerSideFrame> control; //!< frames that were not text

    void sendRaw(const QByteArray &bytes)
    {
        peer.send(bytes);
        settle();
    }
    void send(const QJsonObject &object) { sendText(QJsonDocument(object).toJson(QJsonDocument::Compact)); }
    void sendText(const QByteArray &text) { sendRaw(clientFrame(1, text)); }

    //! \brief All text frames since the last call.
    QList<QJsonObject> take()
    {
        settle();
        QList<QJsonObject> frames;
        while (const auto frame = takeServerFrame(peer.sent)) {
            if (frame->opcode == 1)
                frames.append(QJsonDocument::fromJson(frame->payload).object());
            else
                control.append(*frame);
        }
        return frames;
    }
    QStringList takeTypes()
    {
        QStringList types;
        const QList<QJsonObject> frames = take();
        for (const QJsonObject &frame : frames)
            types.append(frame.value("type"_L1).toString());
        return types;
    }
    //! \brief The only frame since the last call; {} when there was none or more than one.
    QJsonObject one()
    {
        const QList<QJsonObject> frames = take();
        return frames.size() == 1 ? frames.first() : QJsonObject();
    }
    //! \brief The code of the server's close frame, 0 without.
    int closeCode()
    {
        take();
        for (const ServerSideFrame &frame : std::as_const(control)) {
            if (frame.opcode == 8)
                return frame.closeCode();
        }
        return 0;
    }
};

//! \brief A realtime server over real services, memory and fake time. Accounts: ann (owner), bob, cat (members).
struct ChatFixture
{
    FakeClock clock;
    MetricRegistry metrics;
    MemoryTraces traces;
    MemoryUsers userRepository;
    MemorySessions sessionRepository;
    MemoryRooms roomRepository;
    Identity::PasswordHasher hasher{Identity::PasswordHasher::Cost{1, 8192}};
    Identity::UserService users{userRepository, hasher, clock};
    Identity::Permissions permissions{clock};
    std::unique_ptr<Identity::SessionService> sessions;
    std::unique_ptr<Rooms::RoomService> rooms;
    Rooms::PresenceTracker presence{clock};
    std::unique_ptr<Realtime::RealtimeServer> server;
    std::vector<std::unique_ptr<Device>> devices;
    Realtime::RealtimeSettings settings;
    static inline const QString password = u"xkcd-Tulip pot 7"_s;

    explicit ChatFixture(Identity::GuestPolicy guests = Identity::GuestPolicy::On)
    {
        settings.messagesPerSecond = 0;
        settings.framesPerSecond = 0;
        must(QCoro::waitFor(users.load()));
        for (const char *id : {"ann", "bob", "cat"}) {
            must(QCoro::waitFor(users.create(UserId(id), QString::fromLatin1(id).toUpper(),
                                             *id == 'a' ? Role::Owner : Role::Member, password)));
        }
        Identity::SessionService::Settings sessionSettings;
        sessionSettings.guests = guests;
        sessions = std::make_unique<Identity::SessionService>(sessionSettings, users, sessionRepository, hasher, clock);
        must(QCoro::waitFor(sessions->load()));
    }
    ~ChatFixture()
    {
        roomRepository.releaseReads();
        roomRepository.release();
        if (server) {
            bool ended = false;
            QCoro::connect(server->drain(0ms, 0ms), server.get(), [&ended] { ended = true; });
            for (int i = 0; i < 10 && !ended; ++i) {
                clock.advance(1ms);
                settle();
            }
            if (!ended)
                qFatal("the server did not drain");
        }
        server.reset();
        if (rooms)
            QCoro::waitFor(rooms->close());
        QCoro::waitFor(sessions->close());
        QCoro::waitFor(users.close());
    }
    //! \brief After rooms and settings were prepared.
    void start()
    {
        Rooms::RoomLimits limits;
        limits.createOnJoin = true;
        if (settings.messagesPerSecond > 0) // both from one option, as in the server
            limits.post.user = {settings.messagesPerSecond, settings.messageBurst};
        rooms = std::make_unique<Rooms::RoomService>(roomRepository, permissions, traces, clock, metrics, limits);
        must(QCoro::waitFor(rooms->load()));
        server = std::make_unique<Realtime::RealtimeServer>(settings, *rooms, presence, *sessions, users, permissions,
                                                            traces, clock, metrics);
    }

    static Net::RequestHead head(const QByteArray &path)
    {
        Net::RequestHead h;
        h.method = "GET";
        h.target = path;
        h.upgradeWebSocket = true;
        h.headers = {{"Host", "chat.example:5060"},
                     {"Upgrade", "websocket"},
                     {"Connection", "Upgrade"},
                     {"Sec-WebSocket-Version", "13"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
        return h;
    }
    //! \brief Opens a connection with this head; the answer's head is in `answer`, frames follow in take().
    Device &connectWith(Net::RequestHead requestHead, const QByteArray &leftover = {})
    {
        devices.push_back(std::make_unique<Device>());
        Device &device = *devices.back();
        Net::UpgradeRequest request;
        request.head = std::move(requestHead);
        request.transport = std::make_unique<FakeTransport>(device.peer);
        request.leftover = leftover;
        server->accept(std::move(request));
        settle();
        const qsizetype end = device.peer.sent.indexOf("\r\n\r\n");
        if (end >= 0) {
            device.answer = device.peer.sent.left(end + 4);
            device.peer.sent.remove(0, end + 4);
        }
        return device;
    }
    Device &connect(const QByteArray &path) { return connectWith(head(path)); }
    QByteArray tokenOf(const QString &user)
    {
        const auto pair =
            QCoro::waitFor(sessions->signIn(user, password, u"test"_s, QHostAddress(QHostAddress::LocalHost)));
        must(pair);
        return pair.value().accessToken;
    }
    //! \brief A device that said hello with a token; `welcome` was taken.
    Device &signedIn(const QString &user, QJsonObject hello = {})
    {
        Device &device = connect("/ws/" + user.toLatin1());
        hello.insert("type"_L1, u"hello"_s);
        hello.insert("token"_L1, QString::fromLatin1(tokenOf(user)));
        device.send(hello);
        return device;
    }

    template <typename T> static void must(const Result<T> &result)
    {
        if (!result)
            qFatal("%s", qPrintable(result.error().detail));
    }
};

// --- frames in words
inline QJsonObject frame(const char *type, QJsonObject fields = {})
{
    fields.insert(u"type"_s, QString::fromLatin1(type));
    return fields;
}
inline QString codeOf(const QJsonObject &error)
{
    return error.value(u"type"_s) == u"error"_s ? error.value(u"code"_s).toString() : u"no error"_s;
}
inline QJsonObject inRoom(const char *type, const QString &room, QJsonObject fields = {})
{
    fields.insert(u"type"_s, QString::fromLatin1(type));
    fields.insert(u"room_id"_s, room);
    return fields;
}

//! The seqs of the room's events among the frames, in the order of arrival.
inline QList<int> seqs(const QList<QJsonObject> &frames, const QString &room)
{
    QList<int> found;
    for (const QJsonObject &frame : frames) {
        if (frame.value(u"room_id"_s) == room && roomEventKindFromType(frame.value(u"type"_s).toString().toLatin1()))
            found.append(frame.value(u"seq"_s).toInt());
    }
    return found;
}
inline QList<int> range(int from, int to)
{
    QList<int> list;
    for (int i = from; i <= to; ++i)
        list.append(i);
    return list;
}
inline QJsonObject resume(const QString &room, int seq)
{
    return {{u"resume"_s, QJsonObject{{room, seq}}}};
}
inline Actor member(const char *name)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = Role::Member;
    return actor;
}
inline void post(ChatFixture &f, const char *user, const QByteArray &room, const QString &text = u"x"_s)
{
    Rooms::MessageDraft draft;
    draft.room = RoomId(room);
    draft.text = text;
    f.rooms->post(member(user), draft, [](const Result<Rooms::Appended> &done) { ChatFixture::must(done); });
}

} // namespace Atom::Test
