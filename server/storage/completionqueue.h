// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace Atom::Storage {

//! \brief What is left to do on the owner's thread when a job has run.
class Completion
{
public:
    virtual ~Completion() = default;
    virtual void complete() = 0;
};

//! \brief Carries finished jobs from the storage threads back to the thread that made this object, in the order they
//! were put in. One queued call serves all that piled up until it runs.
class CompletionQueue : public QObject
{
    Q_OBJECT
public:
    using Batch = std::vector<std::unique_ptr<Completion>>;

    //! \brief Any thread.
    void post(Batch batch);
    void post(std::function<void()> call); //!< any thread
    //! \brief Runs what is there, now. Owner's thread. May be entered again from a completion: the order stays.
    void drain();

protected:
    void customEvent(QEvent *event) override;

private:
    std::mutex m_mutex;
    std::deque<std::unique_ptr<Completion>> m_incoming; //!< guarded
    bool m_announced = false;                           //!< guarded: a queued call is under way
    std::deque<std::unique_ptr<Completion>> m_ready;    //!< owner's thread only
};

} // namespace Atom::Storage
