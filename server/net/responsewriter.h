// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/exchange.h"
#include "shared/core/clock.h"

namespace Atom::Net {

//! \brief Everything that decides the form of a response on the wire.
struct ResponseForm
{
    int status = 200;
    int minorVersion = 1; //!< of the request
    bool keepAlive = true;
    bool headRequest = false; //!< the body is left out, its length is told
    Timestamp now{};          //!< for Date
};

//! \brief The head of a response, ending in an empty line. Content-Length, Date and Connection are ours: such entries
//! of `headers` are left out. Every other entry must have passed areValidHeaders().
QByteArray writeResponseHead(const ResponseForm &form, const HeaderList &headers, qsizetype bodyBytes);
bool areValidHeaders(const HeaderList &headers);
//! \brief False for the statuses whose responses have no body at all.
bool mayHaveBody(int status);
//! \brief "Not Found" for 404.
QByteArray reasonPhrase(int status);

//! \brief An answer given before any handler is asked, complete with its RFC 9457 body.
struct Refusal
{
    int status;
    HeaderList headers;
    QByteArray body;
};
Refusal refusalFor(const HeadRejection &rejection, Timestamp now);

} // namespace Atom::Net
