// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient: what the server says.
#include "shared/client/logging.h"
#include "shared/client/realtimeclient_p.h"
#include "shared/protocol/realtimeframes.h"
#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonArray>

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds longestGoodbye{600'000};

RoomId roomOf(const QJsonObject &frame)
{
    return RoomId::fromString(frame.value("room_id"_L1).toString());
}

QByteArray refOf(const QJsonObject &frame)
{
    return frame.value("ref"_L1).toString().toUtf8();
}

qint64 integer(const QJsonObject &frame, QLatin1StringView name)
{
    return frame.value(name).toInteger();
}
} // namespace

void RealtimeClient::Private::frameArrived(const QByteArray &text)
{
    lastFrameAt = clock.monotonic();
    pingOut = false;
    probeUntil.reset();
    const Result<Protocol::ServerFrame> frame = Protocol::parseServerFrame(text);
    if (!frame) {
        qCWarning(lcClient) << "A frame of the server cannot be read:" << errcName(frame.error().code);
        return;
    }
    using Handler = void (Private::*)(const QJsonObject &);
    static const QHash<QByteArray, Handler> opening{
        {"welcome", &Private::onWelcome}, {"error", &Private::onError}, {"goodbye", &Private::onGoodbye}};
    static const QHash<QByteArray, Handler> afterwards{
        {"resumed", &Private::onResumed},        {"gap", &Private::onGap},
        {"message_ack", &Private::onMessageAck}, {"ack", &Private::onAck},
        {"history", &Private::onHistory},        {"room_joined", &Private::onRoomJoined},
        {"room_left", &Private::onRoomLeft},     {"error", &Private::onError},
        {"goodbye", &Private::onGoodbye},        {"typing_indicator", &Private::onTyping},
        {"presence", &Private::onPresence},      {"topic", &Private::onTopic},
        {"rooms", &Private::onRooms},            {"counters", &Private::onCounters},
        {"user_state", &Private::onUserState}};
    Handler handler = (welcomeSeen ? afterwards : opening).value(frame->type, nullptr);
    if (!handler && welcomeSeen && roomEventKindFromType(frame->type))
        handler = &Private::onRoomEvent;
    if (handler)
        (this->*handler)(frame->object); // others are for later versions of this client
}

void RealtimeClient::Private::onWelcome(const QJsonObject &frame)
{
    user = UserId::fromString(frame.value("user"_L1).toObject().value("id"_L1).toString());
    if (user.isEmpty()) {
        lost(Error(Errc::UpstreamFailed, u"The server's welcome cannot be read."_s));
        return;
    }
    welcomeSeen = true;
    attemptTimer.stop();
    lastResumeAt = clock.monotonic();
    serverRooms.clear();
    pendingJoins.intersect(wanted); // what a former connection only meant to follow may have been left since
    roomsPending = frame.value("more_rooms"_L1).toBool();
    takeRooms(frame.value("rooms"_L1).toArray());
    setState(ConnectionState::Resuming);
    announce([this, frame] { Q_EMIT q->welcomed(frame); });
    if (!welcomeSeen)
        return; // a slot stopped us
    for (const QByteArray &topic : std::as_const(topics)) {
        QJsonObject fields;
        fields.insert(u"topic"_s, QString::fromUtf8(topic));
        fields.insert(u"ref"_s, QString::fromUtf8(topic.left(64)));
        sendFrame("subscribe", std::move(fields));
    }
    if (!roomsPending)
        roomsComplete();
}

//! A further page of the list that began in the welcome.
void RealtimeClient::Private::onRooms(const QJsonObject &frame)
{
    takeRooms(frame.value("rooms"_L1).toArray());
    if (!roomsPending || frame.value("more_rooms"_L1).toBool())
        return;
    roomsPending = false;
    roomsComplete();
}

