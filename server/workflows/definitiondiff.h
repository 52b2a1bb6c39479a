// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonValue>

namespace Atom::Workflows {

//! \brief One difference between two versions of a definition.
struct DefinitionChange
{
    enum class Kind { Added, Removed, Changed };
    Kind kind = Kind::Changed;
    QString pointer;   //!< JSON Pointer; of what was removed in the old version, of the rest in the new one
    QJsonValue before; //!< undefined when added
    QJsonValue after;  //!< undefined when removed
    bool operator==(const DefinitionChange &) const = default;
};

//! \brief "added", "removed" or "changed".
QString changeKindName(DefinitionChange::Kind kind);

//! \brief What is different in `after`, depth first. Lists of one-key objects (tasks, cases, branches) are
//! compared by name, so that a task put in between is one addition; when the same names stand in another order, that is
//! one change of the list with the names as values. Other lists are compared by index. At most 1,000 changes.
QList<DefinitionChange> diffDefinitions(const QJsonValue &before, const QJsonValue &after);
//! \brief The same for canonical JSON. \return MalformedRequest when one of them is none.
Result<QList<DefinitionChange>> diffDefinitions(const QByteArray &before, const QByteArray &after);

} // namespace Atom::Workflows
