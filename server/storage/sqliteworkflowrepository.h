// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"
#include "server/workflows/workflowrepository.h"

namespace Atom::Storage {

//! \brief The newest version of a definition is the one stored last. saveTransition() of an unknown run: NotFound.
class SqliteWorkflowRepository final : public Workflows::WorkflowRepository
{
public:
    SqliteWorkflowRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    using WorkflowRepository::saveTransition;
    QCoro::Task<Result<QList<Workflows::StoredDefinition>>> definitions() override;
    QCoro::Task<Result<Workflows::StoredDefinition>> definition(WorkflowId id, QString version) override;
    QCoro::Task<Result<void>> saveDefinition(Workflows::StoredDefinition definition) override;
    QCoro::Task<Result<Workflows::StoredRun>> insertRun(Workflows::RunTransition first) override;
    QCoro::Task<Result<void>> saveTransition(Workflows::RunTransition transition) override;
    QCoro::Task<Result<QList<Workflows::StoredRun>>> unfinished() override;
    QCoro::Task<Result<QList<Workflows::DormantRun>>> dormant() override;
    QCoro::Task<Result<Workflows::StoredRun>> load(RunId id) override;
    QCoro::Task<Result<RunSnapshot>> run(RunId id) override;
    QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId workflow, RunId before, int limit) override;
    QCoro::Task<Result<QList<RunId>>> openChildren(RunId parent) override;
    QCoro::Task<Result<bool>> insertEvent(QJsonObject event, Timestamp at) override;
    QCoro::Task<Result<void>> eventDelivered(QString identity) override;
    QCoro::Task<Result<QList<Workflows::UndeliveredEvent>>> undeliveredEvents() override;
    QCoro::Task<Result<void>> forgetEvents(Timestamp before) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
