// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/person.h"
#include "server/rooms/personalservice.h"
#include "server/search/searchservice.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace Atom::Assistant {

class HandOver;

//! \brief One thing the assistant is to do by itself, for somebody and with that person's permissions.
struct ActionCall
{
    QString name;         //!< one of builtInActions()
    QJsonObject input;    //!< the slots of the intent
    Person person;        //!< for whom; nothing is done that they may not do themselves
    QJsonObject replaces; //!< the output of an earlier call that this one corrects; empty: none
    RoomEvent message;    //!< that asked for it; doing it again for the same message and number changes nothing
    int number = 1;       //!< of the actions for this message
    //! \brief Names what is to be done once.
    QByteArray key() const
    {
        return number == 1 ? message.message.bytes() : message.message.bytes() + '-' + QByteArray::number(number);
    }
};

struct ActionResult
{
    QString text;       //!< the answer, for people
    QJsonObject output; //!< the same as data, for the trace and for a reply template
};

//! \brief Does it. \return words for the person as an error.
using DoAction = std::function<QCoro::Task<Result<ActionResult>>(ActionCall)>;

//! \brief The names an intent's `action` may have.
QStringList builtInActions();
//! \brief The slots without which an action cannot be done.
QStringList slotsOfAction(const QString &name);

//! \brief What the assistant can do without a workflow. Main thread.
//!
//! Everything goes through the services and the permissions that a person's own request would meet. What it finds is
//! told in the room of the question: in a room with others it therefore looks only into that room.
class Actions
{
public:
    //! \param handOver may be null: then nobody can be asked for
    Actions(Rooms::RoomService &rooms, Rooms::PersonalService &personal, Search::SearchService &search,
            HandOver *handOver, Clock &clock);

    //! \return the error of the service that refused, with words for the person.
    QCoro::Task<Result<ActionResult>> run(ActionCall call);

private:
    QCoro::Task<Result<ActionResult>> remind(ActionCall call);
    QCoro::Task<Result<ActionResult>> createRoom(ActionCall call);
    QCoro::Task<Result<ActionResult>> search(ActionCall call);

    Rooms::RoomService &m_rooms;
    Rooms::PersonalService &m_personal;
    Search::SearchService &m_search;
    HandOver *m_handOver;
    Clock &m_clock;
};

//! \brief A time as one says it to somebody: "Thursday 26 November, 17:00".
QString spokenTime(const QDateTime &time, const QDateTime &now);

} // namespace Atom::Assistant
