// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/storagereader.h"

#include "server/storage/logging.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr Sql beginSql("BEGIN");
constexpr Sql endSql("COMMIT");
} // namespace

Reader::Reader(std::unique_ptr<Connection> connection, CompletionQueue &completions, int queueJobs)
    : m_db(std::move(connection)), m_completions(completions), m_queueLimit(queueJobs)
{
    m_thread.reset(QThread::create([this] { loop(); }));
    m_thread->setObjectName(u"storage-reader"_s);
    m_thread->start();
}

Reader::~Reader()
{
    stopBlocking();
}

void Reader::stopBlocking()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread->wait();
}

std::optional<Error> Reader::enqueue(std::unique_ptr<Job> job)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopping)
        return Error(Errc::Unavailable, u"The server is shutting down."_s);
    if (int(m_queue.size()) >= m_queueLimit) {
        Error full(Errc::Unavailable, u"The server has too much to read at the moment; try again."_s);
        full.retryAfter = seconds(1);
        return full;
    }
    m_queue.push_back(std::move(job));
    m_wake.notify_one();
    return std::nullopt;
}

void Reader::loop()
{
    for (;;) {
        std::unique_ptr<Job> job;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
            if (m_queue.empty())
                return;
            job = std::move(m_queue.front());
            m_queue.pop_front();
        }
        runOne(*job);
        CompletionQueue::Batch batch;
        batch.push_back(std::move(job));
        m_completions.post(std::move(batch));
    }
}

void Reader::runOne(Job &job)
{
    // One transaction around the job: its statements see the same commit.
    if (execute(*m_db, beginSql))
        job.run(*m_db);
    std::optional<SqliteFailure> failure = m_db->failure();
    m_db->clearFailure();
    execute(*m_db, endSql);
    m_db->clearFailure();
    if (!failure)
        return;
    const Error error = failure->toError();
    qCWarning(lcStorage) << "a read failed:" << error.cause;
    job.fail(error);
}

} // namespace Atom::Storage
