// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"

#include <functional>

namespace Atom::Rooms {

//! \brief Whom a message names.
struct Mentioned
{
    QList<QByteArray> names; //!< as the message carries them: ids of members, "@room", "@here"; each once
    QList<UserId> users;     //!< whose counters move, roles and "@here" resolved; may hold everybody()
};

struct MentionLimits
{
    static constexpr int names = 50;  //!< looked at in one message; the others are text
    static constexpr int users = 200; //!< more who are "@here" are everybody; more with a role are left out
};

//! \brief Finds `@id` of a member, `@owner(s)`, `@moderator(s)`, `@room` and `@here`. A name begins behind anything but a
//! letter, digit or `_`, and is the longest run of `A-Z a-z 0-9 . _ : -` that ends with a letter, digit or `_`; roles
//! and ids are found in lower case as well. Without an '@' in the text it costs one look for it.
//! `mayNameAll`: may the sender use @room and @here? `isOnline`: for @here.
Mentioned findMentions(QStringView text, const RoomState &state, const UserId &sender, bool mayNameAll,
                       const std::function<bool(const UserId &)> &isOnline);

//! \brief Who wants to hear of which words, in the rooms they are in. Main thread.
class Keywords
{
public:
    bool isEmpty() const { return m_rooms.isEmpty(); }
    const QStringList of(const UserId &user) const { return m_words.value(user); }
    //! \brief Replaces the user's words (see foldKeyword()) in all `rooms` they are in.
    void set(const UserId &user, const QStringList &words, const QList<RoomId> &rooms);
    void joined(const UserId &user, const RoomId &room);
    void left(const UserId &user, const RoomId &room);
    //! \brief Whom this text in this room concerns, each once.
    QList<UserId> findIn(QStringView text, const RoomId &room) const;

private:
    using Listeners = QHash<QString, QList<UserId>>; //!< by word
    QHash<UserId, QStringList> m_words;
    QHash<RoomId, Listeners> m_rooms; //!< only rooms with somebody who has words
};

//! \brief How words are compared: letters, digits, '_' and '-' of any script, case folded; empty: no word.
QString foldKeyword(QStringView word);

} // namespace Atom::Rooms
