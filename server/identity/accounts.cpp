// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/accounts.h"

namespace Atom::Identity {

Accounts::Accounts(Settings settings, UserService &users, SessionService &sessions, AccountRepository &repository,
                   const SecretBox &box, Permissions &permissions, Clock &clock)
    : profiles(users, permissions, clock), secondFactor(std::move(settings.secondFactor), users, box, clock),
      credentials(users, sessions, secondFactor, permissions, clock), tokens(users, repository, permissions, clock),
      invitations(users, sessions, repository, permissions, clock),
      resets(users, sessions, repository, permissions, clock), imports(users, repository, permissions, clock),
      erasure(std::move(settings.erasureLedger), users, tokens, repository, permissions, clock)
{
    sessions.setSecondFactor(&secondFactor);
    sessions.setTokens(&tokens);
}

QCoro::Task<Result<void>> Accounts::load()
{
    const Result<void> withTokens = co_await tokens.load();
    if (!withTokens)
        co_return withTokens.error();
    const Result<void> withInvitations = co_await invitations.load();
    if (!withInvitations)
        co_return withInvitations.error();
    profiles.start();
    co_return Result<void>();
}

QCoro::Task<Result<void>> Accounts::resume()
{
    co_return co_await erasure.load();
}

QCoro::Task<void> Accounts::close()
{
    co_await erasure.close();
    co_await tokens.close();
    co_await profiles.close();
}

} // namespace Atom::Identity
