// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/roomevent.h"

#include <map>

namespace Atom::Client {

//! \brief The order of one room's events: each seq once and ascending; later ones wait while one is missing.
//! Plain logic: it neither asks the server nor emits; the caller delivers what it returns, in that order.
class RoomSequencer
{
public:
    //! \brief More events held back than this are forgotten, newest first, and fetched again when they are due.
    static constexpr qsizetype heldLimit = 2'000;

    bool isKnown() const { return m_position >= 0; }
    //! \brief Seq of the last event handed out; -1 while unknown.
    qint64 position() const { return m_position; }
    //! \brief Where the room begins for us; ignored once a position is known.
    void startAt(qint64 seq);
    //! \brief The server said that events up to `seq` exist.
    void noteExists(qint64 seq);
    //! \brief Events are known to exist that were not handed out.
    bool hasHole() const { return isKnown() && m_highest > m_position; }
    //! \brief Takes an event in; returns all that may be delivered now. Seq 0 (never stored) passes through.
    QList<RoomEvent> offer(RoomEvent event);

    struct Skipped
    {
        qint64 from = 0; //!< first seq given up; 0 when none was
        qint64 to = 0;
        QList<RoomEvent> events; //!< what may be delivered after it
    };
    //! \brief Gives up all events up to `seq` that have not arrived.
    Skipped skipTo(qint64 seq);
    //! \brief The lowest seq held back; 0 when none is.
    qint64 firstHeld() const { return m_held.empty() ? 0 : m_held.begin()->first; }
    qint64 highest() const { return m_highest; }
    //! \brief The server's history is shorter than ours (it was restored from a backup): start over from `seq`.
    void restartAt(qint64 seq);

private:
    void release(QList<RoomEvent> &out);
    qint64 m_position = -1;
    qint64 m_highest = -1;
    std::map<qint64, RoomEvent> m_held;
};

} // namespace Atom::Client
