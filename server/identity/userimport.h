// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"
#include "server/identity/userservice.h"

namespace Atom::Identity {

//! \brief What becomes, or would become, of one row.
struct ImportRow
{
    int line = 0;
    QString id;
    QList<FieldError> mistakes; //!< pointers name the columns: "/role"; empty: good
    QByteArray resetToken;      //!< when the account was made: with it the person sets its password, once
};

struct ImportReport
{
    QList<ImportRow> rows;
    int good = 0;
    bool applied = false; //!< all accounts were made; otherwise none
    Timestamp tokensExpireAt{};
};

//! \brief Many accounts from a CSV text, all or none. Columns: id (required), display_name, role, email, title, in any
//! order, named in the first row. There is no column for passwords, which would stay behind in files and mails: each
//! account gets a token with which its person sets one. Main thread.
class UserImport
{
public:
    static constexpr int rowLimit = 10'000;
    static constexpr std::chrono::days tokenLifetime{7};
    UserImport(UserService &users, AccountRepository &repository, const Permissions &permissions, Clock &clock);

    //! \brief With `dryRun`, and with any bad row, nothing is made; the report says what is wrong in every row.
    //! \return Forbidden; ValidationFailed at "/csv" for a text that is no CSV or has wrong columns.
    QCoro::Task<Result<ImportReport>> run(Actor actor, QString csv, bool dryRun);

private:
    UserService &m_users;
    AccountRepository &m_repository;
    const Permissions &m_permissions;
    Clock &m_clock;
};

} // namespace Atom::Identity
