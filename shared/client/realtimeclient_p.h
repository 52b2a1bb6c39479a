// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The inside of RealtimeClient, in four files: realtimeconnection.cpp (attempts, liveness), realtimeframes_in.cpp (what
// the server says), realtimerequests.cpp (what we ask and send), realtimeuserstate.cpp (counters and private state),
// realtimeclient.cpp (the public face).

#include "shared/client/outbox.h"
#include "shared/client/realtimeclient.h"
#include "shared/client/roomsequencer.h"

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QPointer>
#include <QtCore/QSet>

#include <deque>
#include <map>
#include <set>

namespace Atom::Client {

//! \brief One single-shot timer of a Clock; starting it again replaces it.
class ClockTimer
{
public:
    ClockTimer(Clock &clock, QObject *context) : m_clock(clock), m_context(context) {}
    ~ClockTimer() { stop(); }
    Q_DISABLE_COPY_MOVE(ClockTimer)
    void start(milliseconds delay, std::function<void()> f)
    {
        stop();
        m_id = m_clock.callAfter(delay, m_context, [this, f = std::move(f)] {
            m_id.reset();
            f();
        });
    }
    void stop()
    {
        if (m_id)
            m_clock.cancel(*m_id);
        m_id.reset();
    }
    bool isActive() const { return m_id.has_value(); }

private:
    Clock &m_clock;
    QObject *m_context;
    std::optional<Clock::TimerId> m_id;
};

struct RealtimeClient::Private
{
    Private(RealtimeClient *owner, Settings s, TokenSource source, Clock &c,
            std::function<std::unique_ptr<FrameStream>()> make);

    // --- realtimeconnection.cpp
    void attempt();
    static QCoro::Task<void> fetchToken(QPointer<RealtimeClient> client, TokenSource source, quint64 mine);
    void tokenArrived(Result<QByteArray> token);
    void sendHello();
    void streamClosed(int code, const QString &reason);
    void lost(const Error &error, std::optional<milliseconds> delay = {});
    void refused(const Error &error); //!< credentials: stop until start()
    void forgetConnection();
    void dropStream();
    void goOnline();
    void setState(ConnectionState next);
    void startTicking();
    void tick();
    void noticeSleep();
    void checkAnswers();

    // --- realtimeframes_in.cpp
    void frameArrived(const QByteArray &text);
    void onWelcome(const QJsonObject &frame);
    void onResumed(const QJsonObject &frame);
    void onGap(const QJsonObject &frame);
    void onRooms(const QJsonObject &frame);
    void takeRooms(const QJsonArray &list);
    void roomsComplete();
    void onRoomEvent(const QJsonObject &frame);
    void onMessageAck(const QJsonObject &frame);
    void onAck(const QJsonObject &frame);
    void onHistory(const QJsonObject &frame);
    void onRoomJoined(const QJsonObject &frame);
    void onRoomLeft(const QJsonObject &frame);
    void onError(const QJsonObject &frame);
    void onGoodbye(const QJsonObject &frame);
    void onTyping(const QJsonObject &frame);
    void onPresence(const QJsonObject &frame);
    void onTopic(const QJsonObject &frame);
    void accept(RoomEvent event);
    void deliver(const RoomId &room, QList<RoomEvent> events);
    void skipTo(const RoomId &room, qint64 seq);
    void noteExists(const RoomId &room, qint64 seq);
    void forgetRoom(const RoomId &room);
    void resumeDone(const RoomId &room);
    void acknowledged(const OutboxEntry &entry, RoomEvent event);

    // --- realtimeuserstate.cpp
    void onCounters(const QJsonObject &frame);
    void onUserState(const QJsonObject &frame);
    void setCounters(const RoomId &room, const QJsonObject &fields, qint64 asOf);
    void countEvent(const RoomEvent &event);
    void setItem(const QString &kind, const QString &key, qint64 version, const QJsonObject &value);
    void pumpPrivate();

