// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/erasureservice.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
#include "server/identity/permissions.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

ErasureService::ErasureService(QString ledgerFile, UserService &users, TokenService &tokens,
                               AccountRepository &repository, const Permissions &permissions, Clock &clock)
    : m_ledger(std::move(ledgerFile)), m_users(users), m_tokens(tokens), m_repository(repository),
      m_permissions(permissions), m_clock(clock)
{
}

ErasureService::~ErasureService() = default;

QCoro::Task<void> ErasureService::close()
{
    co_await m_scope.close();
}

QCoro::Task<Result<void>> ErasureService::load()
{
    if (const Result<void> read = m_ledger.readBlocking(); !read)
        co_return read.error();
    const QList<StoredErasure> entries = m_ledger.entries();
    for (const StoredErasure &entry : entries) {
        const StoredUser *const stored = m_users.find(entry.user);
        if (!stored || stored->erasedAt)
            continue;
        qCWarning(lcIdentity) << "the account" << entry.user.toString() << "was erased and is back; erasing it again";
        Actor server = internalActor(systemUser());
        Audit::Draft audit = Audit::draftFor(server, "user.erased", "user", entry.user.bytes(), m_clock.now());
        audit.reason = u"erased before; a backup had brought it back"_s;
        const Result<void> again = co_await apply(entry, std::move(audit));
        if (!again)
            co_return again.error();
    }
    const Result<QList<StoredErasure>> stored = co_await m_repository.erasures();
    if (!stored)
        co_return stored.error();
    for (const StoredErasure &erasure : std::as_const(*stored)) {
        if (!erasure.isComplete)
            m_scope.spawn(finish(erasure), "go on erasing");
    }
    co_return Result<void>();
}

QCoro::Task<Result<StoredErasure>> ErasureService::erase(Actor actor, UserId user, bool removeMessages, QString reason)
{
    const StoredUser *const stored = m_users.find(user);
    if (!stored || stored->erasedAt)
        co_return Error(Errc::NotFound, u"There is no such user."_s);
    const Object object = Object::forAccount(stored->user);
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserErase, object); !allowed)
        co_return allowed.error();
    if (reason.trimmed().isEmpty() || reason.size() > 500)
        co_return Error::invalid(u"/reason"_s, u"Give a reason of 1 to 500 characters."_s);
    if (user == actor.user)
        co_return Error(Errc::Conflict, u"Somebody else has to erase your account."_s);
    if (stored->user.role == Role::Owner && m_users.isLastOwner(user))
        co_return Error(Errc::Conflict, u"\"%1\" is the last owner; make another owner first."_s.arg(user.toString()));
    StoredErasure erasure;
    erasure.user = user;
    erasure.pseudonym = UserId("deleted-" + Crypto::random(8).toHex());
    erasure.removesMessages = removeMessages;
    erasure.at = m_clock.now();
    // Before the act: what was decided must survive whatever happens from here on.
    if (const Result<void> noted = m_ledger.appendBlocking(erasure); !noted)
        co_return noted.error();
    Audit::Draft audit = Audit::draftFor(actor, "user.erased", "user", user.bytes(), erasure.at);
    audit.after.insert(u"messages"_s, removeMessages ? u"remove"_s : u"keep"_s);
    audit.reason = reason;
    const Result<void> done = co_await apply(erasure, std::move(audit));
    if (!done)
        co_return done.error();
    m_scope.spawn(finish(erasure), "erase messages");
    co_return Result<StoredErasure>(erasure);
}

QCoro::Task<Result<void>> ErasureService::apply(StoredErasure erasure, Audit::Draft audit)
{
    UserService::Mutation mutate = [erasure](StoredUser &stored) -> Result<void> {
        StoredUser tombstone;
        tombstone.user.id = erasure.user;
        tombstone.user.displayName = shownName();
        tombstone.user.role = Role::Member;
        tombstone.user.disabled = true;
        tombstone.user.createdAt = stored.user.createdAt;
        tombstone.credentialVersion = stored.credentialVersion;
        tombstone.kind = stored.kind;
        tombstone.erasedAt = erasure.at;
        stored = tombstone;
        return {};
    };
    UserService::Write write = [this, erasure](StoredUser tombstone, Audit::Draft record) {
        return m_repository.erase(erasure, std::move(tombstone), std::move(record));
    };
    const Result<User> done =
        co_await m_users.change(erasure.user, std::move(mutate), std::move(audit), std::move(write));
    if (!done)
        co_return done.error();
    m_tokens.forget(erasure.user);
    qCInfo(lcIdentity) << "account erased:" << erasure.user.toString();
    co_return Result<void>();
}

QCoro::Task<void> ErasureService::finish(StoredErasure erasure)
{
    const CancellationToken token = m_scope.token();
    if (m_leaveRooms)
        co_await m_leaveRooms(erasure.user); // before the sweep, which gives its farewells the pseudonym as well
    while (!erasure.isComplete && !token.isCancelled()) {
        const Result<StoredErasure> next = co_await m_repository.continueErasure(erasure);
        if (!next) {
            qCWarning(lcIdentity) << "erasing the messages of an account stopped; the next start goes on:"
                                  << next.error().detail;
            co_return;
        }
        erasure = *next;
    }
    if (erasure.isComplete)
        Q_EMIT messagesDetached(erasure.user, erasure.pseudonym);
}

} // namespace Atom::Identity
