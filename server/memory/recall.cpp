// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/recall.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace Atom::Memory {

namespace {
constexpr double k1 = 1.2, b = 0.4;
constexpr int mostHits = 100;

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
    for (qsizetype i = 0; i < question.terms.size(); ++i) {
        const quint32 number = m_index.postings().find(question.terms.at(i).term);
        if (number != PostingStore::noTerm)
            m_terms.push_back({number, i});
    }
    count(query);
}

void Recall::count(const RecallQuery &query)
{
    double messages = 0, length = 0, sessions = 0;
    query.scope.forEach([&](quint32 number) {
        const Documents::Room &room = m_documents.room(number);
        messages += double(room.documents.size());
        length += double(room.length);
        sessions += room.sessions;
    });
    m_statistics = {messages, qMax(1.0, length / qMax(1.0, messages)), sessions,
                    qMax(1.0, length / qMax(1.0, sessions))};
    for (ScoredTerm &term : m_terms) {
        m_index.postings().forEach(term.number, [&](quint32 document, quint32) {
            term.messages += query.scope.has(m_documents.hot(document).room) && !isExcluded(document);
        });
        term.weight = inverseFrequency(messages, term.messages);
    }
    erase_if(m_terms, [](const ScoredTerm &t) { return t.messages == 0; });
    std::stable_sort(m_terms.begin(), m_terms.end(),
                     [](const ScoredTerm &x, const ScoredTerm &y) { return x.messages < y.messages; });
}

double Recall::wordsScore(const ScoredTerm &term, quint32 document, quint32 count) const
{
    return term.weight * saturated(count, m_documents.hot(document).length, m_statistics.meanLength);
}

void Recall::scoreTerm(const ScoredTerm &term, const RoomScope &scope, bool findsByItself)
{
    m_termSessions.clear();
    m_index.postings().forEach(term.number, [&](quint32 document, quint32 count) {
        const Documents::Hot &hot = m_documents.hot(document);
        if (!scope.has(hot.room) || isExcluded(document))
            return;
        float &own = m_own[document];
        if (own > 0 || findsByItself) {
            if (own == 0)
                m_touched.push_back(document);
            own += float(wordsScore(term, document, count));
        }
        quint32 &inSession = m_counts[hot.session];
        if (inSession == 0) {
            m_termSessions.push_back(hot.session);
            m_sessionMember[hot.session] = document;
        }
        inSession += count;
    });
    scoreSessions(findsByItself);
}

void Recall::scoreSessions(bool findsByItself)
{
    const double weight = inverseFrequency(m_statistics.sessions, double(m_termSessions.size()));
    for (const quint32 session : m_termSessions) {
        const double count = std::exchange(m_counts[session], 0);
        float &score = m_sessions[session];
        if (score == 0 && !findsByItself)
            continue;
        if (score == 0)
            m_touchedSessions.push_back(session);
        score += float(weight * saturated(count, m_documents.session(session).length, m_statistics.meanSessionLength));
    }
}

QList<RecallHit> Recall::find(const RecallQuery &query)
{
    const RecallQuestion question = RecallQuestion::read(query, m_documents.speakers());
    prepare(query, question);
    for (size_t i = 0; i < m_terms.size(); ++i)
        scoreTerm(m_terms[i], query.scope, i == 0 || m_terms[i].messages <= commonWord);

    std::vector<Candidate> found;
    const bool hasWords = !m_touched.empty();
    for (const quint32 document : candidates(query, question)) {
        const RecallReason r = reasonOf(document, question);
        const double about = r.words + r.neighbours + r.session + r.date;
        if (about > 0 || (!hasWords && r.person > 0))
            found.push_back({document, about + r.person + r.time});
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
        quint32 strongest = Documents::none;
        hit.reason = reasonOf(candidate.document, question, &strongest);
        if (strongest != Documents::none)
            hit.reason.neighbour = m_documents.idOf(strongest);
        hits.append(std::move(hit));
    }
    explainTerms(hits, found, question);
    return hits;
}

RecallHit Recall::hitOf(quint32 document) const
{
    const Documents::Cold &cold = m_documents.cold(document);
    const Speakers::Speaker &speaker = m_documents.speakers().at(cold.speaker);
    RecallHit hit;
    hit.message = m_documents.idOf(document);
    hit.room = m_documents.room(m_documents.hot(document).room).id;
    hit.seq = cold.seq;
    hit.speaker = speaker.id;
    hit.speakerName = speaker.name;
    hit.at = fromMillis(cold.at);
    return hit;
}

void Recall::explainTerms(QList<RecallHit> &hits, const std::vector<Candidate> &found,
                          const RecallQuestion &question) const
{
    std::vector<std::pair<quint32, qsizetype>> places; // document and place among the hits
    for (size_t i = 0; i < found.size(); ++i)
        places.emplace_back(found[i].document, qsizetype(i));
    std::sort(places.begin(), places.end());
    std::vector<ScoredTerm> asked = m_terms;
    std::sort(asked.begin(), asked.end(), [](const ScoredTerm &x, const ScoredTerm &y) { return x.asked < y.asked; });
    for (const ScoredTerm &term : asked) {
        auto next = places.cbegin();
        m_index.postings().forEach(term.number, [&](quint32 document, quint32 count) {
            while (next != places.cend() && next->first < document)
                ++next;
            if (next != places.cend() && next->first == document && m_own[document] > 0)
                hits[next->second].reason.terms.append(
                    {question.terms.at(term.asked).word, wordsScore(term, document, count)});
        });
    }
}

} // namespace Atom::Memory
