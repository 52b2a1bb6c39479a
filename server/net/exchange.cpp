// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/exchange.h"

#include "server/net/guardedconnection.h"

namespace Atom::Net {

RequestHead ExchangeHandle::head() const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection ? exchange->head : RequestHead();
}

QHostAddress ExchangeHandle::peerAddress() const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection ? exchange->connection->peerAddress() : QHostAddress();
}

quint16 ExchangeHandle::peerPort() const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection ? exchange->connection->peerPort() : quint16(0);
}

bool ExchangeHandle::isAlive() const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection;
}

bool ExchangeHandle::finish(int status, const HeaderList &headers, const QByteArray &body) const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection && exchange->connection->finish(status, headers, body);
}

bool ExchangeHandle::stream(int status, const HeaderList &headers, std::shared_ptr<BodySource> body) const
{
    const auto exchange = m_exchange.lock();
    return exchange && exchange->connection && exchange->connection->finish(status, headers, {}, std::move(body));
}

} // namespace Atom::Net
