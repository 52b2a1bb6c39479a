// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/recall.h"

#include "server/memory/likemeanings.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace Atom::Memory {

namespace {
constexpr double k1 = 1.2, b = 0.4;
constexpr int mostHits = 100;
constexpr size_t mostLikeMeanings = 32;
constexpr double likeMeaningWeight = 0.6;

double inverseFrequency(double all, double having)
{
    return std::log(1 + (all - having + 0.5) / (having + 0.5));
}
double saturated(double count, double length, double meanLength)
{
    return count * (k1 + 1) / (count + k1 * (1 - b + b * length / meanLength));
}
} // namespace

void Recall::clear()
{
    for (const quint32 document : m_touched)
        m_own[document] = 0;
    for (const quint32 document : m_excluded)
        m_own[document] = 0;
    for (const quint32 session : m_touchedSessions)
        m_sessions[session] = 0;
    m_touched.clear();
    m_excluded.clear();
    m_touchedSessions.clear();
    m_terms.clear();
}

void Recall::prepare(const RecallQuery &query, const RecallQuestion &question)
{
    clear();
    if (m_own.size() < m_documents.count())
        m_own.resize(m_documents.count());
    if (m_sessions.size() < m_documents.sessionCount()) {
        m_sessions.resize(m_documents.sessionCount());
        m_counts.resize(m_sessions.size());
        m_sessionMember.resize(m_sessions.size());
    }
    for (const MessageId &id : query.without) {
        if (const quint32 document = m_documents.find(id); document != Documents::none && !isExcluded(document)) {
            m_own[document] = -1;
            m_excluded.push_back(document);
        }
    }
    addTerms(question);
    count(query.scope);
}

void Recall::addTerms(const RecallQuestion &question)
{
    const auto add = [this](const QByteArray &term, qsizetype asked, double weight) {
        const quint32 number = m_index.postings().find(term);
        const bool isThere =
            std::any_of(m_terms.begin(), m_terms.end(), [number](const ScoredTerm &t) { return t.number == number; });
        if (number != PostingStore::noTerm && !isThere)
            m_terms.push_back({number, asked, weight});
    };
    for (qsizetype i = 0; i < question.terms.size(); ++i)
        add(question.terms.at(i).term, i, 1);
    const size_t asked = m_terms.size();
    for (qsizetype i = 0; i < question.terms.size(); ++i) {
        for (const QByteArray &term : likeMeanings(question.terms.at(i).term)) {
            if (m_terms.size() < asked + mostLikeMeanings)
                add(term, i, likeMeaningWeight);
        }
    }
}

void Recall::count(const RoomScope &scope)
{
    double messages = 0, length = 0, sessions = 0;
    scope.forEach([&](quint32 number) {
        const Documents::Room &room = m_documents.room(number);
        messages += double(room.documents.size());
        length += double(room.length);
        sessions += room.sessions;
    });
    m_statistics = {messages, qMax(1.0, length / qMax(1.0, messages)), sessions,
                    qMax(1.0, length / qMax(1.0, sessions))};
    for (ScoredTerm &term : m_terms) {
        countTerm(term, scope);
        term.weight *= inverseFrequency(messages, term.messages);
    }
    erase_if(m_terms, [](const ScoredTerm &t) { return t.messages == 0; });
    std::stable_sort(m_terms.begin(), m_terms.end(),
                     [](const ScoredTerm &x, const ScoredTerm &y) { return x.messages < y.messages; });
}

void Recall::countTerm(ScoredTerm &term, const RoomScope &scope) const
{
    m_index.postings().forEach(term.number, [&](quint32 document, quint32 count) {
        if (!scope.has(m_documents.roomOf(document)) || (!m_excluded.empty() && isExcluded(document)))
            return;
        if (++term.messages <= commonWord)
            term.matches.push_back({document, count});
    });
    if (term.messages > commonWord)
        term.matches = {};
}

//! Reads the list again where there was too much to keep.
template <typename Visit> void Recall::forEachMatch(const ScoredTerm &term, const RoomScope &scope, Visit &&visit) const
{
    for (const Match &match : term.matches)
        visit(match.document, match.count);
    if (!term.matches.empty())
        return;
    m_index.postings().forEach(term.number, [&](quint32 document, quint32 count) {
        if (scope.has(m_documents.roomOf(document)) && !isExcluded(document))
            visit(document, count);
    });
}

double Recall::wordsScore(const ScoredTerm &term, quint32 document, quint32 count) const
{
    return term.weight * saturated(count, m_documents.hot(document).length, m_statistics.meanLength);
}

