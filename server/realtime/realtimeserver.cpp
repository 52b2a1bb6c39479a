// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: life cycle, and what it tells about itself.
#include "server/realtime/realtimecore.h"

#include "server/realtime/logging.h"

#include <QtCore/QRandomGenerator>

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

namespace {
constexpr seconds sweepInterval{1};
constexpr milliseconds flushSlice{4};
constexpr qsizetype readBufferBytes = 64 * 1024;
} // namespace

RealtimeServer::Private::Private(RealtimeSettings s, Rooms::RoomService &roomService, Rooms::PresenceTracker &tracker,
                                 Identity::SessionService &sessionService, Identity::UserService &userService,
                                 const Identity::Permissions &rights, TraceSink &traces, Clock &time,
                                 MetricRegistry &registry)
    : settings(std::move(s)), rooms(roomService), presence(tracker), sessions(sessionService), users(userService),
      permissions(rights), clock(time), metrics(registry), readBuffer(readBufferBytes, Qt::Uninitialized),
      fanout(metrics, traces), presenceFanout(rooms, presence, fanout, pacer, clock), topics(roomService, permissions),
      typingTracker(time, settings.typingLifetime), handshakes(settings.origins, settings.handshakeTimeout, time)
{
    handshakes.setCheck([this](const Opening &opening, const QHostAddress &peer) { return check(opening, peer); });
    handshakes.setDone([this](OpeningHandshakes::Opened o) { opened(std::move(o)); });
    handshakes.setRefused([this](const OpeningRefusal &) { metrics.refused.add(); });
    connect(&rooms, &Rooms::RoomService::eventCommitted, this, &Private::onEvent);
    connect(&rooms, &Rooms::RoomService::countersChanged, this, &Private::onCounters);
    connect(&rooms, &Rooms::RoomService::joinRequestChanged, this, &Private::onJoinRequest);
    connect(&typingTracker, &Rooms::TypingTracker::changed, this, &Private::onTyping);
    connect(&sessions, &Identity::SessionService::sessionEnded, this, &Private::onSessionEnded);
    connect(&users, &Identity::UserService::userChanged, this, &Private::onUserChanged);
    connect(&users, &Identity::UserService::statusChanged, this, &Private::onStatusChanged);
    connect(&permissions, &Identity::Permissions::roleChanged, this, &Private::onRoleChanged);
    connect(&permissions, &Identity::Permissions::roomChanged, this, &Private::onRoomRulesChanged);
    connect(&permissions, &Identity::Permissions::glassChanged, this, &Private::onGlassChanged);
}

RealtimeServer::Private::~Private()
{
    if (sweepTimer)
        clock.cancel(sweepTimer);
    if (laterTimer)
        clock.cancel(laterTimer);
    while (!connections.empty()) {
        Connection &c = *connections.begin()->second;
        c.abort();
    }
}

void RealtimeServer::Private::opened(OpeningHandshakes::Opened o)
{
    metrics.upgraded.add();
    const Connection::Environment environment{*this, settings, clock, metrics, joiner, readBuffer};
    auto owned = std::make_unique<Connection>(environment, std::move(o.transport), std::move(o.leftover));
    Connection &c = *owned;
    connections.emplace(&c, std::move(owned));
    metrics.connections.set(qint64(connections.size()));
    c.pathUser = o.opening.pathUser;
    c.open(o.answer);
    if (draining) {
        c.close(CloseServiceRestart, "restart");
    } else if (!o.opening.bearer.isEmpty()) {
        // Looked at before the answer as well; what changed in the moment between shows now.
        Result<Actor> actor = sessions.verify(o.opening.bearer);
        const Result<Timestamp> expiry = sessions.expiryOf(o.opening.bearer);
        if (actor && expiry) {
            c.tokenExpiry = expiry.value();
            identify(c, std::move(*actor));
        }
    }
    c.startReading();
    scheduleSweep();
}

void RealtimeServer::Private::onDue(Connection &connection, Connection::When when)
{
    due[int(when)].connections.append(&connection);
    scheduleFlush(when);
}

void RealtimeServer::Private::scheduleFlush(Connection::When when)
{
    if (std::exchange(due[int(when)].isScheduled, true))
        return;
    const milliseconds wait = when == Connection::When::Later ? pacer.wait(clock.monotonic()) : milliseconds(0);
    if (wait.count() == 0) {
        QMetaObject::invokeMethod(
            this, [this, when] { flushDue(when); }, Qt::QueuedConnection);
        return;
    }
    laterTimer = clock.callAfter(wait, this, [this, when] {
        laterTimer = 0;
        flushDue(when);
    });
}

//! Writes to all that were due at its beginning; lets the loop look at what arrived when that takes long.
void RealtimeServer::Private::flushDue(Connection::When when)
{
    Due &now = due[int(when)];
    if (now.writing.isEmpty())
        now.writing.swap(now.connections);
    const Monotonic end = clock.monotonic() + flushSlice;
    int written = 0;
    while (!now.writing.isEmpty()) {
        if (++written % 64 == 0 && clock.monotonic() >= end) {
            QMetaObject::invokeMethod(
                this, [this, when] { flushDue(when); }, Qt::QueuedConnection);
            return;
        }
        now.writing.takeFirst()->flushAnnounced(when);
    }
    joiner.reset();
    now.isScheduled = false;
    if (!now.connections.isEmpty()) // since the beginning: they wait their time as well
        scheduleFlush(when);
}

void RealtimeServer::Private::onGone(Connection &connection)
{
    const auto it = connections.find(&connection);
    if (it == connections.end())
        return;
    Connection *const c = it->second.release();
    connections.erase(it);
    c->deleteLater();
    for (const Connection::When when : {Connection::When::Now, Connection::When::Later}) {
        Due &there = due[int(when)];
        if (c->isAnnounced(when) && !there.writing.removeOne(c))
            there.connections.removeOne(c);
    }
    fanout.unsubscribeAll(*c);
    topics.unsubscribeAll(*c);
    metrics.connections.set(qint64(connections.size()));
    if (c->actor) {
        const UserId user = c->actor->user;
        QList<Connection *> &mine = byUser[user];
        mine.removeOne(c);
        if (mine.isEmpty())
            byUser.remove(user);
        metrics.users.set(byUser.size());
        const DeviceId device(c->id);
        typingTracker.deviceGone(device);
        if (c->present)
            presence.disconnected(user, device);
        announceConnection(*c, u"closed"_s);
    }
    if (draining && connections.empty())
        drained.resolve(true);
}

void RealtimeServer::Private::scheduleSweep()
{
    if (sweepTimer || connections.empty())
        return;
    sweepTimer = clock.callAfter(sweepInterval, this, [this] {
        sweepTimer = 0;
        sweep();
        scheduleSweep();
    });
}

//! Deadlines of all connections by one timer: silence, what waits too long, tokens that expire, peers that never say
//! who they are.
void RealtimeServer::Private::sweep()
{
    const Monotonic now = clock.monotonic();
    const Timestamp wall = clock.now();
    // Most need nothing; those that do may go away with others, so they are looked up again.
    QList<Connection *> expired;
    QList<Connection *> toCheck;
    for (const auto &[c, owned] : connections) {
        if (c->tokenExpiry && *c->tokenExpiry <= wall)
            expired.append(c);
        else if (!c->actor && now - c->openedAt >= settings.helloTimeout && !sessions.guestsAllowed(c->peerAddress))
            expired.append(c);
        else if (c->needsHeartbeat(now) || c->hasBacklog())
            toCheck.append(c);
    }
    for (Connection *c : std::as_const(expired)) {
        if (connections.contains(c))
            c->close(CloseUnauthenticated, c->tokenExpiry ? "the token expired" : "no hello");
    }
    for (Connection *c : std::as_const(toCheck)) {
        if (connections.contains(c))
            c->checkBacklog(now);
        if (connections.contains(c))
            c->checkHeartbeat(now);
    }
}

void RealtimeServer::Private::sendError(Connection &c, const Error &error, const QByteArray &ref)
{
    if (!c.isOpen())
        return;
    metrics.errors.add();
    c.sendText(Protocol::encodeError(error, ref));
}

void RealtimeServer::Private::refuse(Connection &c, const Error &error, Protocol::ClientFrameType type,
                                     const RoomId &room, const QByteArray &ref)
{
    if (refusals && error.code == Errc::Forbidden && c.actor) {
        const QByteArray act = "realtime." + Protocol::clientFrameTypeName(type);
        refusals->refused(Audit::draftFor(*c.actor, act, "room", room.bytes(), clock.now()));
    }
    sendError(c, error, ref);
    if (error.code == Errc::RateLimited)
        countRefusal(c);
}

void RealtimeServer::Private::sendFields(Connection &c, const QByteArray &type, const QJsonObject &fields,
                                         const QByteArray &ref)
{
    if (c.isOpen())
        c.sendText(Protocol::encodeFrame(type, fields, ref));
}

