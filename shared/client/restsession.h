// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/credentials.h"
#include "shared/core/clock.h"
#include "shared/core/deadline.h"
#include "shared/core/oneshot.h"

#include <QCoro/QCoroTask>

#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <functional>
#include <memory>
#include <vector>

class QNetworkAccessManager;

namespace Atom::Client {

class HttpCall;

//! \brief One request as the session sends it; sent again after a renewal with the same idempotency key.
struct RestRequest
{
    QByteArray method;
    QString path; //!< decoded, from the root of the server, for example "/api/v1/rooms"
    QUrlQuery query;
    QJsonObject body;          //!< sent by POST, PUT and PATCH
    QByteArray idempotencyKey; //!< for writes
    // A constructor, because GCC 12 destroys aggregates twice that are built next to a co_await.
    RestRequest(QByteArray requestMethod, QString requestPath, QUrlQuery requestQuery = {},
                QJsonObject requestBody = {})
        : method(std::move(requestMethod)), path(std::move(requestPath)), query(std::move(requestQuery)),
          body(std::move(requestBody))
    {
    }
};

struct HttpAnswer
{
    int status = 0;
    QByteArray body;
    std::optional<seconds> retryAfter;
};

//! \brief What is behind an ApiClient: HTTP calls, tokens and their renewal.
//!
//! The coroutines hold a share of it, so it may outlive its client: close() ends them all with Cancelled, at once.
class RestSession : public std::enable_shared_from_this<RestSession>
{
public:
    using Self = std::shared_ptr<RestSession>;
    static constexpr qint64 answerLimitBytes = 16 * 1024 * 1024;
    static constexpr milliseconds defaultBudget{15'000};
    static constexpr seconds renewBefore{30};

    RestSession(QUrl baseUrl, Clock &clock, std::function<void(const Tokens &)> tokensChanged);
    ~RestSession();
    Q_DISABLE_COPY_MOVE(RestSession)
    void close();

    const QUrl &baseUrl() const { return m_baseUrl; }
    const Tokens &tokens() const { return m_tokens; }
    void setTokens(Tokens tokens);

    //! \brief The call with the tokens there are, renewed before they expire and once after a 401.
    static QCoro::Task<Result<QJsonObject>> call(Self self, RestRequest request, milliseconds budget);
    //! \brief One exchange without credentials.
    static QCoro::Task<Result<QJsonObject>> callOpen(Self self, RestRequest request, milliseconds budget);
    static QCoro::Task<Result<QByteArray>> accessToken(Self self, milliseconds budget);
    //! \brief The tokens in what sign-in and refresh answer; what is missing is taken from `known`.
    Result<Tokens> tokensFrom(const QJsonObject &answer, const Tokens &known) const;

private:
    static QCoro::Task<Result<QByteArray>> validToken(Self self, Deadline deadline);
    static QCoro::Task<Result<QJsonObject>> exchange(Self self, RestRequest request, QByteArray bearer,
                                                     Deadline deadline);
    //! \brief Waits for the one renewal that is under way, starting it when there is none.
    static QCoro::Task<Result<void>> renew(Self self, Deadline deadline);
    static QCoro::Task<void> runRenewal(Self self);
    OneShot<Result<HttpAnswer>> send(const RestRequest &request, const QByteArray &bearer, Deadline deadline);
    bool isAboutToExpire() const;

    QUrl m_baseUrl;
    Clock &m_clock;
    std::function<void(const Tokens &)> m_tokensChanged;
    Tokens m_tokens;
    std::unique_ptr<QNetworkAccessManager> m_network;
    QSet<HttpCall *> m_calls;
    bool m_renewing = false;
    std::vector<OneShot<Result<void>>> m_waiters;
    bool m_closed = false;
};

} // namespace Atom::Client
