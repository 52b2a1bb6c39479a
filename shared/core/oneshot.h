// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

namespace Atom {

//! \brief Carries one value from a callback to one awaiting coroutine of the same thread.
//!
//! One waiter at most. The first resolve() wins and resumes it at once; later ones are ignored. Whoever holds a copy
//! must resolve it in the end, or the waiting coroutine leaks: pair every OneShot with a time-out or a certain
//! completion. \code
//!     OneShot<Result<int>> done;
//!     writer.submit(job, [done](Result<int> r) { done.resolve(std::move(r)); });
//!     Result<int> r = co_await done;
//! \endcode
template <typename T> class OneShot
{
    struct State
    {
        std::optional<T> value;
        std::coroutine_handle<> waiter;
        bool resolved = false;
    };

public:
    OneShot() : m_state(std::make_shared<State>()) {}

    bool isResolved() const { return m_state->resolved; }
    void resolve(T value) const
    {
        const std::shared_ptr<State> state = m_state; // the waiter may destroy this object
        if (state->resolved)
            return;
        state->resolved = true;
        state->value.emplace(std::move(value));
        if (state->waiter)
            std::exchange(state->waiter, {}).resume();
    }

    bool await_ready() const noexcept { return m_state->resolved; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept { m_state->waiter = waiter; }
    T await_resume() const
    {
        Q_ASSERT(m_state->value.has_value());
        return std::move(*m_state->value);
    }

private:
    std::shared_ptr<State> m_state;
};

} // namespace Atom
