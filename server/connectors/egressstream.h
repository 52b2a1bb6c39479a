// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/httpcall.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <memory>

namespace Atom::Connectors {

class EgressExchange;

//! \brief An answer that is read piece by piece; from EgressClient::open(). Main thread.
//!
//! Nothing is read ahead beyond 256 KiB: who does not call next() makes the sender wait. Destroying it closes the
//! connection unless the answer was read to its end; a next() that waits then ends with Cancelled.
class EgressStream
{
public:
    explicit EgressStream(std::shared_ptr<EgressExchange> exchange);
    ~EgressStream();
    Q_DISABLE_COPY_MOVE(EgressStream)

    const HttpHead &head() const; //!< any status
    //! \brief The next bytes of the body, at most 64 KiB; empty: the answer is complete. One call at a time.
    //! \return UpstreamFailed (broken off), DeadlineExceeded (idle or in all), PayloadTooLarge, Cancelled. After an
    //! error the same error again.
    QCoro::Task<Result<QByteArray>> next();

private:
    std::shared_ptr<EgressExchange> m_exchange;
};

} // namespace Atom::Connectors
