// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/requesthead.h"

#include "server/net/httpgrammar.h"

namespace Atom::Net {

std::optional<QByteArray> RequestHead::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (sameName(key, name))
            return value;
    }
    return std::nullopt;
}

} // namespace Atom::Net
