// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/messageindex.h"

#include <QtCore/QTimeZone>

namespace Atom::Memory {

//! \brief What is looked for, and where.
struct RecallQuery
{
    QString text;    //!< its first 2,000 characters and 32 different words count
    RoomScope scope; //!< nothing outside has any influence on what is found, in which order and with which score
    Timestamp now{}; //!< "yesterday" is before it
    QTimeZone zone = QTimeZone::utc();
    UserId asker{};           //!< "I" and "my" mean this person, when nobody is named; may be empty
    QList<MessageId> without; //!< as if they were not there: the question itself, turns that are known already
    int limit = 10;           //!< 1 to 100
};

//! \brief A query, understood.
struct RecallQuestion
{
    struct Term
    {
        QByteArray term; //!< as the index has it
        QString word;    //!< as it was asked
    };
    //! A span of time that the text names; `to` is exclusive.
    struct Span
    {
        qint64 from = 0, to = 0; //!< milliseconds since 1970
    };
    QList<Term> terms;       //!< without function words and names
    QList<quint32> speakers; //!< the persons named who spoke in a room of the scope
    QList<Span> spans;       //!< whole days
    bool asksWhen = false;

    //! \brief Which speaker a word means depends on the speakers in the scope alone: up to 8 may share a name; what
    //! more are called by is an ordinary word.
    static RecallQuestion read(const RecallQuery &query, const Speakers &speakers);
};

} // namespace Atom::Memory
