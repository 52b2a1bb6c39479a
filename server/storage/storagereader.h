// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/completionqueue.h"
#include "server/storage/connection.h"
#include "shared/core/oneshot.h"

#include <QCoro/QCoroTask>

#include <QtCore/QThread>

#include <condition_variable>

namespace Atom::Storage {

//! \brief The one thread that reads, on its own read-only connection. Each job sees one snapshot of the database, which
//! holds every commit completed before the job was submitted.
class Reader
{
public:
    template <typename T> using Work = std::function<Result<T>(Connection &)>;

    //! \brief At most `queueJobs` wait; above: Unavailable, retry after 1 s.
    Reader(std::unique_ptr<Connection> connection, CompletionQueue &completions, int queueJobs = 10'000);
    ~Reader();
    Q_DISABLE_COPY_MOVE(Reader)

    template <typename T> QCoro::Task<Result<T>> run(Work<T> work)
    {
        const OneShot<Result<T>> shot;
        auto job = std::make_unique<JobOf<T>>(std::move(work), shot);
        std::optional<Error> refusal = enqueue(std::move(job));
        if (refusal)
            co_return std::move(*refusal);
        Result<T> result = co_await shot;
        co_return result;
    }
    //! \brief Runs what is queued, then ends the thread.
    void stopBlocking();

private:
    class Job : public Completion
    {
    public:
        virtual void run(Connection &db) = 0;
        virtual void fail(const Error &error) = 0;
    };
    template <typename T> class JobOf final : public Job
    {
    public:
        JobOf(Work<T> work, OneShot<Result<T>> shot) : m_work(std::move(work)), m_shot(std::move(shot)) {}
        void run(Connection &db) override { m_result = m_work(db); }
        void fail(const Error &error) override { m_result = error; }
        void complete() override { m_shot.resolve(std::move(m_result)); }

    private:
        Work<T> m_work;
        OneShot<Result<T>> m_shot;
        Result<T> m_result;
    };

    std::optional<Error> enqueue(std::unique_ptr<Job> job);
    void loop();
    void runOne(Job &job);

    std::unique_ptr<Connection> m_db;
    CompletionQueue &m_completions;
    const int m_queueLimit;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::unique_ptr<Job>> m_queue; //!< guarded
    bool m_stopping = false;                  //!< guarded
    std::unique_ptr<QThread> m_thread;
};

} // namespace Atom::Storage
