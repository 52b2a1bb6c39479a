// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/user.h"

#include <QtCore/QString>
#include <QtCore/QTimeZone>

#include <functional>

namespace Atom::Assistant {

//! \brief Who talks, as far as an answer depends on it.
struct Person
{
    Actor actor; //!< with the roles the account has now; a guest's when there is no account
    QString displayName;
    QTimeZone zone;          //!< of the profile; invalid: not known
    bool dayFirst = false;   //!< 2/3 is the second of March, by the locale of the profile
    bool isDisabled = false; //!< the account may not act any more
};

//! \brief Looks an account up; gives a guest for a name without one. Main thread.
using People = std::function<Person(const UserId &)>;

} // namespace Atom::Assistant
