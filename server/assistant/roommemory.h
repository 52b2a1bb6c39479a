// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/assistantrepository.h"
#include "server/assistant/person.h"
#include "server/identity/permissions.h"
#include "server/memory/contextassembly.h"
#include "server/memory/factrepository.h"
#include "server/memory/recall.h"
#include "server/rooms/roomservice.h"
#include "shared/core/taskscope.h"

#include <QtCore/QObject>

namespace Atom::Assistant {

//! \brief What the assistant may know when it answers one message.
struct Recollection
{
    QList<Memory::ContextEntry> entries; //!< by Memory::assembleContext(); recent turns are not among them
    QString answer;                      //!< the best of it, in words for the person; empty: nothing fits
    bool isComplete = true;              //!< false: older messages are still being read after a start
};

//! \brief What was said in rooms and what people asked to remember, for whoever may know it. Main thread.
//!
//! Follows the rooms by itself. At a start the stored messages are read in the background, some hundred at a time.
//! A person's own facts and messages of other rooms are looked at only where nobody else reads the answer, and only in
//! rooms the person reads at that moment; the text of each hit goes through the room's own permissions once more.
class RoomMemory : public QObject
{
    Q_OBJECT
public:
    RoomMemory(AssistantRepository &repository, Memory::FactRepository &facts, Rooms::RoomService &rooms,
               const Identity::Permissions &permissions, People people, Clock &clock);
    ~RoomMemory() override;

    //! \brief Begins to follow the rooms and to read what is stored; before that, only facts are there.
    void start();
    QCoro::Task<void> close();
    //! \brief A request to the assistant is no statement: it answers nothing later.
    void leaveOut(const MessageId &request) { m_index.remove(request); }
    qsizetype messages() const { return m_index.size(); }
    qint64 bytes() const { return qint64(m_index.bytes()); }

    //! \brief What is remembered about `text`, asked by `question`.
    QCoro::Task<Result<Recollection>> recall(Person person, RoomEvent question, QString text);
    //! \brief Does what readFactRequest() read from the message. \return the words of the answer.
    QCoro::Task<Result<QString>> serve(Person person, RoomEvent message, Memory::FactRequest request);

    // --- what a person sees and changes of it (Action::PersonalKeep)
    QCoro::Task<Result<QList<Memory::Fact>>> facts(Actor actor);
    //! \brief `replaces` empty: a new one. \return as Memory::FactRepository::add().
    QCoro::Task<Result<Memory::Fact>> remember(Actor actor, QString text, Memory::FactId replaces);
    QCoro::Task<Result<void>> forget(Actor actor, Memory::FactId fact); //!< NotFound

private:
    QCoro::Task<void> readStored();
    void follow(const RoomEvent &event);
    void add(const RoomEvent &message);
    QCoro::Task<void> readAgain(RoomId room, MessageId message); //!< it was edited
    Result<void> requireKeeping(const Actor &actor) const;
    bool isAlone(const RoomId &room) const; //!< nobody but the person reads the answer

    AssistantRepository &m_repository;
    Memory::FactRepository &m_facts;
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
    People m_people;
    Clock &m_clock;
    Memory::MessageIndex m_index;
    Memory::Recall m_recall{m_index};
    bool m_isComplete = false;
    TaskScope m_scope{QStringLiteral("memory")};
};

} // namespace Atom::Assistant
