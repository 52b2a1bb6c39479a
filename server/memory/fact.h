// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QList>

#include <optional>

namespace Atom::Memory {

using FactId = Id<struct FactTag>;

//! \brief Something a person asked the assistant to remember.
struct Fact
{
    static constexpr qsizetype longestText = 1'000; //!< UTF-16 units
    static constexpr int mostOfUser = 500;

    FactId id;
    UserId user;  //!< whose it is; nobody else gets to see it
    QString text; //!< as said, 1 to longestText
    RoomId room;  //!< where it was said
    MessageId message;
    Timestamp createdAt{};
    bool operator==(const Fact &) const = default;
};

//! \brief What a message asks the memory to do.
struct FactRequest
{
    enum class Kind {
        Remember, //!< `content` is the fact
        Forget,   //!< facts that are about `content`; empty: all of them
        Tell,     //!< what is known about `content`; empty: about the person who asks
    };
    Kind kind = Kind::Remember;
    QString content;
    bool operator==(const FactRequest &) const = default;
};

//! \brief Reads "remember that …", "please note that …", "don't forget that …", "keep in mind …", "forget about …",
//! "what do you know about …" and the like at the beginning of a text, after a greeting or a mention of the assistant.
//! nullopt for everything else: reminders ("remember to …"), talk about memories ("remember when …", "do you
//! remember?"), "forget it", and what is longer than a fact may be. Any text, linear time, any thread.
std::optional<FactRequest> readFactRequest(const QString &text);

struct FactMatch
{
    qsizetype place = 0; //!< in the list of facts
    double score = 0;
    bool operator==(const FactMatch &) const = default;
};

//! \brief The facts that have to do with a text, best first, of equal ones the newer; all of them, newest first and
//! with score 0, when the text has no word to look for ("what do you know about me?"). Scores are BM25 over the facts
//! given.
QList<FactMatch> rankFacts(const QList<Fact> &facts, const QString &text, qsizetype limit);

} // namespace Atom::Memory
