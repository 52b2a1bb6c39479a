// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/permissionreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using namespace Identity;

namespace {
constexpr qsizetype maxActions = 256;
const QString baseRoles = u"admin, moderator, operator, auditor, member"_s;

std::optional<QList<Action>> readActions(JsonReader &reader, const QString &name)
{
    const std::optional<QStringList> names = reader.optionalStrings(name, maxActions, 1, 64);
    if (!names)
        return std::nullopt;
    QList<Action> actions;
    for (const QString &text : *names) {
        if (const std::optional<Action> action = actionFromName(text))
            actions.append(*action);
        else
            reader.reject(name, u"names no action: %1 (GET /api/v1/permissions/actions lists them)"_s.arg(text));
    }
    return actions;
}

RoleDraft readRole(JsonReader &reader, bool isWhole)
{
    RoleDraft draft;
    if (isWhole) {
        draft.id = reader.id<RoleId>(u"id"_s);
        draft.base = reader.optionalChoice(u"base"_s, &roleFromName, baseRoles);
    }
    draft.name = reader.optionalString(u"name"_s, 1, 64);
    draft.allow = readActions(reader, u"allow"_s);
    draft.deny = readActions(reader, u"deny"_s);
    return draft;
}

Result<void> finish(JsonReader &reader, const QList<FieldError> &more)
{
    Result<void> read = reader.finish();
    if (more.isEmpty())
        return read;
    Error error = read ? Error(Errc::ValidationFailed, more.constFirst().detail) : read.error();
    error.fields += more;
    return error;
}
} // namespace

QJsonArray namesOf(const ActionSet &set)
{
    QJsonArray names;
    for (const Action action : actionsIn(set))
        names.append(actionName(action));
    return names;
}

QJsonObject toJson(const Override &override)
{
    return QJsonObject{{u"kind"_s, subjectKindName(override.kind)}, {u"subject"_s, QString::fromUtf8(override.subject)},
                       {u"action"_s, actionName(override.action)},  {u"effect"_s, effectName(override.effect)},
                       {u"set_by"_s, override.setBy.toString()},    {u"set_at"_s, toIso(override.setAt)}};
}

Result<RoleDraft> readRoleDraft(const QJsonObject &body)
{
    JsonReader reader(body);
    RoleDraft draft = readRole(reader, true);
    if (Result<void> read = reader.finish(); !read)
        return std::move(read.error());
    return draft;
}

Result<RoleDraft> readRoleChange(const QJsonObject &body, const RoleId &id)
{
    JsonReader reader(body);
    RoleDraft draft = readRole(reader, false);
    draft.id = id;
    if (Result<void> read = reader.finish(); !read)
        return std::move(read.error());
    if (!draft.name && !draft.allow && !draft.deny)
        return Error(Errc::ValidationFailed, u"Give at least one of name, allow and deny."_s);
    return draft;
}

QList<Override> readOverrides(JsonReader &reader, QList<FieldError> &mistakes)
{
    QList<Override> overrides;
    const QJsonValue value = reader.optionalValue(u"changes"_s);
    if (value.isNull() || value.isUndefined())
        return overrides;
    if (!value.isArray() || value.toArray().isEmpty() || value.toArray().size() > 100) {
        reader.reject(u"changes"_s, u"must be a list of 1 to 100 changes"_s);
        return overrides;
    }
    const QJsonArray list = value.toArray();
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString pointer = u"/changes/%1"_s.arg(i);
        if (!list.at(i).isObject()) {
            mistakes.append(FieldError{pointer, u"A change is an object with kind, subject, action and effect."_s});
            continue;
        }
        JsonReader one(list.at(i).toObject());
        Override o;
        const auto kind = one.optionalChoice(u"kind"_s, &subjectKindFromName, u"user, role, position"_s);
        o.subject = one.string(u"subject"_s, 1, 128).toUtf8();
        const auto action = one.optionalChoice(u"action"_s, &actionFromName, u"the actions of a room"_s);
        const auto effect = one.optionalChoice(u"effect"_s, &effectFromName, u"allow, deny, inherit"_s);
        for (const auto &[name, isThere] :
             {std::pair(u"kind"_s, one.has(u"kind"_s)), std::pair(u"action"_s, one.has(u"action"_s)),
              std::pair(u"effect"_s, one.has(u"effect"_s))}) {
            if (!isThere)
                one.reject(name, u"is missing"_s);
        }
        if (const Result<void> read = one.finish(); !read) {
            for (const FieldError &mistake : read.error().fields)
                mistakes.append(FieldError{pointer + mistake.pointer, mistake.detail});
            continue;
        }
        o.kind = *kind;
        o.action = *action;
        o.effect = *effect;
        overrides.append(std::move(o));
    }
    return overrides;
}

Result<DraftRequest> readDraft(const QJsonObject &body)
{
    JsonReader reader(body);
    QList<FieldError> mistakes;
    DraftRequest draft;
    if (const std::optional<QJsonObject> object = reader.optionalObject(u"role"_s, 16 * 1024)) {
        JsonReader role(*object);
        draft.role = readRole(role, true);
        if (const Result<void> read = role.finish(); !read) {
            for (const FieldError &mistake : read.error().fields)
                mistakes.append(FieldError{u"/role"_s + mistake.pointer, mistake.detail});
        }
    }
    draft.room = reader.optionalId<RoomId>(u"room_id"_s);
    draft.changes = readOverrides(reader, mistakes);
    draft.user = reader.optionalId<UserId>(u"user_id"_s);
    draft.give = reader.optionalString(u"give"_s, 1, 64).value_or(QString());
    if (draft.room.isEmpty() != draft.changes.isEmpty() && mistakes.isEmpty())
        reader.reject(u"changes"_s, u"goes together with room_id"_s);
    if (draft.user.isEmpty() != draft.give.isEmpty())
        reader.reject(u"give"_s, u"goes together with user_id"_s);
    if (Result<void> read = finish(reader, mistakes); !read)
        return std::move(read.error());
    if (!draft.role && draft.room.isEmpty() && draft.user.isEmpty())
        return Error(Errc::ValidationFailed, u"Give a role, changes of a room, or a role to give to a user."_s);
    return draft;
}

} // namespace Atom::HttpEndpoints
