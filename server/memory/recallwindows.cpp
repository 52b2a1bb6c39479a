// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recall: hits with what was said around them.
#include "server/memory/recall.h"

#include <algorithm>

namespace Atom::Memory {

namespace {
constexpr int widestWindow = 20;

//! Places in a room, both ends inside.
struct Stretch
{
    quint32 room = 0;
    qsizetype first = 0, last = 0;
};
} // namespace

QList<RecallWindow> Recall::windows(const QList<RecallHit> &hits, int around) const
{
    std::vector<Stretch> stretches;
    QHash<MessageId, double> scores;
    for (const RecallHit &hit : hits) {
        const quint32 document = m_documents.find(hit.message);
        if (document == Documents::none)
            continue;
        scores.insert(hit.message, hit.score);
        const Documents::Hot &hot = m_documents.hot(document);
        const quint32 number = m_documents.roomOf(document);
        const std::vector<quint32> &room = m_documents.room(number).documents;
        const qsizetype place = m_documents.placeOf(document);
        const auto isSameSession = [&](qsizetype p) {
            return p >= 0 && p < qsizetype(room.size()) && m_documents.hot(room[size_t(p)]).session == hot.session;
        };
        Stretch stretch{number, place, place};
        for (int i = 0; i < std::clamp(around, 0, widestWindow); ++i) {
            stretch.first -= isSameSession(stretch.first - 1);
            stretch.last += isSameSession(stretch.last + 1);
        }
        stretches.push_back(stretch);
    }
    std::sort(stretches.begin(), stretches.end(), [](const Stretch &x, const Stretch &y) {
        return x.room != y.room ? x.room < y.room : x.first < y.first;
    });

    QList<RecallWindow> windows;
    for (size_t i = 0; i < stretches.size();) {
        Stretch merged = stretches[i++];
        while (i < stretches.size() && stretches[i].room == merged.room && stretches[i].first <= merged.last + 1)
            merged.last = qMax(merged.last, stretches[i++].last);
        const Documents::Room &room = m_documents.room(merged.room);
        RecallWindow window;
        window.room = room.id;
        for (qsizetype place = merged.first; place <= merged.last; ++place) {
            RecallHit hit = hitOf(room.documents[size_t(place)]);
            const double score = scores.value(hit.message);
            window.lines.append({hit.message, hit.seq, hit.speaker, hit.speakerName, hit.at, score});
            window.score = qMax(window.score, score);
        }
        windows.append(std::move(window));
    }
    std::stable_sort(windows.begin(), windows.end(),
                     [](const RecallWindow &x, const RecallWindow &y) { return x.score > y.score; });
    return windows;
}

} // namespace Atom::Memory
