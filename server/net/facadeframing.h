// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/exchange.h"

#include <optional>

namespace Atom::Net {

// How a request goes into a FacadeSocket and how an answer that Qt writes comes out of it. Pure.

//! \brief The request as Qt shall see it: HTTP/1.1, body with Content-Length, without the headers that concern only the
//! connection (Upgrade above all: QHttpServer would act upon it).
QByteArray facadeRequest(const RequestHead &head, const QByteArray &body);

struct FacadeAnswer
{
    int status = 0;
    HeaderList headers;
    QByteArray body;
};
//! \brief nullopt while it is incomplete by its Content-Length; without one the body is what there is.
std::optional<FacadeAnswer> parseFacadeAnswer(const QByteArray &bytes);

} // namespace Atom::Net
