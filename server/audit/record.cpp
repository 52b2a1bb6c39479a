// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/record.h"

namespace Atom::Audit {

QByteArray outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Done:
        return QByteArrayLiteral("done");
    case Outcome::Refused:
        return QByteArrayLiteral("refused");
    }
    return {};
}

std::optional<Outcome> outcomeFromName(const QByteArray &name)
{
    for (const Outcome outcome : {Outcome::Done, Outcome::Refused}) {
        if (name == outcomeName(outcome))
            return outcome;
    }
    return std::nullopt;
}

Draft draftFor(const Actor &actor, QByteArray action, QByteArray objectKind, QByteArray objectId, Timestamp at)
{
    Draft draft;
    draft.action = std::move(action);
    draft.actor = actor.user;
    draft.session = actor.session;
    draft.address = actor.address;
    draft.objectKind = std::move(objectKind);
    draft.objectId = std::move(objectId);
    draft.at = at;
    return draft;
}

} // namespace Atom::Audit
