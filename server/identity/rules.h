// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissions.h"

namespace Atom::Identity {

//! \brief What is built in about one action: without custom roles, overrides and break-glass.
struct Rule
{
    bool possible = false; //!< what no role and no override can lift holds
    bool byRole = false;   //!< the predefined role (or the position in the room) allows it
    QString words;         //!< the rule as a sentence, without the end
    bool allowed() const { return possible && byRole; }
};
Rule builtInRule(const Actor &actor, Action action, const Object &object);

//! \brief The built-in rule as a sentence.
QString ruleWords(Action action);
//! \brief What can be allowed or denied in one room.
bool isOverridable(Action action);
//! \brief Done within a room: refused to who is denied RoomRead.
bool isWithinRoom(Action action);
//! \brief What break-glass allows.
bool isReading(Action action);

} // namespace Atom::Identity
