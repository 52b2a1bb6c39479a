// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/userimport.h"

#include "server/identity/csv.h"
#include "server/identity/passwordresets.h"
#include "server/identity/permissions.h"
#include "server/identity/profileservice.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
const QStringList columns{u"id"_s, u"display_name"_s, u"role"_s, u"email"_s, u"title"_s};

Error wrong(const QString &what)
{
    return Error::invalid(u"/csv"_s, what);
}

//! Where each of `columns` stands in a row; -1: nowhere.
Result<QList<int>> readHeader(const CsvRow &header)
{
    QList<int> places(columns.size(), -1);
    for (qsizetype i = 0; i < header.fields.size(); ++i) {
        const QString name = header.fields.at(i).trimmed().toLower();
        const qsizetype column = columns.indexOf(name);
        if (name == u"password"_s) {
            return wrong(u"Leave the column password out: everybody gets a token with which to choose a password."_s);
        }
        if (column < 0)
            return wrong(u"There is no column \"%1\"; there are %2."_s.arg(name.left(64), columns.join(u", "_s)));
        if (places.at(column) >= 0)
            return wrong(u"The column \"%1\" is there twice."_s.arg(name));
        places[column] = int(i);
    }
    if (places.constFirst() < 0)
        return wrong(u"The first row must name the columns, at least id."_s);
    return places;
}
} // namespace

UserImport::UserImport(UserService &users, AccountRepository &repository, const Permissions &permissions, Clock &clock)
    : m_users(users), m_repository(repository), m_permissions(permissions), m_clock(clock)
{
}

QCoro::Task<Result<ImportReport>> UserImport::run(Actor actor, QString csv, bool dryRun)
{
    if (const Result<void> allowed = m_permissions.require(actor, Action::UserManage, Object::none()); !allowed)
        co_return allowed.error();
    const Result<QList<CsvRow>> rows = readCsv(csv, rowLimit + 1);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return wrong(u"The text is empty; the first row names the columns."_s);
    const Result<QList<int>> places = readHeader(rows->constFirst());
    if (!places)
        co_return places.error();

    const Timestamp now = m_clock.now();
    ImportReport report;
    report.tokensExpireAt = now + tokenLifetime;
    QList<StoredUser> users;
    QList<StoredReset> resets;
    QList<Audit::Draft> audits;
    QHash<QString, int> lineOf;
    for (qsizetype i = 1; i < rows->size(); ++i) {
        const CsvRow &row = rows->at(i);
        const auto value = [&](int column) {
            const int place = places->at(column);
            return place >= 0 ? row.fields.value(place).trimmed() : QString();
        };
        ImportRow result;
        result.line = row.line;
        result.id = value(0).left(128);
        if (row.fields.size() > rows->constFirst().fields.size())
            result.mistakes.append(FieldError{QString(), u"has more fields than there are columns"_s});
        NewAccount account;
        account.id = UserId::fromString(value(0));
        account.displayName = value(1);
        account.mayLackPassword = true;
        account.profile.email = value(3);
        account.profile.title = value(4);
        const QString role = value(2);
        const std::optional<Role> known = role.isEmpty() ? Role::Member : roleFromName(role.toLower());
        if (!known)
            result.mistakes.append(FieldError{u"/role"_s, u"There is no role \"%1\"."_s.arg(role.left(64))});
        account.role = known.value_or(Role::Member);
        const Object object = Object::forAccount(std::nullopt, account.role);
        if (!m_permissions.can(actor, Action::RoleAssign, object))
            result.mistakes.append(FieldError{u"/role"_s, u"You may not give this role."_s});
        ProfileChange profile;
        profile.email = account.profile.email;
        profile.title = account.profile.title;
        result.mistakes += ProfileService::mistakesIn(profile);
        if (const auto first = lineOf.constFind(result.id); first != lineOf.cend()) {
            result.mistakes.append(FieldError{u"/id"_s, u"The id is in line %1 already."_s.arg(*first)});
        } else {
            lineOf.insert(result.id, row.line);
            const Result<StoredUser> drafted = m_users.drafted(account);
            if (drafted)
                users.append(*drafted);
            else if (drafted.error().fields.isEmpty())
                result.mistakes.append(FieldError{u"/id"_s, drafted.error().detail});
            else
                result.mistakes += drafted.error().fields;
        }
        report.good += result.mistakes.isEmpty() ? 1 : 0;
        report.rows.append(result);
    }
    if (dryRun || report.good < report.rows.size() || report.rows.isEmpty())
        co_return Result<ImportReport>(std::move(report));

    for (qsizetype i = 0; i < users.size(); ++i) {
        const UserId id = users.at(i).user.id;
        auto [secret, reset] = PasswordResets::make(id, actor.user, report.tokensExpireAt);
        report.rows[i].resetToken = secret;
        resets.append(reset);
        Audit::Draft audit = Audit::draftFor(actor, "user.created", "user", id.bytes(), now);
        audit.after.insert(u"role"_s, roleName(users.at(i).user.role));
        audit.after.insert(u"imported"_s, true);
        audits.append(std::move(audit));
    }
    UserService::WriteAll write = [this, resets, audits](QList<StoredUser> all) {
        return m_repository.insertUsers(std::move(all), resets, audits);
    };
    const Result<void> made = co_await m_users.adopt(users, std::move(write));
    if (!made)
        co_return made.error();
    report.applied = true;
    co_return Result<ImportReport>(std::move(report));
}

} // namespace Atom::Identity
