// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/roompermissions.h"

#include "server/identity/rules.h"
#include "server/identity/userservice.h"
#include "server/rooms/logging.h"

#include <QtCore/QJsonArray>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using namespace Identity;

namespace {
constexpr qsizetype changesAtOnce = 100;
constexpr int evaluations = 200'000; //!< of one simulation: some 100 ms

Error noSuchRoom()
{
    return Error(Errc::NotFound, u"There is no such room."_s);
}

QList<Override> merged(QList<Override> present, const QList<Override> &changes)
{
    for (const Override &change : changes) {
        const auto same = [&change](const Override &o) {
            return o.kind == change.kind && o.subject == change.subject && o.action == change.action;
        };
        present.removeIf(same);
        if (change.effect != Effect::None)
            present.append(change);
    }
    return present;
}

QJsonArray auditValues(const QList<Override> &overrides)
{
    QJsonArray list;
    for (const Override &o : overrides) {
        list.append(QJsonObject{{u"kind"_s, subjectKindName(o.kind)},
                                {u"subject"_s, QString::fromUtf8(o.subject)},
                                {u"action"_s, actionName(o.action)},
                                {u"effect"_s, effectName(o.effect)}});
    }
    return list;
}
} // namespace

RoomPermissionService::RoomPermissionService(PermissionRepository &repository, Permissions &permissions,
                                             const RoomService &rooms, const UserService &users, Clock &clock)
    : m_repository(repository), m_permissions(permissions), m_rooms(rooms), m_users(users), m_clock(clock)
{
}

Result<const RoomState *> RoomPermissionService::roomFor(const Actor &actor, const RoomId &room) const
{
    const RoomState *state = m_rooms.find(room);
    if (!state)
        return noSuchRoom();
    const Object object = m_rooms.objectFor(actor, *state);
    const bool isPublic = state->room.kind == RoomKind::Group && state->room.visibility == RoomVisibility::Public;
    if (isPublic || object.isMember || m_permissions.can(actor, Action::PermissionsRead, Object::none()) ||
        m_permissions.can(actor, Action::RoomPermissionsManage, object))
        return state;
    return noSuchRoom();
}

Result<QList<Override>> RoomPermissionService::overrides(const Actor &actor, const RoomId &room) const
{
    const Result<const RoomState *> state = roomFor(actor, room);
    if (!state)
        return state.error();
    if (!m_permissions.can(actor, Action::PermissionsRead, Object::none())) {
        const Object object = m_rooms.objectFor(actor, **state);
        if (Result<void> allowed = m_permissions.require(actor, Action::RoomPermissionsManage, object); !allowed)
            return std::move(allowed.error());
    }
    return m_permissions.overridesIn(room);
}

Result<void> RoomPermissionService::requireChange(const Actor &actor, const RoomState &state,
                                                  const QList<Override> &changes) const
{
    const Object object = m_rooms.objectFor(actor, state);
    if (Result<void> allowed = m_permissions.require(actor, Action::RoomPermissionsManage, object); !allowed)
        return allowed;
    if (changes.isEmpty() || changes.size() > changesAtOnce)
        return Error::invalid(u"/changes"_s, u"Give 1 to %1 changes."_s.arg(changesAtOnce));
    const QList<Override> present = m_permissions.overridesIn(state.room.id);
    Error mistakes(Errc::ValidationFailed, u"The permissions of the room cannot be like this."_s);
    QStringList beyond;
    for (qsizetype i = 0; i < changes.size(); ++i) {
        const Override &change = changes[i];
        const auto reject = [&](const QString &field, const QString &detail) {
            mistakes.fields.append(FieldError{u"/changes/%1/%2"_s.arg(i).arg(field), detail});
        };
        const QString subject = QString::fromUtf8(change.subject);
        const bool denies = change.effect == Effect::Deny;
        if (!isValidIdText(change.subject)) {
            reject(u"subject"_s, u"Name a user, a role or a position."_s);
        } else if (change.kind == SubjectKind::User) {
            const StoredUser *user = m_users.find(UserId(change.subject));
            const auto member = state.members.constFind(UserId(change.subject));
            const bool ownsRoom = member != state.members.cend() && member->role == MemberRole::Owner;
            if (denies && (ownsRoom || (user && user->user.role == Role::Owner)))
                reject(u"subject"_s, u"Owners of the room or of the server cannot be denied anything."_s);
        } else if (change.kind == SubjectKind::Position) {
            if (!memberRoleFromName(subject))
                reject(u"subject"_s, u"A position is owner, moderator or member."_s);
            else if (denies && subject == u"owner"_s)
                reject(u"subject"_s, u"Owners of the room cannot be denied anything."_s);
        } else if (!roleFromName(subject) && !m_permissions.role(RoleId(change.subject)) &&
                   change.effect != Effect::None) {
            reject(u"subject"_s, u"There is no such role."_s);
        } else if (denies && roleFromName(subject) == Role::Owner) {
            reject(u"subject"_s, u"Owners of the server cannot be denied anything."_s);
        }
        if (!isOverridable(change.action))
            reject(u"action"_s, u"%1 cannot be allowed or denied in one room."_s.arg(actionName(change.action)));
        const auto same = [&change](const Override &o) {
            return o.kind == change.kind && o.subject == change.subject && o.action == change.action;
        };
        const auto before = std::find_if(present.cbegin(), present.cend(), same);
        const bool liftsDeny = before != present.cend() && before->effect == Effect::Deny && !denies;
        if ((change.effect == Effect::Allow || liftsDeny) && !m_permissions.mayGive(actor, change.action, object))
            beyond.append(actionName(change.action));
    }
    if (!mistakes.fields.isEmpty()) {
        mistakes.detail = mistakes.fields.constFirst().detail;
        return mistakes;
    }
    if (!beyond.isEmpty())
        return Error(Errc::Forbidden, u"Not permitted: nobody can give rights he does not have himself: %1."_s.arg(
                                          beyond.join(u", "_s)));
    if (merged(present, changes).size() > overridesPerRoom)
        return Error(Errc::Conflict, u"A room has at most %1 of these."_s.arg(overridesPerRoom));
    return {};
}

