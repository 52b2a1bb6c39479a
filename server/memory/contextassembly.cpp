// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/contextassembly.h"

#include <QtCore/QSet>

#include <algorithm>
#include <cmath>

namespace Atom::Memory {
using namespace Qt::StringLiterals;
using Kind = ContextEntry::Kind;
using Dropped = ContextEntry::Dropped;

QString kindName(Kind kind)
{
    switch (kind) {
    case Kind::Fact:
        return u"fact"_s;
    case Kind::Recalled:
        return u"recalled"_s;
    case Kind::Recent:
        return u"recent"_s;
    }
    Q_UNREACHABLE();
}

QString droppedName(Dropped dropped)
{
    switch (dropped) {
    case Dropped::No:
        return {};
    case Dropped::Budget:
        return u"budget"_s;
    case Dropped::Duplicate:
        return u"duplicate"_s;
    case Dropped::IsRecent:
        return u"is_recent"_s;
    }
    Q_UNREACHABLE();
}

int estimatedTokens(QStringView text)
{
    double narrow = 0, wide = 0, words = 0;
    bool inWord = false;
    for (const QChar c : text) {
        // Han, kana, Hangul and the like, and each half of what lies beyond the first 65,536.
        const bool isWide = c.unicode() >= 0x2E80;
        isWide ? ++wide : ++narrow;
        const bool isWord = !c.isSpace() && !isWide;
        words += isWord && !inWord;
        inWord = isWord;
    }
    return int(std::ceil(qMax(narrow / 4, words * 1.3) + wide));
}

namespace {
constexpr double factShare = 0.3, recentShare = 0.7;

class Assembly
{
public:
    explicit Assembly(int budget) : m_budget(qMax(0, budget)) {}

    //! So many tokens from now on, at most what is left.
    int limitFor(double share) const { return qMin(m_budget, m_used + int(m_budget * share)); }
    bool isFull(int tokens, int limit) const { return m_used + tokens > limit; }
    //! Takes the entry in when there is room below the limit, and its text is new.
    void take(ContextEntry &entry, int limit)
    {
        if (m_texts.contains(normalised(entry.text)))
            entry.dropped = Dropped::Duplicate;
        else if (isFull(entry.tokens, limit))
            entry.dropped = Dropped::Budget;
        else
            include(entry);
        entry.included = entry.dropped == Dropped::No;
    }
    void include(ContextEntry &entry)
    {
        entry.dropped = Dropped::No;
        entry.included = true;
        m_used += entry.tokens;
        m_texts.insert(normalised(entry.text));
    }
    //! Cuts the text so that the entry fits into the whole budget.
    void includeCut(ContextEntry &entry)
    {
        while (entry.tokens > m_budget && !entry.text.isEmpty()) {
            const double fits = double(qMax(0, m_budget - entryTokens)) / double(entry.tokens);
            qsizetype length = qMin(entry.text.size() - 1, qsizetype(double(entry.text.size()) * fits));
            if (length > 0 && entry.text.at(length - 1).isHighSurrogate())
                --length;
            entry.text.truncate(length);
            entry.tokens = estimatedTokens(entry.text) + entryTokens;
        }
        if (entry.text.isEmpty()) {
            entry.dropped = Dropped::Budget;
            entry.included = false;
            return;
        }
        include(entry);
    }

private:
    static QString normalised(const QString &text) { return text.simplified().toCaseFolded(); }

