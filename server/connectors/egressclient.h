// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/addresspolicy.h"
#include "server/connectors/hostresolver.h"
#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"
#include "shared/core/metrics.h"

#include <QCoro/QCoroTask>

#include <QtCore/QByteArrayList>

namespace Atom::Connectors {

//! \brief A request to a service. Header names and values are checked; hop-by-hop headers and Host are ours.
struct HttpCall
{
    QByteArray method; //!< GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, upper case
    QString url;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;
};

struct HttpReply
{
    int status = 0;
    QByteArray reason;
    QList<QPair<QByteArray, QByteArray>> headers; //!< as received, names in lower case
    QByteArray body;                              //!< as received: no decompression is asked for
    QByteArray header(QByteArrayView lowerCaseName) const;
};

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
    };
    //! \return ValidationFailed: bad allow list or certificate file, FieldError per entry.
    static Result<std::unique_ptr<EgressClient>> create(Settings settings, HostResolver &resolver, Clock &clock,
                                                        MetricRegistry &metrics);
    ~EgressClient() override; //!< running calls end with Cancelled

    //! \brief Sends once; never repeats by itself. Any HTTP status is a success here.
    //! \return ValidationFailed (URL, method, header), Forbidden (address), UpstreamFailed (unreachable, TLS, broken
    //! answer), DeadlineExceeded, PayloadTooLarge (answer), Cancelled.
    QCoro::Task<Result<HttpReply>> send(HttpCall call, Deadline deadline, CancellationToken token);
    int running() const;

private:
    struct Private;
    explicit EgressClient(std::unique_ptr<Private> data);
    QCoro::Task<Result<HttpReply>> sendChecked(HttpCall call, Deadline deadline, CancellationToken token);
    std::unique_ptr<Private> d;
};

} // namespace Atom::Connectors