void RealtimeClient::Private::takeRooms(const QJsonArray &list)
{
    for (const QJsonValue &value : list) {
        const QJsonObject room = value.toObject();
        const RoomId id = RoomId::fromString(room.value("id"_L1).toString());
        if (!isValidIdText(id.bytes()))
            continue;
        serverRooms.insert(id);
        RoomTrack &track = rooms[id];
        const bool isReplayed = track.claimed >= 0 || room.contains("replay_after"_L1);
        if (!track.sequence.isKnown() && isReplayed)
            track.sequence.startAt(integer(room, "replay_after"_L1));
        track.sequence.startAt(integer(room, "last_seq"_L1));
        setCounters(id, room, integer(room, "last_seq"_L1));
        if (isReplayed)
            awaiting.insert(id);
        else // not resumed: the device takes its place in the room, joining again changes nothing for others
            pendingJoins.insert(id);
        if (const auto receipt = receipts.find(id); receipt != receipts.end())
            receipt->second.confirmed = std::max(receipt->second.confirmed, integer(room, "read_up_to"_L1));
    }
}

void RealtimeClient::Private::roomsComplete()
{
    // Rooms that we followed and are no member of any more, unless they are to be joined again.
    QList<RoomId> gone;
    for (const auto &[room, track] : rooms) {
        if (serverRooms.contains(room))
            continue;
        if (wanted.contains(room))
            pendingJoins.insert(room);
        else if (track.claimed >= 0)
            gone.append(room);
    }
    for (const RoomId &room : std::as_const(wanted)) {
        if (!serverRooms.contains(room))
            pendingJoins.insert(room);
    }
    for (const RoomId &room : std::as_const(gone)) {
        forgetRoom(room);
        announce([this, room] { Q_EMIT q->roomLeft(room); });
    }
    if (!welcomeSeen)
        return; // a slot stopped us
    if (awaiting.isEmpty())
        goOnline();
    else
        pump();
}

void RealtimeClient::Private::onResumed(const QJsonObject &frame)
{
    const RoomId room = roomOf(frame);
    const auto track = rooms.find(room);
    const qint64 seq = integer(frame, "seq"_L1);
    if (track != rooms.end() && seq >= 0 && seq < track->second.claimed) {
        // The server's history ends before what we saw of it: it was restored. Without this its next events, with
        // numbers that we know already, would be dropped for ever.
        const qint64 seen = track->second.sequence.position();
        track->second.sequence.restartAt(seq);
        track->second.claimed = seq;
        holes.erase(room);
        announce([this, room, seq, seen] { Q_EMIT q->gap(room, seq + 1, seen); });
    } else {
        noteExists(room, seq);
    }
    resumeDone(room);
}

void RealtimeClient::Private::onGap(const QJsonObject &frame)
{
    const RoomId room = roomOf(frame);
    if (!isValidIdText(room.bytes()))
        return;
    QList<RoomEvent> snapshot;
    for (const QJsonValue &value : frame.value("snapshot"_L1).toArray()) {
        Result<RoomEvent> event = Protocol::roomEventFromJson(value.toObject());
        if (event && event->seq > 0 && event->room == room)
            snapshot.append(std::move(*event));
    }
    // What cannot be replayed ends where the snapshot begins.
    const qint64 to = snapshot.isEmpty() ? integer(frame, "to"_L1) : snapshot.first().seq - 1;
    rooms[room].sequence.startAt(std::max<qint64>(0, integer(frame, "from"_L1) - 1));
    skipTo(room, to);
    for (RoomEvent &event : snapshot)
        accept(std::move(event));
    resumeDone(room);
}

void RealtimeClient::Private::onRoomEvent(const QJsonObject &frame)
{
    Result<RoomEvent> event = Protocol::roomEventFromJson(frame);
    if (event) {
        accept(std::move(*event));
        return;
    }
    qCWarning(lcClient) << "An event of room" << roomOf(frame).bytes() << "cannot be read:" << event.error().detail;
    noteExists(roomOf(frame), integer(frame, "seq"_L1));
}

