// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"
#include "server/identity/accounts.h"

#include <QtCore/QJsonArray>

//! Accounts and what belongs to them as REST shows them. Never a hash, a sealed text or a secret.
namespace Atom::HttpEndpoints {

//! \brief For those who manage accounts.
QJsonObject accountJson(const Identity::StoredUser &stored);
//! \brief What everybody with an account may see.
QJsonObject publicProfileJson(const Identity::StoredUser &stored);
//! \brief The public part and what only the person itself sees.
QJsonObject ownProfileJson(const Identity::StoredUser &stored);
QJsonObject statusJson(const UserStatus &status);
QJsonObject sessionJson(const Identity::SessionSummary &session, const SessionId &acting);
QJsonObject tokenJson(const Identity::StoredToken &token);
QJsonObject invitationJson(const Identity::StoredInvitation &invitation);
QJsonObject enrolmentJson(const Identity::SecondFactorService::Enrolment &enrolment);
QJsonArray codesJson(const QByteArrayList &codes);
//! \brief The answer to a sign-in: tokens, or what is missing.
Http::Response signInResponse(const Identity::TokenPair &tokens);

} // namespace Atom::HttpEndpoints
