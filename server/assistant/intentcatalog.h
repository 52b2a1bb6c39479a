// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/intent.h"
#include "server/assistant/intentrepository.h"
#include "server/identity/permissions.h"
#include "server/rooms/roomservice.h"
#include "shared/core/taskscope.h"

#include <QtCore/QObject>

namespace Atom::Assistant {

//! \brief An intent as an administrator sees it.
struct IntentEntry
{
    IntentDefinition definition;
    QByteArray source;      //!< YAML
    bool isStored = false;  //!< written through the API; otherwise a file of the folder
    bool hidesFile = false; //!< a file of the same name stands behind it
    UserId changedBy;       //!< when stored
    Timestamp changedAt{};  //!< when stored
};

//! \brief Which intents there are, and what else there is to learn from: files, what administrators wrote, what people
//! said was not meant, and ordinary talk of this server. Main thread.
class IntentCatalog : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype sourceBytes = 64 * 1024;
    IntentCatalog(IntentRepository &repository, Rooms::RoomService &rooms, const Identity::Permissions &permissions,
                  Clock &clock);
    ~IntentCatalog() override;

    //! \brief Reads the `*.yaml` files and `background.txt` of `directory` (empty: none) and what is stored.
    //! \return mistakes, one line each; they do not stop the others.
    QCoro::Task<Result<QStringList>> load(QString directory);
    QCoro::Task<void> close();

    const QList<IntentEntry> &entries() const { return m_entries; } //!< by name
    //! \brief Those that are enabled, for the trainer.
    QList<IntentDefinition> definitions() const;
    //! \brief What triggers nothing: what was not meant, the folder's lines, talk of this server; at most so many as a
    //! matcher takes.
    QStringList ordinaryTalk() const;

    //! \brief Writes an intent; `source`'s name must be `name`. \return ValidationFailed with every mistake and its
    //! line, Forbidden.
    QCoro::Task<Result<IntentEntry>> save(Actor actor, QString name, QByteArray source);
    //! \brief A file of the same name is in force again. \return NotFound; Conflict for a file; Forbidden.
    QCoro::Task<Result<void>> remove(Actor actor, QString name);

    //! \brief `message`: an answer of the assistant. "Not this" is learned within seconds.
    //! \return NotFound for a message the actor may not read, ValidationFailed when it is no such message, Forbidden.
    QCoro::Task<Result<Feedback>> judge(Actor actor, MessageId message, Verdict verdict, QString reason);
    //! \brief The same from the conversation itself, for a question of the actor.
    QCoro::Task<Result<void>> rejectQuestion(UserId user, MessageId question, QString intent);
    QCoro::Task<Result<QList<FeedbackCount>>> feedbackCounts();

Q_SIGNALS:
    //! \brief There is something to learn.
    void changed();

private:
    void readFolder(const QString &directory, QStringList &mistakes);
    void put(IntentEntry entry);
    QCoro::Task<Result<void>> readTalk();
    QCoro::Task<void> refreshTalk();
    void scheduleRefresh(seconds after);

    IntentRepository &m_repository;
    Rooms::RoomService &m_rooms;
    const Identity::Permissions &m_permissions;
    Clock &m_clock;
    QList<IntentEntry> m_files;
    QList<IntentEntry> m_entries;
    QStringList m_background, m_rejected, m_talk;
    Clock::TimerId m_timer = 0;
    Timestamp m_due{}; //!< of m_timer
    TaskScope m_scope{QStringLiteral("intents")};
};

} // namespace Atom::Assistant