void RealtimeClient::Private::onMessageAck(const QJsonObject &frame)
{
    const qint64 seq = integer(frame, "seq"_L1);
    const std::optional<OutboxEntry> entry = outbox.take(frame.value("client_id"_L1).toString().toUtf8());
    if (!entry || entry->kind != OutboxEntry::Kind::Message) {
        noteExists(roomOf(frame), seq); // settled before by its event
        return;
    }
    RoomEvent event;
    event.room = entry->room;
    event.seq = std::max<qint64>(0, seq);
    event.kind = RoomEventKind::Message;
    event.actor = user;
    event.at = fromIso(frame.value("timestamp"_L1).toString()).value_or(clock.now());
    event.message = MessageId::fromString(frame.value("id"_L1).toString());
    event.text = entry->text;
    event.messageType = u"text"_s;
    event.replyTo = entry->message;
    event.clientId = entry->key;
    event.metadata = entry->metadata;
    event.mustAcknowledge = entry->mustAcknowledge;
    event.threadRoot = MessageId::fromString(frame.value("thread_root"_L1).toString());
    for (const QJsonValue &mention : frame.value("mentions"_L1).toArray())
        event.mentions.append(mention.toString().toUtf8());
    event.trace = TraceId::fromString(frame.value("trace_id"_L1).toString());
    acknowledged(*entry, event);
    accept(std::move(event));
    pump();
}

//! Edits, deletions and receipts of this device: others get the event, we get its number.
void RealtimeClient::Private::onAck(const QJsonObject &frame)
{
    const QByteArray ref = refOf(frame);
    RoomEvent event;
    event.seq = std::max<qint64>(0, integer(frame, "seq"_L1));
    event.actor = user;
    event.at = fromIso(frame.value("timestamp"_L1).toString()).value_or(clock.now());
    if (const std::optional<OutboxEntry> entry = outbox.take(ref)) {
        event.room = entry->room;
        event.kind = entry->kind == OutboxEntry::Kind::Edit   ? RoomEventKind::Edit
                     : entry->kind == OutboxEntry::Kind::Mark ? entry->mark
                                                              : RoomEventKind::Deletion;
        event.message = entry->message;
        event.text = entry->text;
    } else if (const std::optional<Request> request = takeRequest(ref);
               request && request->kind == Request::Kind::Receipt) {
        Receipt &receipt = receipts[request->room];
        receipt.confirmed = std::max(receipt.confirmed, request->value);
        event.room = request->room;
        event.kind = RoomEventKind::Receipt;
        event.readUpTo = request->value;
    } else if (request && request->kind == Request::Kind::Unread) {
        if (pendingUnread.value(request->room) == request->value)
            pendingUnread.remove(request->room);
        pump();
        return;
    } else if (request && request->kind == Request::Kind::Draft) {
        if (pendingDrafts.value(request->room) == request->text)
            pendingDrafts.remove(request->room);
        QJsonObject value;
        if (!request->text.isEmpty())
            value = QJsonObject{{u"room_id"_s, request->room.toString()}, {u"message"_s, request->text}};
        setItem(u"draft"_s, request->room.toString(), integer(frame, "version"_L1), value);
        pump();
        return;
    } else {
        noteExists(roomOf(frame), event.seq);
        return;
    }
    if (event.seq > 0) // 0: nothing changed, so nothing happened in the room
        accept(std::move(event));
    pump();
}

