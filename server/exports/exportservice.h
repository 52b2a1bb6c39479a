// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportarchive.h"
#include "server/rooms/roomservice.h"
#include "shared/core/taskscope.h"

#include <QtCore/QThreadPool>

namespace Atom::Exports {

//! \brief Makes the archives of rooms, one after the other, in the background. Main thread; files are written by a
//! thread of its own.
//!
//! A job that was under way when the server stopped begins anew. Archives lie in `<data folder>/exports`, for the
//! server's own account only, and are removed when they expire.
class ExportService : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        QString folder;
        QString server; //!< name and version, for the archive
        milliseconds lifetime = std::chrono::hours(24);
        milliseconds sweep = std::chrono::minutes(10);
        int jobsPerUser = 3; //!< waiting or running
        int jobs = 50;       //!< likewise, on the whole server
        int keptPerUser = 20; //!< finished ones, the newest; the archives of older ones are removed
    };
    ExportService(Settings settings, ExportRepository &repository, Rooms::RoomService &rooms, Signer signer,
                  Clock &clock, MetricRegistry &metrics);
    ~ExportService() override;

    //! \brief Reads the jobs, removes what is left over, goes on with what was interrupted.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief `withHeld`: with the texts kept for a legal hold, for those who may set one.
    //! \return Forbidden, NotFound, Conflict (a room that is not stored), RateLimited with retryAfter.
    QCoro::Task<Result<ExportJob>> request(Actor actor, RoomId room, bool withHeld);
    //! \brief The actor's own jobs for this room, newest first.
    Result<QList<ExportJob>> list(const Actor &actor, const RoomId &room) const;
    //! \brief \return NotFound for a job that is not there, or somebody else's.
    Result<ExportJob> find(const Actor &actor, const RoomId &room, const QByteArray &id) const;
    //! \brief The archive, opened for reading: only for who asked for it, while they may still export the room; each
    //! download is audited. \return NotFound, Forbidden, Conflict (not ready, or expired).
    QCoro::Task<Result<std::shared_ptr<QFile>>> open(Actor actor, RoomId room, QByteArray id);
    //! \brief Stops the job or removes its archive.
    QCoro::Task<Result<void>> remove(Actor actor, RoomId room, QByteArray id);

Q_SIGNALS:
    //! \brief A job got another state.
    void jobChanged(const Atom::Exports::ExportJob &job);

private:
    ExportJob *jobOf(const QByteArray &id);
    QString pathOf(const QByteArray &id) const;
    void startNext();
    QCoro::Task<void> work(QByteArray id);
    QCoro::Task<Result<ExportJob>> build(ExportJob job);
    QCoro::Task<void> setState(QByteArray id, ExportState state, ExportJob outcome, QString error);
    QCoro::Task<void> sweepExpired();
    void scheduleSweep();
    int unfinished(const UserId &user) const; //!< empty: of everybody

    const Settings m_settings;
    ExportRepository &m_repository;
    Rooms::RoomService &m_rooms;
    const Signer m_sign;
    Clock &m_clock;
    Counter &m_made;
    QThreadPool m_pool;
    QList<ExportJob> m_jobs; //!< oldest first
    QByteArray m_running;    //!< id; empty: none
    Clock::TimerId m_timer = 0;
    TaskScope m_scope{QStringLiteral("exports")};
};

} // namespace Atom::Exports
