// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/bulkendpoint.h"

#include "server/http/endpoints/jsonreader.h"
#include "server/http/problem.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype mostItems = 200;

//! The results of a request, in the order of its items.
class Results
{
public:
    explicit Results(const Request &request) : m_request(request) {}
    void done(const QString &operation, const UserId &user)
    {
        append(operation, user, {});
        ++m_done;
    }
    void failed(const QString &operation, const UserId &user, const Error &error)
    {
        append(operation, user, Http::problemDocument(error, m_request.requestId, m_request.path));
    }
    Response response() const
    {
        return Response::json(
            QJsonObject{{u"items"_s, m_items}, {u"done"_s, m_done}, {u"failed"_s, int(m_items.size()) - m_done}});
    }

private:
    void append(const QString &operation, const UserId &user, const QJsonObject &error)
    {
        QJsonObject item{{u"operation"_s, operation}, {u"user_id"_s, user.toString()}, {u"ok"_s, error.isEmpty()}};
        if (!error.isEmpty())
            item.insert(u"error"_s, error);
        m_items.append(item);
    }
    const Request &m_request;
    QJsonArray m_items;
    int m_done = 0;
};

enum class UserOperation { Disable, Enable, SetRole };

std::optional<UserOperation> operationFromName(const QString &name)
{
    if (name == "disable"_L1)
        return UserOperation::Disable;
    if (name == "enable"_L1)
        return UserOperation::Enable;
    if (name == "set_role"_L1)
        return UserOperation::SetRole;
    return std::nullopt;
}
} // namespace

BulkEndpoint::BulkEndpoint(Identity::UserService &users, const Identity::SessionService &sessions,
                           Rooms::RoomService &rooms, const Identity::Permissions &permissions, const Clock &clock)
    : m_users(users), m_sessions(sessions), m_rooms(rooms), m_permissions(permissions), m_clock(clock)
{
}

QList<Route> BulkEndpoint::routes()
{
    return {
        checkedRoute("POST", u"/api/v1/users/bulk"_s, Action::UserManage, bind(this, &BulkEndpoint::users)),
        userRoute("POST", u"/api/v1/rooms/{room_id}/members/bulk"_s, Action::RoomManageMembers,
                  bind(this, &BulkEndpoint::members)),
    };
}

QCoro::Task<Result<User>> BulkEndpoint::changeUser(Actor actor, UserId id, std::optional<Role> role, bool disabled)
{
    const Identity::StoredUser *stored = m_users.find(id);
    if (!stored || stored->erasedAt)
        co_return noSuch(u"user"_s);
    Result<void> allowed = m_permissions.require(actor, Action::UserManage, Identity::Object::forAccount(stored->user));
    if (allowed && role)
        allowed = m_permissions.require(actor, Action::RoleAssign, Identity::Object::forAccount(stored->user, *role));
    if (!allowed)
        co_return allowed.error();
    const QByteArray action = role ? "user.role_changed" : disabled ? "user.disabled" : "user.enabled";
    Audit::Draft audit = Audit::draftFor(actor, action, "user", id.bytes(), m_clock.now());
    if (role)
        co_return co_await m_users.setRole(id, *role, std::move(audit));
    co_return co_await m_users.setDisabled(id, disabled, std::move(audit));
}

QCoro::Task<Response> BulkEndpoint::users(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString name = reader.string(u"operation"_s, 1, 16);
    const std::optional<UserOperation> operation = operationFromName(name);
    if (!operation)
        reader.reject(u"operation"_s, u"must be one of: disable, enable, set_role"_s);
    const std::optional<Role> role =
        reader.optionalChoice(u"role"_s, &roleFromName, u"owner, admin, moderator, operator, auditor, member"_s);
    const QList<UserId> ids = reader.optionalIds<UserId>(u"users"_s, mostItems);
    if (ids.isEmpty())
        reader.reject(u"users"_s, u"must name 1 to %1 users"_s.arg(mostItems));
    if (role.has_value() != (operation == UserOperation::SetRole))
        reader.reject(u"role"_s, u"is for the operation set_role, which needs it"_s);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (role) {
        if (const Result<void> proven = m_sessions.requireRecentProof(actor); !proven)
            co_return Response::problem(proven.error(), request);
    }

    Results results(request);
    for (const UserId &id : ids) {
        const Result<User> changed = co_await changeUser(actor, id, role, operation == UserOperation::Disable);
        if (changed)
            results.done(name, id);
        else
            results.failed(name, id, changed.error());
    }
    co_return results.response();
}

QCoro::Task<Response> BulkEndpoint::members(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QList<UserId> added = reader.optionalIds<UserId>(u"add"_s, mostItems);
    const QList<UserId> removed = reader.optionalIds<UserId>(u"remove"_s, mostItems);
    const MemberRole role = reader.optionalChoice(u"role"_s, &memberRoleFromName, u"owner, moderator, member"_s)
                                .value_or(MemberRole::Member);
    const qsizetype count = added.size() + removed.size();
    if (count == 0 || count > mostItems)
        reader.reject(u"add"_s, u"and remove must name 1 to %1 users together"_s.arg(mostItems));
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    // A room that the actor may not know of is one answer, not two hundred.
    if (const Result<Room> known = m_rooms.room(actor, *room); !known)
        co_return Response::problem(known.error(), request);

    Results results(request);
    for (const UserId &user : added) {
        Result<void> outcome;
        if (!m_users.find(user))
            outcome = noSuch(u"user"_s);
        else if (const Result<Member> member = co_await m_rooms.addMember(actor, *room, user, role); !member)
            outcome = member.error();
        if (outcome)
            results.done(u"add"_s, user);
        else
            results.failed(u"add"_s, user, outcome.error());
    }
    for (const UserId &user : removed) {
        const Result<void> outcome = co_await m_rooms.removeMember(actor, *room, user);
        if (outcome)
            results.done(u"remove"_s, user);
        else
            results.failed(u"remove"_s, user, outcome.error());
    }
    co_return results.response();
}

} // namespace Atom::HttpEndpoints
