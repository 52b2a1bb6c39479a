// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/userservice.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
#include "server/identity/passwordhasher.h"
#include "server/identity/passwordrules.h"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

constexpr std::array<QByteArrayView, 3> reservedIds{"assistant", "system", "guest"};

bool isReserved(QByteArrayView lowerCase)
{
    // "deleted-…" stands for people who were erased, in messages that were kept.
    return lowerCase.startsWith("deleted-") ||
           std::find(reservedIds.begin(), reservedIds.end(), lowerCase) != reservedIds.end();
}

Result<void> checkDisplayName(const QString &name)
{
    const qsizetype length = name.size() > 256 ? name.size() : name.toUcs4().size();
    if (name.trimmed().isEmpty() || length > 64)
        return Error::invalid(u"/display_name"_s, u"The display name must have 1 to 64 characters."_s);
    for (const QChar c : name) {
        if (c.category() == QChar::Other_Control || c.category() == QChar::Separator_Line ||
            c.category() == QChar::Separator_Paragraph)
            return Error::invalid(u"/display_name"_s, u"The display name contains control characters."_s);
    }
    if (!name.isValidUtf16())
        return Error::invalid(u"/display_name"_s, u"The display name is not valid Unicode."_s);
    return {};
}

Error notFound(const UserId &id)
{
    return Error(Errc::NotFound, u"There is no user \"%1\"."_s.arg(id.toString().left(128)));
}

} // namespace

UserService::UserService(UserRepository &repository, PasswordHasher &hasher, Clock &clock)
    : m_repository(repository), m_hasher(hasher), m_clock(clock)
{
    Crypto::initialise();
}

UserService::~UserService() = default;

QCoro::Task<Result<void>> UserService::load()
{
    Result<QList<StoredUser>> users = co_await m_repository.all();
    if (!users)
        co_return users.error();
    m_users.clear();
    for (const StoredUser &stored : std::as_const(*users))
        m_users.insert(stored.user.id, stored);
    co_return Result<void>();
}

QCoro::Task<void> UserService::close()
{
    co_await m_scope.close();
}

const StoredUser *UserService::find(const UserId &id) const
{
    const auto it = m_users.constFind(id);
    return it == m_users.constEnd() ? nullptr : &*it;
}

QList<User> UserService::all() const
{
    QList<User> users;
    users.reserve(m_users.size());
    for (const StoredUser &stored : m_users) {
        if (!stored.erasedAt)
            users.append(stored.user);
    }
    std::sort(users.begin(), users.end(), [](const User &a, const User &b) { return a.id.bytes() < b.id.bytes(); });
    return users;
}

