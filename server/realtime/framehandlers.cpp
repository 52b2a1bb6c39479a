// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: the answer to each frame.
#include "server/realtime/realtimecore.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;
using Protocol::ClientFrame;
using Protocol::ClientFrameType;

namespace {
constexpr int refusalLimit = 1'000;
} // namespace

void RealtimeServer::Private::onFrame(Connection &c, QByteArrayView text)
{
    const qint64 received = unixMicros();
    QByteArray ref;
    Result<ClientFrame> frame = parser.parse(text, &ref);
    if (!takeFrameToken(c, ref))
        return;
    if (!frame) {
        sendError(c, frame.error(), ref);
        return;
    }
    dispatch(c, std::move(*frame), received);
}

bool RealtimeServer::Private::onPing(Connection &c)
{
    if (c.frameBucket.take(clock.monotonic(), settings.framesPerSecond, settings.frameBurst))
        return true;
    countRefusal(c);
    return false;
}

void RealtimeServer::Private::countRefusal(Connection &c)
{
    if (++c.refusedFrames >= refusalLimit)
        c.close(CloseRateLimited, "too many frames");
}

bool RealtimeServer::Private::takeFrameToken(Connection &c, const QByteArray &ref)
{
    if (c.frameBucket.take(clock.monotonic(), settings.framesPerSecond, settings.frameBurst))
        return true;
    Error error(Errc::RateLimited, u"Too many frames on this connection."_s);
    error.retryAfter = c.frameBucket.retryAfter(settings.framesPerSecond);
    sendError(c, error, ref);
    countRefusal(c);
    return false;
}

void RealtimeServer::Private::dispatch(Connection &c, ClientFrame frame, qint64 receivedMicros)
{
    const bool isOpenToAll = frame.type == ClientFrameType::Ping || frame.type == ClientFrameType::Hello;
    if (!isOpenToAll && !c.actor) {
        if (const Result<void> guest = becomeGuest(c); !guest) {
            sendError(c, guest.error(), frame.ref);
            return;
        }
    }
    switch (frame.type) {
    case ClientFrameType::Ping:
        c.sendText(Protocol::encodePong(clock.now(), frame.ref));
        return;
    case ClientFrameType::Hello:
        hello(c, frame);
        return;
    case ClientFrameType::JoinRoom:
        tasks.spawn(join(&c, frame.room, frame.ref), "join");
        return;
    case ClientFrameType::LeaveRoom:
        tasks.spawn(leave(&c, frame.room, frame.ref), "leave");
        return;
    case ClientFrameType::ChatMessage:
        chatMessage(c, std::move(frame), receivedMicros);
        return;
    case ClientFrameType::TypingIndicator:
        typing(c, frame);
        return;
    case ClientFrameType::Presence:
        presence.setAway(c.actor->user, DeviceId(c.id), frame.flag);
        if (!frame.ref.isEmpty())
            sendFields(c, "ack", {}, frame.ref);
        return;
    case ClientFrameType::EditMessage:
    case ClientFrameType::DeleteMessage:
    case ClientFrameType::React:
    case ClientFrameType::Pin:
    case ClientFrameType::Acknowledge:
    case ClientFrameType::ReadReceipt:
        tasks.spawn(change(&c, std::move(frame)), "change");
        return;
    case ClientFrameType::MarkUnread:
        tasks.spawn(markUnread(&c, std::move(frame)), "mark unread");
        return;
    case ClientFrameType::Draft:
        tasks.spawn(saveDraft(&c, std::move(frame)), "draft");
        return;
    case ClientFrameType::History:
        tasks.spawn(history(&c, std::move(frame)), "history");
        return;
    case ClientFrameType::Subscribe:
    case ClientFrameType::Unsubscribe: {
        const bool on = frame.type == ClientFrameType::Subscribe;
        if (frame.topic.startsWith("room:")) {
            on ? watch(c, frame) : unwatch(c, frame);
            return;
        }
        if (on) {
            if (const Result<void> done = topics.subscribe(c, frame.topic); !done) {
                refuse(c, done.error(), frame.type, frame.room, frame.ref);
                return;
            }
        } else {
            topics.unsubscribe(c, frame.topic);
        }
        const QJsonObject fields{{u"topic"_s, QString::fromLatin1(frame.topic)}};
        sendFields(c, on ? "subscribed" : "unsubscribed", fields, frame.ref);
        return;
    }
    }
}

