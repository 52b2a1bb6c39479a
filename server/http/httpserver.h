// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"
#include "shared/core/clock.h"
#include "shared/core/metrics.h"

#include <deque>
#include <memory>

namespace Atom::Net {
class PortGuard;
}

namespace Atom::Http {

struct HttpSettings
{
    QByteArrayList corsOrigins; //!< exact origins, "https://chat.example"; none: no cross-origin use by browsers
    milliseconds handlerTimeout{60'000}; //!< then 504; keep it below GuardLimits::answerTimeout
    milliseconds idempotencyLifetime{600'000};
    int idempotencyEntries = 10'000;
};

//! \brief Who decides about identity and permission; the server knows no sessions itself.
struct HttpGate
{
    //! An access token to its actor; Unauthenticated. For example SessionService::verify().
    std::function<Result<Actor>(QByteArrayView accessToken)> authenticate;
    //! May the actor do this at all (Identity::require() with Object::none())? Asked for routes with checkAction.
    std::function<Result<void>(const Actor &actor, Identity::Action action)> authorize;
};

//! \brief REST over QHttpServer behind PortGuards: route table, identity, CORS, content types, idempotency, request
//! ids, security headers, deadlines, metrics; errors as problem+json.
//!
//! Order: construct, addRoutes(), start(), bind() each listening guard. `co_await close()` before destruction; guards
//! may go before or after. Metrics: atom_http_requests_total, atom_http_responses_total, atom_http_request_seconds.
//! Main thread.
class HttpServer : public QObject
{
    Q_OBJECT
public:
    HttpServer(HttpSettings settings, HttpGate gate, Clock &clock, MetricRegistry &metrics);
    ~HttpServer() override;

    void addRoute(Route route);
    void addRoutes(const QList<Route> &routes);
    //! \brief All of them, in the order in which they were added.
    const std::deque<Route> &routes() const;
    void start();
    //! \brief Serves the requests of a guard that is already listening. The guard keeps its owner.
    void bind(Net::PortGuard &guard);
    //! \brief Waits for the handlers that still run; new requests get 503.
    QCoro::Task<void> close();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Http