bool UserService::isValidUserId(const UserId &id)
{
    const QByteArray &text = id.bytes();
    const auto isAlphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.isEmpty() && text.size() <= 64 && isAlphanumeric(text.front()) && !isReserved(text) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return isAlphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool UserService::isFreeForGuest(const UserId &id) const
{
    if (!isValidIdText(id.bytes()))
        return false;
    const QByteArray lower = id.bytes().toLower();
    return !isReserved(lower) && !m_users.contains(UserId(lower)) && !m_pending.contains(UserId(lower));
}

QString UserService::generatePassword()
{
    Crypto::initialise();
    constexpr QByteArrayView alphabet("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789");
    QString password(20, Qt::Uninitialized);
    for (QChar &c : password)
        c = QLatin1Char(alphabet[qsizetype(randombytes_uniform(quint32(alphabet.size())))]);
    return password;
}

Result<StoredUser> UserService::drafted(NewAccount account) const
{
    const UserId &id = account.id;
    account.displayName = account.displayName.normalized(QString::NormalizationForm_C);
    if (account.displayName.isEmpty())
        account.displayName = id.toString().left(64);
    Error mistakes(Errc::ValidationFailed, u"The account cannot be made like this."_s);
    if (!isValidUserId(id)) {
        mistakes.fields.append(FieldError{
            u"/id"_s, u"A user id is 1 to 64 characters of a-z, 0-9, '.', '_' and '-', begins with a letter or digit,"
                      " and is not assistant, system or guest."_s});
    } else if (const Result<void> name = checkDisplayName(account.displayName); !name) {
        mistakes.fields += name.error().fields;
    }
    if (account.role == Role::Guest)
        mistakes.fields.append(FieldError{u"/role"_s, u"An account cannot have the role guest."_s});
    const bool lacksPassword = account.kind == AccountKind::Service || account.mayLackPassword;
    if (lacksPassword && account.password.isEmpty()) {
        // made so on purpose
    } else if (const Result<void> secret = checkPassword(account.password, id); !secret) {
        mistakes.fields += secret.error().fields;
    }
    if (!mistakes.fields.isEmpty()) {
        mistakes.detail = mistakes.fields.first().detail;
        return mistakes;
    }
    if (m_users.contains(id) || m_pending.contains(id))
        return Error(Errc::Conflict,
                     u"The user \"%1\" exists already, or did: ids are never used again."_s.arg(id.toString()));
    StoredUser stored;
    stored.user.id = id;
    stored.user.displayName = account.displayName;
    stored.user.role = account.role;
    stored.user.createdAt = m_clock.now();
    stored.kind = account.kind;
    stored.managedBy = account.managedBy;
    stored.profile = account.profile;
    return stored;
}

QCoro::Task<Result<User>> UserService::create(UserId id, QString displayName, Role role, QString password,
                                              Audit::Draft audit)
{
    NewAccount account;
    account.id = id;
    account.displayName = displayName;
    account.role = role;
    account.password = password;
    co_return co_await make(std::move(account), std::move(audit));
}

QCoro::Task<Result<User>> UserService::make(NewAccount account, Audit::Draft audit, Write write)
{
    Result<StoredUser> draft = drafted(account);
    if (!draft)
        co_return draft.error();
    StoredUser stored = *draft;
    const UserId id = account.id;
    if (!account.password.isEmpty()) {
        Result<QByteArray> hash = co_await m_hasher.hash(account.password);
        if (!hash)
            co_return hash.error();
        stored.passwordHash = *hash;
    }
    if (m_users.contains(id) || m_pending.contains(id)) // made by somebody else while we hashed
        co_return Error(Errc::Conflict,
                        u"The user \"%1\" exists already, or did: ids are never used again."_s.arg(id.toString()));
    if (!audit.isEmpty()) {
        audit.after.insert(u"role"_s, roleName(account.role));
        audit.after.insert(u"display_name"_s, stored.user.displayName);
    }
    m_pending.insert(id, stored);
    Result<void> inserted;
    if (write)
        inserted = co_await write(stored, audit);
    else
        inserted = co_await m_repository.insert(stored, audit);
    m_pending.remove(id);
    if (!inserted)
        co_return inserted.error();
    m_users.insert(id, stored);
    qCInfo(lcIdentity) << "account made:" << id.toString() << "role" << roleName(account.role);
    co_return stored.user;
}

QCoro::Task<Result<void>> UserService::adopt(QList<StoredUser> rows, WriteAll write)
{
    for (const StoredUser &row : std::as_const(rows)) {
        if (m_users.contains(row.user.id) || m_pending.contains(row.user.id))
            co_return Error(Errc::Conflict, u"The user \"%1\" exists already, or did: ids are never used again."_s.arg(
                                                row.user.id.toString()));
    }
    for (const StoredUser &row : std::as_const(rows))
        m_pending.insert(row.user.id, row);
    const Result<void> written = co_await write(rows);
    for (const StoredUser &row : std::as_const(rows)) {
        m_pending.remove(row.user.id);
        if (written)
            m_users.insert(row.user.id, row);
    }
    if (written)
        qCInfo(lcIdentity) << rows.size() << "accounts made";
    co_return written;
}

Result<StoredUser> UserService::newest(const UserId &id) const
{
    const auto pending = m_pending.constFind(id);
    if (!m_users.contains(id))
        return notFound(id); // also while it is still being made
    return pending != m_pending.constEnd() ? *pending : *m_users.constFind(id);
}

bool UserService::leavesNoOwner(const StoredUser &changed) const
{
    for (const StoredUser &settled : m_users) {
        const auto pending = m_pending.constFind(settled.user.id);
        const StoredUser &other = settled.user.id == changed.user.id ? changed
                                  : pending != m_pending.constEnd()  ? *pending
                                                                     : settled;
        if (other.user.role == Role::Owner && !other.user.disabled)
            return false;
    }
    return true;
}

bool UserService::isLastOwner(const UserId &id) const
{
    StoredUser without = m_users.value(id);
    without.user.id = id;
    without.user.disabled = true;
    return leavesNoOwner(without);
}

void UserService::settle(const StoredUser &changed, const SessionId &ownSession)
{
    const StoredUser before = m_users.value(changed.user.id);
    m_users.insert(changed.user.id, changed);
    if (before.passwordHash != changed.passwordHash)
        Q_EMIT passwordChanged(changed.user.id, ownSession);
    if (before.user != changed.user) {
        qCInfo(lcIdentity) << "account changed:" << changed.user.id.toString() << "role" << roleName(changed.user.role)
                           << (changed.user.disabled ? "disabled" : "enabled");
    }
    if (before.user != changed.user || before.passwordHash != changed.passwordHash)
        Q_EMIT userChanged(changed.user);
    if (before.status != changed.status)
        Q_EMIT statusChanged(changed.user.id, changed.status);
}

QCoro::Task<Result<User>> UserService::store(StoredUser changed, Audit::Draft audit, Write write)
{
    ++changed.credentialVersion;
    m_pending.insert(changed.user.id, changed);
    Result<void> updated;
    if (write)
        updated = co_await write(changed, audit);
    else
        updated = co_await m_repository.update(changed, audit);
    // A later change of the same account may have taken the place meanwhile; it stands on this one.
    const auto pending = m_pending.constFind(changed.user.id);
    if (pending != m_pending.constEnd() && pending->credentialVersion == changed.credentialVersion)
        m_pending.erase(pending);
    if (!updated)
        co_return updated.error();
    settle(changed, audit.actor == changed.user.id ? audit.session : SessionId());
    co_return changed.user;
}

QCoro::Task<Result<User>> UserService::change(UserId id, Mutation mutate, Audit::Draft audit, Write write)
{
    Result<StoredUser> user = newest(id);
    if (!user)
        co_return user.error();
    if (user->erasedAt)
        co_return notFound(id);
    StoredUser changed = *user;
    if (const Result<void> done = mutate(changed); !done)
        co_return done.error();
    const bool wasOwner = user->user.role == Role::Owner && !user->user.disabled;
    if (wasOwner && (changed.user.role != Role::Owner || changed.user.disabled) && leavesNoOwner(changed))
        co_return Error(Errc::Conflict, u"\"%1\" is the last owner; make another owner first."_s.arg(id.toString()));
    co_return co_await store(std::move(changed), std::move(audit), std::move(write));
}

QCoro::Task<Result<User>> UserService::setRole(UserId id, Role role, Audit::Draft audit, RoleId customRole)
{
    const Result<StoredUser> user = newest(id);
    if (!user)
        co_return user.error();
    if (role == Role::Guest)
        co_return Error::invalid(u"/role"_s, u"An account cannot have the role guest."_s);
    if (user->user.role == role && user->user.customRole == customRole)
        co_return user->user;
    if (!audit.isEmpty()) {
        const auto shown = [](Role base, const RoleId &custom) {
            return custom.isEmpty() ? roleName(base) : custom.toString();
        };
        audit.before.insert(u"role"_s, shown(user->user.role, user->user.customRole));
        audit.after.insert(u"role"_s, shown(role, customRole));
    }
    Mutation mutate = [role, customRole](StoredUser &stored) -> Result<void> {
        stored.user.role = role;
        stored.user.customRole = customRole;
        return {};
    };
    co_return co_await change(id, std::move(mutate), std::move(audit));
}

QCoro::Task<Result<User>> UserService::setDisabled(UserId id, bool disabled, Audit::Draft audit)
{
    const Result<StoredUser> user = newest(id);
    if (!user)
        co_return user.error();
    if (user->user.disabled == disabled && !user->erasedAt)
        co_return user->user;
    Mutation mutate = [disabled](StoredUser &stored) -> Result<void> {
        stored.user.disabled = disabled;
        return {};
    };
    co_return co_await change(id, std::move(mutate), std::move(audit));
}

QCoro::Task<Result<User>> UserService::setPassword(UserId id, QString password, Audit::Draft audit, Write write)
{
    if (const Result<StoredUser> user = newest(id); !user)
        co_return user.error();
    if (const Result<void> secret = checkPassword(password, id); !secret)
        co_return secret.error();
    Result<QByteArray> hash = co_await m_hasher.hash(password);
    if (!hash)
        co_return hash.error();
    Mutation mutate = [hash = *hash](StoredUser &stored) -> Result<void> {
        if (stored.kind == AccountKind::Service)
            return Error(Errc::Conflict, u"A service account has no password; give it an application token."_s);
        stored.passwordHash = hash;
        return {};
    };
    co_return co_await change(id, std::move(mutate), std::move(audit), std::move(write));
}

} // namespace Atom::Identity
