// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/sinks.h"
#include "server/realtime/connection.h"
#include "server/realtime/fanout.h"
#include "server/realtime/flushpacer.h"
#include "server/realtime/openinghandshake.h"
#include "server/realtime/presencefanout.h"
#include "server/realtime/realtimemetrics.h"
#include "server/realtime/realtimeserver.h"
#include "server/realtime/topics.h"
#include "server/rooms/personalservice.h"
#include "shared/core/taskscope.h"
#include "shared/protocol/realtimeframes.h"

#include <QtCore/QPointer>

namespace Atom::Realtime {

//! \brief What the files of RealtimeServer share: connections by user, identities, and the answer to each frame.
//! realtimeserver.cpp: life cycle; authentication.cpp: who is who; framehandlers.cpp: frames; membership.cpp: who gets
//! which room; reviews.cpp: who no longer gets it; replay.cpp: catching up; userstate.cpp: what only the user's own
//! devices are told.
struct RealtimeServer::Private final : public QObject, public Connection::Owner
{
    Private(RealtimeSettings settings, Rooms::RoomService &rooms, Rooms::PresenceTracker &presence,
            Identity::SessionService &sessions, Identity::UserService &users, const Identity::Permissions &permissions,
            TraceSink &traces, Clock &clock, MetricRegistry &registry);
    ~Private() override;

    // --- Connection::Owner
    void onFrame(Connection &connection, QByteArrayView text) override;
    bool onPing(Connection &connection) override;
    void onDue(Connection &connection, Connection::When when) override;
    void onGone(Connection &connection) override;

    // --- realtimeserver.cpp
    void opened(OpeningHandshakes::Opened opened);
    void scheduleFlush(Connection::When when);
    void flushDue(Connection::When when);
    void scheduleSweep();
    void sweep();
    void sendError(Connection &c, const Error &error, const QByteArray &ref);
    //! The error. What was not permitted is for the audit log; who goes on beyond the limits is cut off in the end.
    void refuse(Connection &c, const Error &error, Protocol::ClientFrameType type, const RoomId &room,
                const QByteArray &ref);
    void sendFields(Connection &c, const QByteArray &type, const QJsonObject &fields, const QByteArray &ref);

    // --- authentication.cpp
    std::optional<OpeningRefusal> check(const Opening &opening, const QHostAddress &peer) const;
    //! Makes the actor the connection's; closes it when the user has too many. False: closed.
    bool identify(Connection &c, Actor actor);
    Result<void> becomeGuest(Connection &c);
    void hello(Connection &c, const Protocol::ClientFrame &frame);
    bool acceptToken(Connection &c, const Protocol::ClientFrame &frame);
    void welcome(Connection &c, const Protocol::ClientFrame &frame);
    QSet<RoomId> firstLook(const UserId &user, const QList<RoomId> &mine, const QHash<RoomId, qint64> &resumed) const;
    QJsonObject roomFields(const UserId &user, const Rooms::RoomState &state,
                           const QHash<RoomId, qint64> &replayAfter) const;
    void onSessionEnded(const SessionId &session);
    void onUserChanged(const User &user);
    void onStatusChanged(const UserId &user, const UserStatus &status);
    //! An application token may be for acting without reading, or for some rooms only.
    bool mayHear(const Actor &actor, const RoomId &room) const;
    void announceConnection(const Connection &c, const QString &change);
    ConnectionSummary summaryOf(const Connection &c) const;

    // --- framehandlers.cpp
    void dispatch(Connection &c, Protocol::ClientFrame frame, qint64 receivedMicros);
    bool takeFrameToken(Connection &c, const QByteArray &ref);
    void countRefusal(Connection &c);
    void chatMessage(Connection &c, Protocol::ClientFrame frame, qint64 receivedMicros);
    void typing(Connection &c, const Protocol::ClientFrame &frame);
    QCoro::Task<void> change(QPointer<Connection> c, Protocol::ClientFrame frame);
    QCoro::Task<void> history(QPointer<Connection> c, Protocol::ClientFrame frame);

    // --- userstate.cpp
    QCoro::Task<void> markUnread(QPointer<Connection> c, Protocol::ClientFrame frame);
    QCoro::Task<void> saveDraft(QPointer<Connection> c, Protocol::ClientFrame frame);
    QCoro::Task<void> sendUserState(QPointer<Connection> c, qint64 since);
    void onPersonal(const UserId &user, const Rooms::PersonalItem &item, const DeviceId &origin);
    QJsonObject counterFields(const UserId &user, const RoomId &room) const;
    void onCounters(const UserId &user, const RoomId &room);

