// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/retentionservice.h"

#include "server/rooms/logging.h"

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

RetentionService::RetentionService(Settings settings, RetentionRepository &repository, RoomService &rooms, Clock &clock,
                                   MetricRegistry &metrics)
    : m_settings(settings), m_repository(repository), m_rooms(rooms), m_clock(clock),
      m_removed(metrics.counter("atom_events_purged_total", "Room events removed because they were too old"))
{
}

void RetentionService::start()
{
    schedule(m_settings.firstRun);
}

void RetentionService::schedule(milliseconds wait)
{
    if (m_scope.isClosing())
        return;
    m_timer = m_clock.callAfter(wait, this, [this] {
        m_timer = 0;
        m_scope.spawn(runAndSchedule(), "purge");
    });
}

QCoro::Task<void> RetentionService::close()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    QCoro::Task<void> closed = m_scope.close(); // refuses new work from here on
    const OneShot<bool> resting = m_resting;
    resting.resolve(true);
    co_await closed;
}

QCoro::Task<void> RetentionService::runAndSchedule()
{
    const Result<Purged> done = co_await run();
    if (!done)
        qCWarning(lcRooms).noquote() << "purge ended early:" << done.error().detail << done.error().cause;
    else if (done.value().messages + done.value().events > 0)
        qCInfo(lcRooms) << "purged" << done.value().messages << "messages and" << done.value().events << "events";
    schedule(m_settings.interval);
}

std::optional<Timestamp> RetentionService::limitOf(const Room &room) const
{
    const int days = room.retentionDays.value_or(m_settings.defaultDays);
    if (days <= 0 || room.hold || room.persistence == RoomPersistence::Ephemeral)
        return std::nullopt;
    return m_clock.now() - std::chrono::days(days);
}

QCoro::Task<void> RetentionService::rest()
{
    if (m_settings.pause.count() == 0)
        co_return;
    m_resting = OneShot<bool>();
    const OneShot<bool> resting = m_resting;
    m_clock.callAfter(m_settings.pause, this, [resting] { resting.resolve(true); });
    co_await resting;
}

QCoro::Task<Result<Purged>> RetentionService::run()
{
    Purged total;
    const CancellationToken closing = m_scope.token();
    for (int left = 1; left > 0;) {
        Result<int> dropped = co_await m_repository.dropReleased(m_settings.stepEvents);
        if (!dropped)
            co_return std::move(dropped.error());
        left = *dropped;
        if (closing.isCancelled())
            co_return Result<Purged>(total);
        if (left > 0)
            co_await rest();
    }
    const QList<RoomId> all = m_rooms.allRooms();
    for (qsizetype from = 0; from < all.size(); from += m_settings.roomsAtOnce) {
        QList<RetentionRepository::Due> some;
        for (const RoomId &id : all.mid(from, m_settings.roomsAtOnce)) {
            const RoomState *const state = m_rooms.find(id);
            const std::optional<Timestamp> before = state ? limitOf(state->room) : std::nullopt;
            if (before)
                some.append(RetentionRepository::Due{id, *before});
        }
        if (some.isEmpty())
            continue;
        Result<QList<RetentionRepository::Due>> due = co_await m_repository.due(std::move(some));
        if (!due)
            co_return std::move(due.error());
        for (qsizetype i = 0; i < due->size(); ++i) {
            const RetentionRepository::Due one = due->at(i);
            for (bool isDone = false; !isDone;) {
                if (closing.isCancelled())
                    co_return Result<Purged>(total);
                // A hold or another retention may have come since.
                const RoomState *const state = m_rooms.find(one.room);
                if (!state || !limitOf(state->room))
                    break;
                const Actor system = internalActor(systemUser());
                Audit::Draft audit = Audit::draftFor(system, "room.purged", "room", one.room.bytes(), m_clock.now());
                audit.reason = u"retention"_s;
                const Timestamp before = std::min(one.before, *limitOf(state->room));
                Result<Purged> step =
                    co_await m_repository.purge(one.room, before, m_settings.stepEvents, std::move(audit));
                if (!step)
                    co_return std::move(step.error());
                m_rooms.forgetPurged(one.room, step->upToSeq);
                total.messages += step->messages;
                total.events += step->events;
                m_removed.add(quint64(step->messages + step->events));
                if (step->messages + step->events > 0)
                    Q_EMIT purged(one.room, step->messages, step->events);
                isDone = step->isDone;
                co_await rest();
            }
        }
    }
    co_return Result<Purged>(total);
}

} // namespace Atom::Rooms
