// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/apiclient.h"
#include "shared/client/backoff.h"
#include "shared/model/roomevent.h"

#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace Atom::Client {

//! \brief A WebSocket as the RealtimeClient needs it; the real one wraps QWebSocket, tests may cut it. Same thread.
//! Signals come from the event loop, never from within open(), send() or close().
class FrameStream : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void open(const QUrl &url) = 0;
    virtual void send(const QByteArray &text) = 0;
    virtual void close() = 0; //!< closed() follows unless it already came

Q_SIGNALS:
    void opened();
    void received(const QByteArray &text);
    void closed(int code, const QString &reason); //!< exactly once per open(), also when opening failed
};

//! \brief The real FrameStream (QWebSocket).
std::unique_ptr<FrameStream> makeWebSocketStream();

//! \brief What of a room is new to the user.
struct RoomCounters
{
    qint64 unread = 0;
    int mentions = 0;
    qint64 seenUpTo = 0;
    qint64 asOf = 0; //!< events above are not counted yet
    bool operator==(const RoomCounters &) const = default;
};

enum class ConnectionState { Offline /*!< stopped or waiting to try again */, Connecting, Resuming, Online };

//! \brief One device's realtime connection: reconnects by itself with jitter, resumes every room from the last seq it
//! delivered, and keeps an outbox that sends again, with the same client id, what was not acknowledged.
//!
//! Events of a room are delivered exactly once and in seq order: an event already seen is dropped, a hole asks the
//! server (history after the last seq) before going on; a `gap` frame is reported by gap(). Sleep is noticed: if no
//! frame came for 45 s of the clock while a ping is out, the connection is given up; when the wall clock ran ahead of
//! the monotonic one (the machine slept), a ping must be answered within 5 s. One thread; timers by the Clock. Slots
//! may call anything here, but must not delete the client (use deleteLater()).
class RealtimeClient : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        QUrl url;          //!< ws://host:5060/ws, or /ws/{name} for a guest
        QByteArray device; //!< stable per installation
        milliseconds heartbeat{20'000};
        milliseconds giveUp{45'000};
        int outboxLimit = 10'000; //!< more unacknowledged messages are refused
        bool snapshot = false;    //!< ask for the newest events of rooms that are not resumed
        int window = 32;          //!< unacknowledged changes in flight
        //! Of these in one room. Above 1, a message that the server refuses for now (rate limit) may be overtaken by
        //! the next one of the room: only for senders to whom throughput matters more than their own order.
        int roomWindow = 1;
        Backoff backoff = Backoff();
    };
    //! \brief Gives the access token for `hello`; empty for a guest.
    using TokenSource = std::function<QCoro::Task<Result<QByteArray>>()>;

    RealtimeClient(Settings settings, TokenSource tokens, Clock &clock,
                   std::function<std::unique_ptr<FrameStream>()> makeStream = makeWebSocketStream,
                   QObject *parent = nullptr);
    ~RealtimeClient() override;

    void start();
    void stop();
    ConnectionState state() const;
    const UserId &user() const; //!< from `welcome`

    //! \brief Queues the message (also while offline) and returns its client id; Unavailable when the outbox is full.
    Result<QByteArray> sendMessage(const RoomId &room, const QString &text, const QJsonObject &metadata = {},
                                   const MessageId &replyTo = {}, bool mustAcknowledge = false);
    int unacknowledged() const; //!< messages, edits, deletions, reactions and the like
    bool isQuiet() const;       //!< online, and nothing is to be said or answered any more
    void joinRoom(const RoomId &room);
    void leaveRoom(const RoomId &room);
    void setTyping(const RoomId &room, bool typing);
    void sendReceipt(const RoomId &room, qint64 upTo);
    //! \brief Queued like messages. The reference under which errorReceived() reports a refusal; empty when refused
    //! here.
    QByteArray editMessage(const RoomId &room, const MessageId &message, const QString &text);
    QByteArray deleteMessage(const RoomId &room, const MessageId &message, const QString &reason = {});
    QByteArray react(const RoomId &room, const MessageId &message, const QString &reaction, bool take = false);
    QByteArray pin(const RoomId &room, const MessageId &message, bool take = false);
    QByteArray acknowledge(const RoomId &room, const MessageId &message);
    //! \brief Own position back before event `from`, also while offline.
    void markUnread(const RoomId &room, qint64 from);
    //! \brief What stands in the input of the room, for the user's other devices; the newest goes out, also later.
    void setDraft(const RoomId &room, const QString &text);
    //! \brief What is new in a room to this user, as far as this device was told.
    RoomCounters counters(const RoomId &room) const;
    //! \brief The private state known: (kind, key) -> value. Kinds: draft, bookmark, keywords, reminder, scheduled.
    QMap<std::pair<QString, QString>, QJsonObject> userState() const;
    void subscribe(const QByteArray &topic); //!< kept over reconnections
    void unsubscribe(const QByteArray &topic);
    //! \brief What was seen so far, to start again elsewhere: room -> last seq.
    QHash<RoomId, qint64> positions() const;
    void setPositions(const QHash<RoomId, qint64> &positions); //!< before start()

Q_SIGNALS:
    void stateChanged(Atom::Client::ConnectionState state);
    //! \brief Next attempt in `delay`; `error` says why the last one failed.
    void retryScheduled(std::chrono::milliseconds delay, const Atom::Error &error);
    void welcomed(const QJsonObject &welcome);
    //! \brief In seq order per room, each once. Own messages of this device come too, when they are acknowledged.
    void roomEvent(const Atom::RoomEvent &event);
    void messageAcknowledged(const QByteArray &clientId, const Atom::RoomEvent &event);
    //! \brief The server refused a message for good (validation, permission): it left the outbox.
    void messageRefused(const QByteArray &clientId, const Atom::Error &error);
    //! \brief Events from..to of the room cannot be replayed; `snapshot` holds its newest ones, delivered next.
    void gap(const Atom::RoomId &room, qint64 from, qint64 to);
    void typing(const Atom::RoomId &room, const Atom::UserId &user, bool isTyping);
    void presence(const Atom::UserId &user, const QString &status);
    void topic(const QByteArray &topic, const QJsonObject &data);
    void countersChanged(const Atom::RoomId &room, const Atom::Client::RoomCounters &counters);
    //! \brief An item of the user's private state changed elsewhere; an empty value: removed.
    void userStateChanged(const QString &kind, const QString &key, const QJsonObject &value);
    void roomJoined(const Atom::RoomId &room, const QJsonObject &details);
    void roomLeft(const Atom::RoomId &room);
    void errorReceived(const Atom::Error &error, const QByteArray &ref);
    //! \brief Signed out by the server, or credentials refused: start() again after signing in.
    void unauthenticated(const Atom::Error &error);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Client