void RealtimeServer::Private::chatMessage(Connection &c, ClientFrame frame, qint64 receivedMicros)
{
    Rooms::MessageDraft draft;
    draft.room = frame.room;
    draft.text = std::move(frame.message);
    if (!frame.messageType.isEmpty())
        draft.messageType = frame.messageType;
    draft.clientId = frame.clientId;
    draft.replyTo = frame.messageId;
    draft.metadata = std::move(frame.metadata);
    draft.mustAcknowledge = frame.flag;
    draft.receivedMicros = receivedMicros;
    c.beginWork();
    rooms.post(*c.actor, std::move(draft),
               [this, guard = QPointer<Connection>(&c), ref = frame.ref, room = frame.room,
                named = !frame.clientId.isEmpty()](const Result<Rooms::Appended> &result) {
                   if (!guard) // and with it maybe this object
                       return;
                   guard->endWork();
                   if (!guard->isOpen())
                       return;
                   if (!result) {
                       refuse(*guard, result.error(), ClientFrameType::ChatMessage, room, ref);
                   } else if (named) {
                       guard->sendText(Protocol::encodeAck(result.value().event, result.value().duplicate, ref),
                                       Connection::Priority::Delivery);
                   } else if (!ref.isEmpty()) {
                       const RoomEvent &event = result.value().event;
                       const QJsonObject fields{{u"room_id"_s, event.room.toString()},
                                                {u"id"_s, event.message.toString()},
                                                {u"seq"_s, event.seq}};
                       sendFields(*guard, "ack", fields, ref);
                   }
               });
}

void RealtimeServer::Private::typing(Connection &c, const ClientFrame &frame)
{
    const Result<Room> room = rooms.room(*c.actor, frame.room);
    if (!room) {
        refuse(c, room.error(), frame.type, frame.room, frame.ref);
        return;
    }
    const Identity::Object object = rooms.objectFor(*c.actor, *rooms.find(frame.room));
    if (const Result<void> allowed = permissions.require(*c.actor, Identity::Action::TypingSend, object); !allowed) {
        refuse(c, allowed.error(), frame.type, frame.room, frame.ref);
        return;
    }
    typingTracker.set(frame.room, c.actor->user, DeviceId(c.id), frame.flag);
    if (!frame.ref.isEmpty())
        sendFields(c, "ack", QJsonObject{{u"room_id"_s, frame.room.toString()}}, frame.ref);
}

//! Edits, deletions, reactions and the like, receipts: the acting device gets an ack when it gave a ref, the others get
//! the event.
QCoro::Task<void> RealtimeServer::Private::change(QPointer<Connection> c, ClientFrame frame)
{
    c->beginWork();
    const Actor actor = *c->actor;
    Result<RoomEvent> changed;
    if (frame.type == ClientFrameType::EditMessage)
        changed = co_await rooms.edit(actor, frame.room, frame.messageId, frame.message);
    else if (frame.type == ClientFrameType::DeleteMessage)
        changed = co_await rooms.remove(actor, frame.room, frame.messageId, frame.message);
    else if (frame.type == ClientFrameType::React)
        changed = co_await rooms.react(actor, frame.room, frame.messageId, frame.message, frame.flag);
    else if (frame.type == ClientFrameType::Pin)
        changed = co_await rooms.pin(actor, frame.room, frame.messageId, frame.flag);
    else if (frame.type == ClientFrameType::Acknowledge)
        changed = co_await rooms.acknowledge(actor, frame.room, frame.messageId);
    else
        changed = co_await rooms.markRead(actor, frame.room, frame.upTo);
    if (!c)
        co_return;
    c->endWork();
    if (!c->isOpen())
        co_return;
    if (!changed) {
        refuse(*c, changed.error(), frame.type, frame.room, frame.ref);
    } else if (!frame.ref.isEmpty()) {
        QJsonObject fields;
        fields.insert(u"room_id"_s, frame.room.toString());
        fields.insert(u"seq"_s, changed->seq);
        if (changed->seq > 0)
            fields.insert(u"timestamp"_s, toIso(changed->at));
        sendFields(*c, "ack", fields, frame.ref);
    }
}

QCoro::Task<void> RealtimeServer::Private::history(QPointer<Connection> c, ClientFrame frame)
{
    c->block(); // one page at a time: pages are large
    const Actor actor = *c->actor;
    Result<RoomEventPage> page = co_await rooms.history(actor, frame.room, frame.before, frame.after, frame.limit);
    if (!c)
        co_return;
    c->unblock();
    if (!c->isOpen())
        co_return;
    if (!page) {
        refuse(*c, page.error(), frame.type, frame.room, frame.ref);
        co_return;
    }
    // "after" reads forwards, so what does not fit is missing at the end; otherwise at the beginning.
    const bool forwards = frame.after > 0 || frame.fromStart;
    const QList<RoomEvent> events = fitting(page->events, pageBytes(), !forwards);
    const bool cut = events.size() < page->events.size();
    QJsonObject fields;
    fields.insert(u"room_id"_s, frame.room.toString());
    fields.insert(u"has_more_before"_s, page->hasMoreBefore || (cut && !forwards));
    fields.insert(u"has_more_after"_s, page->hasMoreAfter || (cut && forwards));
    c->sendText(Protocol::encodeEventsFrame("history", fields, "events", events, frame.ref));
}

} // namespace Atom::Realtime
