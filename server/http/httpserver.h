// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"
#include "server/http/httpexchange.h"
#include "server/http/requestlimits.h"
#include "server/http/router.h"
#include "server/net/exchange.h"
#include "server/net/portguard.h"
#include "shared/core/metrics.h"
#include "shared/core/taskscope.h"

#include <QtCore/QObject>

#include <memory>

namespace Atom::Http {

struct HttpSettings
{
    Audit::RefusalSink *refusals = nullptr; //!< hears of requests that were not permitted; null: nobody does
    RequestRates rates;                     //!< by default without bound
    QStringList corsOrigins;                //!< exact origins that browsers may call from; empty: same origin only
};

//! \brief The REST edge: QHttpServer behind the guarded ports, our route table, and what all routes share: request ids,
//! CORS and Origin rules, bearer tokens, permissions, media types, idempotency keys, security headers, metrics.
//!
//! Qt sees one valid request at a time and only hands it over; the answer goes straight to the guarded connection
//! (Net::Exchange), because QHttpServerResponder must not outlive the handler. Main thread.
class HttpServer : public QObject
{
    Q_OBJECT
public:
    //! \brief Checks an access token.
    using Authenticate = std::function<Result<Actor>(QByteArrayView token)>;

    HttpServer(HttpSettings settings, Authenticate authenticate, const Identity::Permissions &permissions, Clock &clock,
               MetricRegistry &metrics);
    ~HttpServer() override;

    void addRoutes(const QList<Route> &routes); //!< before bind()
    const QList<Route> &routes() const;
    //! \brief Serves the plain requests of that port as well. The guard outlives the server.
    void bind(Net::PortGuard &port);
    //! \brief Resumes when all handlers have ended.
    QCoro::Task<void> close();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Http
