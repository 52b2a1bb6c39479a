// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"

namespace Atom::Http {

//! \brief The HTTP status of a code: the one mapping of this edge.
int statusOf(Errc code);
//! \brief As Response::problem(), with a status that says more than the code does, for example 405 or 415.
Response problemWithStatus(int status, const Error &error, const Request &request);

} // namespace Atom::Http
