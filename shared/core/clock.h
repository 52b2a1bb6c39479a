// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace Atom {

using std::chrono::milliseconds;
using std::chrono::seconds;

//! \brief Wall-clock time, UTC, in milliseconds. For people and for expiry of tokens; never for order or timers.
using Timestamp = std::chrono::sys_time<milliseconds>;
//! \brief Monotonic time. For deadlines, timers and durations.
using Monotonic = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

//! \brief ISO 8601 UTC with milliseconds, "2026-01-02T03:04:05.678Z": the only time format on the wire.
QString toIso(Timestamp time);
QByteArray toIsoBytes(Timestamp time);
//! \brief Reads what toIso() writes (any ISO 8601 with zone); nullopt otherwise.
std::optional<Timestamp> fromIso(const QString &text);
inline qint64 toMillis(Timestamp t)
{
    return t.time_since_epoch().count();
}
inline Timestamp fromMillis(qint64 ms)
{
    return Timestamp(milliseconds(ms));
}

//! \brief The only source of time and timers for code whose behaviour depends on them; tests inject a FakeClock.
//! Thread: the thread that owns it. Timers fire on that thread.
class Clock
{
public:
    using TimerId = quint64;
    virtual ~Clock() = default;

    virtual Timestamp now() const = 0;
    virtual Monotonic monotonic() const = 0;
    //! \brief Calls `f` once after `delay`, unless `context` died or cancel() was called. Never calls it synchronously.
    virtual TimerId callAfter(milliseconds delay, QObject *context, std::function<void()> f) = 0;
    virtual void cancel(TimerId id) = 0;
};

//! \brief Real time. Each thread that needs timers owns one.
class SystemClock final : public Clock
{
public:
    SystemClock();
    ~SystemClock() override;
    Timestamp now() const override;
    Monotonic monotonic() const override;
    TimerId callAfter(milliseconds delay, QObject *context, std::function<void()> f) override;
    void cancel(TimerId id) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom
