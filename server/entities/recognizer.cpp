// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/recognizer.h"
#include "server/entities/currencies.h"
#include "server/entities/durations.h"
#include "server/entities/money.h"
#include "server/entities/numbers.h"
#include "server/entities/repeats.h"
#include "server/entities/textspans.h"
#include "server/entities/times.h"

#include <algorithm>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
//! Of two that are equally long the smaller one wins.
int rank(Kind kind)
{
    switch (kind) {
    case Kind::Code:
        return 0;
    case Kind::Email:
        return 1;
    case Kind::Url:
        return 2;
    case Kind::Mention:
        return 3;
    case Kind::Channel:
        return 4;
    case Kind::Pattern:
        return 5;
    case Kind::List:
        return 6;
    case Kind::Repeat:
        return 7;
    case Kind::Time:
        return 8;
    case Kind::Money:
        return 9;
    case Kind::Duration:
        return 10;
    case Kind::Ordinal:
        return 11;
    case Kind::Number:
        return 12;
    case Kind::Quote:
        return 13;
    }
    return 14;
}

//! Places where the grammar of times, amounts and durations is tried: those of some 10 kB of prose.
constexpr int mostStarts = 600;

//! Runs the grammar over the tokens and collects all matches.
class Collector
{
public:
    Collector(QStringView text, const Context &context) : m_text(text), m_tokens(text), m_context(context) {}

    void addTextSpans()
    {
        for (const TextSpan &span : findTextSpans(m_text)) {
            if (span.kind != Kind::Quote)
                m_tokens.mask(span.start, span.end);
            add(span.kind, span.start, span.end,
                TextValue{m_text.mid(span.innerStart, span.innerEnd - span.innerStart).toString()});
        }
    }

    void addGrammar()
    {
        for (int i = 0; i < m_tokens.size(); ++i) {
            if (isContent(i)) {
                m_firstContent = m_firstContent < 0 ? i : m_firstContent;
                m_lastContent = i;
            }
        }
        for (int i = 0; i < m_tokens.size(); ++i) {
            if (mayBegin(i))
                addAt(i);
        }
    }

    void add(Kind kind, qsizetype start, qsizetype end, Value &&value)
    {
        Entity entity;
        entity.kind = kind;
        entity.start = start;
        entity.length = end - start;
        entity.value = std::move(value);
        m_found.push_back(std::move(entity));
    }
    std::vector<Entity> take() { return std::move(m_found); }

private:
    bool isContent(int i) const
    {
        const Token &token = m_tokens[i];
        return token.isWord() || token.isDigits() || token.masked || matchCurrency(m_tokens, i);
    }

    bool mayBegin(int i) const
    {
        const Token &token = m_tokens[i];
        switch (token.type) {
        case Token::Type::Digits:
            return true;
        case Token::Type::Word:
            return token.word || matchCurrency(m_tokens, i) ||
                   token.isAny({u"no", u"not", u"below", u"roughly", u"next", u"prior"});
        case Token::Type::Symbol: {
            if (token.masked)
                return false;
            const Token &next = m_tokens[i + 1];
            if (token.isSymbol(u'.'))
                return next.isDigits() && next.glued;
            if (token.isSymbol(u'@') || token.isDash())
                return next.isDigits() || next.isSymbol(u'.') || (next.isWord() && next.word) ||
                       matchCurrency(m_tokens, i + 1);
            return matchCurrency(m_tokens, i) || matchFraction(m_tokens, i);
        }
        case Token::Type::End:
            break;
        }
        return false;
    }

    bool isWholeMessage(int from, int next) const { return m_firstContent >= from && m_lastContent < next; }

    void addTokens(Kind kind, int from, int next, Value &&value)
    {
        add(kind, m_tokens[from].start, m_tokens[next - 1].end, std::move(value));
    }

    //! "2h30" after a word like these is how long, else when.
    bool lasts(int at) const
    {
        return m_tokens[at - 1].isAny({u"for",   u"in",     u"within",  u"takes",    u"took",    u"take",
                                       u"lasts", u"lasted", u"last",    u"needs",    u"need",    u"spent",
                                       u"about", u"every",  u"over",    u"under",    u"of",      u"than",
                                       u"is",    u"was",    u"another", u"estimate", u"duration"});
    }

    //! Inside of a match a shorter one of the same kind is not looked for.
    void addAt(int i)
    {
        addNumberAt(i);
        if (m_starts >= mostStarts)
            return;
        ++m_starts;
        std::optional<DurationMatch> duration = matchDuration(m_tokens, i);
        if (duration &&
            (!isNumberStart(m_tokens, i) || (m_tokens[duration->next].glued && m_tokens[duration->next].isWord())))
            duration.reset();
        if (i >= m_timeEnd) {
            if (const std::optional<RepeatMatch> repeat = matchRepeat(m_tokens, i, m_context)) {
                addTokens(Kind::Repeat, i, repeat->next, repeat->value);
                m_timeEnd = repeat->next;
            }
            const std::optional<TimeMatch> time = matchTime(m_tokens, i, m_context);
            if (time && (time->weakness == Weakness::None || isWholeMessage(i, time->next)) &&
                !(duration && duration->clockLike && duration->next == time->next && lasts(i))) {
                addTokens(Kind::Time, i, time->next, time->value);
                m_timeEnd = std::max(m_timeEnd, time->next);
            }
        }
        if (i >= m_moneyEnd) {
            if (const std::optional<MoneyMatch> money = matchMoney(m_tokens, i)) {
                addTokens(Kind::Money, i, money->next, money->value);
                m_moneyEnd = money->next;
            }
        }
        if (duration && i >= m_durationEnd) {
            addTokens(Kind::Duration, i, duration->next, duration->value);
            m_durationEnd = duration->next;
        }
    }

