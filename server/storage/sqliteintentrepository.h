// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/intentrepository.h"
#include "server/storage/storagereader.h"
#include "server/storage/storagewriter.h"

namespace Atom::Storage {

class SqliteIntentRepository final : public Assistant::IntentRepository
{
public:
    SqliteIntentRepository(Writer &writer, Reader &reader) : m_writer(writer), m_reader(reader) {}
    QCoro::Task<Result<QList<Assistant::StoredIntent>>> intents() override;
    QCoro::Task<Result<void>> saveIntent(Assistant::StoredIntent intent, Audit::Draft audit) override;
    QCoro::Task<Result<void>> removeIntent(QString name, Audit::Draft audit) override;
    QCoro::Task<Result<void>> saveFeedback(Assistant::Feedback feedback) override;
    QCoro::Task<Result<QList<Assistant::FeedbackCount>>> feedbackCounts() override;
    QCoro::Task<Result<QStringList>> rejectedTexts(int limit) override;
    QCoro::Task<Result<QStringList>> ordinaryTexts(int limit) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Atom::Storage
