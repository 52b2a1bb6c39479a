// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/permissions.h"

#include "server/identity/rules.h"

#include <algorithm>
#include <array>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
//! Where nobody asked for the way to a decision, no words are made.
void note(Explanation *out, const QString &level, Effect effect, const QString &because)
{
    DecisionStep step;
    step.level = level;
    step.effect = effect == Effect::None ? u"none"_s : effectName(effect);
    step.because = because;
    out->steps.append(step);
}

//! Who has a role that is not there must not do more than with it: until another role is given, nothing.
Effect unknownRole(Explanation *out)
{
    if (out)
        note(out, u"explicit"_s, Effect::Deny, u"the user's role does not exist any more; give the user another one"_s);
    return Effect::Deny;
}

//! Owners cannot lock themselves out, nor be locked out of what is theirs.
bool isOwner(const Actor &actor, const Object &object)
{
    return actor.role == Role::Owner || (object.isRoom && object.isMember && object.memberRole == MemberRole::Owner);
}
} // namespace

Permissions::Permissions(const Clock &clock) : m_clock(clock) {}

Permissions::~Permissions() = default;

Effect Permissions::effectOf(const Actor &actor, Action action, const Object &object, Explanation *out) const
{
    const CustomRole *custom = nullptr;
    if (!actor.customRole.isEmpty()) {
        if (const auto it = m_roles.constFind(actor.customRole); it != m_roles.cend())
            custom = &*it;
        else
            return unknownRole(out);
    }
    const RoomRules *rules = nullptr;
    if (!m_rooms.isEmpty() && object.isRoom) {
        if (const auto it = m_rooms.constFind(object.room); it != m_rooms.cend())
            rules = &*it;
    }
    if (!custom && !rules)
        return Effect::None;

    bool allowed = false;
    bool denied = false;
    const auto take = [&](Effect effect, const auto &because) {
        allowed = allowed || effect == Effect::Allow;
        denied = denied || effect == Effect::Deny;
        if (out && effect != Effect::None)
            note(out, u"explicit"_s, effect, because());
    };
    const auto verb = [](Effect e) { return e == Effect::Deny ? u"is denied to"_s : u"is allowed to"_s; };
    if (rules) {
        const auto inRoom = [&](Effect effect, const QString &whom) {
            return u"in this room, %1 %2 %3"_s.arg(actionName(action), verb(effect), whom);
        };
        if (!rules->users.isEmpty()) {
            const Effect effect = rules->users.value(actor.user).of(action);
            take(effect, [&] { return inRoom(effect, u"the user "_s + actor.user.toString()); });
        }
        const Effect byRole =
            custom ? rules->customRoles.value(custom->id).of(action) : rules->of(actor.role).of(action);
        take(byRole,
             [&] { return inRoom(byRole, u"the role "_s + (custom ? custom->id.toString() : roleName(actor.role))); });
        if (object.isMember) {
            const Effect effect = rules->of(object.memberRole).of(action);
            take(effect,
                 [&] { return inRoom(effect, u"every %1 of the room"_s.arg(memberRoleName(object.memberRole))); });
        }
    }
    if (custom) {
        const Effect effect = custom->effects.of(action);
        take(effect,
             [&] { return u"%1 %2 the role %3"_s.arg(actionName(action), verb(effect), custom->id.toString()); });
    }
    if (denied || allowed)
        return denied ? Effect::Deny : Effect::Allow;
    if (custom && rules) {
        const Effect inherited = rules->of(actor.role).of(action);
        if (out && inherited != Effect::None) {
            note(out, u"inherited"_s, inherited,
                 u"in this room, %1 %2 the role %3, on which %4 builds"_s.arg(
                     actionName(action), verb(inherited), roleName(actor.role), custom->id.toString()));
        }
        return inherited;
    }
    return Effect::None;
}

void Permissions::setScope(const SessionId &session, TokenScope scope)
{
    m_scopes.insert(session, std::move(scope));
}

void Permissions::removeScope(const SessionId &session)
{
    m_scopes.remove(session);
}

bool Permissions::isInScope(const Actor &actor, Action action, const RoomId &room) const
{
    if (!actor.session.bytes().startsWith(tokenSessionPrefix))
        return true;
    const auto scope = m_scopes.constFind(actor.session);
    if (scope == m_scopes.cend())
        return false; // revoked while it acts
    return scope->actions.test(size_t(action)) &&
           (room.isEmpty() || scope->rooms.isEmpty() || scope->rooms.contains(room));
}

