// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient: attempts to connect, the opening, the end of a connection, and how silence and sleep are noticed.
#include "shared/client/logging.h"
#include "shared/client/realtimeclient_p.h"
#include "shared/protocol/realtimeframes.h"

#include <exception>

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds openingTimeout{15'000}; // token, handshake and welcome together
constexpr milliseconds tickInterval{5'000};
constexpr milliseconds sleepNoticed{10'000}; // wall clock ahead of the monotonic one within one tick
constexpr milliseconds probeTimeout{5'000};
constexpr milliseconds freshTokenAgainAfter{60'000};
constexpr milliseconds limitedFloor{15'000};
constexpr int resumedRoomsAtMost = 1'000; // of `hello`; the others catch up by history

enum CloseCode { Unauthenticated = 4401, Forbidden = 4403, Slow = 4408, Limited = 4429, Restart = 1012 };
} // namespace

void RealtimeClient::Private::setState(ConnectionState next)
{
    if (state == next)
        return;
    state = next;
    announce([this, next] { Q_EMIT q->stateChanged(next); });
}

void RealtimeClient::Private::attempt()
{
    const quint64 mine = ++attemptId;
    retryTimer.stop();
    comeBackAt.reset();
    attemptTimer.start(openingTimeout,
                       [this] { lost(Error(Errc::Unavailable, u"The server did not answer in time."_s)); });
    setState(ConnectionState::Connecting);
    if (!running || attemptId != mine)
        return; // a slot stopped us
    if (tokens)
        fetchToken(q, tokens, mine); // guards itself: it may end after this object
    else
        tokenArrived(QByteArray());
}

QCoro::Task<void> RealtimeClient::Private::fetchToken(QPointer<RealtimeClient> client, TokenSource source, quint64 mine)
{
    Result<QByteArray> token;
    try {
        token = co_await source();
    } catch (const std::exception &e) {
        token = Error(Errc::Internal, u"The access token could not be made."_s, QString::fromUtf8(e.what()));
    }
    if (client && client->d->attemptId == mine && client->d->running)
        client->d->tokenArrived(std::move(token));
}

void RealtimeClient::Private::tokenArrived(Result<QByteArray> token)
{
    if (!token) {
        const Error error = token.error();
        if (error.code == Errc::Unauthenticated || error.code == Errc::Forbidden)
            refused(error);
        else
            lost(error);
        return;
    }
    helloToken = std::move(*token);
    stream = makeStream();
    const quint64 mine = attemptId;
    const auto current = [this, mine] { return running && attemptId == mine; };
    QObject::connect(stream.get(), &FrameStream::opened, q, [this, current] {
        if (current())
            sendHello();
    });
    QObject::connect(stream.get(), &FrameStream::received, q, [this, current](const QByteArray &text) {
        if (current())
            frameArrived(text);
    });
    QObject::connect(stream.get(), &FrameStream::closed, q, [this, current](int code, const QString &reason) {
        if (current())
            streamClosed(code, reason);
    });
    stream->open(settings.url);
}

void RealtimeClient::Private::sendHello()
{
    lastFrameAt = clock.monotonic();
    QJsonObject resume;
    for (auto &[room, track] : rooms) {
        const bool resumed = track.sequence.isKnown() && resume.size() < resumedRoomsAtMost;
        track.claimed = resumed ? track.sequence.position() : -1;
        if (resumed)
            resume.insert(room.toString(), track.claimed);
    }
    QJsonObject hello;
    if (!helloToken.isEmpty())
        hello.insert(u"token"_s, QString::fromLatin1(helloToken));
    helloToken.clear();
    hello.insert(u"protocol"_s, Protocol::realtimeProtocolVersion);
    hello.insert(u"device"_s, QString::fromUtf8(settings.device));
    hello.insert(u"resume"_s, resume);
    if (settings.snapshot)
        hello.insert(u"snapshot"_s, true);
    hello.insert(u"user_state"_s, stateVersion);
    stateComplete = false;
    roomsPending = false;
    hello.insert(u"ref"_s, u"hello"_s);
    sendFrame("hello", std::move(hello));
}

void RealtimeClient::Private::goOnline()
{
    attemptTimer.stop();
    settings.backoff.reset();
    onlineSince = clock.monotonic();
    setState(ConnectionState::Online);
    pump();
}

void RealtimeClient::Private::streamClosed(int code, const QString &reason)
{
    QString text = u"The connection was closed (%1)."_s.arg(code);
    if (!reason.isEmpty())
        text = reason;
    switch (code) {
    case Unauthenticated:
        if (!triedFreshToken && tokens) {
            triedFreshToken = true;
            forgetConnection();
            attempt();
            return;
        }
        refused(Error(Errc::Unauthenticated, text));
        return;
    case Forbidden:
        refused(Error(Errc::Forbidden, text));
        return;
    case Limited:
        lost(Error(Errc::RateLimited, text), std::max(limitedFloor, settings.backoff.next() * 4));
        return;
    case Slow:
    case Restart:
    default:
        break;
    }
    const Error error(Errc::Unavailable, text, u"close code %1"_s.arg(code));
    if (comeBackAt) {
        const auto left = std::chrono::ceil<milliseconds>(*comeBackAt - clock.monotonic());
        lost(error, std::max(left, milliseconds(0)));
    } else {
        lost(error);
    }
}

void RealtimeClient::Private::lost(const Error &error, std::optional<milliseconds> delay)
{
    ++attemptId;
    forgetConnection();
    if (!running)
        return;
    const milliseconds wait = delay ? *delay : settings.backoff.next();
    retryTimer.start(wait, [this] { attempt(); });
    qCDebug(lcClient) << "Connection lost:" << error.detail << error.cause << "next attempt in" << wait.count() << "ms";
    setState(ConnectionState::Offline);
    announce([this, wait, error] { Q_EMIT q->retryScheduled(wait, error); });
}

void RealtimeClient::Private::refused(const Error &error)
{
    q->stop();
    announce([this, error] { Q_EMIT q->unauthenticated(error); });
}

void RealtimeClient::Private::forgetConnection()
{
    attemptTimer.stop();
    goodbyeTimer.stop();
    graceTimer.stop();
    pauseTimer.stop();
    dropStream();
    helloToken.clear();
    welcomeSeen = false;
    pingOut = false;
    probeUntil.reset();
    awaiting.clear();
    requests.clear();
    asked.clear();
    outbox.connectionLost();
}

void RealtimeClient::Private::dropStream()
{
    if (!stream)
        return;
    FrameStream *old = stream.release(); // may be the sender of the signal we are in
    old->disconnect(q);
    old->close();
    old->deleteLater();
}

void RealtimeClient::Private::startTicking()
{
    tickWall = clock.now();
    tickMonotonic = clock.monotonic();
    tickTimer.start(std::min(tickInterval, std::max(settings.heartbeat / 2, milliseconds(1))), [this] {
        tick();
        if (running)
            startTicking();
    });
}

void RealtimeClient::Private::tick()
{
    noticeSleep();
    if (!running || !stream || !welcomeSeen)
        return; // the opening has its own time-out
    const Monotonic now = clock.monotonic();
    if (probeUntil && now >= *probeUntil) {
        lost(Error(Errc::Unavailable, u"The connection did not survive a sleep."_s), milliseconds(0));
        return;
    }
    const auto silence = now - lastFrameAt;
    if (silence >= settings.giveUp && pingOut) {
        lost(Error(Errc::Unavailable, u"The server has been silent for too long."_s));
        return;
    }
    checkAnswers();
    if (!stream)
        return;
    if (silence >= settings.heartbeat && !pingOut) {
        pingOut = true;
        sendFrame("ping", {});
    }
    if (state == ConnectionState::Online && now - onlineSince >= freshTokenAgainAfter)
        triedFreshToken = false;
    pump();
}

void RealtimeClient::Private::noticeSleep()
{
    const auto wall = clock.now() - tickWall;
    const auto monotonic = clock.monotonic() - tickMonotonic;
    if (wall - monotonic < sleepNoticed)
        return;
    qCDebug(lcClient) << "The clock jumped ahead: probably a sleep";
    if (retryTimer.isActive()) {
        settings.backoff.reset();
        attempt();
    } else if (welcomeSeen && !probeUntil) {
        pingOut = true;
        probeUntil = clock.monotonic() + probeTimeout;
        sendFrame("ping", {});
    }
}

//! A server that talks but does not answer what we asked: only a new connection tells what became of it.
void RealtimeClient::Private::checkAnswers()
{
    const Monotonic now = clock.monotonic();
    bool overdue = !awaiting.isEmpty() && now - lastResumeAt >= settings.giveUp;
    if (const auto oldest = outbox.oldestInFlight())
        overdue = overdue || now - *oldest >= settings.giveUp;
    for (const Request &request : std::as_const(requests))
        overdue = overdue || now - request.sentAt >= settings.giveUp;
    if (overdue)
        lost(Error(Errc::Unavailable, u"The server left a request unanswered."_s));
}

} // namespace Atom::Client
