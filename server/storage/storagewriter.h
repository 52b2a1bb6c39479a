// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/checkpointer.h"
#include "server/storage/completionqueue.h"
#include "server/storage/connection.h"
#include "shared/core/metrics.h"
#include "shared/core/oneshot.h"

#include <QCoro/QCoroTask>

#include <QtCore/QThread>

#include <atomic>
#include <condition_variable>

namespace Atom::Storage {

//! \brief The one thread that writes. Jobs that wait are committed together, then completed together.
//!
//! Why an acknowledged write survives a crash, in steps:
//!  1. A group runs between BEGIN IMMEDIATE and COMMIT on a connection with WAL and synchronous=FULL, so COMMIT returns
//!     SQLITE_OK only after the log frames of the group have been synced to the disk.
//!  2. Only after that do the group's jobs go to the CompletionQueue, the only way to an acknowledgement.
//!  3. A process killed in between leaves a group that is stored but not acknowledged: its senders repeat it with the
//!     same client ids and are answered with the first event. One killed before the COMMIT leaves a log whose last
//!     frames have no commit mark; SQLite ignores them when it opens the file again. A commit is whole or absent.
//!  4. When a sync fails, the kernel may have dropped the dirty pages and marked them clean, so that a second sync
//!     would succeed without anything on the disk. Therefore nothing is tried again: the group and all later jobs fail,
//!     nothing is acknowledged any more, and the owner hears it once, to end the process. The next start reads what
//!     really is on the disk.
//!  5. The same holds for copying the log into the database: the Checkpointer does it beside the writer, and the writer
//!     the small rest, instead of SQLite inside a COMMIT that would hide its failure. Until the copy has been synced
//!     the log keeps what it copied, so a commit acknowledged before its failure is noticed is in the log.
//!
//! A job that fails must not take others of its group along, yet a SAVEPOINT for each would cost more than most jobs.
//! So a group runs without; if a job fails, the group is rolled back and run once more with a SAVEPOINT for each job.
//! For this, a job's work may run twice: it must depend only on the database and on its captured, constant values.
class Writer
{
public:
    struct Limits
    {
        int queueJobs = 20'000; //!< above: Unavailable, retry after 1 s
        int groupJobs = 500;
        milliseconds groupTime{5}; //!< a group is closed when it has run for so long
        //! Between two commits at most, under load: 16 µs for each job a second, so that a lone writer that waits for
        //! each commit is held to some 250 a second, and a thousand jobs a second cost some eighty syncs instead of a
        //! thousand. 0: commit whenever something is there.
        milliseconds spacing{16};
        //! Of the log (160 MB): then it is copied into the database. Under load the same pages change again and again;
        //! the longer the log, the fewer copies of each. Reading such a log after a crash takes about 0.2 s.
        int checkpointPages = 40'000;
        int checkpointRest = 500;     //!< of these pages the writer copies so many itself
    };
    //! \brief Work on the writer's thread. A result that is an Error must not have written anything; if it has, what
    //! it wrote is undone.
    template <typename T> using Work = std::function<Result<T>(Connection &)>;
    template <typename T> using Done = std::function<void(Result<T>)>;

    //! \brief `forCheckpoints`: a second connection, able to write.
    Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Connection> forCheckpoints,
           CompletionQueue &completions, MetricRegistry &metrics, Limits limits);
    ~Writer();
    Q_DISABLE_COPY_MOVE(Writer)

    //! \brief Calls `done` exactly once on the owner's thread: at once when the queue is full (Unavailable) or the
    //! writer has stopped, else after the commit.
    template <typename T> void submit(Work<T> work, Done<T> done)
    {
        auto job = std::make_unique<JobOf<T>>(std::move(work), std::move(done));
        if (const std::optional<Error> refusal = enqueue(job)) {
            job->fail(*refusal);
            job->complete();
        }
    }
    template <typename T> QCoro::Task<Result<T>> run(Work<T> work)
    {
        const OneShot<Result<T>> shot;
        Done<T> done = [shot](Result<T> result) { shot.resolve(std::move(result)); };
        submit<T>(std::move(work), std::move(done));
        Result<T> result = co_await shot;
        co_return result;
    }

    //! \brief Called once, on the owner's thread, when the database can no longer be trusted to store.
    void onFatal(std::function<void(const Error &)> handler) { m_onFatal = std::move(handler); }
    int queuedJobs() const { return m_queued.load(std::memory_order_relaxed); }
    //! \brief Commits what is queued, empties the log into the database, ends the thread. The completions are in the
    //! CompletionQueue then.
    void stopBlocking();

private:
    class Job : public Completion
    {
    public:
        virtual void run(Connection &db) = 0;
        virtual bool isError() const = 0;
        virtual void fail(const Error &error) = 0;
    };
    template <typename T> class JobOf final : public Job
    {
    public:
        JobOf(Work<T> work, Done<T> done) : m_work(std::move(work)), m_done(std::move(done)) {}
        void run(Connection &db) override { m_result = m_work(db); }
        bool isError() const override { return !m_result.isOk(); }
        void fail(const Error &error) override { m_result = error; }
        void complete() override
        {
            if (m_done)
                m_done(std::move(m_result));
        }

    private:
        Work<T> m_work;
        Done<T> m_done;
        Result<T> m_result;
    };
    using Jobs = std::deque<std::unique_ptr<Job>>;

    template <typename J> std::optional<Error> enqueue(std::unique_ptr<J> &job)
    {
        const std::lock_guard lock(m_mutex);
        if (std::optional<Error> refusal = refusalLocked())
            return refusal;
        m_queue.push_back(std::move(job));
        m_queued.fetch_add(1, std::memory_order_relaxed);
        m_queueGauge.add(1);
        if (std::exchange(m_idle, false) || m_queue.size() == size_t(m_limits.groupJobs))
            m_wake.notify_one();
        return std::nullopt;
    }
    std::optional<Error> refusalLocked() const;

    // --- on the writer's thread
    void loop();
    std::chrono::steady_clock::time_point nextCommit() const;
    void noteCommit(size_t jobs);
    void commitGroup(Jobs &waiting);
    bool begin(Jobs &waiting);
    Jobs runGroup(Jobs &waiting, bool *failed);
    bool runGuarded(Jobs &group);
    bool runJob(Job &job);
    bool rollBack();
    void finish(Jobs group);
    void die(std::optional<SqliteFailure> cause, Jobs group, Jobs &waiting);
    void checkpointIfDue();
    void copyRest();
    void dieOf(std::optional<SqliteFailure> failure);

    std::unique_ptr<Connection> m_db;
    Checkpointer m_checkpointer;
    bool m_checkpointing = false; // writer's thread: the checkpointer was started, the rest is not copied yet
    double m_jobsPerSecond = 0; // of the last moments; writer's thread
    std::chrono::steady_clock::time_point m_lastCommit{};
    CompletionQueue &m_completions;
    const Limits m_limits;
    std::function<void(const Error &)> m_onFatal; //!< owner's thread
    Counter &m_commits;
    Counter &m_jobs;
    Counter &m_refused;
    Gauge &m_queueGauge;
    Histogram &m_commitTime;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    Jobs m_queue;                //!< guarded
    bool m_idle = false;         //!< guarded: the writer waits for a first job, not for the time of its next commit
    bool m_stopping = false;     //!< guarded
    std::optional<Error> m_dead; //!< guarded; written once
    std::atomic<int> m_queued{0};
    std::unique_ptr<QThread> m_thread;
};

} // namespace Atom::Storage
