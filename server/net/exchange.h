// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/requesthead.h"

#include <QtNetwork/QHostAddress>

#include <memory>

namespace Atom::Net {

class GuardedConnection;

using HeaderList = QList<std::pair<QByteArray, QByteArray>>;

//! \brief A body that is read while it is sent, for those too large for memory. Main thread.
class BodySource
{
public:
    virtual ~BodySource() = default;
    virtual qint64 size() const = 0; //!< known before, and kept
    //! \brief The next bytes, 1..`limit`; empty: it broke, and with it the connection.
    virtual QByteArray read(qint64 limit) = 0;
};

//! \brief One request that waits for its answer. Owned by its connection; ends with the answer or the connection.
struct Exchange
{
    GuardedConnection *connection = nullptr;
    RequestHead head;
    bool taken = false; //!< somebody promised to answer
};

//! \brief A weak handle to a pending request: answer now, later or never; safe after the client went away. Copyable;
//! main thread.
class ExchangeHandle
{
public:
    ExchangeHandle() = default;
    explicit ExchangeHandle(std::weak_ptr<Exchange> exchange) : m_exchange(std::move(exchange)) {}

    //! \brief False once answered, timed out, or the connection broke.
    bool isAlive() const;
    //! \brief The validated head; an empty one when no longer alive.
    RequestHead head() const;
    QHostAddress peerAddress() const;
    quint16 peerPort() const;
    //! \brief Answers the request; only the first call does anything. Content-Length, Date and Connection are added;
    //! HEAD, 204 and 304 are sent without the body. A header that is no valid field (CR, LF, NUL, ...) is never sent:
    //! the answer becomes 500. \return whether it was sent (to the transport).
    bool finish(int status, const HeaderList &headers, const QByteArray &body) const;
    //! \brief finish() with a body that is read piece by piece, as the peer takes it.
    bool stream(int status, const HeaderList &headers, std::shared_ptr<BodySource> body) const;

private:
    std::weak_ptr<Exchange> m_exchange;
};

} // namespace Atom::Net
