// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/actions.h"
#include "server/identity/roomrules.h"
#include "shared/core/result.h"
#include "shared/model/room.h"
#include "shared/model/user.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>

#include <memory>

namespace Atom::Identity {

//! \brief What the action is about. Only the fields that the action needs are set.
struct Object
{
    UserId owner;
    std::optional<Role> targetRole;
    std::optional<Role> currentRole; //!< the role the account has now; none: an account that is just being made
    RoleId targetCustomRole{};
    RoleId currentCustomRole{};
    bool isRoom = false;
    RoomId room{}; //!< when isRoom: without it neither the room's overrides nor break-glass are found
    RoomKind roomKind = RoomKind::Group;
    RoomVisibility roomVisibility = RoomVisibility::Private;
    bool isMember = false;                      //!< the actor is a member of the room
    MemberRole memberRole = MemberRole::Member; //!< the actor's, when isMember
    bool isArchived = false;                    //!< the room
    bool isReadOnly = false;                    //!< the room
    bool isMuted = false;                       //!< the actor, in this room, now
    bool isBanned = false;                      //!< the actor, from this room, now
    bool isInvited = false;                     //!< the actor holds a valid invitation to this room

    static Object none() { return {}; }
    static Object ownedBy(UserId user)
    {
        Object o;
        o.owner = std::move(user);
        return o;
    }
    //! \brief An account with the role `current` (none: it is being made) that is to get the role `target` (if any).
    static Object forAccount(std::optional<Role> current, std::optional<Role> target = {})
    {
        Object o;
        o.currentRole = current;
        o.targetRole = target;
        return o;
    }
    //! \brief The same for an account that exists.
    static Object forAccount(const User &account, std::optional<Role> target = {}, RoleId targetCustomRole = {})
    {
        Object o = forAccount(std::optional(account.role), target);
        o.currentCustomRole = account.customRole;
        o.targetCustomRole = std::move(targetCustomRole);
        return o;
    }
};

//! \brief A decision and the rule behind it, in words for an administrator.
struct Decision
{
    bool allowed = false;
    bool underGlass = false; //!< allowed only because the actor opened the room by break-glass: what is read is audited
    QString reason;
};

//! \brief What an application token lets its bearer do, at most; the permissions of its account still decide.
inline constexpr QByteArrayView tokenSessionPrefix = "token."; //!< Actor::session of who acts by a token
struct TokenScope
{
    ActionSet actions;
    QSet<RoomId> rooms; //!< empty: all
};

//! \brief One step on the way to a decision, in words; the last one that decides is the reason.
struct DecisionStep
{
    QString level;   //!< "token", "rule", "explicit", "inherited", "break-glass", "owner"
    QString effect;  //!< "allow", "deny", "none"
    QString because; //!< one sentence
};
struct Explanation
{
    Decision decision;
    QList<DecisionStep> steps; //!< in the order they were looked at
};

//! \brief The one place where permissions are decided, for REST, realtime, search, history and presence alike: from
//! memory, deny by default. Main thread.
//!
//! Order of evaluation, for each action:
//! 0. An application token is refused what its scope does not name.
//! 1. What nobody can be allowed is refused: rules about the thing itself, such as contents of rooms for members only.
//! 2. An explicit deny: in this room for the user, the user's own role or position; or in the user's custom role.
//! 3. An explicit allow, in the same places. (Any deny beats any allow.)
//! 4. What is inherited from the predefined role that the custom role builds on: its overrides in this room (deny, then
//!    allow), then its built-in rule.
//! 5. Otherwise it is refused.
//! Owners of the server, and owners of a room there, cannot be denied anything; leaving a room cannot be denied; who is
//! denied RoomRead can do nothing in the room but leave. The server's own actors ("assistant", "system") read and post
//! anywhere. Break-glass allows reading, and nothing else, where the above refuses it.
class Permissions : public QObject
{
    Q_OBJECT
public:
    explicit Permissions(const Clock &clock);
    ~Permissions() override;

    Decision decide(const Actor &actor, Action action, const Object &object) const;
    bool can(const Actor &actor, Action action, const Object &object) const
    {
        return decide(actor, action, object).allowed;
    }
    //! \brief decide() as a Result: Unauthenticated for a guest where an account is needed, else Forbidden with the
    //! reason.
    Result<void> require(const Actor &actor, Action action, const Object &object) const;
    //! \brief Whether a deny (not just the lack of a right) is what stands against it.
    bool isDenied(const Actor &actor, Action action, const Object &object) const;
    //! \brief The same decision with the way to it.
    Explanation explain(const Actor &actor, Action action, const Object &object) const;

    //! \brief What a role allows without regard to membership and ownership: as a plain member of a public group.
    ActionSet holdings(Role role, const RoleId &customRole = {}) const;
    //! \brief Whether the actor may hand the action on: owners everything, others what they hold themselves, in this
    //! room if `object` is one.
    bool mayGive(const Actor &actor, Action action, const Object &object) const;

    // --- application tokens: who acts in one of these sessions is held to the scope, see Actor::session
    void setScope(const SessionId &session, TokenScope scope);
    void removeScope(const SessionId &session);
    //! \brief True also without a token. `room`: empty where the action names none; lists then show less.
    bool isInScope(const Actor &actor, Action action, const RoomId &room = {}) const;

    // --- custom roles
    const CustomRole *role(const RoleId &id) const; //!< valid until the next change
    QList<CustomRole> roles() const;                //!< by id
    void setRole(CustomRole role);
    void removeRole(const RoleId &id); //!< and what is said about it in rooms

    // --- overrides of one room
    QList<Override> overridesIn(const RoomId &room) const;
    void setOverrides(const RoomId &room, const QList<Override> &overrides); //!< instead of all before; empty: none
    QList<RoomId> roomsWithOverrides() const;

    // --- break-glass
    void openGlass(const UserId &user, const RoomId &room, Timestamp until);
    void closeGlass(const UserId &user, const RoomId &room);
    bool isGlassOpen(const UserId &user, const RoomId &room) const;

    //! \brief A copy to try a change on; break-glass and connections to signals are not copied.
    std::unique_ptr<Permissions> draft() const;

Q_SIGNALS:
    //! \brief What may have changed must be looked at again: open subscriptions of everybody with this custom role,
    void roleChanged(const Atom::RoleId &role);
    //! \brief of everybody in this room,
    void roomChanged(const Atom::RoomId &room);
    //! \brief or of this user in this room.
    void glassChanged(const Atom::UserId &user, const Atom::RoomId &room);

private:
    Explanation evaluate(const Actor &actor, Action action, const Object &object, bool explained) const;
    Effect effectOf(const Actor &actor, Action action, const Object &object, Explanation *out) const;
    bool covers(const Actor &actor, Role role, const RoleId &customRole) const;
    bool respectsRights(const Actor &actor, const Object &object) const;

    const Clock &m_clock;
    QHash<SessionId, TokenScope> m_scopes;
    QHash<RoleId, CustomRole> m_roles;
    QHash<RoomId, RoomRules> m_rooms;
    QHash<std::pair<UserId, RoomId>, Timestamp> m_glass; //!< until when; bounded by BreakGlassService
};

} // namespace Atom::Identity
