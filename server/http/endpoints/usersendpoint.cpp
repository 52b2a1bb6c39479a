// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/usersendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shortestPassword = 12;
constexpr qsizetype longestPassword = 128;
const QString assignableRoles = u"owner, admin, moderator, operator, auditor, member"_s;

std::optional<Role> readRole(JsonReader &reader)
{
    const std::optional<Role> role = reader.optionalChoice(u"role"_s, &roleFromName, assignableRoles);
    if (role == Role::Guest)
        reader.reject(u"role"_s, u"must be one of: "_s + assignableRoles); // guests have no account
    return role;
}
} // namespace

UsersEndpoint::UsersEndpoint(Identity::UserService &users, const Identity::Permissions &permissions)
    : m_users(users), m_permissions(permissions)
{
}

QList<Route> UsersEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/users"_s, Action::UserManage, bind(this, &UsersEndpoint::list)),
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
        items.append(Protocol::toJson(user));
        last = user.id.toString();
    }
    return Response::json(listOf(items));
}

Response UsersEndpoint::show(const Request &request, const Actor &) const
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    const Identity::StoredUser *stored = id ? m_users.find(*id) : nullptr;
    if (!stored)
        return Response::problem(noSuch(u"user"_s), request);
    return Response::json(Protocol::toJson(stored->user));
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
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Identity::Object account = Identity::Object::forAccount(std::nullopt, role);
    if (const Result<void> allowed = m_permissions.require(actor, Action::RoleAssign, account); !allowed)
        co_return Response::problem(allowed.error(), request);

    const QString password = given ? *given : Identity::UserService::generatePassword();
    const Result<User> made = co_await m_users.create(id, displayName, role, password);
    if (!made)
        co_return Response::problem(made.error(), request);
    QJsonObject json = Protocol::toJson(*made);
    if (!given)
        json.insert(u"one_time_password"_s, password); // the only time anybody sees it
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
    const std::optional<bool> disabled = reader.optionalBool(u"disabled"_s);
    const std::optional<QString> password = reader.optionalString(u"password"_s, shortestPassword, longestPassword);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (!role && !disabled && !password) {
        const Error nothing(Errc::ValidationFailed, u"Give at least one of role, disabled and password."_s);
        co_return Response::problem(nothing, request);
    }
    const Identity::StoredUser *stored = m_users.find(*id);
    if (!stored)
        co_return Response::problem(noSuch(u"user"_s), request);
    // Both are decided before anything changes, so that a refused change changes nothing.
    Result<void> allowed = m_permissions.require(actor, Action::UserManage, Identity::Object::forAccount(stored->user));
    if (allowed && role)
        allowed = m_permissions.require(actor, Action::RoleAssign, Identity::Object::forAccount(stored->user, *role));
    if (!allowed)
        co_return Response::problem(allowed.error(), request);

    Result<User> changed = stored->user;
    if (role)
        changed = co_await m_users.setRole(*id, *role);
    if (changed && disabled)
        changed = co_await m_users.setDisabled(*id, *disabled);
    if (changed && password)
        changed = co_await m_users.setPassword(*id, *password);
    if (!changed)
        co_return Response::problem(changed.error(), request);
    co_return Response::json(Protocol::toJson(*changed));
}

} // namespace Atom::HttpEndpoints
