// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"
#include "shared/core/taskscope.h"

namespace Atom::Rooms {

//! \brief What one step of a purge removed.
struct Purged
{
    int messages = 0;
    int events = 0;     //!< of other kinds
    bool isDone = true; //!< nothing is left that is old enough
    qint64 upToSeq = 0; //!< events up to this one are gone; 0: none
};

//! \brief Removes for good what is too old. Main thread; the steps run on the storage's writer.
class RetentionRepository
{
public:
    virtual ~RetentionRepository() = default;
    struct Due
    {
        RoomId room;
        Timestamp before{};
    };
    //! \brief Those of `rooms` whose oldest event is older than their `before`; a few reads each.
    virtual QCoro::Task<Result<QList<Due>>> due(QList<Due> rooms) = 0;
    //! \brief Removes up to `limit` of the oldest events of a room, as long as they are older than `before`, and
    //! everything that was kept about them: texts of edits, reactions, rows of indexes, the traces of messages with
    //! their attributes. The newest event always stays, so that the sequence goes on; a message only as one that was
    //! deleted. A room under legal hold is left
    //! alone. `audit` is completed with the counts and stored in the same transaction, unless nothing was removed.
    virtual QCoro::Task<Result<Purged>> purge(RoomId room, Timestamp before, int limit, Audit::Draft audit) = 0;
    //! \brief Removes up to `limit` texts that were kept for a hold that has ended; how many.
    virtual QCoro::Task<Result<int>> dropReleased(int limit) = 0;
};

//! \brief Enforces retention, hour by hour: in small steps with pauses, so that those who write do not notice. Main
//! thread. Old is what its time says, read from the oldest event on: one with a time in the future (of a clock that was
//! set wrongly) keeps those behind it until it is old itself.
class RetentionService : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        int defaultDays = 0; //!< for rooms that have no retention of their own; 0: kept for ever
        milliseconds interval = std::chrono::hours(1);
        milliseconds firstRun = std::chrono::minutes(2);
        milliseconds pause{20}; //!< between two steps
        int stepEvents = 200;
        int roomsAtOnce = 100; //!< looked at in one read
    };
    RetentionService(Settings settings, RetentionRepository &repository, RoomService &rooms, Clock &clock,
                     MetricRegistry &metrics);

    void start();
    QCoro::Task<void> close();
    //! \brief Everything that is due, now. \return what was removed in all; the first error ends the run.
    QCoro::Task<Result<Purged>> run();

Q_SIGNALS:
    void purged(const Atom::RoomId &room, int messages, int events);

private:
    void schedule(milliseconds wait);
    QCoro::Task<void> runAndSchedule();
    QCoro::Task<void> rest();
    std::optional<Timestamp> limitOf(const Room &room) const;

    const Settings m_settings;
    RetentionRepository &m_repository;
    RoomService &m_rooms;
    Clock &m_clock;
    Counter &m_removed;
    Clock::TimerId m_timer = 0;
    OneShot<bool> m_resting; //!< resolved by the pause, or by close()
    TaskScope m_scope{QStringLiteral("retention")};
};

} // namespace Atom::Rooms
