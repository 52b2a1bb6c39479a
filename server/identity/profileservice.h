// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/userservice.h"

namespace Atom::Identity {

//! \brief A change of the own profile; what is absent stays.
struct ProfileChange
{
    std::optional<QString> displayName, title, email, timeZone, locale, pronouns, bio;
};

//! \brief What people say about themselves. Statuses end by themselves at their time, also over a restart. Main thread.
class ProfileService : public QObject
{
    Q_OBJECT
public:
    ProfileService(UserService &users, const Permissions &permissions, Clock &clock);
    ~ProfileService() override;

    //! \brief After UserService::load(): ends statuses that are over and waits for the others.
    void start();
    QCoro::Task<void> close();

    //! \return ValidationFailed with every field at fault, as the pointers of the REST fields; Forbidden.
    QCoro::Task<Result<void>> change(Actor actor, UserId whose, ProfileChange change);
    //! \brief An empty status clears it; `expiresAt` must be in the future and at most a year away.
    //! \return ValidationFailed, Forbidden.
    QCoro::Task<Result<void>> setStatus(Actor actor, UserId whose, UserStatus status);

    //! \brief Every mistake in the fields that are there; also used for accounts that are imported.
    static QList<FieldError> mistakesIn(const ProfileChange &change);

private:
    void schedule();
    void endOver();
    QCoro::Task<void> clear(UserId user, Timestamp over);
    UserService &m_users;
    const Permissions &m_permissions;
    Clock &m_clock;
    Clock::TimerId m_timer = 0;
    Timestamp m_due{};
    TaskScope m_scope{QStringLiteral("profiles")};
};

} // namespace Atom::Identity
