// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace Atom {

//! \brief Asks work to stop. Copies share one state; one thread only. A default token is never cancelled.
class CancellationToken
{
public:
    CancellationToken() = default;
    bool isCancelled() const { return m_state && m_state->cancelled; }
    //! \brief Calls `f` at cancellation, at once if it already happened. Keep what `f` captures alive or weak.
    void onCancelled(std::function<void()> f) const
    {
        if (!m_state)
            return;
        if (m_state->cancelled)
            f();
        else
            m_state->callbacks.push_back(std::move(f));
    }

private:
    friend class CancellationSource;
    struct State
    {
        bool cancelled = false;
        std::vector<std::function<void()>> callbacks;
    };
    std::shared_ptr<State> m_state;
};

//! \brief Makes tokens and cancels them, once.
class CancellationSource
{
public:
    CancellationSource() { m_token.m_state = std::make_shared<CancellationToken::State>(); }
    CancellationToken token() const { return m_token; }
    bool isCancelled() const { return m_token.isCancelled(); }
    void cancel()
    {
        if (isCancelled())
            return;
        m_token.m_state->cancelled = true;
        const auto callbacks = std::move(m_token.m_state->callbacks);
        for (const auto &f : callbacks)
            f();
    }

private:
    CancellationToken m_token;
};

} // namespace Atom
