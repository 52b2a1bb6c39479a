// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/restsession.h"

#include "shared/client/httpcall.h"
#include "shared/client/logging.h"
#include "shared/core/jsonlimits.h"
#include "shared/core/uuid.h"
#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonDocument>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
// Deeper than what clients may send: runs and traces wrap values that people sent.
constexpr JsonLimits answerLimits{RestSession::answerLimitBytes, 64};

Error closedError()
{
    return Error(Errc::Cancelled, u"The client was closed."_s);
}

//! \brief A refusal of the refresh token itself, as opposed to a server that cannot answer now.
bool isRefusal(const Error &error)
{
    switch (error.code) {
    case Errc::MalformedRequest:
    case Errc::ValidationFailed:
    case Errc::Unauthenticated:
    case Errc::Forbidden:
    case Errc::NotFound:
    case Errc::Conflict:
        return true;
    case Errc::PayloadTooLarge:
    case Errc::RateLimited:
    case Errc::UpstreamFailed:
    case Errc::Unavailable:
    case Errc::DeadlineExceeded:
    case Errc::Cancelled:
    case Errc::Internal:
        return false;
    }
    return false;
}

Result<QJsonObject> decode(const HttpAnswer &answer)
{
    const bool ok = answer.status >= 200 && answer.status < 300;
    if (ok && answer.body.trimmed().isEmpty())
        return QJsonObject();
    Result<QJsonObject> object = parseJsonObject(answer.body, answerLimits);
    if (ok) {
        if (object)
            return object;
        return Error(Errc::UpstreamFailed, u"The server's answer cannot be read."_s, object.error().detail);
    }
    if (answer.status < 400)
        return Error(Errc::UpstreamFailed, u"The server's answer is not one of the API."_s,
                     u"HTTP status %1"_s.arg(answer.status));
    Error error = Protocol::errorFromProblem(object ? *object : QJsonObject(), answer.status);
    if (answer.status == 401) // also from a proxy that knows nothing of our codes
        error.code = Errc::Unauthenticated;
    if (!error.retryAfter)
        error.retryAfter = answer.retryAfter;
    return error;
}
} // namespace

RestSession::RestSession(QUrl baseUrl, Clock &clock, std::function<void(const Tokens &)> tokensChanged)
    : m_baseUrl(std::move(baseUrl)), m_clock(clock), m_tokensChanged(std::move(tokensChanged)),
      m_network(std::make_unique<QNetworkAccessManager>())
{
    m_network->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy); // never carry a token elsewhere
}

RestSession::~RestSession() = default;

void RestSession::close()
{
    if (std::exchange(m_closed, true))
        return;
    const Self self = shared_from_this(); // the last waiter may drop the last share
    m_tokensChanged = nullptr;
    const auto calls = std::exchange(m_calls, {});
    for (HttpCall *call : calls) {
        call->cancel();
        delete call;
    }
    m_network.reset();
    const auto waiters = std::exchange(m_waiters, {});
    for (const auto &waiter : waiters)
        waiter.resolve(closedError());
}

void RestSession::setTokens(Tokens tokens)
{
    m_tokens = std::move(tokens);
    if (m_tokensChanged)
        m_tokensChanged(Tokens(m_tokens)); // a copy: the receiver may set others
}

OneShot<Result<HttpAnswer>> RestSession::send(const RestRequest &request, const QByteArray &bearer, Deadline deadline)
{
    QUrl url = m_baseUrl;
    QString path = m_baseUrl.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + request.path, QUrl::DecodedMode);
    if (!request.query.isEmpty())
        url.setQuery(request.query);

    QNetworkRequest http(url);
    http.setRawHeader("Accept", "application/json, application/problem+json");
    http.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    if (!bearer.isEmpty())
        http.setRawHeader("Authorization", "Bearer " + bearer);
    if (!request.idempotencyKey.isEmpty())
        http.setRawHeader("Idempotency-Key", request.idempotencyKey);
    QByteArray body;
    if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        http.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        body = QJsonDocument(request.body).toJson(QJsonDocument::Compact);
    }
    QNetworkReply *reply = m_network->sendCustomRequest(http, request.method, body);
    auto *call = new HttpCall(reply, m_clock, deadline.remaining(m_clock), answerLimitBytes,
                              [weak = weak_from_this()](HttpCall *ended) {
                                  if (const Self self = weak.lock())
                                      self->m_calls.remove(ended);
                              });
    m_calls.insert(call);
    return call->done();
}

QCoro::Task<Result<QJsonObject>> RestSession::exchange(Self self, RestRequest request, QByteArray bearer,
                                                       Deadline deadline)
{
    if (self->m_closed)
        co_return closedError();
    if (deadline.hasPassed(self->m_clock))
        co_return Error(Errc::DeadlineExceeded, u"The server did not answer in time."_s);
    OneShot<Result<HttpAnswer>> done = self->send(request, bearer, deadline);
    Result<HttpAnswer> answer = co_await done;
    if (!answer)
        co_return std::move(answer.error());
    co_return decode(*answer);
}

QCoro::Task<Result<QJsonObject>> RestSession::callOpen(Self self, RestRequest request, milliseconds budget)
{
    if (self->m_closed)
        co_return closedError();
    const Deadline deadline = Deadline::after(self->m_clock, budget);
    request.idempotencyKey = newUuidV7(self->m_clock.now());
    co_return co_await exchange(self, std::move(request), QByteArray(), deadline);
}

