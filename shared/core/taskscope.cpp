// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/taskscope.h"

#include "shared/core/logging.h"

#include <exception>

namespace Atom {

TaskScope::TaskScope(QString name) : m_name(std::move(name)) {}

TaskScope::~TaskScope()
{
    Q_ASSERT_X(m_running == 0, "TaskScope", "destroyed while tasks run: co_await close() first");
}

bool TaskScope::spawn(QCoro::Task<void> task, const char *what)
{
    const bool accepted = !isClosing();
    ++m_running;
    // The wrapper owns the task and never throws; QCoro keeps a running coroutine alive when its Task is dropped.
    run(std::move(task), what);
    return accepted;
}

QCoro::Task<void> TaskScope::run(QCoro::Task<void> task, const char *what)
{
    try {
        co_await task;
    } catch (const std::exception &e) {
        qCCritical(lcCore) << m_name << what << "ended by an exception:" << e.what();
    } catch (...) {
        qCCritical(lcCore) << m_name << what << "ended by an unknown exception";
    }
    --m_running;
    if (m_running == 0 && isClosing())
        m_idle.resolve(true);
}

QCoro::Task<void> TaskScope::close()
{
    m_source.cancel();
    if (m_running > 0)
        co_await m_idle;
}

} // namespace Atom
