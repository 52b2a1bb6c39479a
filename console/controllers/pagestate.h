// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/error.h"

#include <QtCore/QString>

namespace Atom::Console {

//! \brief Whether a page has something to show, and if not, why, in words.
struct PageState
{
    enum class Kind { Loading, Ready, Empty, Error, Offline, Forbidden };
    Kind kind = Kind::Loading;
    QString text; //!< a sentence; empty when Ready
    bool operator==(const PageState &) const = default;
};

//! \brief What an error means to an administrator. From the code alone, with the server's detail only where it says
//! what was wrong with the input; plain text.
QString errorText(const Error &error);
//! \brief The state that an answer with this error puts an empty page into.
PageState stateOf(const Error &error);

} // namespace Atom::Console
