// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/requestlimits.h"

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
constexpr char help[] = "Messages, changes and requests refused because of a limit";
}

RequestLimits::RequestLimits(RequestRates rates, MetricRegistry &metrics)
    : m_rates(rates), m_byAddress(metrics.counter("atom_limited_total", help, "limit=\"requests_of_address\"")),
      m_byUser(metrics.counter("atom_limited_total", help, "limit=\"requests_of_user\""))
{
}

Error RequestLimits::refusal(Counter &counter, const QString &text, seconds wait)
{
    counter.add();
    Error error(Errc::RateLimited, text);
    error.retryAfter = wait;
    return error;
}

Result<void> RequestLimits::fromAddress(const QByteArray &address, Monotonic now)
{
    if (const auto wait = m_addresses.take(address, m_rates.address, now))
        return refusal(m_byAddress, u"Too many requests from your network address."_s, *wait);
    return {};
}

Result<void> RequestLimits::byActor(const Actor &actor, Monotonic now)
{
    if (actor.user.isEmpty())
        return {};
    if (const auto wait = m_users.take(actor.user, m_rates.user, now))
        return refusal(m_byUser, u"Too many requests of this account."_s, *wait);
    return {};
}

} // namespace Atom::Http
