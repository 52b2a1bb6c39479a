// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/invitationservice.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
#include "server/identity/peeraddress.h"
#include "server/identity/permissions.h"

#include <algorithm>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr seconds shortest{60};
constexpr seconds longest = std::chrono::days(90);
constexpr int mostUses = 1'000;

Error notGood()
{
    return Error(Errc::NotFound, u"The invitation is not valid: unknown, used up, expired or withdrawn."_s);
}

//! Guesses at different tokens share the bucket of their network; the same one again is slowed down by itself.
QByteArray attemptKey(const QByteArray &hash)
{
    return "invitation:" + hash.first(8).toHex();
}

QJsonObject describe(const StoredInvitation &invitation)
{
    return {{u"role"_s, roleName(invitation.role)},
            {u"max_uses"_s, invitation.maxUses},
            {u"expires_at"_s, toIso(invitation.expiresAt)}};
}
} // namespace

InvitationService::InvitationService(UserService &users, SessionService &sessions, AccountRepository &repository,
                                     const Permissions &permissions, Clock &clock)
    : m_users(users), m_sessions(sessions), m_repository(repository), m_permissions(permissions), m_clock(clock)
{
}

QCoro::Task<Result<void>> InvitationService::load()
{
    Result<QList<StoredInvitation>> invitations = co_await m_repository.invitations();
    if (!invitations)
        co_return invitations.error();
    for (const StoredInvitation &invitation : std::as_const(*invitations))
        m_byHash.insert(invitation.hash, invitation);
    co_return Result<void>();
}

QCoro::Task<Result<IssuedInvitation>> InvitationService::create(Actor actor, InvitationDraft draft)
{
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserInvite, Object::none()); !allowed)
        co_return allowed.error();
    const Object account = Object::forAccount(std::nullopt, draft.role);
    if (const Result<void> allowed = m_permissions.require(actor, Action::RoleAssign, account); !allowed)
        co_return allowed.error();
    if (draft.role == Role::Guest)
        co_return Error::invalid(u"/role"_s, u"An account cannot have the role guest."_s);
    if (draft.note.size() > 100)
        co_return Error::invalid(u"/note"_s, u"The note must have at most 100 characters."_s);
    if (draft.lifetime < shortest || draft.lifetime > longest)
        co_return Error::invalid(u"/expires_in"_s, u"An invitation is good for 60 seconds to 90 days."_s);
    if (draft.maxUses < 1 || draft.maxUses > mostUses)
        co_return Error::invalid(u"/max_uses"_s, u"An invitation is good for 1 to 1000 accounts."_s);
    if (m_byHash.size() >= invitationLimit)
        co_return Error(Errc::Conflict, u"There are too many invitations; withdraw those that are over."_s);

    const Timestamp now = m_clock.now();
    IssuedInvitation issued;
    issued.secret = "ati_" + Crypto::toBase64Url(Crypto::random(32));
    StoredInvitation &invitation = issued.invitation;
    invitation.id = Crypto::random(8).toHex();
    invitation.hash = Crypto::sha256(issued.secret);
    invitation.role = draft.role;
    invitation.note = draft.note;
    invitation.createdBy = actor.user;
    invitation.createdAt = now;
    invitation.expiresAt = now + draft.lifetime;
    invitation.maxUses = draft.maxUses;
    Audit::Draft audit = Audit::draftFor(actor, "invitation.created", "invitation", invitation.id, now);
    audit.after = describe(invitation);
    const StoredInvitation stored = invitation;
    const Result<void> inserted = co_await m_repository.insertInvitation(stored, std::move(audit));
    if (!inserted)
        co_return inserted.error();
    m_byHash.insert(stored.hash, stored);
    co_return Result<IssuedInvitation>(std::move(issued));
}

Result<QList<StoredInvitation>> InvitationService::list(const Actor &actor) const
{
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserInvite, Object::none()); !allowed)
        return allowed.error();
    QList<StoredInvitation> list = m_byHash.values();
    std::sort(list.begin(), list.end(), [](const StoredInvitation &a, const StoredInvitation &b) {
        return a.createdAt != b.createdAt ? a.createdAt > b.createdAt : a.id < b.id;
    });
    return list;
}

QCoro::Task<Result<void>> InvitationService::withdraw(Actor actor, QByteArray id)
{
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserInvite, Object::none()); !allowed)
        co_return allowed.error();
    const auto it = std::find_if(m_byHash.cbegin(), m_byHash.cend(),
                                 [&id](const StoredInvitation &invitation) { return invitation.id == id; });
    if (it == m_byHash.cend())
        co_return Error(Errc::NotFound, u"There is no such invitation."_s);
    const StoredInvitation invitation = *it;
    Audit::Draft audit = Audit::draftFor(actor, "invitation.withdrawn", "invitation", id, m_clock.now());
    audit.before = describe(invitation);
    m_byHash.remove(invitation.hash);
    co_return co_await m_repository.removeInvitation(id, std::move(audit));
}

bool InvitationService::mayStillInvite(const StoredInvitation &invitation) const
{
    const StoredUser *const maker = m_users.find(invitation.createdBy);
    if (!maker || maker->user.disabled || maker->erasedAt)
        return false;
    Actor actor;
    actor.user = maker->user.id;
    actor.role = maker->user.role;
    actor.customRole = maker->user.customRole;
    const Object account = Object::forAccount(std::nullopt, invitation.role);
    return m_permissions.can(actor, Action::UserInvite, Object::none()) &&
           m_permissions.can(actor, Action::RoleAssign, account);
}

QCoro::Task<Result<User>> InvitationService::redeem(QByteArray secret, UserId id, QString displayName, QString password,
                                                    QHostAddress peer)
{
    const QByteArray hash = Crypto::sha256(secret);
    const QByteArray attempt = attemptKey(hash);
    if (const Result<void> begun = m_sessions.beginAttempt(attempt, peer); !begun)
        co_return begun.error();
    const auto it = m_byHash.constFind(hash);
    const bool isGood =
        it != m_byHash.cend() && it->uses < it->maxUses && it->expiresAt > m_clock.now() && mayStillInvite(*it);
    m_sessions.endAttempt(attempt, peer, isGood ? Result<void>() : Result<void>(notGood()));
    if (!isGood)
        co_return notGood();
    const QByteArray invitation = it->id;
    NewAccount account;
    account.id = id;
    account.displayName = displayName;
    account.role = it->role;
    account.password = password;
    Actor actor; // the new person itself
    actor.user = id;
    actor.address = addressText(peer);
    Audit::Draft audit = Audit::draftFor(actor, "user.created", "user", id.bytes(), m_clock.now());
    audit.after.insert(u"invitation"_s, QString::fromLatin1(invitation));
    UserService::Write write = [this, invitation](StoredUser user, Audit::Draft record) {
        return m_repository.redeemInvitation(invitation, std::move(user), std::move(record));
    };
    const Result<User> made = co_await m_users.make(std::move(account), std::move(audit), std::move(write));
    if (!made)
        co_return made.error();
    if (const auto used = m_byHash.find(hash); used != m_byHash.end())
        ++used->uses;
    co_return Result<User>(*made);
}

} // namespace Atom::Identity
