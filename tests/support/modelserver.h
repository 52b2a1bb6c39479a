// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/realtimeclient.h"
#include "shared/protocol/realtimeframes.h"

#include <QtCore/QJsonArray>
#include <QtCore/QPointer>
#include <QtCore/QRandomGenerator>

#include <deque>
#include <map>

namespace Atom::Test {

class ModelServer;

//! \brief The client's end of a connection to a ModelServer.
class ModelStream final : public Client::FrameStream
{
    Q_OBJECT
public:
    explicit ModelStream(ModelServer &server) : m_server(server) {}
    ~ModelStream() override;
    void open(const QUrl &url) override;
    void send(const QByteArray &text) override;
    void close() override;

private:
    ModelServer &m_server;
};

//! \brief What a server promises, in memory: one sequence per room, idempotent client ids, replay, gaps, history; and
//! a network that loses, repeats, delays and cuts. Nothing moves but by step(); the token in `hello` names the user.
class ModelServer
{
public:
    struct Faults
    {
        int refuseOpening = 0; //!< all in per mille of the steps or frames concerned
        int loseEvent = 0;     //!< a live event never reaches a device: a hole
        int repeatEvent = 0;
        int delayAck = 0; //!< acknowledgements arrive behind later events
        int limitRate = 0;
        int unavailable = 0;
        int loseAck = 0; //!< the connection is cut between the commit of a message and its acknowledgement
    };
    struct RoomLog
    {
        QList<RoomEvent> events; //!< as they happened
        QSet<UserId> members;
    };

    ModelServer(QRandomGenerator &random, Clock &clock) : m_random(random), m_clock(clock) {}

    Faults faults;
    int replayLimit = 1'000'000; //!< more missed events are a gap
    int snapshotSize = 3;
    std::map<RoomId, RoomLog> rooms;
    int cuts = 0, replays = 0, gaps = 0, limited = 0, duplicates = 0, lostEvents = 0, histories = 0;

    std::function<std::unique_ptr<Client::FrameStream>()> maker()
    {
        return [this] { return std::make_unique<ModelStream>(*this); };
    }

    //! \brief Moves one frame (or opening) of a random connection; false when nothing could move.
    bool step()
    {
        std::vector<size_t> ready;
        for (size_t i = 0; i < m_connections.size(); ++i) {
            if (m_connections[i]->canMove())
                ready.push_back(i);
        }
        if (ready.empty())
            return false;
        const std::shared_ptr<Connection> c = m_connections[ready[m_random.bounded(quint32(ready.size()))]];
        if (c->opening) {
            c->opening = false;
            if (chance(faults.refuseOpening))
                drop(c, 1006);
            else
                Q_EMIT c->stream->opened();
        } else if (!c->toServer.empty() && (c->toClient.empty() || m_random.bounded(2))) {
            const QByteArray text = c->toServer.front();
            c->toServer.pop_front();
            handle(c, text);
        } else if (!c->toClient.empty()) {
            const QByteArray text = c->toClient.front();
            c->toClient.pop_front();
            Q_EMIT c->stream->received(text);
        } else {
            c->toClient.push_back(c->late.front());
            c->late.pop_front();
        }
        return true;
    }
    //! \brief Cuts a random connection; what was under way in both directions is lost.
    void cutOne(int code = 1006)
    {
        if (m_connections.empty())
            return;
        ++cuts;
        drop(m_connections[m_random.bounded(quint32(m_connections.size()))], code);
    }
    //! \brief The process ends and comes back: all that was stored is there, nothing else.
    void restart()
    {
        while (!m_connections.empty())
            drop(m_connections.front(), 1006);
    }
    //! \brief Connections die without a word: only silence tells.
    void goSilent()
    {
        for (const auto &c : m_connections)
            c->silent = true;
    }
    int connections() const { return int(m_connections.size()); }

private:
    friend class ModelStream;
    struct Connection
    {
        QPointer<ModelStream> stream;
        UserId user;
        QSet<RoomId> attached;
        std::deque<QByteArray> toServer, toClient, late;
        bool opening = true;
        bool silent = false;
        bool canMove() const
        {
            return !silent && stream && (opening || !toServer.empty() || !toClient.empty() || !late.empty());
        }
    };
    using Shared = std::shared_ptr<Connection>;

