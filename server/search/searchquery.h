// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QtCore/QList>
#include <QtCore/QSet>
#include <QtCore/QStringList>

#include <optional>

class QTimeZone;

namespace Atom::Search {

//! \brief What `has:` and `is:` ask of a message.
enum class Trait {
    Link,       //!< has:link
    File,       //!< has:file
    Reaction,   //!< has:reaction
    Pin,        //!< has:pin, is:pinned
    Mention,    //!< has:mention: of anybody
    Code,       //!< has:code
    Edited,     //!< is:edited
    Reply,      //!< is:thread, is:reply: answers another message
    Unread,     //!< is:unread, by the one who asks
    Mentioned,  //!< is:mention: of the one who asks
    Bookmarked, //!< is:bookmarked, by the one who asks
    Mine,       //!< is:mine: sent by the one who asks
    Bot,        //!< is:assistant: sent by the assistant
};
size_t qHash(Trait trait, size_t seed = 0);

//! \brief A word, or several that stand in this order: a phrase.
struct Words
{
    struct Part
    {
        QByteArray term; //!< as the Tokenizer gives it
        int offset = 0;  //!< from the first part, in positions
        bool operator==(const Part &) const = default;
    };
    QList<Part> parts;
    bool prefix = false; //!< `deploy*`: one part, and all words that begin so
    bool operator==(const Words &) const = default;
};

//! \brief What is searched for. Everything in it must hold; of several senders, rooms, threads or people mentioned one.
struct Query
{
    QList<Words> words;
    QList<Words> withoutWords;
    QList<UserId> from, notFrom;
    QStringList in, notIn; //!< as written: a room's id or name, "@user" for the direct room
    QList<UserId> mentions, notMentions;
    QList<MessageId> threads, notThreads;
    QSet<Trait> traits, notTraits;
    std::optional<Timestamp> since; //!< inclusive
    std::optional<Timestamp> until; //!< exclusive
    QStringList ignored;            //!< parts of the text that hold nothing to search for

    bool isEmpty() const; //!< asks for nothing
};

//! \brief Reads the search language (docs/search.md). Any text is a query; only an operator's value may be wrong.
//! `me`: whom "me" means; days are those of `zone`.
//! \return ValidationFailed at /query/q: above 1,000 characters, or a wrong value of an operator (says what it takes).
Result<Query> parseQuery(const QString &text, const UserId &me, const QTimeZone &zone, Timestamp now);

//! \brief Where a text holds what was searched for: ascending, apart from each other, in UTF-16 units.
struct Highlight
{
    qsizetype start = 0;
    qsizetype length = 0;
    bool operator==(const Highlight &) const = default;
};
//! \brief At most `most` spans. Any thread.
QList<Highlight> highlights(QStringView text, const Query &query, int most = 64);

} // namespace Atom::Search
