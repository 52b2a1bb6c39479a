// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace Atom::Llm {

enum class BudgetScope { Server, Room, User };

//! \brief What was used within a day. Days count from 1970-01-01, UTC.
struct UsageRow
{
    qint64 day = 0;
    BudgetScope scope = BudgetScope::Server;
    QByteArray subject; //!< id of the room or user; empty for the server
    qint64 calls = 0;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    qint64 costMicros = 0; //!< millionths of the currency of the prices
    bool operator==(const UsageRow &) const = default;
};

//! \brief Keeps the usage over restarts. Main thread.
class LlmUsageRepository
{
public:
    virtual ~LlmUsageRepository() = default;
    virtual QCoro::Task<Result<QList<UsageRow>>> load(qint64 day) = 0;
    //! \brief Stores the rows as they are, in place of earlier ones of the same day, scope and subject: storing twice
    //! does no harm.
    virtual QCoro::Task<Result<void>> save(QList<UsageRow> rows) = 0;
    //! \brief Removes days before `day`.
    virtual QCoro::Task<Result<void>> forgetBefore(qint64 day) = 0;
};

} // namespace Atom::Llm
