// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"
#include "server/realtime/framecodec.h"
#include "server/realtime/framejoiner.h"
#include "server/realtime/ratelimit.h"
#include "server/realtime/realtimeserver.h"
#include "shared/core/oneshot.h"

#include <QtCore/QObject>
#include <QtCore/QSet>

#include <array>
#include <unordered_map>

namespace Atom::Realtime {

class Connection;
struct RealtimeMetrics;

//! \brief A connection's place in a room: what it has, and what waits while it catches up. Owned by the connection.
struct Subscription
{
    Connection *connection = nullptr;
    RoomId room;
    qsizetype index = -1;  //!< in the audience of the room
    qint64 lastSeq = 0;    //!< events up to here were sent, or are known to the device otherwise
    bool holding = false;  //!< live events go to `held` until a replay or a join has been answered
    bool watching = false; //!< followed without being a member, by the topic "room:ID"
    bool joining = false;  //!< holding because of a join that is being answered
    struct Held
    {
        qint64 seq = 0;
        QByteArray frame; //!< empty: the device's own event, which it does not get
    };
    QList<Held> held; //!< contiguous, ascending; the oldest are dropped beyond heldLimit (history has them)
    static constexpr qsizetype heldLimit = 2'000;
};

//! \brief One WebSocket after its opening handshake: transport, codec, what is due to be sent, and what is known of the
//! peer. Does not know what frames mean. Main thread; owned by the server, deleted later when gone.
class Connection final : public QObject, private Net::Transport::Events
{
    Q_OBJECT
public:
    enum class When { Now, Later };
    //! \brief Told what arrives. May close or abort the connection at any time.
    class Owner
    {
    public:
        virtual void onFrame(Connection &connection, QByteArrayView text) = 0;
        //! \brief A ping; false: do not answer it (refused by the rate limit).
        virtual bool onPing(Connection &connection) = 0;
        //! \brief Something is due: call flushAnnounced(when) before the loop sleeps (Now), or when deliveries are
        //! written the next time (Later). Once of each kind until then.
        virtual void onDue(Connection &connection, When when) = 0;
        //! \brief Nothing comes or goes any more. Once; the connection may be deleted later, not now.
        virtual void onGone(Connection &connection) = 0;

    protected:
        ~Owner() = default;
    };
    struct Environment
    {
        Owner &owner;
        const RealtimeSettings &settings;
        Clock &clock;
        RealtimeMetrics &metrics;
        FrameJoiner &joiner;    //!< shared as well
        QByteArray &readBuffer; //!< shared by all connections of the thread, used only within onReadable()
    };

    Connection(Environment environment, std::unique_ptr<Net::Transport> transport, QByteArray leftover);
    ~Connection() override;

    //! \brief Sends `opening` (the 101 answer); frames may be sent from now on.
    void open(const QByteArray &opening);
    void startReading();

    // --- sending
    enum class Priority {
        Answer,    //!< meant for this peer, who waits for it: goes out with this turn of the loop
        Delivery,  //!< one of many copies, or an acknowledgement: under load it waits a moment for others
        Droppable, //!< typing, presence: like Delivery, and left out when the peer reads slowly
    };
    //! \brief Queues a whole WebSocket frame; a backlog above the limit closes the connection with 4408.
    void sendFrame(const QByteArray &frame, Priority priority = Priority::Answer);
    void sendText(QByteArrayView json, Priority priority = Priority::Answer)
    {
        sendFrame(FrameCodec::encodeText(json), priority);
    }
    //! \brief Writes what is due in one go.
    void flush();
    //! \brief The same, in answer to onDue(): the next frame is announced again.
    void flushAnnounced(When when);
    bool isAnnounced(When when) const { return m_announced[int(when)]; }
    qint64 backlog() const { return m_dueBytes + m_transport->backlog(); }
    //! \brief Resolves when the backlog is small again, or the connection gone.
    OneShot<bool> whenDrained();

    // --- ending
    bool isOpen() const { return m_state == State::Open; }
    bool isGone() const { return m_state == State::Gone; }
    //! \brief Sends the close frame and waits for the peer's, closeTimeout at most. Nothing is sent after it.
    void close(quint16 code, QByteArrayView reason = {});
    void abort();

    // --- flow of input
    //! \brief While blocked, frames wait unread: a join must be answered before what follows it is looked at.
    void block();
    void unblock();
    //! \brief Work begun for this connection and not ended; too much of it pauses reading.
    void beginWork();
    void endWork();

    //! \brief Pings after silence, gives up after more of it.
    void checkHeartbeat(Monotonic now);
    //! \brief Closes with 4408 when the peer has not taken for too long what it was sent. Call it every second.
    void checkBacklog(Monotonic now);
    bool hasBacklog() const { return m_transport->backlog() > 0; }
    //! \brief Whether checkHeartbeat() has something to do.
    bool needsHeartbeat(Monotonic now) const
    {
        return m_state == State::Open && now - m_heard >= m_env.settings.heartbeat;
    }

    // --- what the server knows of the peer
    const QByteArray id;
    const Timestamp since;
    UserId pathUser;            //!< from /ws/{user_id}, may be empty
    std::optional<Actor> actor; //!< once authenticated
    std::optional<Timestamp> tokenExpiry;
    bool greeted = false; //!< said hello: gets all its rooms
    bool present = false; //!< told to the PresenceTracker
    QByteArray device;    //!< as named in hello
    TokenBucket frameBucket;
    int refusedFrames = 0;
    Monotonic openedAt{};
    std::unordered_map<RoomId, std::unique_ptr<Subscription>> rooms;
    QSet<QByteArray> topics;
    QHostAddress peerAddress;
    quint16 peerPort = 0;

private:
    enum class State : quint8 { Open, Closing, Gone };
    void onReadable() override;
    void onDrained() override;
    void onClosed() override;

    bool mayProcess() const;
    qsizetype process(char *data, qsizetype size);
    void handle(const FrameCodec::Event &event);
    void resume();
    void resumeLater();
    void queueResume();
    void updateReading();
    void sendClose(quint16 code, QByteArrayView reason);
    void beginClosing();
    void finishClosing();
    void releaseWaiters();
    void gone();
    void announce(When when);
    void closeSlow(const char *why);

    Environment m_env;
    std::unique_ptr<Net::Transport> m_transport;
    FrameCodec m_codec;
    QByteArray m_leftover; // input not looked at yet, because of blocks, work or backlog; at most one read
    QList<QByteArray> m_due;
    qint64 m_dueBytes = 0;
    qint64 m_written = 0;   // to the transport, in all
    qint64 m_markBytes = 0; // of m_written: when all of it was taken, the mark moves on
    Monotonic m_markAt{};
    State m_state = State::Open;
    std::array<bool, 2> m_announced{}; // by When: the owner knows
    bool m_finishing = false;          // only the transport's end is missing: input is thrown away
    bool m_readPaused = true;
    bool m_processing = false;
    bool m_resumeQueued = false;
    bool m_pingSent = false;
    int m_blocks = 0;
    int m_work = 0;
    Monotonic m_heard{};
    Clock::TimerId m_closeTimer = 0;
    QList<OneShot<bool>> m_drainWaiters;
};

} // namespace Atom::Realtime
