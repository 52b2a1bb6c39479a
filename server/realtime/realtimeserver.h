// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/sessionservice.h"
#include "server/net/portguard.h"
#include "server/rooms/presence.h"
#include "server/rooms/roomservice.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace Atom::Rooms {
class PersonalService;
}

namespace Atom::Audit {
class RefusalSink;
}

namespace Atom::Realtime {

struct RealtimeSettings
{
    int messageBytes = 64 * 1024;     //!< largest client message, all fragments together
    int fragments = 1024;             //!< of one message; more closes with 1008
    qint64 outgoingBytes = 1 << 20;   //!< backlog above closes with 4408
    milliseconds outgoingAge{30'000}; //!< so does what was not taken for so long (up to twice)
    milliseconds handshakeTimeout{5'000};
    milliseconds helloTimeout{5'000}; //!< without guests: time to authenticate
    milliseconds heartbeat{30'000};   //!< ping when idle; gone after heartbeat + 10 s of silence
    milliseconds closeTimeout{5'000};
    milliseconds typingLifetime{6'000};
    int connectionsPerUser = 10;
    int roomsPerConnection = 1'000;
    double messagesPerSecond = 20; //!< told to clients; who writes too much is the RoomService's to say. 0: no bound
    int messageBurst = 40;
    double framesPerSecond = 200; //!< all frames per connection; 0: no bound
    int frameBurst = 400;
    QStringList origins; //!< allowed Origin values besides same host and none
};

//! \brief Facts about one open connection, for the console and `/api/v1/chat/connections`.
struct ConnectionSummary
{
    QByteArray id;
    UserId user;
    bool guest = false;
    QByteArray device;
    QString peer;
    Timestamp since{};
    int rooms = 0;
    qint64 backlogBytes = 0;
};

struct RealtimeStats
{
    int connections = 0;
    int authenticated = 0;
    int users = 0;
    int rooms = 0; //!< rooms with at least one device joined
    quint64 framesIn = 0, framesOut = 0, bytesIn = 0, bytesOut = 0;
    quint64 slowClosed = 0, errorsSent = 0;
};

//! \brief All realtime connections: opening handshake (by QWebSocketServer behind a facade), own frame codec, the
//! frames of resources/realtime.md, fan-out of room events, console topics. Main thread.
//!
//! A device gets the events of the rooms it joined or resumed on its connection, in seq order, encoded once for all.
class RealtimeServer : public QObject
{
    Q_OBJECT
public:
    RealtimeServer(RealtimeSettings settings, Rooms::RoomService &rooms, Rooms::PresenceTracker &presence,
                   Identity::SessionService &sessions, Identity::UserService &users,
                   const Identity::Permissions &permissions, TraceSink &traces, Clock &clock, MetricRegistry &metrics);
    ~RealtimeServer() override;

    //! \brief From now on devices may keep drafts and are told of the user's private state; `personal` lives longer.
    void serve(Rooms::PersonalService &personal);
    //! \brief Hears of frames that were not permitted; `sink` lives longer.
    void recordRefusals(Audit::RefusalSink &sink);
    //! \brief Takes an upgrade over; wired to PortGuard::setUpgradeHandler of both ports.
    void accept(Net::UpgradeRequest request);

    RealtimeStats stats() const;
    QList<ConnectionSummary> connections() const; //!< by since
    //! \brief Devices of `room` connected and joined now, by user id.
    QList<UserId> usersInRoom(const RoomId &room) const;
    //! \brief Sends a `system_message` frame {message, from} to every device of the user; the number reached.
    int sendToUser(const UserId &user, const QJsonObject &message);
    //! \brief Sends a frame to every device of the user that said hello: what concerns nobody else.
    void notify(const UserId &user, const QByteArray &type, const QJsonObject &fields);
    //! \brief The same to every device joined to the room.
    int broadcastToRoom(const RoomId &room, const QJsonObject &message);

    //! \brief Sends a frame that nobody misses when it is lost to the devices in the room: left out for slow readers,
    //! and in rooms of more than 200 members.
    void tellProgress(const RoomId &room, const QByteArray &frame);

    //! \brief Sends `topic` {topic, data} to the subscribers of a console topic: "metrics", "alerts", "runs",
    //! "connections". Topic "activity" (all room events; text only for members of the room) and "traces" (TraceSummary
    //! of finished traces, by publish) as well. Who may subscribe is decided per topic by Permissions.
    void publish(const QByteArray &topic, const QJsonObject &data);
    bool hasSubscribers(const QByteArray &topic) const;
    //! \brief All topics but "room:ID".
    static QList<QByteArray> topicNames();

    //! \brief Tells every client to come back (`goodbye` {reason, reconnect_after_ms jittered 0..spread}), closes with
    //! 1012, resumes when all are gone or after `limit`.
    QCoro::Task<void> drain(milliseconds spread, milliseconds limit);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Realtime
