// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QString>

#include <optional>

namespace Atom {

//! \brief The seven predefined roles, strongest first. Wire names: lower case of the enumerator.
enum class Role {
    Owner,     //!< everything, made at the first start
    Admin,     //!< users, rooms, settings; contents only of rooms they are a member of
    Moderator, //!< acts on messages and members of rooms
    Operator,  //!< health, metrics, alerts, logs; never contents
    Auditor,   //!< reads audit and traces' structure; never contents
    Member,    //!< talks
    Guest,     //!< names itself, no account
};
QString roleName(Role role);
std::optional<Role> roleFromName(const QString &name);

//! \brief Names a custom role, see server/identity/roomrules.h.
using RoleId = Id<struct RoleTag>;

//! \brief An account. The id is the sign-in name: `[a-z0-9][a-z0-9._-]{0,63}`, never changed or reused.
struct User
{
    UserId id;
    QString displayName; //!< 1..64 characters, plain text from a person: never render as rich text
    Role role = Role::Member;
    bool disabled = false;
    Timestamp createdAt{};
    RoleId customRole{}; //!< a role of the server's own making that refines `role`, its base; empty: none
    bool operator==(const User &) const = default;
};

//! \brief Who acts: made by the edge after authentication, travels down by value.
struct Actor
{
    UserId user;
    Role role = Role::Guest;
    SessionId session;   //!< empty for guests
    DeviceId device;     //!< the connection or client that acts; empty for plain REST
    QByteArray address;  //!< IP address of the peer as text, for the audit log; empty for the server itself
    RoleId customRole{}; //!< as User::customRole; `role` is its base
    bool isGuest() const { return role == Role::Guest; }
    bool operator==(const Actor &) const = default;
};

//! \brief The assistant's own user id; nobody can register it.
inline UserId assistantUser()
{
    return UserId(QByteArrayLiteral("assistant"));
}
//! \brief Who speaks for the server itself; nobody can register it.
inline UserId systemUser()
{
    return UserId(QByteArrayLiteral("system"));
}
//! \brief The actor for what the assistant or the system does; `user` is one of the two above.
inline Actor internalActor(UserId user)
{
    Actor actor;
    actor.user = std::move(user);
    actor.role = Role::Member;
    return actor;
}
//! \brief True for the actors of internalActor(). A guest never is one, whatever it calls itself.
inline bool isInternalActor(const Actor &actor)
{
    return !actor.isGuest() && (actor.user == assistantUser() || actor.user == systemUser());
}

} // namespace Atom
