// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/modelserver.h"

namespace Atom::Test {
using namespace Qt::StringLiterals;
using Protocol::ClientFrameType;

ModelStream::~ModelStream()
{
    close();
}

void ModelStream::open(const QUrl &)
{
    auto connection = std::make_shared<ModelServer::Connection>();
    connection->stream = this;
    m_server.m_connections.push_back(std::move(connection));
}

void ModelStream::send(const QByteArray &text)
{
    if (const auto c = m_server.find(this))
        c->toServer.push_back(text);
}

void ModelStream::close()
{
    if (const auto c = m_server.find(this))
        std::erase(m_server.m_connections, c);
}

void ModelServer::handle(const Shared &c, const QByteArray &text)
{
    const Result<Protocol::ClientFrame> parsed = m_parser.parse(text);
    if (!parsed)
        qFatal("the client sent a frame that is not one: %s", text.constData());
    const Protocol::ClientFrame &frame = *parsed;
    if (frame.type == ClientFrameType::Hello) {
        hello(c, frame);
        return;
    }
    if (frame.type == ClientFrameType::Ping) {
        c->toClient.push_back(Protocol::encodePong(m_clock.now(), frame.ref));
        return;
    }
    if (!rooms.contains(frame.room)) {
        c->toClient.push_back(refusal(Errc::NotFound, frame.ref));
        return;
    }
    RoomLog &log = rooms[frame.room];
    const bool member = log.members.contains(c->user);
    if (!member && frame.type != ClientFrameType::JoinRoom) {
        c->toClient.push_back(refusal(Errc::Forbidden, frame.ref));
        return;
    }
    if (chance(faults.limitRate)) {
        ++limited;
        c->toClient.push_back(refusal(Errc::RateLimited, frame.ref, 1));
        return;
    }
    if (chance(faults.unavailable)) {
        c->toClient.push_back(refusal(Errc::Unavailable, frame.ref));
        return;
    }
    RoomEvent event;
    event.room = frame.room;
    event.actor = c->user;
    switch (frame.type) {
    case ClientFrameType::JoinRoom:
        c->attached.insert(frame.room);
        if (!member) {
            log.members.insert(c->user);
            event.kind = RoomEventKind::MemberJoined;
            append(log, event, c);
        }
        c->toClient.push_back(Protocol::encodeFrame(
            "room_joined", {{u"room_id"_s, frame.room.toString()}, {u"last_seq"_s, log.events.size()}}, frame.ref));
        break;
    case ClientFrameType::LeaveRoom:
        c->attached.remove(frame.room);
        log.members.remove(c->user);
        event.kind = RoomEventKind::MemberLeft;
        append(log, event, c);
        c->toClient.push_back(Protocol::encodeFrame("room_left", {{u"room_id"_s, frame.room.toString()}}, frame.ref));
        break;
    case ClientFrameType::ChatMessage:
        message(c, frame, log);
        break;
    case ClientFrameType::EditMessage:
    case ClientFrameType::DeleteMessage:
        change(c, frame, log);
        break;
    case ClientFrameType::ReadReceipt: {
        qint64 before = 0;
        for (const RoomEvent &e : std::as_const(log.events)) {
            if (e.kind == RoomEventKind::Receipt && e.actor == c->user)
                before = e.readUpTo;
        }
        qint64 seq = 0;
        if (frame.upTo > before) {
            event.kind = RoomEventKind::Receipt;
            event.readUpTo = frame.upTo;
            seq = append(log, event, c).seq;
        }
        answer(c, ackFrame(frame.ref, frame.room, seq));
        break;
    }
    case ClientFrameType::History: {
        ++histories;
        const QList<RoomEvent> events = range(log, frame.after, std::min(frame.limit, 7));
        c->toClient.push_back(Protocol::encodeEventsFrame("history", {{u"room_id"_s, frame.room.toString()}}, "events",
                                                          events, frame.ref));
        break;
    }
    default:
        break;
    }
}

void ModelServer::hello(const Shared &c, const Protocol::ClientFrame &frame)
{
    c->user = UserId(frame.token);
    QJsonArray list;
    for (const auto &[id, log] : rooms) {
        if (!log.members.contains(c->user))
            continue;
        list.append(QJsonObject{{u"id"_s, id.toString()}, {u"last_seq"_s, log.events.size()}});
    }
    c->toClient.push_back(Protocol::encodeFrame(
        "welcome", {{u"user"_s, QJsonObject{{u"id"_s, c->user.toString()}}}, {u"rooms"_s, list}}, frame.ref));
    for (auto it = frame.resume.cbegin(); it != frame.resume.cend(); ++it) {
        const auto found = rooms.find(it.key());
        if (found == rooms.end() || !found->second.members.contains(c->user))
            continue;
        const RoomLog &log = found->second;
        c->attached.insert(it.key());
        const qint64 last = log.events.size();
        if (last - it.value() > replayLimit) {
            ++gaps;
            const qint64 from = it.value() + 1;
            const qint64 to = last - snapshotSize;
            c->toClient.push_back(Protocol::encodeEventsFrame(
                "gap", {{u"room_id"_s, it.key().toString()}, {u"from"_s, from}, {u"to"_s, to}}, "snapshot",
                range(log, to, snapshotSize)));
            continue;
        }
        const QList<RoomEvent> missed = range(log, it.value(), last);
        replays += !missed.isEmpty();
        for (const RoomEvent &event : missed)
            c->toClient.push_back(Protocol::encodeRoomEvent(event));
        c->toClient.push_back(
            Protocol::encodeFrame("resumed", {{u"room_id"_s, it.key().toString()}, {u"seq"_s, last}}));
    }
}

void ModelServer::message(const Shared &c, const Protocol::ClientFrame &frame, RoomLog &log)
{
    for (const RoomEvent &earlier : std::as_const(log.events)) {
        if (earlier.kind == RoomEventKind::Message && earlier.actor == c->user && earlier.clientId == frame.clientId) {
            ++duplicates;
            answer(c, Protocol::encodeAck(earlier, true, frame.ref));
            return;
        }
    }
    RoomEvent event;
    event.room = frame.room;
    event.actor = c->user;
    event.kind = RoomEventKind::Message;
    event.message = MessageId("m" + QByteArray::number(m_nextMessage++));
    event.text = frame.message;
    event.messageType = u"text"_s;
    event.clientId = frame.clientId;
    event.replyTo = frame.messageId;
    event.metadata = frame.metadata;
    const RoomEvent stored = append(log, event, c);
    if (chance(faults.loseAck))
        drop(c, 1006);
    else
        answer(c, Protocol::encodeAck(stored, false, frame.ref));
}

void ModelServer::change(const Shared &c, const Protocol::ClientFrame &frame, RoomLog &log)
{
    const RoomEvent *target = original(log, frame.messageId);
    if (!target) {
        c->toClient.push_back(refusal(Errc::NotFound, frame.ref));
        return;
    }
    if (target->actor != c->user) {
        c->toClient.push_back(refusal(Errc::Forbidden, frame.ref));
        return;
    }
    RoomEvent event;
    event.room = frame.room;
    event.actor = c->user;
    event.message = frame.messageId;
    event.kind = frame.type == ClientFrameType::EditMessage ? RoomEventKind::Edit : RoomEventKind::Deletion;
    event.text = frame.message;
    answer(c, ackFrame(frame.ref, frame.room, append(log, event, c).seq));
}

} // namespace Atom::Test
