// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recall: which messages come into question, and what the structure around a message adds.
#include "server/memory/recall.h"

#include <algorithm>

namespace Atom::Memory {

namespace {
// Measured on long conversations together, not apart from each other.
constexpr std::array nearWeights{0.5, 0.2}; //!< of the first and the second message before, and after
constexpr double answerWeight = 0.8;        //!< instead of the first, of the question before
constexpr double sessionWeight = 0.7;
constexpr double personWeight = 3;
constexpr double dateWeight = 5;
constexpr double timeWeight = 2;

constexpr size_t bestSessions = 12;
constexpr size_t mostDayCandidates = 4'000; //!< evenly from all rooms while these are fewer
constexpr size_t mostSpeakerCandidates = 500;
constexpr size_t mostOfRoom = 200; //!< by speaker

bool isIn(const QList<RecallQuestion::Span> &spans, qint64 at)
{
    return std::any_of(spans.cbegin(), spans.cend(), [at](const auto &s) { return s.from <= at && at < s.to; });
}
} // namespace

std::vector<quint32> Recall::candidates(const RecallQuery &query, const RecallQuestion &question)
{
    std::vector<quint32> found;
    addBestByWords(question, found);
    addNeighbours(found);
    addBestSessions(found);
    addDays(query, question, found);
    if (m_touched.empty())
        addSpeakers(query, question, found);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    erase_if(found, [this](quint32 document) { return isExcluded(document); });
    return found;
}

void Recall::addBestByWords(const RecallQuestion &question, std::vector<quint32> &to)
{
    if (m_touched.size() <= mostCandidates) {
        to = m_touched;
        return;
    }
    std::vector<Candidate> all;
    all.reserve(m_touched.size());
    for (const quint32 document : m_touched) {
        const bool isNamed =
            !question.speakers.isEmpty() && question.speakers.contains(m_documents.cold(document).speaker);
        all.push_back({document, double(m_own[document]) + (isNamed ? personWeight : 0)});
    }
    std::nth_element(all.begin(), all.begin() + mostCandidates, all.end(), [](const Candidate &x, const Candidate &y) {
        return x.score != y.score ? x.score > y.score : x.document > y.document;
    });
    for (size_t i = 0; i < mostCandidates; ++i)
        to.push_back(all[i].document);
}

Recall::Near Recall::neighboursOf(quint32 document, qsizetype place, int direction) const
{
    const Documents::Hot &hot = m_documents.hot(document);
    Near near;
    if (hot.hasReplyLinks) {
        const quint32 linked = direction < 0 ? m_documents.repliedTo(document) : m_documents.firstReply(document);
        if (linked != Documents::none)
            near.add(linked);
    }
    const std::vector<quint32> &room = m_documents.room(m_documents.roomOf(document)).documents;
    for (qsizetype p = place + direction; near.size < 2 && p >= 0 && p < qsizetype(room.size()); p += direction) {
        const quint32 other = room[size_t(p)];
        if (m_documents.hot(other).session != hot.session)
            break;
        near.add(other);
    }
    return near;
}

void Recall::addNeighbours(std::vector<quint32> &to) const
{
    const size_t own = to.size();
    for (size_t i = 0; i < own; ++i) {
        const qsizetype place = m_documents.placeOf(to[i]);
        for (const int direction : {-1, 1}) {
            const Near near = neighboursOf(to[i], place, direction);
            to.insert(to.end(), near.documents.begin(), near.documents.begin() + ptrdiff_t(near.size));
        }
    }
}

void Recall::addBestSessions(std::vector<quint32> &to)
{
    const size_t best = std::min(bestSessions, m_touchedSessions.size());
    std::partial_sort(m_touchedSessions.begin(), m_touchedSessions.begin() + ptrdiff_t(best), m_touchedSessions.end(),
                      [this](quint32 x, quint32 y) {
                          return m_sessions[x] != m_sessions[y] ? m_sessions[x] > m_sessions[y] : x > y;
                      });
    for (size_t i = 0; i < best; ++i) {
        const quint32 session = m_touchedSessions[i];
        const quint32 member = m_sessionMember[session];
        const std::vector<quint32> &room = m_documents.room(m_documents.roomOf(member)).documents;
        const qsizetype place = m_documents.placeOf(member);
        for (const int direction : {-1, 1}) {
            for (qsizetype p = place; p >= 0 && p < qsizetype(room.size()); p += direction) {
                if (m_documents.hot(room[size_t(p)]).session != session)
                    break;
                to.push_back(room[size_t(p)]);
            }
        }
    }
}

void Recall::addDays(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const
{
    if (question.spans.isEmpty())
        return;
    size_t rooms = 0;
    query.scope.forEach([&rooms](quint32) { ++rooms; });
    const size_t ofEach = qMax(size_t(1), mostDayCandidates / qMax(rooms, size_t(1)) / size_t(question.spans.size()));
    const size_t limit = to.size() + mostDayCandidates;
    query.scope.forEach([&](quint32 number) {
        const std::vector<quint32> &room = m_documents.room(number).documents;
        for (const RecallQuestion::Span &span : question.spans) {
            // By seq, which is by time as far as clocks agree; the newest of the span.
            auto it = std::lower_bound(room.begin(), room.end(), span.to, [this](quint32 document, qint64 at) {
                return m_documents.cold(document).at < at;
            });
            for (size_t taken = 0; taken < ofEach && to.size() < limit && it != room.begin(); ++taken) {
                --it;
                if (m_documents.cold(*it).at < span.from)
                    break;
                to.push_back(*it);
            }
        }
    });
}

void Recall::addSpeakers(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const
{
    std::vector<quint32> rooms;
    for (const quint32 speaker : question.speakers) {
        for (const auto [room, messages] : m_documents.speakers().at(speaker).rooms.asKeyValueRange()) {
            if (query.scope.has(room))
                rooms.push_back(room);
        }
    }
    std::sort(rooms.begin(), rooms.end());
    rooms.erase(std::unique(rooms.begin(), rooms.end()), rooms.end());
    const size_t limit = to.size() + mostSpeakerCandidates;
    for (const quint32 room : rooms) {
        const std::vector<quint32> &documents = m_documents.room(room).documents;
        size_t looked = 0;
        for (auto it = documents.rbegin(); it != documents.rend() && looked < mostOfRoom; ++it, ++looked) {
            if (question.speakers.contains(m_documents.cold(*it).speaker))
                to.push_back(*it);
            if (to.size() >= limit)
                return;
        }
    }
}

double Recall::neighbourWeight(quint32 document, int direction, quint32 neighbour, size_t distance) const
{
    // What answers a question is about what the question is about.
    const bool answers = direction < 0 && distance == 0 && m_documents.hot(neighbour).isQuestion &&
                         m_documents.cold(neighbour).speaker != m_documents.cold(document).speaker;
    return answers ? answerWeight : nearWeights[distance];
}

Recall::Parts Recall::partsOf(quint32 document, const RecallQuestion &question) const
{
    const Documents::Hot &hot = m_documents.hot(document);
    const Documents::Cold &cold = m_documents.cold(document);
    const qsizetype place = m_documents.placeOf(document);
    Parts parts;
    parts.words = double(m_own[document]);
    double most = 0;
    for (const int direction : {-1, 1}) {
        const Near near = neighboursOf(document, place, direction);
        for (size_t i = 0; i < near.size; ++i) {
            const double own = double(m_own[near.documents[i]]);
            if (own <= 0)
                continue;
            const double score = own * neighbourWeight(document, direction, near.documents[i], i);
            parts.neighbours += score;
            if (score > most)
                parts.strongest = near.documents[i];
            most = qMax(most, score);
        }
    }
    parts.session = sessionWeight * double(m_sessions[hot.session]);
    parts.person = question.speakers.contains(cold.speaker) ? personWeight : 0;
    parts.date = isIn(question.spans, cold.at) ? dateWeight : 0;
    parts.time = question.asksWhen && hot.tellsTime ? timeWeight : 0;
    return parts;
}

} // namespace Atom::Memory
