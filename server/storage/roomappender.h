// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"
#include "server/storage/connection.h"

namespace Atom::Storage {

//! \brief Stores room events on the writer's thread and gives them their seq. Remembers where each room stands, and
//! forgets it when a transaction was rolled back, so that a seq is never skipped or given twice.
class RoomAppender
{
public:
    //! \brief See RoomRepository::append().
    Result<Rooms::Appended> append(Connection &db, const Rooms::EventDraft &draft);
    //! \brief See RoomRepository::appendAll().
    Result<QList<Rooms::Appended>> appendAll(Connection &db, const QList<Rooms::EventDraft> &drafts);
    //! \brief See RoomRepository::create().
    Result<QList<RoomEvent>> create(Connection &db, const Rooms::RoomState &state);

private:
    struct Place
    {
        qint64 pk = 0;
        qint64 lastSeq = 0;
        qint64 messages = 0; //!< ever sent
    };
    using Outcome = Result<Rooms::Appended>;
    Place *find(Connection &db, const RoomId &room);
    Outcome message(Connection &db, Place &place, const Rooms::EventDraft &draft);
    Outcome edit(Connection &db, Place &place, RoomEvent event);
    Outcome deletion(Connection &db, Place &place, RoomEvent event);
    Outcome receipt(Connection &db, Place &place, RoomEvent event);
    Outcome apply(Connection &db, Place &place, const Rooms::EventDraft &draft);
    Outcome joined(Connection &db, Place &place, RoomEvent event, MemberRole role, const QByteArray &invitation = {});
    Outcome memberUpdated(Connection &db, Place &place, RoomEvent event);
    Outcome unbanned(Connection &db, Place &place, RoomEvent event);
    Outcome left(Connection &db, Place &place, RoomEvent event);
    // roomappender_marks.cpp
    struct Marked
    {
        qint64 seq = 0;
        bool mustAcknowledge = false;
    };
    //! The message that the event is about; NotFound, Conflict when it was deleted.
    static Result<Marked> markable(Connection &db, const Place &place, const RoomEvent &event);
    Outcome react(Connection &db, Place &place, RoomEvent event);
    Outcome pin(Connection &db, Place &place, RoomEvent event);
    Outcome acknowledge(Connection &db, Place &place, RoomEvent event);
    //! Stores the event itself and gives it its seq.
    Outcome store(Connection &db, Place &place, RoomEvent event);

    std::unordered_map<RoomId, Place> m_places; //!< bounded by the number of rooms
    quint64 m_rollbacks = 0;
};

} // namespace Atom::Storage