void Recall::scoreTerm(const ScoredTerm &term, const RoomScope &scope, bool findsByItself)
{
    if (!findsByItself) { // nor do sessions get anything from it: they nearly all have it
        forEachMatch(term, scope, [&](quint32 document, quint32 count) {
            if (m_own[document] > 0)
                m_own[document] += float(wordsScore(term, document, count));
        });
        return;
    }
    m_termSessions.clear();
    forEachMatch(term, scope, [&](quint32 document, quint32 count) {
        float &own = m_own[document];
        if (own == 0)
            m_touched.push_back(document);
        own += float(wordsScore(term, document, count));
        const quint32 session = m_documents.hot(document).session;
        quint32 &inSession = m_counts[session];
        if (inSession == 0) {
            m_termSessions.push_back(session);
            m_sessionMember[session] = document;
        }
        inSession += count;
    });
    scoreSessions(term.weight / inverseFrequency(m_statistics.messages, term.messages));
}

void Recall::scoreSessions(double termWeight)
{
    const double weight = termWeight * inverseFrequency(m_statistics.sessions, double(m_termSessions.size()));
    for (const quint32 session : m_termSessions) {
        const double count = std::exchange(m_counts[session], 0);
        float &score = m_sessions[session];
        if (score == 0)
            m_touchedSessions.push_back(session);
        score += float(weight * saturated(count, m_documents.session(session).length, m_statistics.meanSessionLength));
    }
}

QList<RecallHit> Recall::find(const RecallQuery &query)
{
    const RecallQuestion question = RecallQuestion::read(query, m_documents.speakers());
    prepare(query, question);
    int common = 0;
    for (size_t i = 0; i < m_terms.size(); ++i) { // rarest first
        const bool isCommon = m_terms[i].messages > commonWord;
        if (isCommon && ++common > mostCommonWords) {
            m_terms.resize(i);
            break;
        }
        scoreTerm(m_terms[i], query.scope, i == 0 || !isCommon);
    }

    std::vector<Candidate> found;
    const bool hasWords = !m_touched.empty();
    for (const quint32 document : candidates(query, question)) {
        const Parts parts = partsOf(document, question);
        const bool isAbout = parts.words + parts.neighbours + parts.session + parts.date > 0;
        if (isAbout || (!hasWords && parts.person > 0))
            found.push_back({document, parts.sum()});
    }
    const size_t wanted = std::min(found.size(), size_t(std::clamp(query.limit, 1, mostHits)));
    std::partial_sort(found.begin(), found.begin() + ptrdiff_t(wanted), found.end(),
                      [this](const Candidate &x, const Candidate &y) {
                          if (x.score != y.score)
                              return x.score > y.score;
                          const qint64 xAt = m_documents.cold(x.document).at;
                          const qint64 yAt = m_documents.cold(y.document).at;
                          return xAt != yAt ? xAt > yAt : x.document > y.document;
                      });
    found.resize(wanted);

    QList<RecallHit> hits;
    for (const Candidate &candidate : found) {
        RecallHit hit = hitOf(candidate.document);
        hit.score = candidate.score;
        const Parts parts = partsOf(candidate.document, question);
        hit.reason = {{}, parts.words, parts.neighbours, {}, parts.session, parts.person, parts.date, parts.time};
        if (parts.strongest != Documents::none)
            hit.reason.neighbour = m_documents.idOf(parts.strongest);
        hits.append(std::move(hit));
    }
    explainTerms(hits, found, query, question);
    return hits;
}

RecallHit Recall::hitOf(quint32 document) const
{
    const Documents::Cold &cold = m_documents.cold(document);
    const Speakers::Speaker &speaker = m_documents.speakers().at(cold.speaker);
    RecallHit hit;
    hit.message = m_documents.idOf(document);
    hit.room = m_documents.room(m_documents.roomOf(document)).id;
    hit.seq = cold.seq;
    hit.speaker = speaker.id;
    hit.speakerName = speaker.name;
    hit.at = fromMillis(cold.at);
    return hit;
}

void Recall::explainTerms(QList<RecallHit> &hits, const std::vector<Candidate> &found, const RecallQuery &query,
                          const RecallQuestion &question) const
{
    std::vector<std::pair<quint32, qsizetype>> places; // document and place among the hits
    for (size_t i = 0; i < found.size(); ++i)
        places.emplace_back(found[i].document, qsizetype(i));
    std::sort(places.begin(), places.end());
    std::vector<const ScoredTerm *> asked;
    for (const ScoredTerm &term : m_terms)
        asked.push_back(&term);
    std::stable_sort(asked.begin(), asked.end(),
                     [](const ScoredTerm *x, const ScoredTerm *y) { return x->asked < y->asked; });
    for (const ScoredTerm *term : asked) {
        auto next = places.cbegin();
        forEachMatch(*term, query.scope, [&](quint32 document, quint32 count) {
            while (next != places.cend() && next->first < document)
                ++next;
            if (next != places.cend() && next->first == document && m_own[document] > 0)
                hits[next->second].reason.terms.append({question.terms.at(term->asked).word,
                                                        QString::fromUtf8(m_index.postings().text(term->number)),
                                                        wordsScore(*term, document, count)});
        });
    }
}

} // namespace Atom::Memory
