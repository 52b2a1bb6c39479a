// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditrepository.h"
#include "server/audit/verifier.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteAuditRepository final : public Audit::AuditRepository
{
public:
    SqliteAuditRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<void>> append(QList<Audit::Draft> drafts) override;
    QCoro::Task<Result<Audit::Head>> head() override;
    QCoro::Task<Result<QList<Audit::ChainRow>>> rows(qint64 after, int limit) override;
    QCoro::Task<Result<Audit::RecordPage>> list(Audit::Query query) override;
    QCoro::Task<Result<QByteArray>> signingSeed() override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

//! \brief The end of the chain; {0, chainStart()} of an empty log.
Audit::Head readAuditHead(Connection &db);
//! \brief Hands the rows with a seq above `after` (Verifier::beginning: all) to the verifier, in one snapshot. Blocks.
//! \return Internal: the database cannot be read.
Result<void> verifyAuditBlocking(Connection &db, qint64 after, Audit::Verifier &verifier);

} // namespace Atom::Storage
