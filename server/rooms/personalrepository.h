// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QJsonObject>
#include <QtCore/QList>

#include <optional>

namespace Atom::Rooms {

//! \brief Something that belongs to one user and follows them to each device. Kinds: draft (key: room), bookmark (key:
//! message), keywords (key: "words"), reminder and scheduled (key: id).
struct PersonalItem
{
    QByteArray kind;
    QByteArray key;
    qint64 version = 0; //!< counts the user's changes from 1; given by the store
    QJsonObject value;  //!< empty: removed
    std::optional<Timestamp> dueAt;
};

struct DueItem
{
    UserId user;
    PersonalItem item;
};

//! \brief Changes of a user's items, ascending by version.
struct PersonalChanges
{
    QList<PersonalItem> items;
    qint64 version = 0;    //!< what was asked for next: the last of `items`, or the newest of the user when `more` is false
    bool complete = false; //!< the items are all there are, from the beginning: forget what was known
    bool more = false;
};

//! \brief Where personal items live. Main thread.
class PersonalRepository
{
public:
    virtual ~PersonalRepository() = default;
    //! \brief Stores the item under a new version. \return Conflict when it is new and the user has `limit` of its kind.
    virtual QCoro::Task<Result<PersonalItem>> put(UserId user, PersonalItem item, int limit, Timestamp now) = 0;
    //! \brief Removes it, under a new version. \return NotFound.
    virtual QCoro::Task<Result<PersonalItem>> remove(UserId user, QByteArray kind, QByteArray key, Timestamp now) = 0;
    //! \return NotFound.
    virtual QCoro::Task<Result<PersonalItem>> get(UserId user, QByteArray kind, QByteArray key) = 0;
    //! \brief Items of a kind with a key above `after`, ascending by key, at most `limit`.
    virtual QCoro::Task<Result<QList<PersonalItem>>> list(UserId user, QByteArray kind, QByteArray after, int limit) = 0;
    //! \brief Changes above version `since`, at most `limit`.
    virtual QCoro::Task<Result<PersonalChanges>> changes(UserId user, qint64 since, int limit) = 0;
    //! \brief What is due at `now`, the oldest first, at most `limit`.
    virtual QCoro::Task<Result<QList<DueItem>>> due(Timestamp now, int limit) = 0;
    virtual QCoro::Task<Result<std::optional<Timestamp>>> nextDue() = 0;
    //! \brief One kind of all users. Once, at start.
    virtual QCoro::Task<Result<QList<DueItem>>> all(QByteArray kind) = 0;
};

} // namespace Atom::Rooms
