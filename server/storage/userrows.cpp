// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/userrows.h"

#include "shared/core/clock.h"

namespace Atom::Storage::UserRows {
using namespace Qt::StringLiterals;
using Identity::AccountKind;
using Identity::StoredUser;

namespace {
#define ATOM_USER_VALUES                                                                                               \
    "display_name, role, disabled, password_hash, credential_version, kind, managed_by, profile, status, totp_sealed," \
    " totp_confirmed, totp_last_step, recovery_hashes, erased_at, custom_role"
constexpr Sql allSql("SELECT id, created_at, " ATOM_USER_VALUES " FROM users ORDER BY id");
constexpr Sql existsSql("SELECT 1 FROM users WHERE id = ?");
constexpr Sql insertSql("INSERT INTO users (" ATOM_USER_VALUES
                        ", id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
constexpr Sql updateSql("UPDATE users SET (" ATOM_USER_VALUES
                        ") = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?");
#undef ATOM_USER_VALUES
constexpr Sql endSessionsSql("UPDATE sessions SET revoked = 1, sealed_successor = x'' WHERE user_id = ?1 AND id <> ?2"
                             " AND revoked = 0"
                             " AND (SELECT password_hash FROM users WHERE users.id = ?1) <> ?3");
constexpr qsizetype hashBytes = 32;

QJsonObject toJson(const Profile &p)
{
    QJsonObject json;
    const auto put = [&json](const QString &name, const QString &value) {
        if (!value.isEmpty())
            json.insert(name, value);
    };
    put(u"title"_s, p.title);
    put(u"email"_s, p.email);
    put(u"time_zone"_s, p.timeZone);
    put(u"locale"_s, p.locale);
    put(u"pronouns"_s, p.pronouns);
    put(u"bio"_s, p.bio);
    return json;
}

Profile profileFrom(const QJsonObject &json)
{
    Profile p;
    p.title = json.value(u"title"_s).toString();
    p.email = json.value(u"email"_s).toString();
    p.timeZone = json.value(u"time_zone"_s).toString();
    p.locale = json.value(u"locale"_s).toString();
    p.pronouns = json.value(u"pronouns"_s).toString();
    p.bio = json.value(u"bio"_s).toString();
    return p;
}

QJsonObject toJson(const UserStatus &s)
{
    QJsonObject json;
    if (s.isEmpty())
        return json;
    json.insert(u"text"_s, s.text);
    json.insert(u"emoji"_s, s.emoji);
    json.insert(u"do_not_disturb"_s, s.doNotDisturb);
    if (s.expiresAt)
        json.insert(u"expires_at"_s, toMillis(*s.expiresAt));
    return json;
}

UserStatus statusFrom(const QJsonObject &json)
{
    UserStatus s;
    s.text = json.value(u"text"_s).toString();
    s.emoji = json.value(u"emoji"_s).toString();
    s.doNotDisturb = json.value(u"do_not_disturb"_s).toBool();
    if (json.contains(u"expires_at"_s))
        s.expiresAt = fromMillis(json.value(u"expires_at"_s).toInteger());
    return s;
}

QByteArray kindName(AccountKind kind)
{
    return kind == AccountKind::Service ? "service" : "person";
}

QByteArrayList split(const QByteArray &hashes)
{
    QByteArrayList list;
    for (qsizetype i = 0; i + hashBytes <= hashes.size(); i += hashBytes)
        list.append(hashes.mid(i, hashBytes));
    return list;
}
} // namespace

QList<StoredUser> all(Connection &db)
{
    QList<StoredUser> users;
    Statement s(db, allSql);
    while (s.step()) {
        StoredUser u;
        u.user.id = s.id<UserId>(0);
        u.user.createdAt = s.time(1);
        u.user.displayName = s.string(2);
        // A role this program does not know must not become a strong one.
        u.user.role = roleFromName(s.string(3)).value_or(Role::Guest);
        u.user.disabled = s.boolean(4);
        u.passwordHash = s.text(5);
        u.credentialVersion = s.integer(6);
        u.kind = s.text(7) == "service" ? AccountKind::Service : AccountKind::Person;
        u.managedBy = s.id<UserId>(8);
        u.profile = profileFrom(s.object(9));
        u.status = statusFrom(s.object(10));
        u.secondFactor.sealedSecret = s.text(11);
        u.secondFactor.isConfirmed = s.boolean(12);
        u.secondFactor.lastStep = s.integer(13);
        u.secondFactor.recoveryHashes = split(s.text(14));
        u.erasedAt = s.optionalTime(15);
        u.user.customRole = s.id<RoleId>(16);
        users.append(std::move(u));
    }
    return users;
}

bool exists(Connection &db, const UserId &id)
{
    return Statement(db, existsSql, id).step();
}

Result<void> insert(Connection &db, const StoredUser &x)
{
    const User &u = x.user;
    if (exists(db, u.id))
        return Error(Errc::Conflict, u"There is already an account of that name."_s);
    const QByteArray recovery = x.secondFactor.recoveryHashes.join();
    execute(db, insertSql, u.displayName, roleName(u.role), u.disabled, Blob{x.passwordHash}, x.credentialVersion,
            kindName(x.kind), x.managedBy, toJson(x.profile), toJson(x.status), Blob{x.secondFactor.sealedSecret},
            x.secondFactor.isConfirmed, x.secondFactor.lastStep, Blob{recovery}, x.erasedAt, u.customRole, u.id,
            u.createdAt);
    return {};
}

Result<void> update(Connection &db, const StoredUser &x, const Audit::Draft &audit)
{
    const User &u = x.user;
    const SessionId kept = audit.actor == u.id ? audit.session : SessionId();
    execute(db, endSessionsSql, u.id, kept, Blob{x.passwordHash});
    const QByteArray recovery = x.secondFactor.recoveryHashes.join();
    execute(db, updateSql, u.displayName, roleName(u.role), u.disabled, Blob{x.passwordHash}, x.credentialVersion,
            kindName(x.kind), x.managedBy, toJson(x.profile), toJson(x.status), Blob{x.secondFactor.sealedSecret},
            x.secondFactor.isConfirmed, x.secondFactor.lastStep, Blob{recovery}, x.erasedAt, u.customRole, u.id);
    if (db.changes() == 0)
        return Error(Errc::NotFound, u"There is no account of that name."_s);
    return {};
}

} // namespace Atom::Storage::UserRows
