// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definitionreader.h"

namespace Atom::Workflows {

//! \brief Reads the authentication policy in `object`, which stands at `pointer`: basic, bearer, digest, oauth2, oidc
//! or certificate, or `use: name` of one in `known`, or `use: connection:<id>`.
Authentication readAuthentication(DefinitionReader &reader, const QJsonObject &object, const QString &pointer,
                                  const QHash<QString, Authentication> &known);

} // namespace Atom::Workflows
