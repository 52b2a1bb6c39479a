// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/storagewriter.h"

#include "server/storage/logging.h"

#include <cmath>

#include <sqlite3.h>

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using SteadyClock = std::chrono::steady_clock;

namespace {
constexpr Sql beginSql("BEGIN IMMEDIATE");
constexpr Sql commitSql("COMMIT");
constexpr Sql rollbackSql("ROLLBACK");
constexpr Sql savepointSql("SAVEPOINT job");
constexpr Sql undoJobSql("ROLLBACK TO job");
constexpr Sql releaseSql("RELEASE job");

quint64 microsSince(SteadyClock::time_point start)
{
    return quint64(std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count());
}
} // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Connection> forCheckpoints,
               CompletionQueue &completions, MetricRegistry &metrics, Limits limits)
    : m_db(std::move(connection)), m_checkpointer(std::move(forCheckpoints), limits.checkpointRest),
      m_completions(completions), m_limits(limits),
      m_commits(metrics.counter("atom_storage_commits_total", "Transactions committed and synced")),
      m_jobs(metrics.counter("atom_storage_batch_jobs_total",
                             "Jobs in those transactions; divided by the commits: the mean size of a group")),
      m_refused(metrics.counter("atom_storage_refused_total", "Jobs refused because the queue was full")),
      m_queueGauge(metrics.gauge("atom_storage_queue", "Jobs that wait for the writer or are in its transaction")),
      m_commitTime(metrics.histogram("atom_storage_commit_seconds", "Time of COMMIT including the sync"))
{
    m_thread.reset(QThread::create([this] { loop(); }));
    m_thread->setObjectName(u"storage-writer"_s);
    m_thread->start();
}

Writer::~Writer()
{
    stopBlocking();
}

void Writer::stopBlocking()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread->wait();
}

std::optional<Error> Writer::refusalLocked() const
{
    if (m_dead)
        return *m_dead;
    if (m_stopping)
        return Error(Errc::Unavailable, u"The server is shutting down."_s);
    if (m_queued.load(std::memory_order_relaxed) >= m_limits.queueJobs) {
        m_refused.add();
        Error full(Errc::Unavailable, u"The server has too much to store at the moment; try again."_s);
        full.retryAfter = seconds(1);
        return full;
    }
    return std::nullopt;
}

void Writer::loop()
{
    for (;;) {
        Jobs waiting;
        {
            std::unique_lock lock(m_mutex);
            // Under load the time comes first: who brings a job then need not wake anybody.
            m_wake.wait_until(lock, nextCommit(),
                              [this] { return m_stopping || m_queue.size() >= size_t(m_limits.groupJobs); });
            if (m_queue.empty()) {
                m_idle = true;
                m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
                m_idle = false;
            }
            if (m_queue.empty())
                break;
            waiting.swap(m_queue);
        }
        noteCommit(waiting.size());
        while (!waiting.empty())
            commitGroup(waiting);
        checkpointIfDue();
    }
    m_checkpointer.waitBlocking();
    // An emptied log makes the next start quick and the database a single file to copy.
    if (!m_dead && !m_db->checkpoint(Connection::Checkpoint::Truncate)) {
        qCWarning(lcStorage) << "the write-ahead log could not be emptied:" << m_db->failure()->message;
        m_db->clearFailure();
    }
}

void Writer::noteCommit(size_t jobs)
{
    constexpr double window = 0.1; // seconds
    const auto now = SteadyClock::now();
    const double passed = std::chrono::duration<double>(now - m_lastCommit).count();
    m_jobsPerSecond = m_jobsPerSecond * std::exp(-passed / window) + double(jobs) / window;
    m_lastCommit = now;
}

SteadyClock::time_point Writer::nextCommit() const
{
    const double micros = std::min(m_jobsPerSecond * 16, double(m_limits.spacing.count()) * 1000);
    return m_lastCommit + std::chrono::microseconds(qint64(micros));
}

void Writer::commitGroup(Jobs &waiting)
{
    if (m_dead) {
        for (const auto &job : waiting)
            job->fail(*m_dead);
        return finish(std::exchange(waiting, {}));
    }
    if (!begin(waiting))
        return;
    bool failed = false;
    Jobs group = runGroup(waiting, &failed);
    if (failed) {
        if (m_db->failure() && m_db->failure()->isFatal())
            return die(m_db->failure(), std::move(group), waiting);
        m_db->clearFailure();
        if (!rollBack() || !execute(*m_db, beginSql) || !runGuarded(group))
            return die(m_db->failure(), std::move(group), waiting);
    }
    const auto start = SteadyClock::now();
    if (!execute(*m_db, commitSql))
        return die(m_db->failure(), std::move(group), waiting);
    m_commitTime.record(microsSince(start));
    m_commits.add();
    m_jobs.add(group.size());
    finish(std::move(group));
}

