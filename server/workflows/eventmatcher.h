// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/pattern.h"
#include "server/workflows/definition.h"
#include "server/workflows/runeffect.h"

#include <QtCore/QHash>

#include <optional>

namespace Atom::Workflows {

//! \brief Compares events (JSON format of CloudEvents 1.0) with filters. Keeps compiled patterns; one thread.
class EventMatcher
{
public:
    //! \brief Whether all attributes match: equal; a text also as a regular expression over the whole value (the linear
    //! engine of Entities::Pattern; a text it cannot read matches only what equals it); an expression when it gives
    //! true. An expression that fails does not match. Correlations are not looked at.
    bool matches(const EventFilter &filter, const QJsonObject &event, const Expressions::Bindings &bindings);
    //! \brief What a table can tell: the attributes that match only one literal text. A text whose only special
    //! characters are dots counts as literal, also above: `com.example.order` is a name.
    static EventInterest interest(const EventFilter &filter);
    static QList<EventInterest> interests(const EventStrategy &strategy);

private:
    bool matchesText(const QString &wanted, const QString &value);
    QHash<QString, std::optional<Entities::Pattern>> m_patterns;
};

//! \brief The value of an attribute; undefined when the event has none.
QJsonValue eventAttribute(const QJsonObject &event, const QString &name);
//! \brief Checks an event from outside and completes it: `specversion`; `id` and `time` when they are missing.
//! \return ValidationFailed: no object, `type` or `source` missing or no text, too large.
Result<QJsonObject> checkedEvent(const QJsonValue &value, const QString &newId, Timestamp now);
//! \brief The event as a task reads it.
QJsonValue readEvent(const QJsonObject &event, EventRead read);

} // namespace Atom::Workflows
