// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/error.h"

#include <utility>
#include <variant>

namespace Atom {

//! \brief A value or an Error. Default-constructed it is an Internal error, so that it can live in futures.
//! Accessing value() of a failed result is our own mistake and asserts.
//!
//! Trap (QCoro 0.8): `co_return object;` in a Task<Result<T>> MOVES from `object` when its type is T, also when it is a
//! member or an element of a container (TaskPromise::return_value takes it as U&&). Write `co_return
//! Result<T>(object);` for anything that lives longer than the coroutine.
template <typename T> class [[nodiscard]] Result
{
public:
    Result() : m_state(Error(Errc::Internal, QStringLiteral("no result"))) {}
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}     // NOLINT: implicit by design
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {} // NOLINT: implicit by design

    bool isOk() const { return m_state.index() == 0; }
    explicit operator bool() const { return isOk(); }

    T &value() &
    {
        Q_ASSERT(isOk());
        return std::get<0>(m_state);
    }
    const T &value() const &
    {
        Q_ASSERT(isOk());
        return std::get<0>(m_state);
    }
    T &&value() &&
    {
        Q_ASSERT(isOk());
        return std::move(std::get<0>(m_state));
    }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    T valueOr(T fallback) const { return isOk() ? std::get<0>(m_state) : std::move(fallback); }

    const Error &error() const &
    {
        Q_ASSERT(!isOk());
        return std::get<1>(m_state);
    }
    Error &error() &
    {
        Q_ASSERT(!isOk());
        return std::get<1>(m_state);
    }

private:
    std::variant<T, Error> m_state;
};

//! \brief Success without a value. Unlike Result<T> it is successful by default.
template <> class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {} // NOLINT: implicit by design

    bool isOk() const { return !m_error.has_value(); }
    explicit operator bool() const { return isOk(); }
    const Error &error() const
    {
        Q_ASSERT(m_error);
        return *m_error;
    }
    Error &error()
    {
        Q_ASSERT(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

} // namespace Atom