    // --- membership.cpp
    QCoro::Task<void> join(QPointer<Connection> c, RoomId room, QByteArray ref);
    QCoro::Task<void> leave(QPointer<Connection> c, RoomId room, QByteArray ref);
    QJsonObject joinedFields(const RoomId &room, qint64 lastSeq) const;
    void onEvent(const RoomEvent &event, const DeviceId &origin);
    void admit(const RoomEvent &event, const DeviceId &origin);
    void expel(const RoomEvent &event, const DeviceId &origin);
    void onJoinRequest(const Rooms::JoinRequest &request, Rooms::JoinDecision decision, const UserId &by,
                       const QString &reason);
    void onTyping(const RoomId &room, const UserId &user, const DeviceId &device, bool isTyping);
    bool hasSpaceForRoom(const Connection &c) const;

    // --- reviews.cpp: what may have changed who gets what
    void watch(Connection &c, const Protocol::ClientFrame &frame);
    void unwatch(Connection &c, const Protocol::ClientFrame &frame);
    void reviewRoom(Connection &c, const RoomId &room);
    void reviewConnection(Connection &c);
    void onRoleChanged(const RoleId &role);
    void onRoomRulesChanged(const RoomId &room);
    void onGlassChanged(const UserId &user, const RoomId &room);

    // --- replay.cpp
    struct Resume
    {
        RoomId room;
        qint64 after = 0;
    };
    //! What follows a welcome, in this order: further pages of the room list, private state, the replays.
    struct Greeting
    {
        QList<RoomId> rooms; //!< not in the welcome
        QHash<RoomId, qint64> replayAfter;
        QList<Resume> resumes;
        std::optional<qint64> userState; //!< the version that the device knows
    };
    QCoro::Task<void> greet(QPointer<Connection> c, Greeting greeting);
    QCoro::Task<void> replayRooms(QPointer<Connection> c, QList<Resume> resumes);
    QCoro::Task<void> replayRoom(QPointer<Connection> c, RoomId room, qint64 after);
    //! False when history does not have what is missing.
    QCoro::Task<bool> catchUp(QPointer<Connection> c, RoomId room);
    QCoro::Task<void> sendGap(QPointer<Connection> c, RoomId room);

    Subscription *subscriptionOf(const QPointer<Connection> &c, const RoomId &room) const;
    qint64 pageBytes() const { return settings.outgoingBytes / 2; } //!< of one answer with many events

    RealtimeSettings settings;
    Rooms::RoomService &rooms;
    Rooms::PresenceTracker &presence;
    Identity::SessionService &sessions;
    Identity::UserService &users;
    const Identity::Permissions &permissions;
    Audit::RefusalSink *refusals = nullptr;
    Rooms::PersonalService *personal = nullptr; //!< see RealtimeServer::serve()
    Clock &clock;
    RealtimeMetrics metrics;
    FrameJoiner joiner;
    QByteArray readBuffer;
    Protocol::ClientFrameParser parser;
    Fanout fanout;
    FlushPacer pacer;
    PresenceFanout presenceFanout;
    Topics topics;
    Rooms::TypingTracker typingTracker;
    OpeningHandshakes handshakes;
    std::unordered_map<Connection *, std::unique_ptr<Connection>> connections;
    QHash<UserId, QList<Connection *>> byUser; // never with an empty list
    struct Due
    {
        QList<Connection *> connections;
        QList<Connection *> writing; //!< taken from `connections`; long ones go out in slices
        bool isScheduled = false;
    };
    std::array<Due, 2> due; // by Connection::When
    Clock::TimerId laterTimer = 0;
    Clock::TimerId sweepTimer = 0;
    bool draining = false;
    OneShot<bool> drained;
    TaskScope tasks{QStringLiteral("realtime")};
};

//! \brief The events that fit into `bytes` as text, at least one: from the front, or from the back.
QList<RoomEvent> fitting(const QList<RoomEvent> &events, qint64 bytes, bool fromBack);

inline constexpr int resumeLimit = 1'000; //!< events replayed per room; more is a gap
inline constexpr int historyPage = 200;
inline constexpr int snapshotEvents = 50;
inline constexpr int roomsInOneFrame = 500;
inline constexpr int snapshotRooms = 50; //!< of `hello` with snapshot: those with something unread first

} // namespace Atom::Realtime
