// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/credentialservice.h"

#include "server/identity/permissions.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

CredentialService::CredentialService(UserService &users, SessionService &sessions, SecondFactorService &secondFactor,
                                     const Permissions &permissions, Clock &clock)
    : m_users(users), m_sessions(sessions), m_secondFactor(secondFactor), m_permissions(permissions), m_clock(clock)
{
}

Result<void> CredentialService::access(const Actor &actor, const UserId &user) const
{
    if (user == actor.user)
        return m_permissions.require(actor, Action::AccountManage, Object::ownedBy(user));
    const StoredUser *const stored = m_users.find(user);
    if (!stored || stored->erasedAt)
        return Error(Errc::NotFound, u"There is no such user."_s);
    return m_permissions.require(actor, Action::UserManage, Object::forAccount(stored->user));
}

Audit::Draft CredentialService::draft(const Actor &actor, const QByteArray &action, const UserId &user) const
{
    return Audit::draftFor(actor, action, "user", user.bytes(), m_clock.now());
}

QCoro::Task<Result<void>> CredentialService::changePassword(Actor actor, QString present, QString next,
                                                            QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    const Result<void> proven = co_await m_sessions.provePassword(actor, present, peer);
    if (!proven)
        co_return proven.error();
    if (present == next)
        co_return Error::invalid(u"/password"_s, u"The new password is the present one."_s);
    Audit::Draft audit = draft(actor, "user.password_changed", actor.user);
    const Result<User> changed = co_await m_users.setPassword(actor.user, next, std::move(audit));
    if (!changed)
        co_return changed.error();
    co_return Result<void>();
}

QCoro::Task<Result<void>> CredentialService::stepUp(Actor actor, QString password, QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    co_return co_await m_sessions.provePassword(actor, password, peer);
}

QCoro::Task<Result<SecondFactorService::Enrolment>> CredentialService::enrol(Actor actor, QString password,
                                                                             QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    const Result<void> proven = co_await m_sessions.provePassword(actor, password, peer);
    if (!proven)
        co_return proven.error();
    Audit::Draft audit = draft(actor, "totp.enrolled", actor.user);
    co_return co_await m_secondFactor.enrol(actor.user, std::move(audit));
}

QCoro::Task<Result<QByteArrayList>> CredentialService::confirm(Actor actor, QString code, QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    const QByteArray attempt = "code:" + actor.user.bytes();
    if (const Result<void> begun = m_sessions.beginAttempt(attempt, peer); !begun)
        co_return begun.error();
    Audit::Draft audit = draft(actor, "totp.confirmed", actor.user);
    Result<QByteArrayList> codes = co_await m_secondFactor.confirm(actor.user, code, std::move(audit));
    m_sessions.endAttempt(attempt, peer, codes ? Result<void>() : Result<void>(codes.error()));
    // The session is good, only the code is not: 401 would tell clients to sign in again.
    if (!codes && codes.error().code == Errc::Unauthenticated)
        co_return Error::invalid(u"/code"_s, codes.error().detail);
    co_return codes;
}

QCoro::Task<Result<QByteArrayList>> CredentialService::renewRecoveryCodes(Actor actor, QString password,
                                                                          QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    const Result<void> proven = co_await m_sessions.provePassword(actor, password, peer);
    if (!proven)
        co_return proven.error();
    Audit::Draft audit = draft(actor, "totp.recovery_codes_renewed", actor.user);
    co_return co_await m_secondFactor.renewRecoveryCodes(actor.user, std::move(audit));
}

QCoro::Task<Result<void>> CredentialService::removeOwn(Actor actor, QString password, QHostAddress peer)
{
    if (const Result<void> allowed = access(actor, actor.user); !allowed)
        co_return allowed.error();
    const Result<void> proven = co_await m_sessions.provePassword(actor, password, peer);
    if (!proven)
        co_return proven.error();
    if (m_secondFactor.isRequired(actor.user))
        co_return Error(Errc::Conflict, u"Your role asks for a second factor."_s);
    Audit::Draft audit = draft(actor, "totp.removed", actor.user);
    co_return co_await m_secondFactor.remove(actor.user, std::move(audit));
}

QCoro::Task<Result<void>> CredentialService::removeOf(Actor actor, UserId user)
{
    const StoredUser *const stored = m_users.find(user);
    if (!stored || stored->erasedAt)
        co_return Error(Errc::NotFound, u"There is no such user."_s);
    const Object object = Object::forAccount(stored->user);
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserManage, object); !allowed)
        co_return allowed.error();
    Audit::Draft audit = draft(actor, "totp.removed", user);
    co_return co_await m_secondFactor.remove(user, std::move(audit));
}

Result<QList<SessionSummary>> CredentialService::sessions(const Actor &actor, const UserId &user) const
{
    if (const Result<void> allowed = access(actor, user); !allowed)
        return allowed.error();
    return m_sessions.sessionsOf(user);
}

QCoro::Task<Result<void>> CredentialService::revoke(Actor actor, UserId user, SessionId session)
{
    if (const Result<void> allowed = access(actor, user); !allowed)
        co_return allowed.error();
    Audit::Draft audit = Audit::draftFor(actor, "session.revoked", "session", session.bytes(), m_clock.now());
    audit.before.insert(u"user"_s, user.toString());
    co_return co_await m_sessions.revoke(user, session, std::move(audit));
}

QCoro::Task<Result<int>> CredentialService::revokeAll(Actor actor, UserId user)
{
    if (const Result<void> allowed = access(actor, user); !allowed)
        co_return allowed.error();
    Audit::Draft audit = Audit::draftFor(actor, "session.revoked", "session", QByteArray(), m_clock.now());
    audit.before.insert(u"user"_s, user.toString());
    co_return co_await m_sessions.revokeAll(user, actor.session, std::move(audit));
}

} // namespace Atom::Identity
