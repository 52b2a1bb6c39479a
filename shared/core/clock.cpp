// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/clock.h"

#include <QtCore/QDateTime>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

namespace Atom {

QByteArray toIsoBytes(Timestamp time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day ymd(day);
    const std::chrono::hh_mm_ss hms(time - day);
    QByteArray text("0000-00-00T00:00:00.000Z");
    char *const out = text.data();
    const auto put = [out](int at, int digits, unsigned value) { // by hand: it stands in every frame
        for (int i = digits - 1; i >= 0; --i, value /= 10)
            out[at + i] = char('0' + value % 10);
    };
    put(0, 4, unsigned(int(ymd.year())));
    put(5, 2, unsigned(ymd.month()));
    put(8, 2, unsigned(ymd.day()));
    put(11, 2, unsigned(hms.hours().count()));
    put(14, 2, unsigned(hms.minutes().count()));
    put(17, 2, unsigned(hms.seconds().count()));
    put(20, 3, unsigned(hms.subseconds().count()));
    return text;
}

QString toIso(Timestamp time)
{
    return QString::fromLatin1(toIsoBytes(time));
}

std::optional<Timestamp> fromIso(const QString &text)
{
    const QDateTime parsed = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!parsed.isValid() || parsed.timeSpec() == Qt::LocalTime)
        return std::nullopt;
    return fromMillis(parsed.toMSecsSinceEpoch());
}

struct SystemClock::Private
{
    QObject owner; // parent of the timers; its thread is where they fire
    QHash<TimerId, QTimer *> timers;
    TimerId next = 1;
};

SystemClock::SystemClock() : d(std::make_unique<Private>()) {}
SystemClock::~SystemClock() = default;

Timestamp SystemClock::now() const
{
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

Monotonic SystemClock::monotonic() const
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now());
}

Clock::TimerId SystemClock::callAfter(milliseconds delay, QObject *context, std::function<void()> f)
{
    const TimerId id = d->next++;
    auto *timer = new QTimer(&d->owner);
    timer->setSingleShot(true);
    timer->setTimerType(Qt::PreciseTimer);
    d->timers.insert(id, timer);
    QObject::connect(timer, &QTimer::timeout, &d->owner,
                     [this, id, timer, guard = QPointer<QObject>(context), f = std::move(f)] {
                         d->timers.remove(id);
                         timer->deleteLater();
                         if (guard)
                             f();
                     });
    timer->start(delay);
    return id;
}

void SystemClock::cancel(TimerId id)
{
    if (QTimer *timer = d->timers.take(id)) {
        timer->stop();
        timer->deleteLater();
    }
}

} // namespace Atom
