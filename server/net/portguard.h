// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/exchange.h"
#include "server/net/ioshards.h"
#include "server/net/requesthead.h"
#include "server/net/transport.h"
#include "shared/core/clock.h"
#include "shared/core/metrics.h"
#include "shared/core/result.h"

#include <QtNetwork/QTcpServer>

#include <functional>

namespace Atom::Net {

//! \brief An upgrade to WebSocket asked for by a valid head. The transport is paused; nothing was answered yet.
struct UpgradeRequest
{
    RequestHead head;
    QByteArray rawHead; //!< exactly the bytes of the head, ending in CR LF CR LF: what a FacadeSocket replays
    std::unique_ptr<Transport> transport;
    QByteArray leftover; //!< bytes that came after the head: the first frames
};

struct GuardLimits
{
    HeadLimits head;
    milliseconds headTimeout{10'000};   //!< from the first byte (or accept) to the end of the head
    milliseconds bodyTimeout{20'000};   //!< for the whole body
    milliseconds idleTimeout{30'000};   //!< keep-alive without a request
    milliseconds answerTimeout{65'000}; //!< for the handler; then 504 is not sent: 503 and close
    int connections = 20'000;           //!< WebSockets included; above: accepted and closed with 503 (HTTP) at once
    int connectionsPerAddress = 0;      //!< the same for one address; 0: no bound
    int pipelined = 64; //!< requests of one connection answered in one turn of the loop; the rest waits its turn
    qint64 bufferedBodies = 256 << 20; //!< bodies being read on all connections together; above: 503
};

//! \brief One listening port. Bytes on the wire are ours: every connection is parsed here, strictly, with limits and
//! deadlines; only complete valid requests go on, plain ones to the QHttpServer bound to this QTcpServer (through a
//! FacadeSocket), upgrades to the upgrade handler. Requests of one connection are answered one after the other.
//!
//! Binding to a QHttpServer: `listenOn()` first, then `server.bind(&guard)`, which makes the QHttpServer its parent.
//! Metrics: atom_http_connections, atom_http_accepted_total, atom_http_rejected_total. Main thread.
class PortGuard : public QTcpServer
{
    Q_OBJECT
public:
    PortGuard(GuardLimits limits, Clock &clock, MetricRegistry &metrics, QObject *parent = nullptr);
    ~PortGuard() override;

    //! \brief Port 0 picks a free one. \return the bound port; Unavailable with the system's reason.
    Result<quint16> listenOn(const QHostAddress &address, quint16 port);
    //! \brief Without a handler upgrades are answered 501.
    void setUpgradeHandler(std::function<void(UpgradeRequest)> handler);
    //! \brief The request that the bound QHttpServer is being given right now, to answer it now or later; calling this
    //! takes the duty to answer over. A dead handle outside the dispatch.
    static ExchangeHandle currentExchange();
    //! \brief Connections accepted from now on are read and written by these threads, which outlive them.
    void setShards(IoShards *shards);
    //! \brief Drain: refuses new connections, closes idle ones, sends `Connection: close` with further answers.
    void stopAccepting();
    //! \brief HTTP connections; those handed to the upgrade handler are no longer among them.
    int openConnections() const;
    int pendingRequests() const; //!< requests given to handlers and not answered yet

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    friend class GuardedConnection;
    struct Private;
    const char *reasonToRefuse(qintptr descriptor, const QHostAddress &peer) const;
    void sweep();
    void forget(GuardedConnection *connection);
    std::unique_ptr<Private> d;
};

} // namespace Atom::Net
