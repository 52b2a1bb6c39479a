// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/fact.h"
#include "server/memory/recall.h"

namespace Atom::Memory {

//! \brief One thing the assistant may know when it answers, or the reason why it does not.
struct ContextEntry
{
    enum class Kind { Fact, Recalled, Recent };
    enum class Dropped {
        No,
        Budget,    //!< there was no room
        Duplicate, //!< the same text is there already
        IsRecent,  //!< it is among the recent turns
    };
    Kind kind = Kind::Recent;
    QString text;
    QString speaker; //!< the name; empty for facts
    Timestamp at{};
    RoomId room;
    MessageId message;
    double score = 0;     //!< of its own kind only; 0 for recent turns
    QString reason;       //!< for people who look at a trace: "words 4.1 (\"dump\"), session 1.2"
    int tokens = 0;       //!< estimated
    bool included = true; //!< dropped == No
    Dropped dropped = Dropped::No;
    bool operator==(const ContextEntry &) const = default;
};
//! \brief The stable names "fact", "recalled", "recent"; "", "budget", "duplicate", "is_recent".
QString kindName(ContextEntry::Kind kind);
QString droppedName(ContextEntry::Dropped dropped);

struct RecentTurn
{
    RoomId room;
    MessageId message;
    QString speaker;
    QString text;
    Timestamp at{};
};
struct RecalledMessage
{
    RecallHit hit;
    QString text; //!< the index does not keep it
};
struct RankedFact
{
    Fact fact;
    double score = 0;
};

//! \brief How many tokens a language model may make of a text: a quarter of its characters or 1.3 per word, whichever
//! is more; each character of a script without spaces counts as one. Above the truth for English prose, on purpose.
int estimatedTokens(QStringView text);
//! \brief What stands beside the text of an entry (speaker, time, markup) is counted as this many.
inline constexpr int entryTokens = 8;

//! \brief Puts together what the assistant gets to read: facts, then recalled messages by time, then recent turns by
//! time, with those left out in their places.
//!
//! The newest turn always has room (cut where it is longer than the budget). Then facts take up to 30 % of the budget,
//! best first; turns, newest first and without a gap, up to 70 % together with those; recalled messages, best first,
//! what is left; and older turns the rest. A text that is there already, but for case and space, is left out; so is a
//! recalled message that is among the turns. The tokens of what is included never exceed the budget. Pure; any thread.
//! \param tokenBudget 0 or less: nothing is included.
QList<ContextEntry> assembleContext(const QList<RecentTurn> &recent, const QList<RecalledMessage> &recalled,
                                    const QList<RankedFact> &facts, int tokenBudget);

} // namespace Atom::Memory
