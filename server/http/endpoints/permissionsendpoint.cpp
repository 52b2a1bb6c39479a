// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/permissionsendpoint.h"

#include "server/identity/rules.h"
#include "shared/core/jsonlimits.h"

#include <array>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using namespace Identity;
using Rooms::ChangedDecisions;
using Rooms::PermissionDraft;
using Rooms::Question;

namespace {
constexpr std::array predefined{Role::Owner,   Role::Admin,  Role::Moderator, Role::Operator,
                                Role::Auditor, Role::Member, Role::Guest};
constexpr qsizetype draftBytes = 4096; //!< in a query; larger ones are simulated by POST

QJsonObject toJson(const Explanation &explanation)
{
    QJsonArray steps;
    for (const DecisionStep &step : explanation.steps) {
        steps.append(QJsonObject{{u"level"_s, step.level}, {u"effect"_s, step.effect}, {u"because"_s, step.because}});
    }
    return QJsonObject{{u"allowed"_s, explanation.decision.allowed},
                       {u"break_glass"_s, explanation.decision.underGlass},
                       {u"reason"_s, explanation.decision.reason},
                       {u"steps"_s, steps}};
}
} // namespace

PermissionsEndpoint::PermissionsEndpoint(Rooms::RoomPermissionService &service, const RoleService &roles,
                                         const Permissions &permissions)
    : m_service(service), m_roles(roles), m_permissions(permissions)
{
}

QList<Route> PermissionsEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/permissions/actions"_s, Action::PermissionsRead,
                     bind(this, &PermissionsEndpoint::actions)),
        userRoute("GET", u"/api/v1/permissions/explain"_s, Action::PermissionsRead,
                  bind(this, &PermissionsEndpoint::explain)),
        userRoute("POST", u"/api/v1/permissions/simulate"_s, Action::PermissionsRead,
                  bind(this, &PermissionsEndpoint::simulate)),
        userRoute("GET", u"/api/v1/rooms/{room_id}/permissions"_s, Action::RoomPermissionsManage,
                  bind(this, &PermissionsEndpoint::overrides)),
        userRoute("PATCH", u"/api/v1/rooms/{room_id}/permissions"_s, Action::RoomPermissionsManage,
                  bind(this, &PermissionsEndpoint::changeOverrides)),
    };
}

Response PermissionsEndpoint::actions(const Request &, const Actor &) const
{
    std::array<ActionSet, predefined.size()> held;
    for (size_t i = 0; i < predefined.size(); ++i)
        held[i] = m_permissions.holdings(predefined[i]);
    QJsonArray items;
    for (const Action action : allActions()) {
        QJsonArray roles;
        for (size_t i = 0; i < predefined.size(); ++i) {
            if (contains(held[i], action))
                roles.append(roleName(predefined[i]));
        }
        items.append(QJsonObject{{u"action"_s, actionName(action)},
                                 {u"in_rooms"_s, isOverridable(action)},
                                 {u"roles"_s, roles},
                                 {u"rule"_s, ruleWords(action)}});
    }
    return Response::json(listOf(items));
}

Result<PermissionDraft> PermissionsEndpoint::draftFrom(const Actor &actor, const QJsonObject &body) const
{
    const Result<DraftRequest> read = readDraft(body);
    if (!read)
        return read.error();
    PermissionDraft draft;
    if (read->role) {
        const Result<CustomRole> role = m_roles.preview(actor, *read->role);
        if (!role)
            return role.error();
        draft.role = *role;
    }
    draft.room = read->room;
    draft.overrides = read->changes;
    draft.user = read->user;
    if (const std::optional<Role> role = roleFromName(read->give)) {
        draft.give = *role;
    } else if (!read->give.isEmpty()) {
        const RoleId id = RoleId::fromString(read->give);
        const bool isDraft = draft.role && draft.role->id == id;
        const CustomRole *custom = isDraft ? &*draft.role : m_permissions.role(id);
        if (!custom)
            return Error::invalid(u"/give"_s, u"There is no such role."_s);
        draft.give = custom->base;
        draft.giveCustom = custom->id;
    }
    return draft;
}

QJsonObject PermissionsEndpoint::changesOf(const ChangedDecisions &changed) const
{
    QJsonArray items;
    for (const Rooms::ChangedDecision &one : changed.list) {
        QJsonObject item{{u"user_id"_s, one.user.toString()},
                         {u"action"_s, actionName(one.action)},
                         {u"allowed"_s, one.allowed},
                         {u"reason"_s, one.reason}};
        if (!one.room.isEmpty())
            item.insert(u"room_id"_s, one.room.toString());
        items.append(item);
    }
    return QJsonObject{{u"items"_s, items}, {u"complete"_s, changed.isComplete}};
}