RealtimeServer::RealtimeServer(RealtimeSettings settings, Rooms::RoomService &rooms, Rooms::PresenceTracker &presence,
                               Identity::SessionService &sessions, Identity::UserService &users,
                               const Identity::Permissions &permissions, TraceSink &traces, Clock &clock,
                               MetricRegistry &metrics)
    : d(std::make_unique<Private>(std::move(settings), rooms, presence, sessions, users, permissions, traces, clock,
                                  metrics))
{
}

RealtimeServer::~RealtimeServer() = default;

void RealtimeServer::serve(Rooms::PersonalService &personal)
{
    d->personal = &personal;
    connect(&personal, &Rooms::PersonalService::changed, d.get(), &Private::onPersonal);
}

void RealtimeServer::recordRefusals(Audit::RefusalSink &sink)
{
    d->refusals = &sink;
}

void RealtimeServer::accept(Net::UpgradeRequest request)
{
    d->handshakes.begin(std::move(request));
}

RealtimeStats RealtimeServer::stats() const
{
    RealtimeStats stats;
    stats.connections = int(d->connections.size());
    for (const QList<Connection *> &mine : std::as_const(d->byUser))
        stats.authenticated += int(mine.size());
    stats.users = int(d->byUser.size());
    stats.rooms = d->fanout.roomCount();
    stats.framesIn = d->metrics.framesIn.value();
    stats.framesOut = d->metrics.framesOut.value();
    stats.bytesIn = d->metrics.bytesIn.value();
    stats.bytesOut = d->metrics.bytesOut.value();
    stats.slowClosed = d->metrics.slowClosed.value();
    stats.errorsSent = d->metrics.errors.value();
    return stats;
}

QList<ConnectionSummary> RealtimeServer::connections() const
{
    QList<ConnectionSummary> list;
    list.reserve(qsizetype(d->connections.size()));
    for (const auto &[c, owned] : d->connections)
        list.append(d->summaryOf(*c));
    std::sort(list.begin(), list.end(), [](const ConnectionSummary &a, const ConnectionSummary &b) {
        return a.since != b.since ? a.since < b.since : a.id < b.id;
    });
    return list;
}

QList<UserId> RealtimeServer::usersInRoom(const RoomId &room) const
{
    return d->fanout.users(room);
}

int RealtimeServer::sendToUser(const UserId &user, const QJsonObject &message)
{
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame("system_message", message));
    int reached = 0;
    const QList<Connection *> mine = d->byUser.value(user);
    for (Connection *c : mine) {
        reached += c->isOpen() ? 1 : 0;
        c->sendFrame(frame);
    }
    return reached;
}

void RealtimeServer::notify(const UserId &user, const QByteArray &type, const QJsonObject &fields)
{
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame(type, fields));
    const QList<Connection *> mine = d->byUser.value(user);
    for (Connection *c : mine) {
        if (c->isOpen() && c->greeted)
            c->sendFrame(frame);
    }
}

int RealtimeServer::broadcastToRoom(const RoomId &room, const QJsonObject &message)
{
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame("system_message", message));
    return d->fanout.sendToRoom(room, frame, Connection::Priority::Delivery, {});
}

void RealtimeServer::publish(const QByteArray &topic, const QJsonObject &data)
{
    d->topics.publish(topic, data);
}

bool RealtimeServer::hasSubscribers(const QByteArray &topic) const
{
    return d->topics.hasSubscribers(topic);
}

QList<QByteArray> RealtimeServer::topicNames()
{
    return Topics::names();
}

QCoro::Task<void> RealtimeServer::drain(milliseconds spread, milliseconds limit)
{
    if (!d->draining) {
        d->draining = true;
        QList<Connection *> all;
        for (const auto &[c, owned] : d->connections)
            all.append(c);
        for (Connection *c : std::as_const(all)) {
            if (!d->connections.contains(c))
                continue;
            const qint64 wait = QRandomGenerator::global()->bounded(qint64(spread.count()) + 1);
            const QJsonObject fields{{u"reason"_s, u"restart"_s}, {u"reconnect_after_ms"_s, wait}};
            d->sendFields(*c, "goodbye", fields, {});
            c->close(CloseServiceRestart, "restart");
        }
        if (d->connections.empty())
            d->drained.resolve(true);
        const OneShot<bool> drained = d->drained;
        std::function<void()> timeUp = [drained] { drained.resolve(false); };
        d->clock.callAfter(limit, d.get(), std::move(timeUp));
    }
    const OneShot<bool> drained = d->drained;
    if (!drained.isResolved())
        co_await drained;
    while (!d->connections.empty()) {
        Connection &c = *d->connections.begin()->second;
        c.abort();
    }
    co_await d->tasks.close();
}

} // namespace Atom::Realtime
