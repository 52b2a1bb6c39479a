// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userrepository.h"
#include "shared/core/oneshot.h"

#include <QtCore/QHash>
#include <QtCore/QMap>

namespace Atom::Test {

//! \brief Accounts in a map. `failure` makes every write fail; while `held`, writes wait for release().
class MemoryUsers final : public Identity::UserRepository
{
public:
    QCoro::Task<Result<QList<Identity::StoredUser>>> all() override
    {
        co_return Result<QList<Identity::StoredUser>>(users.values());
    }
    QCoro::Task<Result<void>> insert(Identity::StoredUser user, Audit::Draft audit) override
    {
        ++writes;
        if (failure)
            co_return *failure;
        if (!audit.isEmpty())
            audits.append(audit);
        if (users.contains(user.user.id.bytes()))
            co_return Error(Errc::Conflict, QStringLiteral("exists"));
        users.insert(user.user.id.bytes(), user);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> update(Identity::StoredUser user, Audit::Draft audit) override
    {
        ++writes;
        if (held) {
            OneShot<bool> gate;
            gates.append(gate);
            co_await gate;
        }
        if (failure)
            co_return *failure;
        if (!audit.isEmpty())
            audits.append(audit);
        if (!users.contains(user.user.id.bytes()))
            co_return Error(Errc::NotFound, QStringLiteral("missing"));
        users.insert(user.user.id.bytes(), user);
        co_return Result<void>();
    }
    void release()
    {
        held = false;
        const QList<OneShot<bool>> waiting = std::exchange(gates, {});
        for (const OneShot<bool> &gate : waiting)
            gate.resolve(true);
    }

    QMap<QByteArray, Identity::StoredUser> users;
    QList<Audit::Draft> audits;
    std::optional<Error> failure;
    bool held = false;
    int writes = 0;

private:
    QList<OneShot<bool>> gates;
};

//! \brief Sessions and secrets in maps, with the same switches.
class MemorySessions final : public Identity::SessionRepository
{
public:
    QCoro::Task<Result<QList<Identity::StoredSession>>> active(Timestamp now) override
    {
        QList<Identity::StoredSession> found;
        for (const Identity::StoredSession &s : std::as_const(sessions)) {
            if (!s.revoked && s.expiresAt > now)
                found.append(s);
        }
        co_return Result<QList<Identity::StoredSession>>(found);
    }
    QCoro::Task<Result<void>> save(Identity::StoredSession session, Audit::Draft audit) override
    {
        if (held) {
            OneShot<bool> gate;
            gates.append(gate);
            co_await gate;
        }
        if (failure)
            co_return *failure;
        if (!audit.isEmpty())
            audits.append(audit);
        sessions.insert(session.id.bytes(), session);
        co_return Result<void>();
    }
    QCoro::Task<Result<QByteArray>> secret(QByteArray name) override
    {
        co_return Result<QByteArray>(secrets.value(name));
    }
    QCoro::Task<Result<void>> saveSecret(QByteArray name, QByteArray value) override
    {
        secrets.insert(name, value);
        co_return Result<void>();
    }
    void release()
    {
        held = false;
        const QList<OneShot<bool>> waiting = std::exchange(gates, {});
        for (const OneShot<bool> &gate : waiting)
            gate.resolve(true);
    }

    QMap<QByteArray, Identity::StoredSession> sessions;
    QList<Audit::Draft> audits;
    QMap<QByteArray, QByteArray> secrets;
    std::optional<Error> failure;
    bool held = false;

private:
    QList<OneShot<bool>> gates;
};

} // namespace Atom::Test
