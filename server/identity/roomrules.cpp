// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/roomrules.h"

#include <algorithm>
#include <tuple>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

QString effectName(Effect effect)
{
    switch (effect) {
    case Effect::None:
        return u"inherit"_s;
    case Effect::Allow:
        return u"allow"_s;
    case Effect::Deny:
        return u"deny"_s;
    }
    return {};
}

std::optional<Effect> effectFromName(const QString &name)
{
    for (const Effect effect : {Effect::None, Effect::Allow, Effect::Deny}) {
        if (effectName(effect) == name)
            return effect;
    }
    return std::nullopt;
}

QString subjectKindName(SubjectKind kind)
{
    switch (kind) {
    case SubjectKind::User:
        return u"user"_s;
    case SubjectKind::Role:
        return u"role"_s;
    case SubjectKind::Position:
        return u"position"_s;
    }
    return {};
}

std::optional<SubjectKind> subjectKindFromName(const QString &name)
{
    for (const SubjectKind kind : {SubjectKind::User, SubjectKind::Role, SubjectKind::Position}) {
        if (subjectKindName(kind) == name)
            return kind;
    }
    return std::nullopt;
}

RoomRules RoomRules::from(QList<Override> overrides)
{
    std::sort(overrides.begin(), overrides.end(), [](const Override &a, const Override &b) {
        return std::tie(a.kind, a.subject, a.action) < std::tie(b.kind, b.subject, b.action);
    });
    RoomRules rules;
    for (const Override &override : std::as_const(overrides)) {
        const QString name = QString::fromUtf8(override.subject);
        if (override.kind == SubjectKind::User) {
            rules.users[UserId(override.subject)].set(override.action, override.effect);
        } else if (override.kind == SubjectKind::Position) {
            if (const std::optional<MemberRole> position = memberRoleFromName(name))
                rules.positions[size_t(*position)].set(override.action, override.effect);
        } else if (const std::optional<Role> role = roleFromName(name)) {
            rules.roles[size_t(*role)].set(override.action, override.effect);
        } else {
            rules.customRoles[RoleId(override.subject)].set(override.action, override.effect);
        }
    }
    rules.list = std::move(overrides);
    return rules;
}

} // namespace Atom::Identity
