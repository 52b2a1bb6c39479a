// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/realtimeclient.h"

#include "shared/client/realtimeclient_p.h"
#include "shared/core/uuid.h"

namespace Atom::Client {
using namespace Qt::StringLiterals;

RealtimeClient::Private::Private(RealtimeClient *owner, Settings s, TokenSource source, Clock &c,
                                 std::function<std::unique_ptr<FrameStream>()> make)
    : q(owner), settings(std::move(s)), tokens(std::move(source)), clock(c), makeStream(std::move(make)),
      retryTimer(c, owner), attemptTimer(c, owner), tickTimer(c, owner), pauseTimer(c, owner), goodbyeTimer(c, owner),
      graceTimer(c, owner), outbox(settings.outboxLimit, settings.window, settings.roomWindow)
{
}

RealtimeClient::RealtimeClient(Settings settings, TokenSource tokens, Clock &clock,
                               std::function<std::unique_ptr<FrameStream>()> makeStream, QObject *parent)
    : QObject(parent),
      d(std::make_unique<Private>(this, std::move(settings), std::move(tokens), clock, std::move(makeStream)))
{
}

RealtimeClient::~RealtimeClient()
{
    d->running = false;
    d->dropStream();
}

void RealtimeClient::start()
{
    if (d->running)
        return;
    d->running = true;
    d->triedFreshToken = false;
    d->settings.backoff.reset();
    d->startTicking();
    d->attempt();
}

void RealtimeClient::stop()
{
    d->running = false;
    ++d->attemptId;
    d->tickTimer.stop();
    d->retryTimer.stop();
    d->forgetConnection();
    d->setState(ConnectionState::Offline);
}

ConnectionState RealtimeClient::state() const
{
    return d->state;
}

const UserId &RealtimeClient::user() const
{
    return d->user;
}

Result<QByteArray> RealtimeClient::sendMessage(const RoomId &room, const QString &text, const QJsonObject &metadata,
                                               const MessageId &replyTo, bool mustAcknowledge)
{
    if (!isValidIdText(room.bytes()))
        return Error::invalid(u"/room_id"_s, u"The room's id is not valid."_s);
    if (d->outbox.isFull())
        return Error(Errc::Unavailable, u"Too many messages wait for the server."_s);
    OutboxEntry entry;
    entry.key = newUuidV7(d->clock.now());
    entry.room = room;
    entry.message = replyTo;
    entry.text = text;
    entry.metadata = metadata;
    entry.mustAcknowledge = mustAcknowledge;
    const QByteArray key = entry.key;
    d->outbox.append(std::move(entry));
    d->pump();
    return key;
}

int RealtimeClient::unacknowledged() const
{
    return d->outbox.size();
}

bool RealtimeClient::isQuiet() const
{
    return d->state == ConnectionState::Online && d->outbox.size() == 0 && d->requests.isEmpty() &&
           d->pendingUnread.isEmpty() && d->pendingDrafts.isEmpty();
}

void RealtimeClient::joinRoom(const RoomId &room)
{
    d->wanted.insert(room);
    d->pendingJoins.insert(room);
    d->pendingLeaves.remove(room);
    d->pump();
}

void RealtimeClient::leaveRoom(const RoomId &room)
{
    d->wanted.remove(room);
    d->pendingJoins.remove(room);
    d->pendingLeaves.insert(room);
    d->pump();
}

void RealtimeClient::setTyping(const RoomId &room, bool typing)
{
    if (d->state != ConnectionState::Online)
        return; // news of the moment: worthless later
    QJsonObject fields;
    fields.insert(u"room_id"_s, room.toString());
    fields.insert(u"is_typing"_s, typing);
    d->sendFrame("typing_indicator", std::move(fields));
}

void RealtimeClient::sendReceipt(const RoomId &room, qint64 upTo)
{
    Private::Receipt &receipt = d->receipts[room];
    if (upTo <= receipt.wanted)
        return;
    receipt.wanted = upTo;
    d->pump();
}

QByteArray RealtimeClient::editMessage(const RoomId &room, const MessageId &message, const QString &text)
{
    OutboxEntry entry;
    entry.kind = OutboxEntry::Kind::Edit;
    entry.room = room;
    entry.message = message;
    entry.text = text;
    return d->queueChange(std::move(entry));
}

namespace {
OutboxEntry markOf(RoomEventKind kind, const RoomId &room, const MessageId &message, const QString &text = {})
{
    OutboxEntry entry;
    entry.kind = OutboxEntry::Kind::Mark;
    entry.mark = kind;
    entry.room = room;
    entry.message = message;
    entry.text = text;
    return entry;
}
} // namespace

QByteArray RealtimeClient::react(const RoomId &room, const MessageId &message, const QString &reaction, bool take)
{
    const RoomEventKind kind = take ? RoomEventKind::ReactionRemoved : RoomEventKind::ReactionAdded;
    return d->queueChange(markOf(kind, room, message, reaction));
}

QByteArray RealtimeClient::pin(const RoomId &room, const MessageId &message, bool take)
{
    return d->queueChange(markOf(take ? RoomEventKind::Unpinned : RoomEventKind::Pinned, room, message));
}

QByteArray RealtimeClient::acknowledge(const RoomId &room, const MessageId &message)
{
    return d->queueChange(markOf(RoomEventKind::Acknowledged, room, message));
}

QByteArray RealtimeClient::deleteMessage(const RoomId &room, const MessageId &message, const QString &reason)
{
    OutboxEntry entry;
    entry.kind = OutboxEntry::Kind::Deletion;
    entry.room = room;
    entry.message = message;
    entry.text = reason;
    return d->queueChange(std::move(entry));
}

void RealtimeClient::subscribe(const QByteArray &topic)
{
    if (d->topics.contains(topic))
        return;
    d->topics.insert(topic);
    if (d->welcomeSeen) {
        QJsonObject fields;
        fields.insert(u"topic"_s, QString::fromUtf8(topic));
        fields.insert(u"ref"_s, QString::fromUtf8(topic.left(64)));
        d->sendFrame("subscribe", std::move(fields));
    }
}

void RealtimeClient::unsubscribe(const QByteArray &topic)
{
    if (!d->topics.remove(topic) || !d->welcomeSeen)
        return;
    QJsonObject fields;
    fields.insert(u"topic"_s, QString::fromUtf8(topic));
    fields.insert(u"ref"_s, QString::fromUtf8(topic.left(64)));
    d->sendFrame("unsubscribe", std::move(fields));
}

QHash<RoomId, qint64> RealtimeClient::positions() const
{
    QHash<RoomId, qint64> result;
    for (const auto &[room, track] : d->rooms) {
        if (track.sequence.isKnown())
            result.insert(room, track.sequence.position());
    }
    return result;
}

void RealtimeClient::setPositions(const QHash<RoomId, qint64> &positions)
{
    for (auto it = positions.cbegin(); it != positions.cend(); ++it) {
        if (isValidIdText(it.key().bytes()))
            d->rooms[it.key()].sequence.startAt(it.value());
    }
}

} // namespace Atom::Client