Explanation Permissions::evaluate(const Actor &actor, Action action, const Object &object, bool explained) const
{
    Explanation result;
    Explanation *const out = explained ? &result : nullptr;
    Decision &decision = result.decision;
    if (actor.user.isEmpty()) {
        decision.reason = u"nobody is signed in"_s;
        if (out)
            note(out, u"rule"_s, Effect::Deny, decision.reason);
        return result;
    }
    // What is about all rooms at once is not for a token of some.
    const bool isAboutAll = object.room.isEmpty() && (action == Action::PersonalKeep || action == Action::RoomCreate);
    if (!isInScope(actor, action, object.room) || (isAboutAll && !m_scopes.value(actor.session).rooms.isEmpty())) {
        decision.reason = u"the application token is not for this action, or not for this room"_s;
        if (out)
            note(out, u"token"_s, Effect::Deny, decision.reason);
        return result;
    }
    const Rule rule = builtInRule(actor, action, object);
    decision.allowed = rule.allowed();
    decision.reason = rule.words;
    if (isInternalActor(actor)) {
        if (out)
            note(out, u"rule"_s, decision.allowed ? Effect::Allow : Effect::Deny, rule.words);
        return result;
    }
    const bool isAccountAction =
        action == Action::UserManage || action == Action::RoleAssign || action == Action::UserErase;
    if (rule.possible && isAccountAction && !respectsRights(actor, object)) {
        decision.allowed = false;
        decision.reason = u"nobody may manage or make an account that can do more than he can himself"_s;
        if (out)
            note(out, u"rule"_s, Effect::Deny, decision.reason);
        return result;
    }

    Effect effect = effectOf(actor, action, object, out);
    if (effect != Effect::Deny && object.isRoom && isWithinRoom(action) &&
        effectOf(actor, Action::RoomRead, object, nullptr) == Effect::Deny) {
        effect = Effect::Deny;
        if (out)
            note(out, u"explicit"_s, Effect::Deny, u"who is denied RoomRead can do nothing in the room but leave"_s);
    }
    if (effect == Effect::Deny && (action == Action::RoomLeave || isOwner(actor, object))) {
        if (out) {
            note(out, u"owner"_s, Effect::None,
                 action == Action::RoomLeave ? u"leaving a room cannot be denied"_s
                                             : u"owners cannot be denied anything"_s);
        }
        effect = Effect::None;
    }
    if (effect == Effect::Deny) {
        decision.allowed = false;
        decision.reason = u"it is denied to the user, the role or the position; GET /api/v1/permissions/explain says"
                          u" where"_s;
    } else if (effect == Effect::Allow) {
        decision.allowed = rule.possible;
        if (!rule.possible && out)
            note(out, u"rule"_s, Effect::Deny, u"no allow can lift this: "_s + rule.words);
        else if (decision.allowed)
            decision.reason = u"it is allowed to the user, the role or the position"_s;
    } else if (out) {
        note(out, u"rule"_s, decision.allowed ? Effect::Allow : Effect::Deny, rule.words);
    }

    if (!decision.allowed && object.isRoom && isReading(action) && isGlassOpen(actor.user, object.room)) {
        decision.allowed = true;
        decision.underGlass = true;
        decision.reason = u"the room was opened by break-glass"_s;
        if (out)
            note(out, u"break-glass"_s, Effect::Allow, decision.reason);
    }
    return result;
}

Decision Permissions::decide(const Actor &actor, Action action, const Object &object) const
{
    return evaluate(actor, action, object, false).decision;
}

Explanation Permissions::explain(const Actor &actor, Action action, const Object &object) const
{
    return evaluate(actor, action, object, true);
}

bool Permissions::isDenied(const Actor &actor, Action action, const Object &object) const
{
    return effectOf(actor, action, object, nullptr) == Effect::Deny && action != Action::RoomLeave &&
           !isOwner(actor, object) && !isInternalActor(actor);
}

Result<void> Permissions::require(const Actor &actor, Action action, const Object &object) const
{
    const Decision decision = decide(actor, action, object);
    if (decision.allowed)
        return {};
    // "Sign in" helps only where some account, in the same place, would be allowed.
    if (actor.isGuest()) {
        constexpr std::array accounts{Role::Member,    Role::Auditor, Role::Operator,
                                      Role::Moderator, Role::Admin,   Role::Owner};
        for (const Role role : accounts) {
            Actor signedIn = actor;
            signedIn.role = role;
            if (can(signedIn, action, object))
                return Error(Errc::Unauthenticated, u"Sign in first: %1."_s.arg(decision.reason));
        }
    }
    return Error(Errc::Forbidden, u"Not permitted: %1."_s.arg(decision.reason));
}

