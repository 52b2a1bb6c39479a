// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/searchquery.h"

#include "server/search/querydates.h"
#include "server/search/tokenizer.h"

#include <algorithm>
#include <array>

namespace Atom::Search {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype longestQuery = 1000;
constexpr int mostTerms = 32; //!< words and parts of phrases; more find nothing that these do not

struct NamedTrait
{
    QLatin1StringView name;
    Trait trait;
};
constexpr std::array hasNames{
    NamedTrait{"link"_L1, Trait::Link},         NamedTrait{"links"_L1, Trait::Link}, NamedTrait{"url"_L1, Trait::Link},
    NamedTrait{"file"_L1, Trait::File},         NamedTrait{"attachment"_L1, Trait::File},
    NamedTrait{"reaction"_L1, Trait::Reaction}, NamedTrait{"reactions"_L1, Trait::Reaction},
    NamedTrait{"pin"_L1, Trait::Pin},           NamedTrait{"mention"_L1, Trait::Mention},
    NamedTrait{"code"_L1, Trait::Code}};
constexpr std::array isNames{
    NamedTrait{"edited"_L1, Trait::Edited},         NamedTrait{"thread"_L1, Trait::Reply},
    NamedTrait{"reply"_L1, Trait::Reply},           NamedTrait{"unread"_L1, Trait::Unread},
    NamedTrait{"mention"_L1, Trait::Mentioned},     NamedTrait{"mentioned"_L1, Trait::Mentioned},
    NamedTrait{"pinned"_L1, Trait::Pin},            NamedTrait{"bookmarked"_L1, Trait::Bookmarked},
    NamedTrait{"saved"_L1, Trait::Bookmarked},      NamedTrait{"mine"_L1, Trait::Mine},
    NamedTrait{"assistant"_L1, Trait::Bot}};

QString listOf(const auto &names)
{
    QStringList all;
    for (const NamedTrait &named : names)
        all.append(named.name);
    return all.join(u", "_s);
}

Error wrong(const QString &op, const QString &value, const QString &takes)
{
    return Error::invalid(u"/query/q"_s, u"\"%1:%2\" is not understood: %3."_s.arg(op, value, takes));
}

//! One piece of the text: an operator with its value, a word or a quoted phrase.
struct Piece
{
    bool negated = false;
    bool quoted = false;
    QString op; //!< lower case; empty: words
    QString text;
};

bool isQuote(QChar c)
{
    return c == u'"' || c == u'\u201c' || c == u'\u201d' || c == u'\u201e' || c == u'\u00ab' || c == u'\u00bb';
}

class Pieces
{
public:
    explicit Pieces(QStringView text) : m_text(text) {}
    bool next(Piece &piece)
    {
        while (m_at < m_text.size() && m_text.at(m_at).isSpace())
            ++m_at;
        if (m_at >= m_text.size())
            return false;
        piece = Piece();
        if ((m_text.at(m_at) == u'-' || m_text.at(m_at) == u'\u2212') && m_at + 1 < m_text.size() &&
            !m_text.at(m_at + 1).isSpace()) {
            piece.negated = true;
            ++m_at;
        }
        qsizetype colon = m_at;
        while (colon < m_text.size() && colon - m_at < 12 && m_text.at(colon).unicode() < 0x80 &&
               m_text.at(colon).isLetter())
            ++colon;
        if (colon > m_at && colon < m_text.size() && m_text.at(colon) == u':') {
            static const QSet<QString> known{u"from"_s,  u"in"_s,    u"before"_s, u"after"_s,    u"on"_s,    u"since"_s,
                                             u"until"_s, u"during"_s, u"has"_s,   u"is"_s,       u"mentions"_s, u"thread"_s};
            const QString name = m_text.mid(m_at, colon - m_at).toString().toLower();
            if (known.contains(name)) {
                piece.op = name;
                m_at = colon + 1;
            }
        }
        takeText(piece);
        return true;
    }

private:
    void takeText(Piece &piece)
    {
        qsizetype from = m_at;
        if (m_at < m_text.size() && isQuote(m_text.at(m_at))) {
            piece.quoted = true;
            from = ++m_at;
            while (m_at < m_text.size() && !isQuote(m_text.at(m_at)))
                ++m_at;
            piece.text = m_text.mid(from, m_at - from).toString();
            if (m_at < m_text.size()) // a quotation that is not closed reaches to the end
                ++m_at;
            return;
        }
        while (m_at < m_text.size() && !m_text.at(m_at).isSpace() && !(m_at > from && isQuote(m_text.at(m_at))))
            ++m_at;
        piece.text = m_text.mid(from, m_at - from).toString();
    }

