// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHashFunctions>
#include <QtCore/QJsonObject>
#include <QtCore/QString>

namespace Atom::Workflows {

//! \brief What a listener takes, as far as a look-up in a table can tell. Empty: any.
struct EventInterest
{
    QString type, source, subject;
    bool operator==(const EventInterest &) const = default;
};
inline size_t qHash(const EventInterest &interest, size_t seed = 0)
{
    return qHashMulti(seed, interest.type, interest.source, interest.subject);
}

//! \brief What makes an event (JSON format of CloudEvents) the same one: source and id.
inline QString eventIdentity(const QJsonObject &event)
{
    return event.value(u"source").toString() + u' ' + event.value(u"id").toString();
}

} // namespace Atom::Workflows
