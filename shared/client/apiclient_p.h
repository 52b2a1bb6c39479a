// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/apiclient.h"
#include "shared/client/restsession.h"

namespace Atom::Client {

//! \brief What the files of ApiClient share.
struct ApiClient::Private
{
    RestSession::Self session;
    QString challenge; //!< of a sign-in that waits for a one-time code; empty: none does
};

} // namespace Atom::Client