    QStringView m_text;
    qsizetype m_at = 0;
};

class Reader
{
public:
    Reader(Query &query, const UserId &me, const QTimeZone &zone, Timestamp now)
        : m_query(query), m_me(me), m_zone(zone), m_now(now)
    {
    }
    Result<void> take(const Piece &piece)
    {
        if (piece.op.isEmpty()) {
            takeWords(piece);
            return {};
        }
        const QString value = piece.text.trimmed();
        if (value.isEmpty())
            return wrong(piece.op, value, u"a value must follow, without a space"_s);
        if (piece.op == "from"_L1)
            return takeUser(piece, value, piece.negated ? m_query.notFrom : m_query.from);
        if (piece.op == "mentions"_L1)
            return takeUser(piece, value, piece.negated ? m_query.notMentions : m_query.mentions);
        if (piece.op == "in"_L1) {
            (piece.negated ? m_query.notIn : m_query.in).append(value);
            return {};
        }
        if (piece.op == "has"_L1)
            return takeTrait(piece, value, hasNames);
        if (piece.op == "is"_L1)
            return takeTrait(piece, value, isNames);
        if (piece.op == "thread"_L1) {
            if (!isValidIdText(value.toUtf8()))
                return wrong(piece.op, value, u"it takes the id of the message that began the thread"_s);
            (piece.negated ? m_query.notThreads : m_query.threads).append(MessageId::fromString(value));
            return {};
        }
        return takeDate(piece, value);
    }

private:
    void takeWords(const Piece &piece)
    {
        Words words;
        words.prefix = !piece.quoted && piece.text.size() > 1 && piece.text.endsWith(u'*');
        const QList<Token> tokens = tokenize(piece.text, Tokenizer::Use::Query);
        for (const Token &token : tokens) {
            if (++m_terms > mostTerms)
                break;
            Words::Part part;
            part.term = token.term;
            part.offset = token.position - tokens.constFirst().position;
            words.parts.append(std::move(part));
        }
        if (words.parts.isEmpty()) {
            m_query.ignored.append(piece.text);
            return;
        }
        words.prefix = words.prefix && words.parts.size() == 1;
        QList<Words> &list = piece.negated ? m_query.withoutWords : m_query.words;
        if (!list.contains(words))
            list.append(std::move(words));
    }
    Result<void> takeUser(const Piece &piece, QString value, QList<UserId> &list) const
    {
        if (value.startsWith(u'@'))
            value.remove(0, 1);
        if (value.compare("me"_L1, Qt::CaseInsensitive) == 0) {
            list.append(m_me);
            return {};
        }
        if (!isValidIdText(value.toUtf8()))
            return wrong(piece.op, value, u"it takes a user's sign-in name, or me"_s);
        list.append(UserId::fromString(value));
        return {};
    }
    Result<void> takeTrait(const Piece &piece, const QString &value, const auto &names)
    {
        for (const NamedTrait &named : names) {
            if (value.compare(named.name, Qt::CaseInsensitive) == 0) {
                (piece.negated ? m_query.notTraits : m_query.traits).insert(named.trait);
                return {};
            }
        }
        return wrong(piece.op, value, u"it takes one of %1"_s.arg(listOf(names)));
    }
    Result<void> takeDate(const Piece &piece, const QString &value)
    {
        if (piece.negated)
            return wrong(u'-' + piece.op, value, u"a date cannot be negated; turn before and after round"_s);
        const std::optional<DateSpan> span = readDate(value, m_zone, m_now);
        if (!span)
            return wrong(piece.op, value,
                         u"it takes a day (2026-03-01), a month (2026-03), a year (2026), a time "
                         "(2026-03-01T09:30:00Z), today, yesterday, or an age such as 7d, 2w, 3m, 1y"_s);
        if (piece.op == "before"_L1)
            notAfter(span->begin);
        else if (piece.op == "until"_L1)
            notAfter(span->end);
        else if (piece.op == "after"_L1)
            notBefore(span->end);
        else if (piece.op == "since"_L1)
            notBefore(span->begin);
        else { // on, during
            notBefore(span->begin);
            notAfter(span->end);
        }
        return {};
    }
    void notBefore(Timestamp t) { m_query.since = std::max(m_query.since.value_or(t), t); }
    void notAfter(Timestamp t) { m_query.until = std::min(m_query.until.value_or(t), t); }