QCoro::Task<Result<QList<Override>>> RoomPermissionService::change(Actor actor, RoomId room, QList<Override> changes)
{
    const Result<const RoomState *> state = roomFor(actor, room);
    if (!state)
        co_return state.error();
    if (Result<void> good = requireChange(actor, **state, changes); !good)
        co_return std::move(good.error());
    if ((*state)->room.persistence == RoomPersistence::Ephemeral)
        co_return Error(Errc::Conflict, u"A room that is not stored keeps no permissions of its own."_s);
    const Timestamp now = m_clock.now();
    for (Override &change : changes) {
        change.setBy = actor.user;
        change.setAt = now;
    }
    Audit::Draft audit = Audit::draftFor(actor, "room.permissions_changed", "room", room.bytes(), now);
    QList<Override> before;
    for (const Override &present : m_permissions.overridesIn(room)) {
        if (merged({present}, changes) != QList<Override>{present})
            before.append(present);
    }
    audit.before.insert(u"overrides"_s, auditValues(before));
    audit.after.insert(u"overrides"_s, auditValues(changes));
    const Result<void> stored = co_await m_repository.changeOverrides(room, changes, std::move(audit));
    if (!stored)
        co_return stored.error();
    // On what is there now: another change may have been committed meanwhile.
    m_permissions.setOverrides(room, merged(m_permissions.overridesIn(room), changes));
    qCInfo(lcRooms) << "permissions of" << room.toString() << "changed by" << actor.user.toString();
    co_return m_permissions.overridesIn(room);
}

Actor RoomPermissionService::actorOf(const UserId &user) const
{
    Actor actor;
    actor.user = user;
    if (const StoredUser *account = m_users.find(user)) {
        actor.role = account->user.role;
        actor.customRole = account->user.customRole;
    } else if (user == assistantUser() || user == systemUser()) {
        actor.role = Role::Member;
    }
    return actor;
}

Actor RoomPermissionService::actorAfter(const UserId &user, const PermissionDraft &draft) const
{
    Actor actor = actorOf(user);
    if (!draft.user.isEmpty() && draft.user == user) {
        actor.role = draft.give;
        actor.customRole = draft.giveCustom;
    }
    return actor;
}

Result<Explanation> RoomPermissionService::explainWith(const Permissions &permissions, const Actor &actor,
                                                       const Question &question, const PermissionDraft &draft) const
{
    const bool isAboutOthers = question.user != actor.user;
    Object own; // the place as the asking actor sees it
    const RoomState *state = nullptr;
    if (!question.room.isEmpty()) {
        const Result<const RoomState *> found = roomFor(actor, question.room);
        if (!found)
            return found.error();
        state = *found;
        own = m_rooms.objectFor(actor, *state);
    }
    if (isAboutOthers && !m_permissions.can(actor, Action::PermissionsRead, Object::none()) &&
        !(state && m_permissions.can(actor, Action::RoomPermissionsManage, own)))
        return Error(Errc::Forbidden, u"Not permitted: what others may do is for owners, admins, auditors and who"
                                      u" manages the permissions of the room."_s);
    const Actor subject = actorAfter(question.user, draft);
    Object object;
    if (state)
        object = m_rooms.objectFor(subject, *state);
    object.owner = question.owner;
    if (question.action == Action::UserManage || question.action == Action::RoleAssign ||
        question.action == Action::UserErase) {
        object.currentRole = Role::Member;
        object.targetRole = Role::Member;
    }
    return permissions.explain(subject, question.action, object);
}