void RealtimeClient::Private::onHistory(const QJsonObject &frame)
{
    const std::optional<Request> request = takeRequest(refOf(frame));
    if (!request || request->kind != Request::Kind::History)
        return;
    const RoomId room = request->room;
    Result<RoomEventPage> page = Protocol::roomEventPageFromJson(frame);
    qint64 firstAvailable = 0;
    if (page) {
        for (RoomEvent &event : page->events) {
            if (event.room != room || event.seq <= request->value)
                continue;
            if (firstAvailable == 0 || event.seq < firstAvailable)
                firstAvailable = event.seq;
            accept(std::move(event));
        }
    } else {
        qCWarning(lcClient) << "A page of room" << room.bytes() << "cannot be read:" << page.error().detail;
    }
    const auto track = rooms.find(room);
    if (track != rooms.end() && track->second.sequence.hasHole() &&
        track->second.sequence.position() == request->value) {
        // The missing event was not among them. A node may lag behind, so the question is asked once more.
        RoomSequencer &sequence = track->second.sequence;
        if (++track->second.emptyAnswers >= 2) {
            track->second.emptyAnswers = 0;
            const qint64 next = sequence.firstHeld();
            skipTo(room, next > 0 ? next - 1 : sequence.highest());
        } else {
            pauseFor(milliseconds(200));
        }
    }
    pump();
}

void RealtimeClient::Private::onRoomJoined(const QJsonObject &frame)
{
    const RoomId room = roomOf(frame);
    if (!isValidIdText(room.bytes()))
        return;
    takeRequests(Request::Kind::Join, room);
    const bool byCaller = pendingJoins.remove(room) && wanted.contains(room);
    serverRooms.insert(room);
    if (frame.value("last_seq"_L1).isDouble()) {
        const qint64 last = integer(frame, "last_seq"_L1);
        rooms[room].sequence.startAt(last);
        noteExists(room, last);
    }
    if (byCaller)
        announce([this, room, frame] { Q_EMIT q->roomJoined(room, frame); });
    pump();
}

void RealtimeClient::Private::onRoomLeft(const QJsonObject &frame)
{
    const RoomId room = roomOf(frame);
    takeRequests(Request::Kind::Leave, room);
    pendingLeaves.remove(room);
    wanted.remove(room);
    forgetRoom(room);
    announce([this, room] { Q_EMIT q->roomLeft(room); });
    pump();
}

void RealtimeClient::Private::onError(const QJsonObject &frame)
{
    const Error error = Protocol::errorFromProblem(frame, 0);
    const QByteArray ref = refOf(frame);
    if (!welcomeSeen) {
        if (error.code == Errc::Unauthenticated)
            streamClosed(4401, error.detail);
        else if (error.code == Errc::Forbidden)
            refused(error);
        else
            lost(error, error.retryAfter ? std::optional<milliseconds>(*error.retryAfter) : std::nullopt);
        return;
    }
    if (outbox.contains(ref))
        entryRefused(ref, error);
    else if (const std::optional<Request> request = takeRequest(ref))
        requestRefused(*request, error, ref);
    else
        announce([this, error, ref] { Q_EMIT q->errorReceived(error, ref); });
    pump();
}

void RealtimeClient::Private::onGoodbye(const QJsonObject &frame)
{
    const qint64 ms = integer(frame, "reconnect_after_ms"_L1);
    const milliseconds wait = std::clamp(milliseconds(ms), milliseconds(0), longestGoodbye);
    comeBackAt = clock.monotonic() + wait;
    goodbyeTimer.start(wait, [this] { // the server did not close by itself
        lost(Error(Errc::Unavailable, u"The server asked to come back later."_s), milliseconds(0));
    });
}

void RealtimeClient::Private::onTyping(const QJsonObject &frame)
{
    const UserId who = UserId::fromString(frame.value("user_id"_L1).toString());
    announce([this, room = roomOf(frame), who, is = frame.value("is_typing"_L1).toBool()] {
        Q_EMIT q->typing(room, who, is);
    });
}

void RealtimeClient::Private::onPresence(const QJsonObject &frame)
{
    const UserId who = UserId::fromString(frame.value("user_id"_L1).toString());
    announce([this, who, status = frame.value("status"_L1).toString()] { Q_EMIT q->presence(who, status); });
}

void RealtimeClient::Private::onTopic(const QJsonObject &frame)
{
    announce([this, name = frame.value("topic"_L1).toString().toUtf8(), data = frame.value("data"_L1).toObject()] {
        Q_EMIT q->topic(name, data);
    });
}

} // namespace Atom::Client
