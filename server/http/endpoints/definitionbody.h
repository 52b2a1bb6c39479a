// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/routing.h"

namespace Atom::HttpEndpoints {

//! \brief The definition in the body of a request: YAML as it is, or JSON {source}.
//! \return MalformedRequest, ValidationFailed, PayloadTooLarge above `maxBytes`.
Result<QByteArray> definitionSource(const Request &request, qsizetype maxBytes);

} // namespace Atom::HttpEndpoints
