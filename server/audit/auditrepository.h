// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/chain.h"

#include <QCoro/QCoroTask>

namespace Atom::Audit {

//! \brief The end of the chain.
struct Head
{
    qint64 seq = 0; //!< 0: nothing was recorded yet
    QByteArray hash;
};

//! \brief Where records live. Main thread. Acts are appended by the repository that stores the act (see
//! server/storage/auditappender.h), not here.
class AuditRepository
{
public:
    virtual ~AuditRepository() = default;
    //! \brief For acts that change nothing in the database, and for refused ones; one transaction for all.
    virtual QCoro::Task<Result<void>> append(QList<Draft> drafts) = 0;
    virtual QCoro::Task<Result<Head>> head() = 0;
    //! \brief Rows with `after < seq`, ascending, at most `limit`.
    virtual QCoro::Task<Result<QList<ChainRow>>> rows(qint64 after, int limit) = 0;
    virtual QCoro::Task<Result<RecordPage>> list(Query query) = 0;
    //! \brief The 32 bytes that sign checkpoints; made and stored at the first call.
    virtual QCoro::Task<Result<QByteArray>> signingSeed() = 0;
};

} // namespace Atom::Audit
