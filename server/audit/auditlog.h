// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditrepository.h"
#include "server/audit/sinks.h"
#include "server/audit/checkpoint.h"
#include "server/audit/refusalbuffer.h"
#include "server/audit/verifier.h"
#include "shared/core/clock.h"
#include "shared/core/metrics.h"
#include "shared/core/taskscope.h"

#include <QtCore/QObject>
#include <QtCore/QThreadPool>

namespace Atom::Audit {

//! \brief The audit log: lists and verifies it, records what no other repository stores, and states what the chain is
//! in signed checkpoints in another place. Main thread; files are written on a thread of its own ("audit-checkpoints",
//! which ends with this object).
class AuditLog final : public QObject, public ActSink, public RefusalSink
{
    Q_OBJECT
public:
    struct Settings
    {
        QString checkpointFile; //!< where signed checkpoints go, best on another volume
        int checkpointRows = 1000;
        seconds checkpointEvery{60}; //!< if there was news
        seconds refusalWindow{60};
        int refusalKeys = 250; //!< different refused acts recorded one by one in a window
    };
    AuditLog(Settings settings, AuditRepository &repository, Clock &clock, MetricRegistry &metrics);
    ~AuditLog() override;

    //! \brief Reads the signing key (made at the first start) and compares the end of the chain with the last
    //! checkpoint; a difference is logged as critical and counted in atom_audit_alarms_total, but does not keep the
    //! server from starting: the evidence is better served by a server that can show it.
    //! \return Internal: the file of checkpoints cannot be written.
    QCoro::Task<Result<void>> load();
    //! \brief Records what was still being joined, and a last checkpoint.
    QCoro::Task<void> close();

    QCoro::Task<Result<void>> record(Draft draft) override;
    void refused(Draft draft) override;

    QCoro::Task<Result<RecordPage>> list(Query query);
    //! \brief Checks the whole chain and all checkpoints. \return Conflict: a verification is at work already.
    QCoro::Task<Result<Report>> verify();
    //! \brief Signs the present end of the chain, if it is news. Also done by itself.
    QCoro::Task<Result<void>> writeCheckpoint();
    //! \brief Public half of the key that signs checkpoints; to be kept elsewhere, for `audit verify --key`.
    QByteArray publicKey() const;

private:
    QCoro::Task<void> append(QList<Draft> drafts);
    QCoro::Task<void> watch();
    void scheduleWatch();
    void openWindow();
    void endWindow();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Audit
