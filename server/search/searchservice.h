// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomservice.h"
#include "server/search/searchindex.h"

#include <QtCore/QObject>
#include <QtCore/QTimeZone>

namespace Atom::Search {

struct SearchRequest
{
    QString text;
    Sort sort = Sort::Relevance;
    QTimeZone zone = QTimeZone::utc(); //!< whose days before: and after: mean
    int limit = 20;                    //!< 1..100
    int context = 2;                   //!< messages before and after each hit, 0..5
    QStringList cursor;                //!< SearchPage::next of the page before; empty: the first page
};

struct SearchPage
{
    QList<Hit> hits;
    QStringList next; //!< empty: this is the last page
    qint64 total = 0;
    bool isTotal = true;
    bool isComplete = true;
    QStringList notes; //!< what a person should know about the answer, in words
};

//! \brief Searches for people: the language, what they may read, pages. Main thread.
//!
//! Which rooms somebody may read is decided by identity's rule for RoomRead, room by room, and remembered for a
//! second (a server has ten thousand rooms, and people search while they type); each hit's room is decided again
//! before it is shown, so what was just taken away is gone at once. A room that was opened by break-glass is searched
//! only when `in:` names it, and what is found is noted as read.
class SearchService : public QObject
{
    Q_OBJECT
public:
    //! \brief The number of parts of a cursor.
    static constexpr qsizetype cursorParts = 4;

    SearchService(SearchIndex &index, Rooms::RoomService &rooms, Clock &clock, MetricRegistry &metrics);
    ~SearchService() override;

    //! \return ValidationFailed (/query/q, /query/cursor), Unavailable.
    QCoro::Task<Result<SearchPage>> find(Actor actor, SearchRequest request);
    //! \brief Refuses new searches and waits for those under way.
    QCoro::Task<void> close();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Search
