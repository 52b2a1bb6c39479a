// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// SessionService: the sessions people see and end.
#include "server/identity/sessionservice_p.h"

#include "server/identity/logging.h"

#include <QtCore/QJsonValue>

#include <algorithm>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

QList<SessionSummary> SessionService::sessionsOf(const UserId &user) const
{
    QList<SessionSummary> list;
    const Timestamp now = d->clock.now();
    for (const StoredSession &session : std::as_const(d->sessions)) {
        if (session.user != user || session.expiresAt <= now)
            continue;
        SessionSummary summary;
        summary.id = session.id;
        summary.device = session.device;
        summary.address = session.address;
        summary.createdAt = session.createdAt;
        summary.lastUsedAt = std::max(session.rotatedAt, d->lastUsed.value(session.id, session.rotatedAt));
        summary.expiresAt = session.expiresAt;
        summary.usedSecondFactor = session.usedSecondFactor;
        list.append(summary);
    }
    std::sort(list.begin(), list.end(), [](const SessionSummary &a, const SessionSummary &b) {
        return a.lastUsedAt != b.lastUsedAt ? a.lastUsedAt > b.lastUsedAt : a.id < b.id;
    });
    return list;
}

QCoro::Task<Result<void>> SessionService::revoke(UserId user, SessionId session, Audit::Draft audit)
{
    const auto it = d->sessions.find(session);
    if (it == d->sessions.end() || it->user != user)
        co_return Error(Errc::NotFound, u"There is no such session."_s);
    StoredSession ended = *it;
    ended.revoked = true;
    ended.sealedSuccessor.clear();
    d->sessions.erase(it);
    d->lastUsed.remove(session);
    d->provenAt.remove(session);
    qCInfo(lcIdentity) << "session" << session.toString() << "of" << user.toString() << "ended: revoked";
    Q_EMIT sessionEnded(session);
    if (!audit.isEmpty())
        audit.before.insert(u"device"_s, ended.device);
    co_return co_await d->repository.save(ended, std::move(audit));
}

QCoro::Task<Result<int>> SessionService::revokeAll(UserId user, SessionId kept, Audit::Draft audit)
{
    QList<SessionId> ids;
    for (const StoredSession &session : std::as_const(d->sessions)) {
        if (session.user == user && session.id != kept)
            ids.append(session.id);
    }
    for (const SessionId &id : std::as_const(ids)) {
        Audit::Draft each = audit;
        if (!each.isEmpty())
            each.objectId = id.bytes();
        const Result<void> ended = co_await revoke(user, id, std::move(each));
        if (!ended && ended.error().code != Errc::NotFound) // ended by itself meanwhile
            co_return ended.error();
    }
    co_return int(ids.size());
}

} // namespace Atom::Identity