    bool chance(int perMille) { return perMille > 0 && int(m_random.bounded(1000)) < perMille; }
    void drop(Shared c, int code) // its own share: the caller's may be an element of what is erased from
    {
        std::erase(m_connections, c);
        if (c->stream)
            Q_EMIT c->stream->closed(code, QString());
    }
    Shared find(const ModelStream *stream) const
    {
        for (const auto &c : m_connections) {
            if (c->stream == stream)
                return c;
        }
        return nullptr;
    }

    void answer(const Shared &c, const QByteArray &frame)
    {
        if (chance(faults.delayAck))
            c->late.push_back(frame);
        else
            c->toClient.push_back(frame);
    }
    RoomEvent append(RoomLog &log, RoomEvent event, const Shared &origin)
    {
        event.seq = log.events.size() + 1;
        event.at = m_clock.now();
        log.events.append(event);
        const QByteArray frame = Protocol::encodeRoomEvent(event);
        for (const auto &c : m_connections) {
            if (c == origin || !c->attached.contains(event.room))
                continue;
            if (chance(faults.loseEvent)) {
                ++lostEvents;
                continue;
            }
            c->toClient.push_back(frame);
            if (chance(faults.repeatEvent))
                c->toClient.push_back(frame);
        }
        return event;
    }
    //! \brief An event as it is replayed: messages with their present text.
    RoomEvent replayed(const RoomLog &log, RoomEvent event) const
    {
        if (event.kind != RoomEventKind::Message)
            return event;
        for (const RoomEvent &later : log.events) {
            if (later.message != event.message || later.seq <= event.seq)
                continue;
            if (later.kind == RoomEventKind::Edit) {
                event.edited = true;
                event.text = later.text;
            } else if (later.kind == RoomEventKind::Deletion) {
                event.deleted = true;
                event.text.clear();
            }
        }
        return event;
    }
    QList<RoomEvent> range(const RoomLog &log, qint64 after, qint64 count) const
    {
        QList<RoomEvent> list;
        for (qint64 i = after; i < log.events.size() && list.size() < count; ++i)
            list.append(replayed(log, log.events[i]));
        return list;
    }
    const RoomEvent *original(const RoomLog &log, const MessageId &id) const
    {
        const RoomEvent *found = nullptr;
        for (const RoomEvent &event : log.events) {
            if (event.message != id)
                continue;
            if (event.kind == RoomEventKind::Message)
                found = &event;
            else if (event.kind == RoomEventKind::Deletion)
                return nullptr;
        }
        return found;
    }

    void handle(const Shared &c, const QByteArray &text);
    void hello(const Shared &c, const Protocol::ClientFrame &frame);
    void message(const Shared &c, const Protocol::ClientFrame &frame, RoomLog &log);
    void change(const Shared &c, const Protocol::ClientFrame &frame, RoomLog &log);
    static QByteArray ackFrame(const QByteArray &ref, const RoomId &room, qint64 seq)
    {
        return Protocol::encodeFrame("ack",
                                     {{QStringLiteral("room_id"), room.toString()}, {QStringLiteral("seq"), seq}}, ref);
    }
    static QByteArray refusal(Errc code, const QByteArray &ref, int retryAfter = -1)
    {
        Error error(code, QStringLiteral("refused by the model"));
        if (retryAfter >= 0)
            error.retryAfter = seconds(retryAfter);
        return Protocol::encodeError(error, ref);
    }

    QRandomGenerator &m_random;
    Clock &m_clock;
    std::vector<Shared> m_connections;
    Protocol::ClientFrameParser m_parser;
    quint64 m_nextMessage = 1;
};

} // namespace Atom::Test
