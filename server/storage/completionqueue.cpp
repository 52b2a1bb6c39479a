// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/completionqueue.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>

namespace Atom::Storage {

namespace {
class Call final : public Completion
{
public:
    explicit Call(std::function<void()> f) : m_f(std::move(f)) {}
    void complete() override { m_f(); }

private:
    std::function<void()> m_f;
};
} // namespace

void CompletionQueue::post(std::function<void()> call)
{
    Batch batch;
    batch.push_back(std::make_unique<Call>(std::move(call)));
    post(std::move(batch));
}

void CompletionQueue::post(Batch batch)
{
    {
        const std::lock_guard lock(m_mutex);
        for (auto &completion : batch)
            m_incoming.push_back(std::move(completion));
        if (m_announced || m_incoming.empty())
            return;
        m_announced = true;
    }
    // A plain event: a queued call would make and count an object for each, in both threads.
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void CompletionQueue::customEvent(QEvent *)
{
    drain(); // there is only the one kind
}

void CompletionQueue::drain()
{
    {
        const std::lock_guard lock(m_mutex);
        m_announced = false;
        for (auto &completion : m_incoming)
            m_ready.push_back(std::move(completion));
        m_incoming.clear();
    }
    while (!m_ready.empty()) {
        const std::unique_ptr<Completion> next = std::move(m_ready.front());
        m_ready.pop_front();
        next->complete();
    }
}

} // namespace Atom::Storage
