// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/portguard.h"

#include "server/net/filelimit.h"
#include "server/net/guardedconnection.h"
#include "server/net/logging.h"
#include "server/net/portguard_p.h"

#include <algorithm>

namespace Atom::Net {
using namespace Qt::StringLiterals;

namespace {
constexpr int backlog = 4096;
constexpr int reservedDescriptors = 256; //!< for files, databases, outgoing calls
constexpr int refusedAtOnce = 256;       //!< connections that are being told that there are too many
constexpr milliseconds sweepInterval{500};
constexpr milliseconds acceptPause{200}; //!< after an error such as EMFILE

//! The place of one connection in the counts.
struct Ticket
{
    std::shared_ptr<PortCounts> counts;
    QHostAddress address; //!< null when addresses are not counted
    ~Ticket()
    {
        --counts->total;
        if (!address.isNull() && --counts->byAddress[address] == 0)
            counts->byAddress.remove(address);
    }
};
} // namespace

PortGuard::Private::Private(GuardLimits guardLimits, Clock &guardClock, MetricRegistry &metrics)
    : limits(std::move(guardLimits)), clock(guardClock),
      connections(metrics.gauge("atom_http_connections", "Open HTTP connections")),
      accepted(metrics.counter("atom_http_accepted_total", "Connections accepted")),
      rejected(metrics.counter("atom_http_rejected_total", "Requests refused before any handler saw them"))
{
}

PortGuard::PortGuard(GuardLimits limits, Clock &clock, MetricRegistry &metrics, QObject *parent)
    : QTcpServer(parent), d(std::make_unique<Private>(std::move(limits), clock, metrics))
{
    // QTcpServer stops accepting at an error such as EMFILE; what ran out comes back when others close. Its engine also
    // keeps the first error for ever and reports it again whenever a later batch of connections is simply over: that
    // is no reason to pause.
    connect(this, &QTcpServer::acceptError, this, [this](QAbstractSocket::SocketError error) {
        if (std::exchange(d->acceptedSinceError, 0) > 0) {
            resumeAccepting();
            return;
        }
        qCWarning(lcNet) << "accepting pauses:" << error << errorString();
        d->clock.callAfter(acceptPause, this, [this] {
            if (isListening())
                resumeAccepting();
        });
    });
}

PortGuard::~PortGuard()
{
    close();
    d->connections.add(-d->open.size());
    const auto open = std::exchange(d->open, {});
}

Result<quint16> PortGuard::listenOn(const QHostAddress &address, quint16 port)
{
    d->fileLimit = raiseFileLimit();
    setListenBacklogSize(backlog);
    if (!listen(address, port))
        return Error(Errc::Unavailable,
                     u"cannot listen on %1 port %2: %3"_s.arg(address.toString()).arg(port).arg(errorString()));
    return serverPort();
}

void PortGuard::setUpgradeHandler(std::function<void(UpgradeRequest)> handler)
{
    d->upgradeHandler = std::move(handler);
}

ExchangeHandle PortGuard::currentExchange()
{
    return GuardedConnection::takeCurrent();
}

int PortGuard::openConnections() const
{
    return int(d->open.size());
}

int PortGuard::pendingRequests() const
{
    return d->pending;
}

const char *PortGuard::reasonToRefuse(qintptr descriptor, const QHostAddress &peer) const
{
    if (d->draining)
        return "the server is shutting down";
    // Descriptors are given out from the lowest: a high number means that few are left.
    if (d->counts->total > d->limits.connections || descriptor >= d->fileLimit - reservedDescriptors)
        return "too many connections";
    if (d->limits.connectionsPerAddress > 0 && d->counts->byAddress.value(peer) > d->limits.connectionsPerAddress)
        return "too many connections from this address";
    return nullptr;
}

void PortGuard::incomingConnection(qintptr descriptor)
{
    const auto ticket = std::make_shared<Ticket>();
    ticket->counts = d->counts;
    ++d->counts->total;
    auto transport = d->shards ? d->shards->makeTransport(descriptor, ticket) : makeTransport(descriptor, ticket);
    const QHostAddress peer = transport->peerAddress();
    if (d->limits.connectionsPerAddress > 0) {
        ticket->address = peer;
        ++d->counts->byAddress[peer];
    }
    d->accepted.add();
    ++d->acceptedSinceError;
    const char *reason = reasonToRefuse(descriptor, peer);
    if (reason && d->counts->total > d->limits.connections + refusedAtOnce)
        return; // no time for words
    const auto connection = std::make_shared<GuardedConnection>(*this, std::move(transport));
    d->open.insert(connection.get(), connection);
    d->connections.add(1);
    if (reason)
        connection->refuse(503, reason);
    else
        connection->start();
    if (!d->sweeping) {
        d->sweeping = true;
        d->clock.callAfter(sweepInterval, this, [this] { sweep(); });
    }
}

void PortGuard::setShards(IoShards *shards)
{
    d->shards = shards;
}

void PortGuard::sweep()
{
    const Monotonic now = d->clock.monotonic();
    std::vector<std::shared_ptr<GuardedConnection>> due; // handling one may end others
    for (const auto &connection : std::as_const(d->open)) {
        if (connection->isDue(now))
            due.push_back(connection);
    }
    for (const auto &connection : due)
        connection->checkDeadline(now);
    d->sweeping = !d->open.isEmpty();
    if (d->sweeping)
        d->clock.callAfter(sweepInterval, this, [this] { sweep(); });
}

void PortGuard::forget(GuardedConnection *connection)
{
    if (d->open.remove(connection) > 0)
        d->connections.add(-1);
}

void PortGuard::stopAccepting()
{
    d->draining = true;
    const auto open = d->open.values();
    for (const auto &connection : open)
        connection->drain();
    close();
}

} // namespace Atom::Net