ActionSet Permissions::holdings(Role role, const RoleId &customRole) const
{
    Actor actor;
    actor.user = UserId(QByteArrayLiteral("somebody"));
    actor.role = role;
    actor.customRole = customRole;
    const CustomRole *custom = this->role(customRole);
    Object object;
    object.owner = UserId(QByteArrayLiteral("nobody"));
    object.isRoom = true;
    object.roomVisibility = RoomVisibility::Public;
    object.isMember = true;
    object.targetRole = Role::Member;
    Object outside = object;
    outside.isMember = false;
    ActionSet held;
    for (const Action action : allActions()) {
        const Object &where = action == Action::BreakGlassOpen ? outside : object;
        Rule rule = builtInRule(actor, action, where);
        const Effect effect = custom ? custom->effects.of(action) : Effect::None;
        held.set(size_t(action), effect == Effect::Deny ? false : rule.allowed() || effect == Effect::Allow);
    }
    return held;
}

bool Permissions::covers(const Actor &actor, Role role, const RoleId &customRole) const
{
    return (holdings(role, customRole) & ~holdings(actor.role, actor.customRole)).none();
}

bool Permissions::respectsRights(const Actor &actor, const Object &object) const
{
    // Among the predefined roles the rule itself says who manages whom.
    if (actor.role == Role::Owner ||
        (actor.customRole.isEmpty() && object.currentCustomRole.isEmpty() && object.targetCustomRole.isEmpty()))
        return true;
    if (object.currentRole && !covers(actor, *object.currentRole, object.currentCustomRole))
        return false;
    return !object.targetRole || covers(actor, *object.targetRole, object.targetCustomRole);
}

bool Permissions::mayGive(const Actor &actor, Action action, const Object &object) const
{
    if (actor.role == Role::Owner)
        return true;
    if (object.isRoom)
        return can(actor, action, object);
    return contains(holdings(actor.role, actor.customRole), action);
}

const CustomRole *Permissions::role(const RoleId &id) const
{
    const auto it = m_roles.constFind(id);
    return it == m_roles.cend() ? nullptr : &*it;
}

QList<CustomRole> Permissions::roles() const
{
    QList<CustomRole> all = m_roles.values();
    std::sort(all.begin(), all.end(), [](const CustomRole &a, const CustomRole &b) { return a.id < b.id; });
    return all;
}

void Permissions::setRole(CustomRole role)
{
    const RoleId id = role.id;
    m_roles.insert(id, std::move(role));
    Q_EMIT roleChanged(id);
}

void Permissions::removeRole(const RoleId &id)
{
    if (!m_roles.remove(id))
        return;
    for (auto it = m_rooms.begin(); it != m_rooms.end();) {
        QList<Override> left = it->list;
        left.removeIf([&id](const Override &o) { return o.kind == SubjectKind::Role && o.subject == id.bytes(); });
        if (left.size() != it->list.size())
            *it = RoomRules::from(left);
        it = left.isEmpty() ? m_rooms.erase(it) : std::next(it);
    }
    Q_EMIT roleChanged(id);
}

QList<Override> Permissions::overridesIn(const RoomId &room) const
{
    return m_rooms.value(room).list;
}

void Permissions::setOverrides(const RoomId &room, const QList<Override> &overrides)
{
    if (overrides.isEmpty())
        m_rooms.remove(room);
    else
        m_rooms.insert(room, RoomRules::from(overrides));
    Q_EMIT roomChanged(room);
}

QList<RoomId> Permissions::roomsWithOverrides() const
{
    QList<RoomId> rooms = m_rooms.keys();
    std::sort(rooms.begin(), rooms.end());
    return rooms;
}

void Permissions::openGlass(const UserId &user, const RoomId &room, Timestamp until)
{
    m_glass.insert({user, room}, until);
    Q_EMIT glassChanged(user, room);
}

void Permissions::closeGlass(const UserId &user, const RoomId &room)
{
    if (m_glass.remove({user, room}))
        Q_EMIT glassChanged(user, room);
}

bool Permissions::isGlassOpen(const UserId &user, const RoomId &room) const
{
    if (m_glass.isEmpty())
        return false;
    const auto it = m_glass.constFind({user, room});
    return it != m_glass.cend() && m_clock.now() < *it;
}

std::unique_ptr<Permissions> Permissions::draft() const
{
    auto copy = std::make_unique<Permissions>(m_clock);
    copy->m_roles = m_roles;
    copy->m_rooms = m_rooms;
    return copy;
}

} // namespace Atom::Identity