    Query &m_query;
    const UserId m_me;
    const QTimeZone &m_zone;
    const Timestamp m_now;
    int m_terms = 0;
};
} // namespace

size_t qHash(Trait trait, size_t seed)
{
    return ::qHash(int(trait), seed);
}

bool Query::isEmpty() const
{
    return words.isEmpty() && withoutWords.isEmpty() && from.isEmpty() && notFrom.isEmpty() && in.isEmpty() &&
           notIn.isEmpty() && mentions.isEmpty() && notMentions.isEmpty() && threads.isEmpty() &&
           notThreads.isEmpty() && traits.isEmpty() && notTraits.isEmpty() && !since && !until;
}

Result<Query> parseQuery(const QString &text, const UserId &me, const QTimeZone &zone, Timestamp now)
{
    if (text.size() > longestQuery)
        return Error::invalid(u"/query/q"_s, u"A search has at most %1 characters."_s.arg(longestQuery));
    Query query;
    Reader reader(query, me, zone, now);
    Pieces pieces(text);
    Piece piece;
    while (pieces.next(piece)) {
        if (Result<void> taken = reader.take(piece); !taken)
            return std::move(taken.error());
    }
    return query;
}

QList<Highlight> highlights(QStringView text, const Query &query, int most)
{
    QList<Highlight> spans;
    if (query.words.isEmpty())
        return spans;
    const QList<Token> tokens = tokenize(text);
    const auto add = [&spans](qsizetype start, qsizetype end) {
        Highlight span;
        span.start = start;
        span.length = end - start;
        spans.append(span);
    };
    for (const Words &words : query.words) {
        const QByteArray &first = words.parts.constFirst().term;
        for (qsizetype i = 0; i < tokens.size() && spans.size() < qsizetype(most) * 4; ++i) {
            const Token &token = tokens.at(i);
            if (words.prefix ? !token.term.startsWith(first) : token.term != first)
                continue;
            qsizetype last = i;
            bool whole = true;
            for (qsizetype p = 1; p < words.parts.size() && whole; ++p) {
                const Words::Part &part = words.parts.at(p);
                whole = false;
                for (qsizetype j = last; j < tokens.size(); ++j) {
                    if (tokens.at(j).position > token.position + part.offset)
                        break;
                    if (tokens.at(j).position == token.position + part.offset && tokens.at(j).term == part.term) {
                        last = j;
                        whole = true;
                        break;
                    }
                }
            }
            if (whole)
                add(token.start, tokens.at(last).start + tokens.at(last).length);
        }
    }
    std::sort(spans.begin(), spans.end(), [](const Highlight &a, const Highlight &b) { return a.start < b.start; });
    QList<Highlight> apart;
    for (const Highlight &span : std::as_const(spans)) {
        if (!apart.isEmpty() && span.start <= apart.constLast().start + apart.constLast().length) {
            Highlight &before = apart.last();
            before.length = std::max(before.length, span.start + span.length - before.start);
        } else if (apart.size() < most) {
            apart.append(span);
        }
    }
    return apart;
}

} // namespace Atom::Search
