// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/connectioncontroller.h"

#include "console/controllers/logging.h"
#include "console/controllers/pagestate.h"
#include "shared/core/deadline.h"

#include <QCoro/QCoroTask>

#include <QtNetwork/QHostAddress>

namespace Atom::Console {

using namespace Qt::StringLiterals;

ConnectionController::ConnectionController(Clock &clock, QByteArray device, MakeStream makeStream, QObject *parent)
    : QObject(parent), m_clock(clock), m_device(std::move(device)), m_makeStream(std::move(makeStream))
{
}

ConnectionController::~ConnectionController()
{
    m_clock.cancel(m_timer);
    dropClients(false);
}

Result<QUrl> ConnectionController::serverUrl(const QString &typed)
{
    QString text = typed.trimmed();
    if (text.isEmpty())
        return Error::invalid(u"/server"_s, tr("Enter the address of the server."));
    if (!text.contains(u"://"_s))
        text.prepend(u"http://"_s);
    QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return Error::invalid(u"/server"_s, tr("This is not an address. Example: http://127.0.0.1:5059"));
    if (url.scheme() != "http"_L1 && url.scheme() != "https"_L1)
        return Error::invalid(u"/server"_s, tr("The address must begin with http:// or https://."));
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return Error::invalid(u"/server"_s, tr("The address must hold nothing but the host and the port."));
    if (url.path() == "/"_L1)
        url.setPath({});
    return url;
}

bool ConnectionController::isExposed(const QUrl &server)
{
    const QHostAddress address(server.host());
    const bool local = server.host() == "localhost"_L1 || (!address.isNull() && address.isLoopback());
    return server.scheme() == "http"_L1 && !local;
}

void ConnectionController::signIn(const QString &server, const QString &user, const QString &password)
{
    if (m_phase == Phase::SigningIn || m_phase == Phase::CodeWanted || m_phase == Phase::SignedIn)
        return;
    const Result<QUrl> url = serverUrl(server);
    if (!url || user.trimmed().isEmpty() || password.isEmpty()) {
        setPhase(Phase::SignedOut, !url ? url.error().detail : tr("Enter your user name and your password."));
        return;
    }
    m_server = *url;
    m_api = std::make_unique<Client::ApiClient>(m_server, m_clock);
    m_sentCode = false;
    const quint64 attempt = ++m_attempt;
    setPhase(Phase::SigningIn);
    QCoro::connect(m_api->signIn(user.trimmed(), password, QString::fromLatin1(m_device)), this,
                   [this, attempt](Result<Client::Tokens> tokens) { onSignInAnswered(attempt, std::move(tokens)); });
}

void ConnectionController::sendCode(const QString &code)
{
    if (m_phase != Phase::CodeWanted)
        return;
    const QString typed = code.simplified().remove(u' '); // programs show "123 456"
    if (typed.isEmpty()) {
        setPhase(Phase::CodeWanted, tr("Enter the code."));
        return;
    }
    m_sentCode = true;
    const quint64 attempt = ++m_attempt;
    setPhase(Phase::SigningIn);
    QCoro::connect(m_api->completeSignIn(typed), this,
                   [this, attempt](Result<Client::Tokens> tokens) { onSignInAnswered(attempt, std::move(tokens)); });
}

void ConnectionController::onSignInAnswered(quint64 attempt, Result<Client::Tokens> tokens)
{
    if (attempt != m_attempt)
        return;
    if (tokens)
        onSignedIn(std::move(*tokens));
    else
        onSignInFailed(tokens.error());
}

void ConnectionController::onSignInFailed(const Error &error)
{
    qCInfo(lcConsole) << "sign-in failed:" << errcName(error.code) << error.cause;
    const bool codeWanted = std::any_of(error.fields.cbegin(), error.fields.cend(),
                                        [](const FieldError &field) { return field.pointer == "/code"_L1; });
    if (codeWanted && error.code == Errc::Unauthenticated) {
        setPhase(Phase::CodeWanted, m_sentCode ? tr("This code is wrong, too old or used already.") : QString());
        return;
    }
    retire(m_api.release()); // we are inside its own answer
    if (error.code == Errc::RateLimited && error.retryAfter) {
        m_until = m_clock.monotonic() + std::chrono::microseconds(*error.retryAfter);
        setPhase(Phase::Throttled);
        everySecond();
        return;
    }
    QString words = errorText(error);
    if (error.code == Errc::Unauthenticated)
        words = m_sentCode ? tr("The sign-in took too long or failed too often. Begin again.")
                           : tr("The user name or the password is wrong.");
    else if (error.code == Errc::Forbidden && !error.fields.isEmpty() && error.fields.first().pointer == "/enrolment"_L1)
        words = tr("Your role asks for one-time codes, and this account has none yet. Set them up by REST first, as the API"
                   " reference says at /api/v1/auth/sign-in/enrol; then sign in here.");
    else if (error.code == Errc::Forbidden)
        words = tr("This account is disabled or may not use the console.");
    else if (error.code == Errc::Unavailable)
        words = tr("No server answers at %1. Is it running, and is the address right?").arg(m_server.toString());
    else if (error.code == Errc::NotFound || error.code == Errc::UpstreamFailed)
        words = tr("What answers at %1 is not an Atom Chat server.").arg(m_server.toString());
    setPhase(Phase::SignedOut, words);
}

void ConnectionController::onSignedIn(Client::Tokens tokens)
{
    m_user = tokens.user;
    m_dataAt.reset();
    startRealtime();
    setPhase(Phase::SignedIn);
    Q_EMIT signedIn();
    m_realtime->start();
    everySecond();
}

void ConnectionController::startRealtime()
{
    Client::RealtimeClient::Settings settings;
    settings.url = m_server;
    settings.url.setScheme(m_server.scheme() == "https"_L1 ? u"wss"_s : u"ws"_s);
    settings.url.setPath(m_server.path() + u"/ws"_s);
    settings.device = m_device;
    Client::ApiClient *api = m_api.get();
    m_realtime = std::make_unique<Client::RealtimeClient>(
        settings, [api] { return api->accessToken(); }, m_clock, m_makeStream);
    connect(m_realtime.get(), &Client::RealtimeClient::stateChanged, this, [this](Client::ConnectionState state) {
        switch (state) {
        case Client::ConnectionState::Offline:
            m_link = m_link == Link::Waiting ? Link::Waiting : Link::Offline;
            break;
        case Client::ConnectionState::Connecting:
        case Client::ConnectionState::Resuming:
            m_link = Link::Connecting;
            break;
        case Client::ConnectionState::Online:
            m_link = Link::Online;
            break;
        }
        Q_EMIT linkChanged();
    });
    connect(m_realtime.get(), &Client::RealtimeClient::retryScheduled, this, [this](milliseconds delay, const Error &) {
        m_until = m_clock.monotonic() + std::chrono::microseconds(delay);
        m_link = Link::Waiting;
        Q_EMIT linkChanged();
    });
    connect(
        m_realtime.get(), &Client::RealtimeClient::unauthenticated, this,
        [this](const Error &) {
            if (m_phase != Phase::SignedIn)
                return;
            Q_EMIT aboutToSignOut();
            dropClients(false);
            setPhase(Phase::SignedOut, tr("The server ended your session. Sign in again."));
        },
        Qt::QueuedConnection); // not from within the client that is dropped
}

void ConnectionController::signOut()
{
    if (m_phase == Phase::SignedIn)
        Q_EMIT aboutToSignOut();
    ++m_attempt;
    dropClients(true);
    setPhase(Phase::SignedOut);
}

//! Ends a client soon, but never later than us: it uses our clock.
void ConnectionController::retire(QObject *client)
{
    if (!client)
        return;
    client->setParent(this);
    client->deleteLater();
}

void ConnectionController::dropClients(bool tellServer)
{
    if (m_realtime) {
        disconnect(m_realtime.get(), nullptr, this, nullptr);
        m_realtime->stop();
        retire(m_realtime.release());
    }
    m_link = Link::Offline;
    if (!m_api)
        return;
    Client::ApiClient *api = m_api.release();
    if (tellServer && !api->tokens().isEmpty()) {
        api->setParent(this); // in case the program ends before the answer
        QCoro::connect(api->signOut(), api, [api](const Result<void> &) { api->deleteLater(); });
    } else {
        retire(api);
    }
}

void ConnectionController::setPhase(Phase phase, const QString &problem)
{
    m_phase = phase;
    m_problem = problem;
    Q_EMIT phaseChanged();
}

void ConnectionController::noteData()
{
    m_dataAt = m_clock.monotonic();
}

std::optional<seconds> ConnectionController::dataAge() const
{
    if (!m_dataAt)
        return std::nullopt;
    return std::chrono::floor<seconds>(m_clock.monotonic() - *m_dataAt);
}

int ConnectionController::secondsLeft() const
{
    return int(std::chrono::ceil<seconds>(Deadline(m_until).remaining(m_clock)).count());
}

QString ConnectionController::linkText() const
{
    switch (m_link) {
    case Link::Offline:
        return tr("Offline");
    case Link::Connecting:
        return tr("Connecting…");
    case Link::Waiting: {
        const int left = secondsLeft();
        return left > 0 ? tr("Reconnecting in %1 s").arg(left) : tr("Reconnecting…");
    }
    case Link::Online:
        return tr("Online");
    }
    return {};
}

void ConnectionController::everySecond()
{
    m_clock.cancel(m_timer);
    m_timer = 0;
    if (m_phase == Phase::Throttled) {
        const int left = secondsLeft();
        if (left <= 0)
            setPhase(Phase::SignedOut);
        else
            setPhase(Phase::Throttled, tr("Too many attempts. You can try again in %1 s.").arg(left));
    }
    if (m_phase == Phase::SignedIn)
        Q_EMIT tick();
    if (m_phase == Phase::SignedIn || m_phase == Phase::Throttled)
        m_timer = m_clock.callAfter(milliseconds(1'000), this, [this] { everySecond(); });
}

} // namespace Atom::Console
