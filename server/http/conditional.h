// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"

//! Conditional requests (RFC 9110, section 13), the same for all resources: the entity tag is made of the answer
//! itself. Pure, any thread.
namespace Atom::Http::Conditional {

//! \brief A strong entity tag for a successful JSON answer, quotes included; empty for any other.
QByteArray tagOf(const Response &response);
//! \brief Whether a list of tags, as in If-Match and If-None-Match, names `tag` or is "*". `weakly`: W/ is ignored, as
//! If-None-Match compares; otherwise a weak tag never fits.
bool names(const QByteArray &list, const QByteArray &tag, bool weakly);
//! \brief `response` with its tag; or, when the request already has it (If-None-Match), 304 without a body.
Response answer(const Request &request, Response response);

} // namespace Atom::Http::Conditional
