// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient: what we ask the server and send to it, when, and what becomes of a refusal.
#include "shared/client/logging.h"
#include "shared/client/realtimeclient_p.h"
#include "shared/core/uuid.h"

#include <QtCore/QJsonDocument>

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
constexpr int historyPage = 200;
constexpr int asksAtOnce = 8;            // rooms whose holes are being filled
constexpr milliseconds ownAckGrace{250}; // an acknowledgement of ours may be the missing event, just behind
constexpr milliseconds defaultPause{1'000};
constexpr milliseconds longestPause{300'000};

//! \brief A refusal that time heals.
bool isForNow(const Error &error)
{
    switch (error.code) {
    case Errc::RateLimited:
    case Errc::Unavailable:
    case Errc::DeadlineExceeded:
    case Errc::Cancelled:
        return true;
    case Errc::MalformedRequest:
    case Errc::ValidationFailed:
    case Errc::Unauthenticated:
    case Errc::Forbidden:
    case Errc::NotFound:
    case Errc::Conflict:
    case Errc::PayloadTooLarge:
    case Errc::UpstreamFailed:
    case Errc::Internal:
        return false;
    }
    return false;
}

milliseconds pauseOf(const Error &error)
{
    if (!error.retryAfter)
        return defaultPause;
    return std::clamp(milliseconds(*error.retryAfter), milliseconds(100), longestPause);
}
} // namespace

void RealtimeClient::Private::sendFrame(const char *type, QJsonObject fields)
{
    if (!stream)
        return;
    fields.insert(u"type"_s, QString::fromLatin1(type));
    stream->send(QJsonDocument(fields).toJson(QJsonDocument::Compact));
}

QByteArray RealtimeClient::Private::ask(Request::Kind kind, const RoomId &room, qint64 value, const QString &text)
{
    const QByteArray ref = "r" + QByteArray::number(nextRef++);
    Request request;
    request.kind = kind;
    request.room = room;
    request.value = value;
    request.text = text;
    request.sentAt = clock.monotonic();
    requests.insert(ref, request);
    asked.emplace(kind, room);
    QJsonObject fields;
    fields.insert(u"room_id"_s, room.toString());
    fields.insert(u"ref"_s, QString::fromLatin1(ref));
    switch (kind) {
    case Request::Kind::Join:
        sendFrame("join_room", std::move(fields));
        break;
    case Request::Kind::Leave:
        sendFrame("leave_room", std::move(fields));
        break;
    case Request::Kind::History:
        fields.insert(u"after"_s, value);
        fields.insert(u"limit"_s, historyPage);
        sendFrame("history", std::move(fields));
        break;
    case Request::Kind::Receipt:
        fields.insert(u"up_to"_s, value);
        sendFrame("read_receipt", std::move(fields));
        break;
    case Request::Kind::Unread:
        fields.insert(u"from"_s, value);
        sendFrame("mark_unread", std::move(fields));
        break;
    case Request::Kind::Draft:
        fields.insert(u"message"_s, text);
        sendFrame("draft", std::move(fields));
        break;
    }
    return ref;
}

bool RealtimeClient::Private::isAsked(Request::Kind kind, const RoomId &room) const
{
    return asked.contains({kind, room});
}

std::optional<RealtimeClient::Private::Request> RealtimeClient::Private::takeRequest(const QByteArray &ref)
{
    const auto found = requests.constFind(ref);
    if (found == requests.cend())
        return std::nullopt;
    const Request request = *found;
    requests.erase(found);
    asked.erase({request.kind, request.room});
    return request;
}

void RealtimeClient::Private::takeRequests(Request::Kind kind, const RoomId &room)
{
    if (!asked.erase({kind, room}))
        return;
    requests.removeIf(
        [&](const QHash<QByteArray, Request>::iterator it) { return it->kind == kind && it->room == room; });
}

void RealtimeClient::Private::pump()
{
    if (!welcomeSeen || comeBackAt || pauseTimer.isActive())
        return;
    pumpJoins();
    pumpLeaves();
    pumpReceipts();
    pumpPrivate();
    pumpHoles();
    pumpOutbox();
}

void RealtimeClient::Private::pauseFor(milliseconds delay)
{
    if (!pauseTimer.isActive())
        pauseTimer.start(delay, [this] { pump(); });
}

void RealtimeClient::Private::pumpJoins()
{
    const QSet<RoomId> due = pendingJoins;
    for (const RoomId &room : due) {
        if (!isAsked(Request::Kind::Join, room))
            ask(Request::Kind::Join, room);
    }
}

void RealtimeClient::Private::pumpLeaves()
{
    const QSet<RoomId> due = pendingLeaves;
    for (const RoomId &room : due) {
        if (!isAsked(Request::Kind::Leave, room))
            ask(Request::Kind::Leave, room);
    }
}

void RealtimeClient::Private::pumpReceipts()
{
    for (const auto &[room, receipt] : receipts) {
        // One at a time: those that come meanwhile collapse into the newest.
        if (receipt.wanted > receipt.confirmed && takesMessages(room) && !isAsked(Request::Kind::Receipt, room))
            ask(Request::Kind::Receipt, room, receipt.wanted);
    }
}

void RealtimeClient::Private::pumpHoles()
{
    if (!welcomeSeen || comeBackAt || pauseTimer.isActive())
        return;
    if (holes.empty())
        return;
    auto underWay = std::count_if(requests.cbegin(), requests.cend(),
                                  [](const Request &request) { return request.kind == Request::Kind::History; });
    const Monotonic now = clock.monotonic();
    for (const RoomId &room : holes) {
        const auto track = rooms.find(room);
        if (underWay >= asksAtOnce)
            return;
        if (track == rooms.end() || awaiting.contains(room) || isAsked(Request::Kind::History, room))
            continue;
        const bool ownMayCome = outbox.hasInFlight(room) || isAsked(Request::Kind::Receipt, room);
        if (ownMayCome && now - track->second.holeSince < ownAckGrace) {
            if (!graceTimer.isActive())
                graceTimer.start(ownAckGrace, [this] { pumpHoles(); });
            continue;
        }
        ask(Request::Kind::History, room, track->second.sequence.position());
        ++underWay;
    }
}

//! A room whose replay or join is under way: what we send now could be refused, or repeat what the replay will show.
bool RealtimeClient::Private::takesMessages(const RoomId &room) const
{
    return !roomsPending && !awaiting.contains(room) && !pendingJoins.contains(room);
}

void RealtimeClient::Private::pumpOutbox()
{
    const QList<OutboxEntry> due =
        outbox.takeSendable([this](const RoomId &room) { return takesMessages(room); }, clock.monotonic());
    for (const OutboxEntry &entry : due) {
        QJsonObject fields;
        const QString key = QString::fromLatin1(entry.key);
        fields.insert(u"ref"_s, key);
        fields.insert(u"room_id"_s, entry.room.toString());
        switch (entry.kind) {
        case OutboxEntry::Kind::Message:
            fields.insert(u"client_id"_s, key);
            fields.insert(u"message"_s, entry.text);
            if (!entry.message.isEmpty())
                fields.insert(u"reply_to"_s, entry.message.toString());
            if (!entry.metadata.isEmpty())
                fields.insert(u"metadata"_s, entry.metadata);
            if (entry.mustAcknowledge)
                fields.insert(u"must_acknowledge"_s, true);
            sendFrame("chat_message", std::move(fields));
            break;
        case OutboxEntry::Kind::Edit:
            fields.insert(u"id"_s, entry.message.toString());
            fields.insert(u"message"_s, entry.text);
            sendFrame("edit_message", std::move(fields));
            break;
        case OutboxEntry::Kind::Deletion:
            fields.insert(u"id"_s, entry.message.toString());
            if (!entry.text.isEmpty())
                fields.insert(u"reason"_s, entry.text);
            sendFrame("delete_message", std::move(fields));
            break;
        case OutboxEntry::Kind::Mark:
            fields.insert(u"id"_s, entry.message.toString());
            if (entry.mark == RoomEventKind::Acknowledged) {
                sendFrame("acknowledge", std::move(fields));
                break;
            }
            if (entry.mark == RoomEventKind::ReactionRemoved || entry.mark == RoomEventKind::Unpinned)
                fields.insert(u"remove"_s, true);
            if (entry.mark == RoomEventKind::Pinned || entry.mark == RoomEventKind::Unpinned) {
                sendFrame("pin", std::move(fields));
                break;
            }
            fields.insert(u"reaction"_s, entry.text);
            sendFrame("react", std::move(fields));
            break;
        }
    }
}

QByteArray RealtimeClient::Private::queueChange(OutboxEntry entry)
{
    std::optional<Error> error;
    if (!isValidIdText(entry.room.bytes()) || !isValidIdText(entry.message.bytes()))
        error = Error::invalid(u"/id"_s, u"The room's or the message's id is not valid."_s);
    else if (outbox.isFull())
        error = Error(Errc::Unavailable, u"Too many messages wait for the server."_s);
    if (error) {
        announce([this, error = *error] { Q_EMIT q->errorReceived(error, QByteArray()); });
        return {};
    }
    entry.key = newUuidV7(clock.now());
    const QByteArray key = entry.key;
    outbox.append(std::move(entry));
    pump();
    return key;
}

void RealtimeClient::Private::entryRefused(const QByteArray &key, const Error &error)
{
    if (isForNow(error)) {
        outbox.sendAgain(key);
        pauseFor(pauseOf(error));
        return;
    }
    if (error.code == Errc::Unauthenticated) {
        // The session ended, not the message: a fresh token may still carry it.
        streamClosed(4401, error.detail);
        return;
    }
    const std::optional<OutboxEntry> entry = outbox.take(key);
    if (entry && entry->kind == OutboxEntry::Kind::Message)
        announce([this, key, error] { Q_EMIT q->messageRefused(key, error); });
    else
        announce([this, error, key] { Q_EMIT q->errorReceived(error, key); });
}

void RealtimeClient::Private::requestRefused(const Request &request, const Error &error, const QByteArray &ref)
{
    if (isForNow(error)) {
        pauseFor(pauseOf(error)); // what is still due is asked again
        return;
    }
    const RoomId room = request.room;
    switch (request.kind) {
    case Request::Kind::Join:
        pendingJoins.remove(room);
        wanted.remove(room);
        break;
    case Request::Kind::Leave:
        pendingLeaves.remove(room);
        if (error.code == Errc::NotFound || error.code == Errc::Forbidden) {
            forgetRoom(room); // we are not in it: that is what was wanted
            announce([this, room] { Q_EMIT q->roomLeft(room); });
            return;
        }
        break;
    case Request::Kind::Receipt:
        receipts.erase(room);
        break;
    case Request::Kind::Unread:
        pendingUnread.remove(room);
        break;
    case Request::Kind::Draft:
        pendingDrafts.remove(room);
        break;
    case Request::Kind::History:
        if (const auto track = rooms.find(room); track != rooms.end()) {
            const qint64 next = track->second.sequence.firstHeld();
            skipTo(room, next > 0 ? next - 1 : track->second.sequence.highest());
        }
        break;
    }
    announce([this, error, ref] { Q_EMIT q->errorReceived(error, ref); });
}

} // namespace Atom::Client
