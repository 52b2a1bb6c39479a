// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QByteArrayList>
#include <QtCore/QList>
#include <QtCore/QPair>

namespace Atom::Connectors {

//! \brief A request to a service. Header names and values are checked; hop-by-hop headers and Host are ours.
struct HttpCall
{
    QByteArray method; //!< GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, upper case
    QString url;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;
};

//! \brief What an answer begins with.
struct HttpHead
{
    int status = 0;
    QByteArray reason;
    QList<QPair<QByteArray, QByteArray>> headers; //!< as received, names in lower case
    QByteArray header(QByteArrayView lowerCaseName) const;
};

struct HttpReply : HttpHead
{
    QByteArray body; //!< as received: no decompression is asked for
};

//! \brief Bounds of an answer that is read in pieces; see EgressClient::open(). Zero: only the bounds of the client.
struct StreamLimits
{
    milliseconds connect{0};   //!< name, connection and TLS, until the request is sent
    milliseconds firstByte{0}; //!< from there to the head of the answer
    milliseconds idle{0};      //!< between two pieces, while somebody waits for one
    milliseconds total{0};     //!< of the whole call
    qint64 replyBytes = 0;     //!< of the whole body, hence also the most that waits unread in memory
};

} // namespace Atom::Connectors
