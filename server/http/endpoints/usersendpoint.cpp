// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/usersendpoint.h"

#include "server/http/endpoints/accountjson.h"
#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shortestPassword = 12;
constexpr qsizetype longestPassword = 128;
constexpr qsizetype longestName = 128;
const QString assignableRoles = u"owner, admin, moderator, operator, auditor, member"_s;

std::optional<Role> readRole(JsonReader &reader)
{
    const std::optional<Role> role = reader.optionalChoice(u"role"_s, &roleFromName, assignableRoles);
    if (role == Role::Guest)
        reader.reject(u"role"_s, u"must be one of: "_s + assignableRoles); // guests have no account
    return role;
}

//! Whether the id or a word of the name begins with this, without regard to case; `start` is folded.
bool isCalled(const User &user, const QString &start)
{
    if (start.isEmpty() || user.id.toString().startsWith(start))
        return true;
    const QString name = user.displayName.toCaseFolded();
    for (qsizetype at = name.indexOf(start); at >= 0; at = name.indexOf(start, at + 1)) {
        if (at == 0 || !name[at - 1].isLetterOrNumber())
            return true;
    }
    return false;
}
} // namespace

UsersEndpoint::UsersEndpoint(Identity::UserService &users, Identity::SessionService &sessions,
                             const Identity::Permissions &permissions)
    : m_users(users), m_sessions(sessions), m_permissions(permissions)
{
}

QList<Route> UsersEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/users"_s, Action::UserManage, bind(this, &UsersEndpoint::list)),
        checkedRoute("GET", u"/api/v1/people"_s, Action::PeopleRead, bind(this, &UsersEndpoint::people)),
        checkedRoute("POST", u"/api/v1/users"_s, Action::UserManage, bind(this, &UsersEndpoint::create)),
        checkedRoute("GET", u"/api/v1/users/{user_id}"_s, Action::UserManage, bind(this, &UsersEndpoint::show)),
        checkedRoute("PATCH", u"/api/v1/users/{user_id}"_s, Action::UserManage, bind(this, &UsersEndpoint::change)),
    };
}

Response UsersEndpoint::list(const Request &request, const Actor &) const
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 100, 1, 1000);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    QJsonArray items;
    QString last;
    for (const User &user : m_users.all()) {
        if (!after->isEmpty() && user.id.toString() <= after->constFirst())
            continue;
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor({last})));
        items.append(accountJson(*m_users.find(user.id)));
        last = user.id.toString();
    }
    return Response::json(listOf(items));
}

Response UsersEndpoint::people(const Request &request, const Actor &) const
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    const Result<QStringList> after = queryCursor(request, 1);
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    const QString start = request.query.queryItemValue(u"q"_s, QUrl::FullyDecoded).trimmed().toCaseFolded();
    if (start.size() > longestName)
        return Response::problem(Error::invalid(u"/query/q"_s, u"q is at most %1 characters."_s.arg(longestName)),
                                 request);
    QJsonArray items;
    QString last;
    for (const User &user : m_users.all()) {
        const QString id = user.id.toString();
        if (user.disabled || (!after->isEmpty() && id <= after->constFirst()) || !isCalled(user, start))
            continue;
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor({last})));
        items.append(publicProfileJson(*m_users.find(user.id)));
        last = id;
    }
    return Response::json(listOf(items));
}

Response UsersEndpoint::show(const Request &request, const Actor &) const
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    const Identity::StoredUser *stored = id ? m_users.find(*id) : nullptr;
    if (!stored || stored->erasedAt)
        return Response::problem(noSuch(u"user"_s), request);
    return Response::json(accountJson(*stored));
}

