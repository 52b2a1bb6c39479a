// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/error.h"

#include <QtCore/QJsonObject>

namespace Atom::Http {

//! \brief The HTTP status of an error code: the one mapping of this edge.
int statusOf(Errc code);
//! \brief RFC 9457 object: type, title, status, detail, instance, code, request_id, errors[], retry_after.
QJsonObject problemDocument(const Error &error, const QByteArray &requestId, const QString &instance);

} // namespace Atom::Http