Response PermissionsEndpoint::explain(const Request &request, const Actor &actor) const
{
    const Result<UserId> user = queryId<UserId>(request, u"user"_s);
    const Result<RoomId> room = queryId<RoomId>(request, u"room"_s);
    const Result<UserId> owner = queryId<UserId>(request, u"owner"_s);
    if (!user || !room || !owner)
        return Response::problem(!user ? user.error() : !room ? room.error() : owner.error(), request);
    const std::optional<Action> action = actionFromName(request.query.queryItemValue(u"action"_s, QUrl::FullyDecoded));
    if (!action) {
        const Error unknown = Error::invalid(
            u"/query/action"_s, u"Give the name of an action; GET /api/v1/permissions/actions lists them."_s);
        return Response::problem(unknown, request);
    }
    Question question;
    question.user = user->isEmpty() ? actor.user : *user;
    question.action = *action;
    question.room = *room;
    question.owner = *owner;
    const Result<Explanation> explanation = m_service.explain(actor, question);
    if (!explanation)
        return Response::problem(explanation.error(), request);
    QJsonObject json = toJson(*explanation);
    json.insert(u"user_id"_s, question.user.toString());
    json.insert(u"action"_s, actionName(*action));
    if (!room->isEmpty())
        json.insert(u"room_id"_s, room->toString());

    const QByteArray text = request.query.queryItemValue(u"draft"_s, QUrl::FullyDecoded).toUtf8();
    if (text.isEmpty())
        return Response::json(json);
    if (text.size() > draftBytes) {
        const Error large = Error::invalid(
            u"/query/draft"_s, u"A draft in the query has up to 4096 bytes; POST /api/v1/permissions/simulate takes"
                               u" larger ones."_s);
        return Response::problem(large, request);
    }
    const Result<QJsonObject> body = parseJsonObject(text);
    if (!body)
        return Response::problem(Error::invalid(u"/query/draft"_s, u"The draft is a JSON object."_s), request);
    const Result<PermissionDraft> draft = draftFrom(actor, *body);
    if (!draft)
        return Response::problem(draft.error(), request);
    const Result<Explanation> after = m_service.explainAfter(actor, question, *draft);
    const Result<ChangedDecisions> changed = m_service.simulate(actor, *draft, 100);
    if (!after || !changed)
        return Response::problem(after ? changed.error() : after.error(), request);
    QJsonObject then = toJson(*after);
    then.insert(u"changes"_s, changesOf(*changed));
    json.insert(u"after_draft"_s, then);
    return Response::json(json);
}

QCoro::Task<Response> PermissionsEndpoint::simulate(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    const Result<PermissionDraft> draft = draftFrom(actor, *body);
    if (!draft)
        co_return Response::problem(draft.error(), request);
    const Result<ChangedDecisions> changed = m_service.simulate(actor, *draft, 1000);
    if (!changed)
        co_return Response::problem(changed.error(), request);
    co_return Response::json(changesOf(*changed));
}

Response PermissionsEndpoint::overrides(const Request &request, const Actor &actor) const
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        return Response::problem(room.error(), request);
    const Result<QList<Override>> overrides = m_service.overrides(actor, *room);
    if (!overrides)
        return Response::problem(overrides.error(), request);
    QJsonArray items;
    for (const Override &o : *overrides)
        items.append(HttpEndpoints::toJson(o));
    return Response::json(listOf(items));
}

QCoro::Task<Response> PermissionsEndpoint::changeOverrides(Request request, Actor actor)
{
    const Result<RoomId> room = pathId<RoomId>(request, 0, u"room"_s);
    if (!room)
        co_return Response::problem(room.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    QList<FieldError> mistakes;
    const QList<Override> changes = readOverrides(reader, mistakes);
    if (!reader.has(u"changes"_s))
        reader.reject(u"changes"_s, u"is required"_s);
    Result<void> read = reader.finish();
    if (!mistakes.isEmpty()) {
        Error error = read ? Error(Errc::ValidationFailed, mistakes.constFirst().detail) : read.error();
        error.fields += mistakes;
        co_return Response::problem(error, request);
    }
    if (!read)
        co_return Response::problem(read.error(), request);
    const Result<QList<Override>> changed = co_await m_service.change(actor, *room, changes);
    if (!changed)
        co_return Response::problem(changed.error(), request);
    QJsonArray items;
    for (const Override &o : *changed)
        items.append(HttpEndpoints::toJson(o));
    co_return Response::json(listOf(items));
}

} // namespace Atom::HttpEndpoints