    void addNumberAt(int i)
    {
        if (!isNumberStart(m_tokens, i))
            return;
        if (const std::optional<NumberMatch> ordinal = matchOrdinal(m_tokens, i);
            ordinal && isNumberEnd(m_tokens, ordinal->next))
            addTokens(Kind::Ordinal, i, ordinal->next, NumberValue{ordinal->value, false});
        // A dash with a space after it is a sign only at the beginning.
        if (m_tokens[i].isDash() && !m_tokens[i + 1].glued && i > 0)
            return;
        std::optional<NumberMatch> number = matchNumber(m_tokens, i);
        if (!number || !isNumberEnd(m_tokens, number->next))
            return;
        int next = number->next;
        const bool percent = m_tokens[next].isSymbol(u'%') || m_tokens[next].isAny({u"percent", u"pct"});
        if (percent)
            ++next;
        else if (m_tokens[next].is(u"per") && m_tokens[next + 1].is(u"cent"))
            next += 2;
        addTokens(Kind::Number, i, next, NumberValue{number->value, percent || next > number->next});
    }

    QStringView m_text;
    Tokens m_tokens;
    TimeContext m_context;
    std::vector<Entity> m_found;
    int m_firstContent = -1;
    int m_lastContent = -1;
    int m_starts = 0;
    int m_timeEnd = 0, m_moneyEnd = 0, m_durationEnd = 0; //!< tokens
};
} // namespace

Result<Recognizer> Recognizer::create(const QList<WordList> &lists, const QList<PatternDefinition> &patterns)
{
    Recognizer recognizer;
    QList<FieldError> mistakes = recognizer.m_lists.add(lists);
    if (patterns.size() > mostPatterns)
        mistakes.append(FieldError{u"/patterns"_s, u"at most %1 patterns"_s.arg(mostPatterns)});
    for (qsizetype i = 0; i < std::min<qsizetype>(patterns.size(), mostPatterns); ++i) {
        const PatternDefinition &definition = patterns.at(i);
        Result<Pattern> pattern = Pattern::compile(definition.expression, definition.caseSensitive);
        if (pattern)
            recognizer.m_patterns.push_back({definition.name, std::move(*pattern)});
        else
            mistakes.append(FieldError{u"/patterns/%1/expression"_s.arg(i), pattern.error().detail});
    }
    if (!mistakes.isEmpty()) {
        Error error(Errc::ValidationFailed, u"lists or patterns of entities are wrong"_s);
        error.fields = mistakes;
        return error;
    }
    return recognizer;
}

QList<Entity> Recognizer::candidates(QStringView text, const Context &context) const
{
    text = text.left(longestText);
    Collector collector(text, context);
    collector.addTextSpans();
    collector.addGrammar();
    for (const WordLists::Match &match : m_lists.find(text))
        collector.add(Kind::List, match.start, match.start + match.length,
                      ListValue{match.list, match.value, match.corrected});
    for (const Named &named : m_patterns) {
        for (const Pattern::Match &match : named.pattern.find(text))
            collector.add(Kind::Pattern, match.start, match.start + match.length, PatternValue{named.name});
    }
    std::vector<Entity> found = collector.take();
    std::stable_sort(found.begin(), found.end(), [](const Entity &a, const Entity &b) {
        if (a.start != b.start)
            return a.start < b.start;
        return a.length != b.length ? a.length > b.length : rank(a.kind) < rank(b.kind);
    });
    for (Entity &entity : found)
        entity.text = text.mid(entity.start, entity.length).toString();
    return QList<Entity>(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

QList<Entity> Recognizer::find(QStringView text, const Context &context) const
{
    QList<Entity> all = candidates(text, context);
    std::vector<qsizetype> order(static_cast<size_t>(all.size()));
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = qsizetype(i);
    // Longest first; of equally long ones candidates() has the more telling first.
    std::stable_sort(order.begin(), order.end(),
                     [&all](qsizetype a, qsizetype b) { return all.at(a).length > all.at(b).length; });
    // A shorter one that overlaps a longer one has an end inside of it.
    std::vector<bool> taken(size_t(std::min(text.size(), longestText)), false);
    std::vector<qsizetype> kept;
    for (const qsizetype i : order) {
        const size_t start = size_t(all.at(i).start);
        const size_t end = start + size_t(all.at(i).length);
        if (taken[start] || taken[end - 1])
            continue;
        std::fill(taken.begin() + qptrdiff(start), taken.begin() + qptrdiff(end), true);
        kept.push_back(i);
    }
    std::sort(kept.begin(), kept.end());
    QList<Entity> best;
    best.reserve(qsizetype(kept.size()));
    for (const qsizetype i : kept)
        best.append(std::move(all[i]));
    return best;
}

} // namespace Atom::Entities
