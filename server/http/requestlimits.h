// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/metrics.h"
#include "shared/core/result.h"
#include "shared/core/tokenbucket.h"
#include "shared/model/user.h"

namespace Atom::Http {

//! \brief How many requests may come; 0: no bound.
struct RequestRates
{
    Rate user;    //!< of one user, over all sessions and tokens
    Rate address; //!< from one IP address, with or without an account
};

//! \brief Decides whether a request may be served now. O(1), bounded memory, main thread. What is written by requests
//! has its own bounds, shared with the realtime edge (Rooms::PostLimits).
class RequestLimits
{
public:
    RequestLimits(RequestRates rates, MetricRegistry &metrics);
    //! \brief Before the access token is looked at: checking one costs more than a look-up.
    //! \return RateLimited with retryAfter.
    Result<void> fromAddress(const QByteArray &address, Monotonic now);
    //! \brief Once the actor is known. \return RateLimited with retryAfter.
    Result<void> byActor(const Actor &actor, Monotonic now);

private:
    Error refusal(Counter &counter, const QString &text, seconds wait);
    const RequestRates m_rates;
    TokenBuckets<QByteArray> m_addresses;
    TokenBuckets<UserId> m_users;
    Counter &m_byAddress;
    Counter &m_byUser;
};

} // namespace Atom::Http
