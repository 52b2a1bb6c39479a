// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/codespans.h"

#include <QtCore/QHash>

#include <algorithm>

namespace Atom::Rooms {

namespace {
qsizetype runLength(QStringView text, qsizetype at)
{
    qsizetype end = at;
    while (end < text.size() && text[end] == text[at])
        ++end;
    return end - at;
}

//! The marks that begin a fence in the line at `at`; 0: none do.
qsizetype fenceAt(QStringView line, QChar *mark)
{
    qsizetype at = 0;
    while (at < line.size() && at < 3 && line[at] == u' ')
        ++at;
    if (at == line.size() || (line[at] != u'`' && line[at] != u'~'))
        return 0;
    const qsizetype length = runLength(line, at);
    // What follows backticks names the language, and holds no backtick: else it is a span within the line.
    if (length < 3 || (line[at] == u'`' && line.sliced(at + length).contains(u'`')))
        return 0;
    *mark = line[at];
    return length;
}

bool closesFence(QStringView line, QChar mark, qsizetype length)
{
    const QStringView inner = line.trimmed();
    return inner.size() >= length && inner[0] == mark && runLength(inner, 0) == inner.size();
}

//! The spans between equal runs of backticks in text[from, to).
void addSpans(QStringView text, qsizetype from, qsizetype to, QList<std::pair<qsizetype, qsizetype>> &spans)
{
    QList<std::pair<qsizetype, qsizetype>> runs; // place, length
    for (qsizetype at = text.indexOf(u'`', from); at >= 0 && at < to; at = text.indexOf(u'`', at)) {
        runs.append({at, runLength(text.first(to), at)});
        at += runs.last().second;
    }
    QList<qsizetype> next(runs.size(), -1); // the next run of the same length
    QHash<qsizetype, qsizetype> seen;
    for (qsizetype i = runs.size() - 1; i >= 0; --i) {
        next[i] = seen.value(runs[i].second, -1);
        seen.insert(runs[i].second, i);
    }
    for (qsizetype i = 0; i < runs.size(); ++i) {
        if (next[i] < 0)
            continue;
        const auto [place, length] = runs[next[i]];
        spans.append({runs[i].first, place + length});
        i = next[i];
    }
}
} // namespace

CodeSpans::CodeSpans(QStringView text)
{
    if (!text.contains(u'`') && !text.contains(u"~~~"))
        return;
    qsizetype plainFrom = 0;
    qsizetype fenceFrom = -1;
    qsizetype fence = 0;
    QChar mark;
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = text.indexOf(u'\n', at);
        end = end < 0 ? text.size() : end + 1;
        const QStringView line = text.sliced(at, end - at);
        if (fenceFrom >= 0) {
            if (closesFence(line, mark, fence)) {
                m_spans.append({fenceFrom, end});
                plainFrom = end;
                fenceFrom = -1;
            }
        } else if ((fence = fenceAt(line, &mark)) > 0) {
            addSpans(text, plainFrom, at, m_spans);
            fenceFrom = at;
        }
        at = end;
    }
    if (fenceFrom >= 0)
        m_spans.append({fenceFrom, text.size()});
    else
        addSpans(text, plainFrom, text.size(), m_spans);
}

bool CodeSpans::contains(qsizetype at) const
{
    const auto after = std::upper_bound(m_spans.cbegin(), m_spans.cend(), at,
                                        [](qsizetype place, const auto &span) { return place < span.first; });
    return after != m_spans.cbegin() && at < std::prev(after)->second;
}

} // namespace Atom::Rooms
