// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/search/searchquery.h"
#include "shared/model/roomevent.h"

#include <QCoro/QCoroTask>

#include <QtCore/QHash>

#include <memory>

namespace Atom::Search {

//! \brief The rooms that somebody may read: nothing outside takes part in a search, not even in its counts. Shared and
//! never changed, so that an index may remember what it made of it.
struct RoomScope
{
    QList<RoomId> rooms;
};

enum class Sort { Relevance, Newest, Oldest };

//! \brief A search, decided: what an index needs to answer it.
struct Lookup
{
    Query query; //!< `in` and `notIn` are not looked at
    std::shared_ptr<const RoomScope> scope;
    std::optional<QList<RoomId>> only; //!< of the scope; from `in:`
    QList<RoomId> without;             //!< from `-in:`
    UserId user;
    QHash<RoomId, qint64> unreadAfter; //!< for is:unread: rooms of the user with something unread, seen up to there
    Timestamp now{};                   //!< ages count from here
    Sort sort = Sort::Relevance;
    int limit = 20;
    int context = 0;
    qint64 newest = 0;   //!< messages with a greater position are left out; 0: none are. For later pages
    int skip = 0;        //!< Relevance: so many hits were shown on earlier pages
    qint64 position = 0; //!< Newest, Oldest: the last hit of the page before
};

struct Hit
{
    RoomEvent message; //!< its present state
    double score = 0;  //!< greater is better; only to be compared within one answer
    QList<Highlight> highlights;
    QList<RoomEvent> before; //!< messages of the room, ascending
    QList<RoomEvent> after;
    qint64 position = 0; //!< in the order of storing
};

struct Found
{
    QList<Hit> hits;
    bool hasMore = false;
    qint64 newest = 0; //!< for Lookup::newest of later pages
    qint64 total = 0;  //!< hits known of
    bool isTotal = true;    //!< false: there may be more hits than `total`
    bool isComplete = true; //!< false: messages wait to be indexed (for a moment after a start or a flood)
};

//! \brief Finds messages by their words. Follows the stored messages by itself, in the background. Main thread.
class SearchIndex
{
public:
    virtual ~SearchIndex() = default;
    //! \return Unavailable: too many searches wait, or the index cannot be read.
    virtual QCoro::Task<Result<Found>> find(Lookup lookup) = 0;
    //! \brief Something was stored. Cheap: called for every message.
    virtual void wake() = 0;
};

} // namespace Atom::Search
