// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/checkpointer.h"

namespace Atom::Storage {

namespace {
constexpr int passes = 8; // under the heaviest load each leaves about a third of the one before
}

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection, int smallRest)
    : m_connection(std::move(connection)), m_smallRest(smallRest)
{
    m_thread.reset(QThread::create([this] { loop(); }));
    m_thread->setObjectName(QStringLiteral("storage-checkpoint"));
    m_thread->start();
}

Checkpointer::~Checkpointer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread->wait();
}

void Checkpointer::start()
{
    {
        const std::lock_guard lock(m_mutex);
        m_working.store(true, std::memory_order_release);
    }
    m_changed.notify_all();
}

void Checkpointer::waitBlocking()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !isWorking(); });
}

void Checkpointer::loop()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopping || isWorking(); });
        if (m_stopping)
            return;
        lock.unlock();
        copyLog();
        lock.lock();
        m_working.store(false, std::memory_order_release);
        m_changed.notify_all();
    }
}

void Checkpointer::copyLog()
{
    int before = -1;
    for (int pass = 0; pass < passes; ++pass) {
        int copied = 0;
        if (!m_connection->checkpoint(Connection::Checkpoint::Passive, &copied))
            return;
        // No progress: a reader holds the rest.
        if (copied <= before || m_logPages.load(std::memory_order_relaxed) - copied <= m_smallRest)
            return;
        before = copied;
    }
}

} // namespace Atom::Storage
