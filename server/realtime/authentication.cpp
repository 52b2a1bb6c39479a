// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: who is who.
#include "server/realtime/realtimecore.h"

#include "server/identity/peeraddress.h"
#include "server/realtime/logging.h"
#include "shared/core/uuid.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

std::optional<OpeningRefusal> RealtimeServer::Private::check(const Opening &opening, const QHostAddress &) const
{
    if (draining)
        return OpeningRefusal{503, "unavailable", "The server is about to restart.", "Retry-After: 5\r\n"};
    if (opening.bearer.isEmpty())
        return std::nullopt;
    const Result<Actor> actor = sessions.verify(opening.bearer);
    if (!actor) {
        return OpeningRefusal{401, "unauthenticated", "The access token is not valid.",
                              "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"};
    }
    if (!opening.pathUser.isEmpty() && opening.pathUser != actor.value().user)
        return OpeningRefusal{403, "forbidden", "The path names another user than the token.", {}};
    return std::nullopt;
}

bool RealtimeServer::Private::identify(Connection &c, Actor actor)
{
    actor.device = DeviceId(c.id);
    actor.address = Identity::addressText(c.peerAddress);
    const UserId user = actor.user;
    QList<Connection *> &mine = byUser[user];
    if (settings.connectionsPerUser > 0 && mine.size() >= settings.connectionsPerUser) {
        Error error(Errc::RateLimited, u"This user has %1 connections already."_s.arg(mine.size()));
        error.retryAfter = seconds(30);
        sendError(c, error, {});
        c.close(CloseRateLimited, "too many connections");
        return false;
    }
    mine.append(&c);
    c.actor = std::move(actor);
    c.present = true;
    metrics.users.set(byUser.size());
    presence.connected(user, DeviceId(c.id));
    announceConnection(c, u"opened"_s);
    return true;
}

Result<void> RealtimeServer::Private::becomeGuest(Connection &c)
{
    if (!sessions.guestsAllowed(c.peerAddress))
        return Error(Errc::Unauthenticated, u"Say hello with an access token first."_s);
    const UserId name = c.pathUser.isEmpty() ? UserId("guest-" + randomHex(4)) : c.pathUser;
    Result<Actor> guest = sessions.guest(name, c.peerAddress);
    if (!guest)
        return std::move(guest.error());
    if (!identify(c, std::move(*guest)))
        return Error(Errc::RateLimited, u"Too many connections."_s);
    return {};
}

//! Takes the token of a hello. False: answered, maybe closed.
bool RealtimeServer::Private::acceptToken(Connection &c, const Protocol::ClientFrame &frame)
{
    Result<Actor> actor = sessions.verify(frame.token);
    const Result<Timestamp> expiry = sessions.expiryOf(frame.token);
    if (!actor || !expiry) {
        sendError(c, actor ? expiry.error() : actor.error(), frame.ref);
        return false;
    }
    if (!c.pathUser.isEmpty() && c.pathUser != actor->user) {
        sendError(c, Error(Errc::Forbidden, u"The path names another user than the token."_s), frame.ref);
        c.close(CloseForbidden, "the path names another user");
        return false;
    }
    if (c.actor && (c.actor->user != actor->user || c.actor->isGuest())) {
        sendError(c, Error(Errc::Conflict, u"This connection belongs to another user; open a new one."_s), frame.ref);
        return false;
    }
    c.tokenExpiry = *expiry;
    if (!c.actor)
        return identify(c, std::move(*actor));
    actor->device = DeviceId(c.id);
    actor->address = Identity::addressText(c.peerAddress);
    c.actor = std::move(*actor);
    return true;
}

void RealtimeServer::Private::hello(Connection &c, const Protocol::ClientFrame &frame)
{
    if (!frame.token.isEmpty()) {
        if (!acceptToken(c, frame))
            return;
    } else if (!c.actor) {
        if (const Result<void> guest = becomeGuest(c); !guest) {
            sendError(c, guest.error(), frame.ref);
            return;
        }
    }
    c.device = frame.device;
    welcome(c, frame);
}