    int m_budget = 0;
    int m_used = 0;
    QSet<QString> m_texts;
};

QString reasonOf(const RecallReason &reason)
{
    QStringList parts;
    const auto add = [&parts](const QString &name, double score) {
        if (score > 0)
            parts.append(u"%1 %2"_s.arg(name).arg(score, 0, 'f', 1));
    };
    add(u"words"_s, reason.words);
    if (!parts.isEmpty() && !reason.terms.isEmpty()) {
        QStringList words;
        for (const RecallReason::Term &term : reason.terms)
            words.append(u'"' + term.word + u'"');
        parts.last() += u" ("_s + words.join(u", "_s) + u')';
    }
    add(u"neighbours"_s, reason.neighbours);
    add(u"session"_s, reason.session);
    add(u"person"_s, reason.person);
    add(u"date"_s, reason.date);
    add(u"time"_s, reason.time);
    return parts.join(u", "_s);
}

ContextEntry entryOf(const RecentTurn &turn)
{
    ContextEntry entry;
    entry.kind = Kind::Recent;
    entry.text = turn.text;
    entry.speaker = turn.speaker;
    entry.at = turn.at;
    entry.room = turn.room;
    entry.message = turn.message;
    return entry;
}
ContextEntry entryOf(const RecalledMessage &recalled)
{
    ContextEntry entry;
    entry.kind = Kind::Recalled;
    entry.text = recalled.text;
    entry.speaker = recalled.hit.speakerName;
    entry.at = recalled.hit.at;
    entry.room = recalled.hit.room;
    entry.message = recalled.hit.message;
    entry.score = recalled.hit.score;
    entry.reason = reasonOf(recalled.hit.reason);
    return entry;
}
ContextEntry entryOf(const RankedFact &ranked)
{
    ContextEntry entry;
    entry.kind = Kind::Fact;
    entry.text = ranked.fact.text;
    entry.at = ranked.fact.createdAt;
    entry.room = ranked.fact.room;
    entry.message = ranked.fact.message;
    entry.score = ranked.score;
    entry.reason = u"asked to remember"_s;
    return entry;
}

template <typename T> QList<ContextEntry> entriesOf(const QList<T> &values)
{
    QList<ContextEntry> entries;
    for (const T &value : values) {
        entries.append(entryOf(value));
        entries.last().tokens = estimatedTokens(entries.last().text) + entryTokens;
    }
    return entries;
}

void sortByTime(QList<ContextEntry> &entries)
{
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ContextEntry &x, const ContextEntry &y) { return x.at < y.at; });
}
void sortByScore(QList<ContextEntry> &entries)
{
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ContextEntry &x, const ContextEntry &y) { return x.score > y.score; });
}
} // namespace

QList<ContextEntry> assembleContext(const QList<RecentTurn> &recentTurns,
                                    const QList<RecalledMessage> &recalledMessages,
                                    const QList<RankedFact> &rankedFacts, int tokenBudget)
{
    QList<ContextEntry> recent = entriesOf(recentTurns), recalled = entriesOf(recalledMessages),
                        facts = entriesOf(rankedFacts);
    sortByTime(recent);
    sortByScore(recalled);
    sortByScore(facts);
    QSet<MessageId> turns;
    for (const ContextEntry &turn : std::as_const(recent))
        turns.insert(turn.message);

    Assembly assembly(tokenBudget);
    if (!recent.isEmpty())
        assembly.includeCut(recent.last());
    const int factLimit = assembly.limitFor(factShare);
    for (ContextEntry &fact : facts)
        assembly.take(fact, factLimit);
    // Turns may repeat each other ("ok"), a gap among them would be worse. So they are not compared.
    qsizetype oldest = qMax(qsizetype(0), recent.size() - 1);
    const auto takeTurns = [&](int limit) {
        while (oldest > 0 && !assembly.isFull(recent.at(oldest - 1).tokens, limit))
            assembly.include(recent[--oldest]);
    };
    takeTurns(int(tokenBudget * recentShare));
    for (ContextEntry &entry : recalled) {
        if (!entry.message.isEmpty() && turns.contains(entry.message)) {
            entry.dropped = Dropped::IsRecent;
            entry.included = false;
        } else {
            assembly.take(entry, tokenBudget);
        }
    }
    takeTurns(tokenBudget);
    for (qsizetype i = 0; i < oldest; ++i) {
        recent[i].dropped = Dropped::Budget;
        recent[i].included = false;
    }
    sortByTime(recalled);
    return facts + recalled + recent;
}

} // namespace Atom::Memory
