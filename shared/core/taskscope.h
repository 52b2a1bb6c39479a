// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/cancellation.h"
#include "shared/core/oneshot.h"

#include <QCoro/QCoroTask>

#include <QtCore/QString>

namespace Atom {

//! \brief Owns the detached coroutines of a service: counts them, logs what escapes them, and lets the service
//! close only when all have ended. One thread.
//!
//! Declare it as the last member; `co_await scope.close()` before the owner is destroyed (asserted).
class TaskScope
{
public:
    explicit TaskScope(QString name);
    ~TaskScope();
    Q_DISABLE_COPY_MOVE(TaskScope)

    //! \brief Takes the task over. Refused (the task still runs to its first suspension) once closing: false.
    bool spawn(QCoro::Task<void> task, const char *what);
    bool isClosing() const { return m_source.isCancelled(); }
    //! \brief Cancelled when close() begins: pass it to all work of the scope.
    CancellationToken token() const { return m_source.token(); }
    int running() const { return m_running; }
    //! \brief Refuses new work, cancels, and resumes when the last task has ended.
    QCoro::Task<void> close();

private:
    QCoro::Task<void> run(QCoro::Task<void> task, const char *what);

    QString m_name;
    CancellationSource m_source;
    OneShot<bool> m_idle;
    int m_running = 0;
};

} // namespace Atom