    // --- realtimerequests.cpp
    struct Request
    {
        enum class Kind { Join, Leave, History, Receipt, Unread, Draft } kind = Kind::Join;
        RoomId room;
        qint64 value = 0; //!< History: after; Receipt: up to; Unread: from
        QString text;     //!< Draft
        Monotonic sentAt{};
    };
    void pump(); //!< sends all that is due; harmless at any time
    void pumpJoins();
    void pumpLeaves();
    void pumpReceipts();
    void pumpHoles();
    void pumpOutbox();
    void pauseFor(milliseconds delay);
    QByteArray ask(Request::Kind kind, const RoomId &room, qint64 value = 0, const QString &text = {});
    bool isAsked(Request::Kind kind, const RoomId &room) const;
    std::optional<Request> takeRequest(const QByteArray &ref);
    void takeRequests(Request::Kind kind, const RoomId &room);
    void requestRefused(const Request &request, const Error &error, const QByteArray &ref);
    void entryRefused(const QByteArray &key, const Error &error);
    bool takesMessages(const RoomId &room) const;
    QByteArray queueChange(OutboxEntry entry);
    void sendFrame(const char *type, QJsonObject fields);

    //! \brief Emits, keeping the order when a slot causes further signals.
    template <typename F> void announce(F emitSignals)
    {
        if (announcing) {
            announcements.push_back(std::move(emitSignals));
            return;
        }
        const QPointer<RealtimeClient> alive(q);
        announcing = true;
        emitSignals();
        while (alive && !announcements.empty()) {
            const auto next = std::move(announcements.front());
            announcements.pop_front();
            next();
        }
        if (alive)
            announcing = false;
    }

    RealtimeClient *q;
    Settings settings;
    TokenSource tokens;
    Clock &clock;
    std::function<std::unique_ptr<FrameStream>()> makeStream;

    ConnectionState state = ConnectionState::Offline;
    bool running = false;
    quint64 attemptId = 0; //!< answers to earlier attempts are ignored
    std::unique_ptr<FrameStream> stream;
    QByteArray helloToken;
    bool triedFreshToken = false;
    bool welcomeSeen = false;
    UserId user;
    Monotonic onlineSince{};
    ClockTimer retryTimer, attemptTimer, tickTimer, pauseTimer, goodbyeTimer, graceTimer;
    std::optional<Monotonic> comeBackAt; //!< `goodbye` named a time

    Monotonic lastFrameAt{};
    Monotonic lastResumeAt{};
    bool pingOut = false;
    std::optional<Monotonic> probeUntil; //!< after a sleep: silence until then ends the connection
    Timestamp tickWall{};
    Monotonic tickMonotonic{};

    struct RoomTrack
    {
        RoomSequencer sequence;
        qint64 claimed = -1; //!< position in the last hello; -1: not resumed
        int emptyAnswers = 0;
        Monotonic holeSince{};
    };
    std::map<RoomId, RoomTrack> rooms; //!< a map: references survive insertions
    std::set<RoomId> holes;
    QSet<RoomId> awaiting;    //!< resumed rooms whose replay has not ended
    QSet<RoomId> serverRooms; //!< member of, as far as the server said
    QSet<RoomId> wanted;      //!< joined by joinRoom() and not left since
    QSet<RoomId> pendingJoins;
    QSet<RoomId> pendingLeaves;
    struct Receipt
    {
        qint64 wanted = 0;
        qint64 confirmed = 0;
    };
    std::map<RoomId, Receipt> receipts;
    QHash<RoomId, RoomCounters> counters;
    struct Item
    {
        qint64 version = 0;
        QJsonObject value; //!< empty: removed
    };
    QMap<std::pair<QString, QString>, Item> items; //!< the user's private state by kind and key
    qint64 stateVersion = 0;                       //!< all changes up to here are in `items`
    bool stateComplete = false;                    //!< on this connection: pages of what was missed have come
    QSet<std::pair<QString, QString>> unconfirmed; //!< known, and not yet among "all there is"
    QMap<RoomId, qint64> pendingUnread;
    QMap<RoomId, QString> pendingDrafts;
    bool roomsPending = false; //!< further pages of the room list come
    QSet<QByteArray> topics;
    QHash<QByteArray, Request> requests;
    std::set<std::pair<Request::Kind, RoomId>> asked; //!< what `requests` holds, by kind and room
    quint64 nextRef = 1;
    Outbox outbox;

    bool announcing = false;
    std::deque<std::function<void()>> announcements;
};

} // namespace Atom::Client
