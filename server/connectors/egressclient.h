// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/addresspolicy.h"
#include "server/connectors/egressstream.h"
#include "server/connectors/hostresolver.h"
#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"
#include "shared/core/metrics.h"

#include <QCoro/QCoroTask>

namespace Atom::Connectors {

//! \brief The only way out: every HTTP request the server makes for a workflow or connector goes through here.
//!
//! The URL is parsed strictly, the name resolved once, every address checked by the AddressPolicy, and the connection
//! made to the checked address with Host and SNI of the name, so that a second answer of the name server cannot change
//! the goal. Redirects are returned, not followed. No proxy, no cookies, no cache, no credentials. Main thread.
class EgressClient : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        QStringList allow;            //!< see AddressPolicy
        milliseconds timeout{10'000}; //!< of a whole call, resolving included
        qint64 replyBytes = 5 << 20;  //!< larger bodies are cut off and fail
        QString caFile;               //!< PEM certificates trusted besides the system's; empty: none
        int lanes = 1;                //!< 1 to 16; six connections to one host each, more calls wait for their turn
    };
    //! \return ValidationFailed: bad allow list or certificate file, FieldError per entry.
    static Result<std::unique_ptr<EgressClient>> create(Settings settings, HostResolver &resolver, Clock &clock,
                                                        MetricRegistry &metrics);
    ~EgressClient() override; //!< running calls end with Cancelled

    //! \brief Sends once; never repeats by itself. Any HTTP status is a success here.
    //! \return ValidationFailed (URL, method, header), Forbidden (address), UpstreamFailed (unreachable, TLS, broken
    //! answer), DeadlineExceeded, PayloadTooLarge (answer), Cancelled.
    QCoro::Task<Result<HttpReply>> send(HttpCall call, Deadline deadline, CancellationToken token);
    //! \brief Sends once and returns when status and headers have come; the body is then read from the stream. The
    //! bounds of `limits` hold besides those of the settings and the deadline: the smaller one wins.
    //! \return as send(); UpstreamFailed also when the connection took longer than `limits.connect`.
    QCoro::Task<Result<std::unique_ptr<EgressStream>>> open(HttpCall call, StreamLimits limits, Deadline deadline,
                                                            CancellationToken token);
    int running() const; //!< calls and open streams

private:
    struct Private;
    explicit EgressClient(std::unique_ptr<Private> data);
    QCoro::Task<Result<std::shared_ptr<EgressExchange>>> start(HttpCall call, StreamLimits limits, Deadline deadline,
                                                               CancellationToken token);
    std::shared_ptr<EgressExchange> makeExchange(const QString &host, StreamLimits limits, size_t lane);
    std::unique_ptr<Private> d;
};

} // namespace Atom::Connectors