QCoro::Task<Result<QJsonObject>> RestSession::call(Self self, RestRequest request, milliseconds budget)
{
    if (self->m_closed)
        co_return closedError();
    const Deadline deadline = Deadline::after(self->m_clock, budget);
    if (request.method != "GET")
        request.idempotencyKey = newUuidV7(self->m_clock.now());
    QByteArray bearer;
    if (!self->m_tokens.isEmpty()) {
        Result<QByteArray> token = co_await validToken(self, deadline);
        if (!token)
            co_return std::move(token.error());
        bearer = std::move(*token);
    }
    Result<QJsonObject> answer = co_await exchange(self, request, bearer, deadline);
    if (answer || answer.error().code != Errc::Unauthenticated || bearer.isEmpty() || self->m_closed)
        co_return answer;
    // Another call may have renewed the token while this one was under way.
    if (self->m_tokens.accessToken == bearer) {
        Result<void> renewed = co_await renew(self, deadline);
        if (!renewed)
            co_return std::move(renewed.error());
    }
    bearer = self->m_tokens.accessToken;
    if (bearer.isEmpty())
        co_return answer;
    co_return co_await exchange(self, std::move(request), bearer, deadline);
}

bool RestSession::isAboutToExpire() const
{
    return m_clock.now() + renewBefore >= m_tokens.accessExpiresAt;
}

QCoro::Task<Result<QByteArray>> RestSession::accessToken(Self self, milliseconds budget)
{
    if (self->m_closed)
        co_return closedError();
    const Deadline deadline = Deadline::after(self->m_clock, budget);
    co_return co_await validToken(self, deadline);
}

QCoro::Task<Result<QByteArray>> RestSession::validToken(Self self, Deadline deadline)
{
    if (self->m_closed)
        co_return closedError();
    if (self->m_tokens.isEmpty())
        co_return Error(Errc::Unauthenticated, u"Not signed in."_s);
    if (self->isAboutToExpire()) {
        Result<void> renewed = co_await renew(self, deadline);
        if (!renewed) {
            // Until it really expires the old token is better than none.
            const bool stillGood =
                !self->m_closed && !self->m_tokens.isEmpty() && self->m_clock.now() < self->m_tokens.accessExpiresAt;
            if (!stillGood)
                co_return std::move(renewed.error());
        }
    }
    co_return QByteArray(self->m_tokens.accessToken);
}

QCoro::Task<Result<void>> RestSession::renew(Self self, Deadline deadline)
{
    if (self->m_closed)
        co_return closedError();
    if (self->m_tokens.refreshToken.isEmpty())
        co_return Error(Errc::Unauthenticated, u"The session has expired; sign in again."_s);
    OneShot<Result<void>> done;
    self->m_waiters.push_back(done);
    // The waiter has its own deadline: the renewal, begun by another call, may take longer.
    QObject timerContext;
    const Clock::TimerId timer = self->m_clock.callAfter(deadline.remaining(self->m_clock), &timerContext, [done] {
        done.resolve(Error(Errc::DeadlineExceeded, u"The server did not answer in time."_s));
    });
    if (!self->m_renewing) {
        self->m_renewing = true;
        runRenewal(self); // ends by itself: with an answer, its deadline, or close()
    }
    Result<void> result = co_await done;
    self->m_clock.cancel(timer); // also on close(), which resumes us while the clock lives
    co_return result;
}

QCoro::Task<void> RestSession::runRenewal(Self self)
{
    const Tokens used = self->m_tokens;
    QJsonObject body;
    body.insert(u"refresh_token"_s, QString::fromLatin1(used.refreshToken));
    RestRequest request("POST", u"/api/v1/auth/refresh"_s, QUrlQuery(), body);
    Result<QJsonObject> answer = co_await callOpen(self, std::move(request), defaultBudget);
    if (self->m_closed)
        co_return; // close() answered the waiters
    self->m_renewing = false;
    Result<void> result;
    // Someone may have signed in or out meanwhile: then this answer is about a session that is gone.
    if (self->m_tokens.refreshToken == used.refreshToken) {
        Result<Tokens> tokens = answer ? self->tokensFrom(*answer, used) : Result<Tokens>(answer.error());
        if (tokens) {
            self->setTokens(std::move(*tokens));
        } else {
            result = tokens.error();
            if (isRefusal(tokens.error())) {
                qCInfo(lcClient) << "The session was not renewed:" << errcName(tokens.error().code);
                result =
                    Error(Errc::Unauthenticated, u"The session has expired; sign in again."_s, tokens.error().detail);
                self->setTokens(Tokens());
            }
        }
    }
    const auto waiters = std::exchange(self->m_waiters, {});
    for (const auto &waiter : waiters)
        waiter.resolve(result);
}

Result<Tokens> RestSession::tokensFrom(const QJsonObject &answer, const Tokens &known) const
{
    Tokens tokens = known;
    tokens.accessToken = answer.value("access_token"_L1).toString().toLatin1();
    const QByteArray refresh = answer.value("refresh_token"_L1).toString().toLatin1();
    const double expiresIn = answer.value("expires_in"_L1).toDouble();
    if (tokens.accessToken.isEmpty() || refresh.isEmpty() || expiresIn <= 0)
        return Error(Errc::UpstreamFailed, u"The server's answer cannot be read."_s, u"tokens are missing"_s);
    tokens.refreshToken = refresh;
    tokens.accessExpiresAt = m_clock.now() + seconds(qint64(std::min(expiresIn, 366.0 * 86'400)));
    const QString session = answer.value("session_id"_L1).toString();
    if (!session.isEmpty())
        tokens.session = SessionId::fromString(session);
    if (answer.contains("user"_L1)) {
        Result<User> user = Protocol::userFromJson(answer.value("user"_L1).toObject());
        if (!user)
            return Error(Errc::UpstreamFailed, u"The server's answer cannot be read."_s, user.error().detail);
        tokens.user = std::move(*user);
    }
    return tokens;
}

} // namespace Atom::Client
