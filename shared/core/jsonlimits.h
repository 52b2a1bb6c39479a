// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

namespace Atom {

//! \brief Bounds for JSON that comes from outside.
struct JsonLimits
{
    qsizetype sizeBytes = 1 << 20;
    int depth = 32; //!< nesting of arrays and objects; a flat object has depth 1
};

//! \brief Parses one JSON object strictly: UTF-8 without BOM, within the limits, nothing after it.
//! \return MalformedRequest (not JSON, bad UTF-8, too deep), PayloadTooLarge, ValidationFailed (not an object).
Result<QJsonObject> parseJsonObject(const QByteArray &text, const JsonLimits &limits = {});

//! \brief Nesting depth of `text` by brackets outside strings, stopping early above `limit`. For parsers without one.
int jsonDepth(QByteArrayView text, int limit);
//! \brief RFC 3629 check: no overlong forms, surrogates or values above U+10FFFF.
bool isValidUtf8(QByteArrayView text);

} // namespace Atom