void RealtimeServer::Private::welcome(Connection &c, const Protocol::ClientFrame &frame)
{
    c.greeted = true;
    const Actor actor = *c.actor;
    const Identity::StoredUser *const account = actor.isGuest() ? nullptr : users.find(actor.user);
    const QJsonObject user{{u"id"_s, actor.user.toString()},
                           {u"display_name"_s, account ? account->user.displayName : actor.user.toString()},
                           {u"role"_s, roleName(actor.role)}};
    QList<RoomId> listed;
    Greeting greeting;
    QHash<RoomId, qint64> wanted = frame.resume;
    QSet<RoomId> shown; // whose newest events are replayed because the device asked for a first look
    const QList<RoomId> mine = rooms.roomsOf(actor.user);
    if (frame.flag)
        shown = firstLook(actor.user, mine, wanted);
    for (const RoomId &id : mine) {
        const Rooms::RoomState *const state = rooms.find(id);
        Subscription *subscription = fanout.find(c, id);
        if (!state || !mayHear(actor, id) || (!subscription && !hasSpaceForRoom(c)))
            continue;
        listed.append(id);
        const auto resume = wanted.constFind(id);
        const bool resumed = resume != wanted.cend();
        const bool replayed = resumed || shown.contains(id);
        qint64 after = state->room.lastSeq;
        if (resumed)
            after = *resume;
        else if (replayed)
            after = std::max<qint64>(0, after - snapshotEvents);
        if (!subscription)
            subscription = &fanout.subscribe(c, id, std::min(after, state->room.lastSeq), replayed);
        else if (replayed && (subscription->holding || !resumed))
            continue; // being replayed since an earlier hello, or followed already
        if (replayed) {
            subscription->holding = true;
            greeting.resumes.append(Resume{id, after});
            greeting.replayAfter.insert(id, after);
            wanted.remove(id);
        }
    }
    QJsonArray list;
    for (const RoomId &id : std::as_const(listed)) {
        if (list.size() == roomsInOneFrame) {
            greeting.rooms = listed.mid(roomsInOneFrame);
            break;
        }
        list.append(roomFields(actor.user, *rooms.find(id), greeting.replayAfter));
    }
    const QJsonObject limits{{u"message_bytes"_s, settings.messageBytes},
                             {u"messages_per_second"_s, settings.messagesPerSecond},
                             {u"message_burst"_s, settings.messageBurst},
                             {u"frames_per_second"_s, settings.framesPerSecond},
                             {u"frame_burst"_s, settings.frameBurst},
                             {u"rooms"_s, settings.roomsPerConnection},
                             {u"resume_events"_s, resumeLimit},
                             {u"history_events"_s, historyPage},
                             {u"heartbeat_ms"_s, qint64(settings.heartbeat.count())}};
    const QJsonArray features{u"acks"_s,     u"edits"_s,   u"deletions"_s, u"receipts"_s, u"typing"_s,
                              u"presence"_s, u"history"_s, u"resume"_s,    u"topics"_s,
                              u"reactions"_s, u"pins"_s,   u"threads"_s,   u"acknowledgements"_s, u"counters"_s};
    const QJsonObject fields{{u"user"_s, user},
                             {u"device"_s, QString::fromUtf8(c.device.isEmpty() ? c.id : c.device)},
                             {u"connection"_s, QString::fromLatin1(c.id)},
                             {u"session"_s, actor.session.toString()},
                             {u"server_time"_s, toIso(clock.now())},
                             {u"protocol"_s, Protocol::realtimeProtocolVersion},
                             {u"features"_s, features},
                             {u"limits"_s, limits},
                             {u"rooms"_s, list},
                             {u"more_rooms"_s, !greeting.rooms.isEmpty()}};
    sendFields(c, "welcome", fields, frame.ref);
    QList<RoomId> lost = wanted.keys();
    std::sort(lost.begin(), lost.end());
    for (const RoomId &id : std::as_const(lost)) {
        if (fanout.find(c, id))
            continue;
        const QJsonObject left{{u"room_id"_s, id.toString()}, {u"timestamp"_s, toIso(clock.now())}};
        sendFields(c, "room_left", left, {});
    }
    if (frame.userState >= 0 && personal &&
        permissions.can(actor, Identity::Action::PersonalKeep, Identity::Object::ownedBy(actor.user)))
        greeting.userState = frame.userState;
    if (!greeting.rooms.isEmpty() || greeting.userState || !greeting.resumes.isEmpty())
        tasks.spawn(greet(&c, std::move(greeting)), "greeting");
}

//! Rooms whose newest events a new device is shown at once: where something is unread first.
QSet<RoomId> RealtimeServer::Private::firstLook(const UserId &user, const QList<RoomId> &mine,
                                                const QHash<RoomId, qint64> &resumed) const
{
    QSet<RoomId> look;
    for (const bool unread : {true, false}) {
        for (const RoomId &id : mine) {
            if (look.size() >= snapshotRooms)
                return look;
            if (!resumed.contains(id) && (rooms.counters(user, id).unread > 0) == unread)
                look.insert(id);
        }
    }
    return look;
}

