// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordresets.h"

#include "server/identity/crypto.h"
#include "server/identity/peeraddress.h"
#include "server/identity/permissions.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr seconds shortest{60};
constexpr seconds longest = std::chrono::days(7);

Error notGood()
{
    return Error(Errc::NotFound, u"The reset token is not valid: unknown, used or expired."_s);
}
} // namespace

PasswordResets::PasswordResets(UserService &users, SessionService &sessions, AccountRepository &repository,
                               const Permissions &permissions, Clock &clock)
    : m_users(users), m_sessions(sessions), m_repository(repository), m_permissions(permissions), m_clock(clock)
{
}

std::pair<QByteArray, StoredReset> PasswordResets::make(const UserId &user, const UserId &by, Timestamp expiresAt)
{
    const QByteArray secret = "atp_" + Crypto::toBase64Url(Crypto::random(32));
    StoredReset reset;
    reset.user = user;
    reset.hash = Crypto::sha256(secret);
    reset.createdBy = by;
    reset.expiresAt = expiresAt;
    return {secret, reset};
}

QCoro::Task<Result<IssuedReset>> PasswordResets::issue(Actor actor, UserId user, seconds lifetime)
{
    const StoredUser *const stored = m_users.find(user);
    if (!stored || stored->erasedAt)
        co_return Error(Errc::NotFound, u"There is no such user."_s);
    const Object object = Object::forAccount(stored->user);
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserManage, object); !allowed)
        co_return allowed.error();
    if (stored->kind == AccountKind::Service)
        co_return Error(Errc::Conflict, u"A service account has no password."_s);
    if (lifetime < shortest || lifetime > longest)
        co_return Error::invalid(u"/expires_in"_s, u"A reset token is good for 60 seconds to 7 days."_s);
    const Timestamp now = m_clock.now();
    const auto [secret, reset] = make(user, actor.user, now + lifetime);
    Audit::Draft audit = Audit::draftFor(actor, "user.password_reset_issued", "user", user.bytes(), now);
    audit.after.insert(u"expires_at"_s, toIso(reset.expiresAt));
    const Result<void> saved = co_await m_repository.saveReset(reset, std::move(audit));
    if (!saved)
        co_return saved.error();
    IssuedReset issued;
    issued.secret = secret;
    issued.expiresAt = reset.expiresAt;
    co_return Result<IssuedReset>(std::move(issued));
}

QCoro::Task<Result<void>> PasswordResets::redeem(QByteArray secret, QString password, QHostAddress peer)
{
    const QByteArray hash = Crypto::sha256(secret);
    const QByteArray attempt = "reset:" + hash.first(8).toHex();
    if (const Result<void> begun = m_sessions.beginAttempt(attempt, peer); !begun)
        co_return begun.error();
    const Result<StoredReset> found = co_await m_repository.reset(hash);
    Result<void> good;
    if (!found)
        good = found.error();
    else if (found->user.isEmpty() || found->expiresAt <= m_clock.now())
        good = notGood();
    m_sessions.endAttempt(attempt, peer, good);
    if (!good)
        co_return good.error();
    const UserId user = found->user;
    Actor actor;
    actor.user = user;
    actor.address = addressText(peer);
    Audit::Draft audit = Audit::draftFor(actor, "user.password_reset", "user", user.bytes(), m_clock.now());
    UserService::Write write = [this, hash](StoredUser stored, Audit::Draft record) {
        return m_repository.redeemReset(hash, std::move(stored), std::move(record));
    };
    const Result<User> changed = co_await m_users.setPassword(user, password, std::move(audit), std::move(write));
    if (!changed)
        co_return changed.error();
    co_return Result<void>();
}

} // namespace Atom::Identity
