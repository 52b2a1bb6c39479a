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
    return std::find(reservedIds.begin(), reservedIds.end(), lowerCase) != reservedIds.end();
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
    for (const StoredUser &stored : m_users)
        users.append(stored.user);
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

QCoro::Task<Result<User>> UserService::create(UserId id, QString displayName, Role role, QString password)
{
    displayName = displayName.normalized(QString::NormalizationForm_C);
    if (displayName.isEmpty())
        displayName = id.toString().left(64);
    Error mistakes(Errc::ValidationFailed, u"The account cannot be made like this."_s);
    if (!isValidUserId(id)) {
        mistakes.fields.append(FieldError{
            u"/id"_s, u"A user id is 1 to 64 characters of a-z, 0-9, '.', '_' and '-', begins with a letter or digit,"
                      " and is not assistant, system or guest."_s});
    } else if (const Result<void> name = checkDisplayName(displayName); !name) {
        mistakes.fields += name.error().fields;
    }
    if (role == Role::Guest)
        mistakes.fields.append(FieldError{u"/role"_s, u"An account cannot have the role guest."_s});
    if (const Result<void> secret = checkPassword(password, id); !secret)
        mistakes.fields += secret.error().fields;
    if (!mistakes.fields.isEmpty()) {
        mistakes.detail = mistakes.fields.first().detail;
        co_return mistakes;
    }
    const Error taken(Errc::Conflict, u"The user \"%1\" exists already."_s.arg(id.toString()));
    if (m_users.contains(id) || m_pending.contains(id))
        co_return taken;

    StoredUser stored;
    stored.user.id = id;
    stored.user.displayName = displayName;
    stored.user.role = role;
    stored.user.createdAt = m_clock.now();
    Result<QByteArray> hash = co_await m_hasher.hash(password);
    if (!hash)
        co_return hash.error();
    stored.passwordHash = *hash;
    if (m_users.contains(id) || m_pending.contains(id)) // made by somebody else while we hashed
        co_return taken;
    m_pending.insert(id, stored);
    const Result<void> inserted = co_await m_repository.insert(stored);
    m_pending.remove(id);
    if (!inserted)
        co_return inserted.error();
    m_users.insert(id, stored);
    qCInfo(lcIdentity) << "account made:" << id.toString() << "role" << roleName(role);
    co_return stored.user;
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

QCoro::Task<Result<User>> UserService::store(StoredUser changed)
{
    ++changed.credentialVersion;
    m_pending.insert(changed.user.id, changed);
    const Result<void> updated = co_await m_repository.update(changed);
    // A later change of the same account may have taken the place meanwhile; it stands on this one.
    const auto pending = m_pending.constFind(changed.user.id);
    if (pending != m_pending.constEnd() && pending->credentialVersion == changed.credentialVersion)
        m_pending.erase(pending);
    if (!updated)
        co_return updated.error();
    const StoredUser before = m_users.value(changed.user.id);
    m_users.insert(changed.user.id, changed);
    qCInfo(lcIdentity) << "account changed:" << changed.user.id.toString() << "role" << roleName(changed.user.role)
                       << (changed.user.disabled ? "disabled" : "enabled");
    if (before.passwordHash != changed.passwordHash)
        Q_EMIT passwordChanged(changed.user.id);
    Q_EMIT userChanged(changed.user);
    co_return changed.user;
}

QCoro::Task<Result<User>> UserService::setRole(UserId id, Role role)
{
    Result<StoredUser> user = newest(id);
    if (!user)
        co_return user.error();
    if (role == Role::Guest)
        co_return Error::invalid(u"/role"_s, u"An account cannot have the role guest."_s);
    if (user->user.role == role)
        co_return user->user;
    StoredUser changed = *user;
    changed.user.role = role;
    if (user->user.role == Role::Owner && leavesNoOwner(changed))
        co_return Error(Errc::Conflict, u"\"%1\" is the last owner; make another owner first."_s.arg(id.toString()));
    co_return co_await store(std::move(changed));
}

QCoro::Task<Result<User>> UserService::setDisabled(UserId id, bool disabled)
{
    Result<StoredUser> user = newest(id);
    if (!user)
        co_return user.error();
    if (user->user.disabled == disabled)
        co_return user->user;
    StoredUser changed = *user;
    changed.user.disabled = disabled;
    if (disabled && user->user.role == Role::Owner && leavesNoOwner(changed))
        co_return Error(Errc::Conflict, u"\"%1\" is the last owner; make another owner first."_s.arg(id.toString()));
    co_return co_await store(std::move(changed));
}

QCoro::Task<Result<User>> UserService::setPassword(UserId id, QString password)
{
    if (const Result<StoredUser> user = newest(id); !user)
        co_return user.error();
    if (const Result<void> secret = checkPassword(password, id); !secret)
        co_return secret.error();
    Result<QByteArray> hash = co_await m_hasher.hash(password);
    if (!hash)
        co_return hash.error();
    Result<StoredUser> user = newest(id); // as it is now, after the hashing
    if (!user)
        co_return user.error();
    StoredUser changed = *user;
    changed.passwordHash = *hash;
    co_return co_await store(std::move(changed));
}

} // namespace Atom::Identity