QJsonObject RealtimeServer::Private::roomFields(const UserId &user, const Rooms::RoomState &state,
                                                const QHash<RoomId, qint64> &replayAfter) const
{
    const Rooms::Counters counters = rooms.counters(user, state.room.id);
    QJsonObject fields{{u"id"_s, state.room.id.toString()},
                       {u"name"_s, state.room.name},
                       {u"kind"_s, roomKindName(state.room.kind)},
                       {u"last_seq"_s, state.room.lastSeq},
                       {u"read_up_to"_s, state.members.value(user).readUpTo},
                       {u"unread"_s, counters.unread},
                       {u"mentions"_s, counters.mentions},
                       {u"seen_up_to"_s, counters.seenUpTo}};
    if (const auto after = replayAfter.constFind(state.room.id); after != replayAfter.cend())
        fields.insert(u"replay_after"_s, *after);
    return fields;
}

QCoro::Task<void> RealtimeServer::Private::greet(QPointer<Connection> c, Greeting greeting)
{
    for (qsizetype at = 0; at < greeting.rooms.size(); at += roomsInOneFrame) {
        if (c && c->backlog() > settings.outgoingBytes / 4) {
            const OneShot<bool> drainedAgain = c->whenDrained();
            co_await drainedAgain;
        }
        if (!c || !c->isOpen())
            co_return;
        QJsonArray list;
        const QList<RoomId> page = greeting.rooms.mid(at, roomsInOneFrame);
        for (const RoomId &id : page) {
            const Rooms::RoomState *const state = rooms.find(id);
            if (state && Fanout::find(*c, id)) // else left meanwhile, and told so
                list.append(roomFields(c->actor->user, *state, greeting.replayAfter));
        }
        const bool more = at + roomsInOneFrame < greeting.rooms.size();
        const QJsonObject fields{{u"rooms"_s, list}, {u"more_rooms"_s, more}};
        sendFields(*c, "rooms", fields, {});
    }
    if (greeting.userState)
        co_await sendUserState(c, *greeting.userState);
    co_await replayRooms(c, greeting.resumes);
}

void RealtimeServer::Private::onSessionEnded(const SessionId &session)
{
    QList<Connection *> ended;
    for (const auto &[c, owned] : connections) {
        if (c->actor && c->actor->session == session)
            ended.append(c);
    }
    for (Connection *c : std::as_const(ended))
        c->close(CloseUnauthenticated, "the session ended");
}

void RealtimeServer::Private::onUserChanged(const User &user)
{
    const QList<Connection *> mine = byUser.value(user.id);
    for (Connection *c : mine) {
        // A guest under this name: the name belongs to an account now.
        if (user.disabled || c->actor->isGuest()) {
            c->close(CloseForbidden, user.disabled ? "the account is disabled" : "the name belongs to an account");
            continue;
        }
        c->actor->role = user.role;
        c->actor->customRole = user.customRole;
        reviewConnection(*c);
    }
}

void RealtimeServer::Private::onStatusChanged(const UserId &user, const UserStatus &status)
{
    QJsonObject fields{{u"user_id"_s, user.toString()},
                       {u"text"_s, status.text},
                       {u"emoji"_s, status.emoji},
                       {u"do_not_disturb"_s, status.doNotDisturb}};
    if (status.expiresAt)
        fields.insert(u"expires_at"_s, toIso(*status.expiresAt));
    presenceFanout.send(user, FrameCodec::encodeText(Protocol::encodeFrame("user_status", fields)));
}

bool RealtimeServer::Private::mayHear(const Actor &actor, const RoomId &room) const
{
    const Rooms::RoomState *const state = rooms.find(room);
    return state && permissions.can(actor, Identity::Action::RoomRead, rooms.objectFor(actor, *state));
}

ConnectionSummary RealtimeServer::Private::summaryOf(const Connection &c) const
{
    ConnectionSummary s;
    s.id = c.id;
    if (c.actor) {
        s.user = c.actor->user;
        s.guest = c.actor->isGuest();
    }
    s.device = c.device;
    s.peer = c.peerAddress.toString();
    s.since = c.since;
    s.rooms = int(c.rooms.size());
    s.backlogBytes = c.backlog();
    return s;
}

void RealtimeServer::Private::announceConnection(const Connection &c, const QString &change)
{
    if (!topics.hasSubscribers("connections"))
        return;
    const QJsonObject data{{u"change"_s, change},
                           {u"id"_s, QString::fromLatin1(c.id)},
                           {u"user_id"_s, c.actor->user.toString()},
                           {u"guest"_s, c.actor->isGuest()},
                           {u"device"_s, QString::fromUtf8(c.device)},
                           {u"peer"_s, c.peerAddress.toString()},
                           {u"since"_s, toIso(c.since)},
                           {u"connections"_s, qint64(connections.size())}};
    topics.publish("connections", data);
}

} // namespace Atom::Realtime
