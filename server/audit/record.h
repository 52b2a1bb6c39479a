// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"
#include "shared/model/user.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>

namespace Atom::Audit {

enum class Outcome {
    Done,
    Refused //!< tried and not allowed, or a wrong password
};
QByteArray outcomeName(Outcome outcome); //!< "done", "refused"
std::optional<Outcome> outcomeFromName(const QByteArray &name);

//! \brief An act to be recorded. A repository method that writes an audited act takes one as its last parameter and
//! stores it in the same transaction; a draft without an action records nothing.
//!
//! Never contents (bodies, files, search terms) and never secrets (passwords, hashes, tokens, codes): before and after
//! hold the values of settings, roles, names, flags.
struct Draft
{
    QByteArray
        action; //!< what was done, in the past: "user.role_changed"; `[a-z_]+[.][a-z_]+`; empty: nothing to record
    UserId actor;
    SessionId session;     //!< empty for guests and for the server itself
    QByteArray address;    //!< of the actor's device, as text; empty for the server itself
    QByteArray objectKind; //!< "user", "room", "message", "session", "token", "role", "workflow", "setting", ...
    QByteArray objectId;
    QJsonObject before; //!< only what the act changed
    QJsonObject after;
    QString reason; //!< as given by the actor; at most 500 characters are kept
    Outcome outcome = Outcome::Done;
    int count = 1;  //!< how many equal acts this stands for: refused acts are joined
    Timestamp at{}; //!< the epoch: when it is stored

    bool isEmpty() const { return action.isEmpty(); }
};

//! \brief What `actor` did with an object; set before, after, reason and outcome afterwards.
Draft draftFor(const Actor &actor, QByteArray action, QByteArray objectKind, QByteArray objectId, Timestamp at);

//! \brief A stored act.
struct Record : Draft
{
    qint64 seq = 0;        //!< from 1, without holes
    QByteArray hash;       //!< 32 bytes: see chain.h
    bool isErased = false; //!< something personal was here; the person's data was erased since
    bool operator==(const Record &) const = delete;
};

//! \brief Which records a list shows; empty fields match everything.
struct Query
{
    UserId actor;
    QByteArray action; //!< a whole action, or a group ending in '.': "user."
    QByteArray objectKind;
    QByteArray objectId;
    std::optional<Outcome> outcome;
    std::optional<Timestamp> from; //!< inclusive
    std::optional<Timestamp> to;   //!< exclusive
    qint64 before = 0;             //!< only records with a smaller seq; 0: from the newest
    int limit = 50;                //!< 1..1000
};

//! \brief Newest first.
struct RecordPage
{
    QList<Record> records;
    bool hasMore = false;
};

} // namespace Atom::Audit
