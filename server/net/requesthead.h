// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <optional>

namespace Atom::Net {

//! \brief The head of an HTTP/1.x request that passed every check of RFC 9112 and our limits.
struct RequestHead
{
    QByteArray method;
    QByteArray target;                                //!< origin-form, begins with '/'
    int minorVersion = 1;                             //!< HTTP/1.0 or HTTP/1.1
    QList<std::pair<QByteArray, QByteArray>> headers; //!< names as sent, values trimmed, in order
    qint64 contentLength = 0;
    bool chunked = false;
    bool keepAlive = true;
    bool expectContinue = false;
    bool upgradeWebSocket = false; //!< GET, HTTP/1.1, Upgrade: websocket, Connection: upgrade

    //! \brief First value of the header, case-insensitive; nullopt when absent.
    std::optional<QByteArray> header(QByteArrayView name) const;
    //! \brief Target without query.
    QByteArray path() const { return target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?')); }
};

//! \brief Why a request is refused before any handler sees it.
struct HeadRejection
{
    int status = 400;
    QByteArray reason; //!< words for the caller
};

struct HeadLimits
{
    int headBytes = 32 * 1024; //!< request line and headers together
    int targetBytes = 8 * 1024;
    int headerCount = 100;
    qint64 bodyBytes = 1 << 20;
};

} // namespace Atom::Net