Result<Explanation> RoomPermissionService::explain(const Actor &actor, const Question &question) const
{
    return explainWith(m_permissions, actor, question, {});
}

Result<std::unique_ptr<Permissions>> RoomPermissionService::applied(const Actor &actor,
                                                                    const PermissionDraft &draft) const
{
    std::unique_ptr<Permissions> after = m_permissions.draft();
    if (draft.role)
        after->setRole(*draft.role);
    if (!draft.room.isEmpty()) {
        const Result<const RoomState *> state = roomFor(actor, draft.room);
        if (!state)
            return state.error();
        if (Result<void> good = requireChange(actor, **state, draft.overrides); !good)
            return std::move(good.error());
        after->setOverrides(draft.room, merged(m_permissions.overridesIn(draft.room), draft.overrides));
    }
    if (!draft.user.isEmpty()) {
        const StoredUser *account = m_users.find(draft.user);
        if (!account)
            return Error(Errc::NotFound, u"There is no such user."_s);
        const Object object = Object::forAccount(account->user, draft.give, draft.giveCustom);
        if (Result<void> allowed = m_permissions.require(actor, Action::RoleAssign, object); !allowed)
            return std::move(allowed.error());
    }
    return after;
}

Result<Explanation> RoomPermissionService::explainAfter(const Actor &actor, const Question &question,
                                                        const PermissionDraft &draft) const
{
    const Result<std::unique_ptr<Permissions>> after = applied(actor, draft);
    if (!after)
        return after.error();
    return explainWith(**after, actor, question, draft);
}

Result<ChangedDecisions> RoomPermissionService::simulate(const Actor &actor, const PermissionDraft &draft,
                                                         int limit) const
{
    const Result<std::unique_ptr<Permissions>> after = applied(actor, draft);
    if (!after)
        return after.error();
    ChangedDecisions changed;
    int left = evaluations;
    const auto compare = [&](const Actor &subject, const Object &object) {
        const Actor later = actorAfter(subject.user, draft);
        for (const Action action : allActions()) {
            if (left-- <= 0 || changed.list.size() > limit)
                return;
            Object about = object;
            if (action == Action::UserManage || action == Action::RoleAssign)
                about.currentRole = about.targetRole = Role::Member;
            // Once on the server, the rest in each room.
            if (object.isRoom != isOverridable(action))
                continue;
            const Decision now = m_permissions.decide(subject, action, about);
            const Decision then = (*after)->decide(later, action, about);
            if (now.allowed == then.allowed)
                continue;
            ChangedDecision one;
            one.user = subject.user;
            one.room = object.room;
            one.action = action;
            one.allowed = then.allowed;
            one.reason = then.reason;
            changed.list.append(std::move(one));
        }
    };
    const QList<User> accounts = m_users.all();
    for (const User &user : accounts) {
        const bool hasRole = draft.role && user.customRole == draft.role->id;
        if (!hasRole && user.id != draft.user)
            continue;
        const Actor subject = actorOf(user.id);
        compare(subject, Object::none());
        const QList<RoomId> rooms = m_rooms.roomsOf(user.id);
        for (const RoomId &room : rooms) {
            if (const RoomState *state = m_rooms.find(room))
                compare(subject, m_rooms.objectFor(subject, *state));
        }
    }
    if (const RoomState *state = draft.room.isEmpty() ? nullptr : m_rooms.find(draft.room)) {
        QList<UserId> users = state->members.keys();
        for (const Override &o : draft.overrides) {
            if (o.kind == SubjectKind::User && !state->members.contains(UserId(o.subject)))
                users.append(UserId(o.subject));
        }
        std::sort(users.begin(), users.end());
        users.erase(std::unique(users.begin(), users.end()), users.end());
        for (const UserId &user : std::as_const(users)) {
            if (left <= 0 || changed.list.size() > limit)
                break;
            const Actor subject = actorOf(user);
            compare(subject, m_rooms.objectFor(subject, *state));
        }
    }
    changed.isComplete = left > 0 && changed.list.size() <= limit;
    while (changed.list.size() > limit)
        changed.list.removeLast();
    return changed;
}

} // namespace Atom::Rooms
