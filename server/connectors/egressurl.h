// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QUrl>

namespace Atom::Connectors {

//! \brief An outgoing URL that passed the strict check.
struct EgressUrl
{
    QUrl url;         //!< with the name as host, ASCII, no user info, no fragment
    QString host;     //!< lower-case ASCII name, or an address without brackets
    quint16 port = 0; //!< explicit or the scheme's
    bool isTls = false;
    QByteArray hostHeader; //!< what goes into Host: name, and port unless it is the scheme's
};

//! \brief Parses an absolute http or https URL strictly: printable ASCII and percent-encoding (or an international
//! name, taken to ASCII), no user info, no control characters or spaces, no numbers posing as names (`0x7f.1`).
//! \return ValidationFailed.
Result<EgressUrl> parseEgressUrl(const QString &text);

} // namespace Atom::Connectors
