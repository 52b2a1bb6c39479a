// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/fact.h"
#include "server/memory/likemeanings.h"
#include "server/memory/words.h"

#include <QtCore/QHash>

#include <algorithm>
#include <cmath>

namespace Atom::Memory {

namespace {
constexpr double k1 = 1.2, b = 0.4, likeMeaningWeight = 0.6;
constexpr qsizetype mostQuestionWords = 32;

QHash<QByteArray, int> termsOf(const QString &text, WordReader::Use use)
{
    QHash<QByteArray, int> terms;
    for (WordReader words(QStringView(text).left(Fact::longestText * 2), use); words.next();) {
        if (!words.isFunctionWord())
            ++terms[words.term()];
    }
    return terms;
}

//! Term of the question or like it -> weight.
QHash<QByteArray, double> asked(const QString &text)
{
    QHash<QByteArray, double> weights;
    qsizetype words = 0;
    const QHash<QByteArray, int> terms = termsOf(text, WordReader::Use::Query);
    for (auto it = terms.keyBegin(); it != terms.keyEnd() && words < mostQuestionWords; ++it, ++words) {
        weights[*it] = 1;
        for (const QByteArray &like : likeMeanings(*it)) {
            if (!weights.contains(like))
                weights[like] = likeMeaningWeight;
        }
    }
    return weights;
}
} // namespace

QList<FactMatch> rankFacts(const QList<Fact> &facts, const QString &text, qsizetype limit)
{
    const QHash<QByteArray, double> question = asked(text);
    QList<QHash<QByteArray, int>> contents;
    QHash<QByteArray, int> frequencies;
    double length = 0;
    for (const Fact &fact : facts) {
        contents.append(termsOf(fact.text, WordReader::Use::Message));
        for (auto it = contents.last().cbegin(); it != contents.last().cend(); ++it) {
            length += *it;
            if (question.contains(it.key()))
                ++frequencies[it.key()];
        }
    }
    const double all = double(facts.size());
    const double meanLength = qMax(1.0, length / qMax(1.0, all));
    QList<FactMatch> matches;
    for (qsizetype place = 0; place < facts.size(); ++place) {
        const QHash<QByteArray, int> &terms = contents.at(place);
        double words = 0, score = 0;
        for (const int count : terms)
            words += count;
        for (auto it = terms.cbegin(); it != terms.cend(); ++it) {
            const double having = frequencies.value(it.key());
            if (having > 0)
                score += question.value(it.key()) * std::log(1 + (all - having + 0.5) / (having + 0.5)) * *it *
                         (k1 + 1) / (*it + k1 * (1 - b + b * words / meanLength));
        }
        if (score > 0 || question.isEmpty())
            matches.append({place, score});
    }
    std::stable_sort(matches.begin(), matches.end(), [&facts](const FactMatch &x, const FactMatch &y) {
        return x.score != y.score ? x.score > y.score : facts.at(x.place).createdAt > facts.at(y.place).createdAt;
    });
    if (matches.size() > limit)
        matches.resize(qMax(limit, qsizetype(0)));
    return matches;
}

} // namespace Atom::Memory