QCoro::Task<Response> UsersEndpoint::create(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const UserId id = reader.id<UserId>(u"id"_s);
    const QString displayName = reader.optionalString(u"display_name"_s, 1, 64).value_or(id.toString());
    const Role role = readRole(reader).value_or(Role::Member);
    const std::optional<QString> given = reader.optionalString(u"password"_s, shortestPassword, longestPassword);
    const QString kind = reader.optionalString(u"kind"_s, 1, 16).value_or(u"person"_s);
    if (kind != u"person"_s && kind != u"service"_s)
        reader.reject(u"kind"_s, u"must be person or service"_s);
    const bool isService = kind == u"service"_s;
    if (isService && given)
        reader.reject(u"password"_s, u"is not for service accounts: they have application tokens"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Identity::Object account = Identity::Object::forAccount(std::nullopt, role);
    if (const Result<void> allowed = m_permissions.require(actor, Action::RoleAssign, account); !allowed)
        co_return Response::problem(allowed.error(), request);

    Identity::NewAccount draft;
    draft.id = id;
    draft.displayName = displayName;
    draft.role = role;
    if (isService) {
        draft.kind = Identity::AccountKind::Service;
        draft.managedBy = actor.user;
    } else {
        draft.password = given ? *given : Identity::UserService::generatePassword();
    }
    const QString password = draft.password;
    Audit::Draft audit = Audit::draftFor(actor, "user.created", "user", id.bytes(), {});
    const Result<User> made = co_await m_users.make(std::move(draft), std::move(audit));
    if (!made)
        co_return Response::problem(made.error(), request);
    QJsonObject json = accountJson(*m_users.find(made->id));
    if (!given && !isService)
        json.insert(u"initial_password"_s, password); // the only time anybody sees it
    Response response = Response::json(json, 201);
    response.headers.append({QByteArrayLiteral("Location"), "/api/v1/users/" + made->id.bytes()});
    co_return std::move(response);
}

QCoro::Task<Response> UsersEndpoint::change(Request request, Actor actor)
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const std::optional<Role> role = readRole(reader);
    const std::optional<QString> customRole = reader.optionalString(u"custom_role"_s, 1, 64);
    const std::optional<bool> disabled = reader.optionalBool(u"disabled"_s);
    const std::optional<QString> password = reader.optionalString(u"password"_s, shortestPassword, longestPassword);
    const Identity::CustomRole *custom = nullptr;
    if (customRole) {
        custom = m_permissions.role(RoleId::fromString(*customRole));
        if (!custom)
            reader.reject(u"custom_role"_s, u"names no role that was made here"_s);
        else if (role)
            reader.reject(u"custom_role"_s, u"brings its own base: give either it or role"_s);
    }
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (!role && !custom && !disabled && !password) {
        const Error nothing(Errc::ValidationFailed,
                            u"Give at least one of role, custom_role, disabled and password."_s);
        co_return Response::problem(nothing, request);
    }
    const Identity::StoredUser *stored = m_users.find(*id);
    if (!stored || stored->erasedAt)
        co_return Response::problem(noSuch(u"user"_s), request);
    // Both are decided before anything changes, so that a refused change changes nothing.
    Result<void> allowed = m_permissions.require(actor, Action::UserManage, Identity::Object::forAccount(stored->user));
    if (allowed && role)
        allowed = m_permissions.require(actor, Action::RoleAssign, Identity::Object::forAccount(stored->user, *role));
    const RoleId customId = custom ? custom->id : RoleId();
    const Role customBase = custom ? custom->base : Role::Member;
    if (allowed && custom)
        allowed = m_permissions.require(actor, Action::RoleAssign,
                                        Identity::Object::forAccount(stored->user, customBase, customId));
    if (allowed && (role || custom || password))
        allowed = m_sessions.requireRecentProof(actor);
    if (!allowed)
        co_return Response::problem(allowed.error(), request);

    const auto record = [&actor, &id](const QByteArray &action) {
        return Audit::draftFor(actor, action, "user", id->bytes(), {});
    };
    Result<User> changed = stored->user;
    if (role) {
        Audit::Draft audit = record("user.role_changed");
        changed = co_await m_users.setRole(*id, *role, std::move(audit));
    }
    if (changed && !customId.isEmpty()) {
        Audit::Draft audit = record("user.role_changed");
        changed = co_await m_users.setRole(*id, customBase, std::move(audit), customId);
    }
    if (changed && disabled) {
        Audit::Draft audit = record(*disabled ? "user.disabled" : "user.enabled");
        changed = co_await m_users.setDisabled(*id, *disabled, std::move(audit));
    }
    if (changed && password) {
        Audit::Draft audit = record("user.password_set");
        changed = co_await m_users.setPassword(*id, *password, std::move(audit));
    }
    if (!changed)
        co_return Response::problem(changed.error(), request);
    co_return Response::json(accountJson(*m_users.find(*id)));
}

} // namespace Atom::HttpEndpoints