bool Writer::begin(Jobs &waiting)
{
    if (execute(*m_db, beginSql))
        return true;
    if (m_db->failure()->isFatal()) {
        die(m_db->failure(), {}, waiting);
        return false;
    }
    // Somebody else's transaction (a tool on the open database) outlasted the busy time-out: nothing was written.
    const Error error = m_db->failure()->toError();
    m_db->clearFailure();
    qCWarning(lcStorage) << waiting.size() << "jobs refused:" << error.cause;
    for (const auto &job : waiting)
        job->fail(error);
    finish(std::exchange(waiting, {}));
    return false;
}

Writer::Jobs Writer::runGroup(Jobs &waiting, bool *failed)
{
    Jobs group;
    const auto end = SteadyClock::now() + m_limits.groupTime;
    while (!waiting.empty() && int(group.size()) < m_limits.groupJobs) {
        group.push_back(std::move(waiting.front()));
        waiting.pop_front();
        if (!runJob(*group.back())) {
            *failed = true;
            break;
        }
        if (SteadyClock::now() >= end)
            break;
    }
    return group;
}

//! False: the job failed in the database, or it reports an error although it wrote something.
bool Writer::runJob(Job &job)
{
    const qint64 before = m_db->totalChanges();
    job.run(*m_db);
    return !m_db->failure() && !(job.isError() && m_db->totalChanges() != before);
}

//! Runs each job of the group in a SAVEPOINT of its own; false: the database failed.
bool Writer::runGuarded(Jobs &group)
{
    for (const auto &job : group) {
        if (!execute(*m_db, savepointSql))
            return false;
        if (!runJob(*job)) {
            if (m_db->failure()) {
                if (m_db->failure()->isFatal())
                    return false;
                const Error error = m_db->failure()->toError();
                qCWarning(lcStorage) << "a job failed and was undone:" << error.cause;
                job->fail(error);
                m_db->clearFailure();
            }
            m_db->noteRollback();
            if (!execute(*m_db, undoJobSql))
                return false;
        }
        if (!execute(*m_db, releaseSql))
            return false;
    }
    return true;
}

bool Writer::rollBack()
{
    m_db->noteRollback();
    // Some failures make SQLite roll back by itself; a second ROLLBACK would be an error.
    return sqlite3_get_autocommit(m_db->handle()) || execute(*m_db, rollbackSql);
}

void Writer::finish(Jobs group)
{
    const int count = int(group.size());
    CompletionQueue::Batch batch;
    batch.reserve(group.size());
    for (auto &job : group)
        batch.push_back(std::move(job));
    m_queued.fetch_sub(count, std::memory_order_relaxed); // before: who is told of the end sees it counted
    m_queueGauge.add(-count);
    m_completions.post(std::move(batch));
}

void Writer::die(std::optional<SqliteFailure> cause, Jobs group, Jobs &waiting)
{
    const SqliteFailure failure = cause.value_or(SqliteFailure{SQLITE_IOERR, u"unknown"_s});
    m_db->clearFailure();
    Error error(Errc::Internal, u"The server can no longer store anything."_s,
                u"SQLite %1: %2"_s.arg(failure.code).arg(failure.message));
    qCCritical(lcStorage) << "the database failed; nothing is acknowledged any more:" << error.cause;
    if (!sqlite3_get_autocommit(m_db->handle()))
        execute(*m_db, rollbackSql);
    m_db->clearFailure();
    for (auto &job : waiting)
        group.push_back(std::move(job));
    waiting.clear();
    {
        const std::lock_guard lock(m_mutex);
        m_dead = error;
        for (auto &job : m_queue)
            group.push_back(std::move(job));
        m_queue.clear();
    }
    for (const auto &job : group)
        job->fail(error);
    finish(std::move(group));
    m_completions.post([this, error] {
        if (!m_onFatal)
            qFatal("The database failed: %s", qUtf8Printable(error.cause));
        m_onFatal(error);
    });
}

void Writer::checkpointIfDue()
{
    if (m_dead)
        return;
    const int pages = m_db->walPages();
    m_checkpointer.noteLog(pages);
    if (m_checkpointing) {
        // It cannot keep up, or the disk has stopped: rather wait than let the log grow without end.
        if (pages > 8 * m_limits.checkpointPages)
            m_checkpointer.waitBlocking();
        if (!m_checkpointer.isWorking())
            copyRest();
    } else if (pages >= m_limits.checkpointPages) {
        m_checkpointing = true;
        m_checkpointer.start();
    }
}

void Writer::copyRest()
{
    m_checkpointing = false;
    if (m_checkpointer.failure())
        return dieOf(m_checkpointer.failure());
    // Readers that keep the log in use let it grow; when it has grown far, wait for them (at most the busy time-out).
    const bool waitForReaders = m_db->walPages() > 4 * m_limits.checkpointPages;
    if (!m_db->checkpoint(waitForReaders ? Connection::Checkpoint::Restart : Connection::Checkpoint::Passive))
        dieOf(m_db->failure());
}

void Writer::dieOf(std::optional<SqliteFailure> failure)
{
    Jobs none;
    die(std::move(failure), {}, none);
}

} // namespace Atom::Storage
