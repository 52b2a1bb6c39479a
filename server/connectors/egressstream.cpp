// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressstream.h"

#include "server/connectors/egressexchange.h"

namespace Atom::Connectors {

EgressStream::EgressStream(std::shared_ptr<EgressExchange> exchange) : m_exchange(std::move(exchange)) {}

EgressStream::~EgressStream()
{
    m_exchange->end(Error(Errc::Cancelled, QStringLiteral("The call was cancelled.")));
}

const HttpHead &EgressStream::head() const
{
    return m_exchange->head();
}

QCoro::Task<Result<QByteArray>> EgressStream::next()
{
    return EgressExchange::next(m_exchange);
}

} // namespace Atom::Connectors
