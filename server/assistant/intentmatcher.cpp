// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/intentmatcher.h"

#include <QtCore/QSet>

#include <algorithm>
#include <cmath>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
// A word that no example has counts this share of the rarest known one.
constexpr float unknownWordShare = 0.45f;
// Confidence is a logistic of (similarity - four fifths of what stands against it); middle and steepness were set on
// phrasings that are in no example (tests/unit/server/assistant/tst_intentmatcher.cpp).
constexpr double middle = 0.25;
constexpr double steepness = 16;

double confidenceOf(double similarity, double against)
{
    return 1 / (1 + std::exp(-steepness * (similarity - 0.8 * against - middle)));
}
} // namespace

IntentMatcher IntentMatcher::train(const QList<IntentDefinition> &intents, const QStringList &background)
{
    IntentMatcher matcher;
    QList<std::pair<int, QStringList>> documents;
    for (qsizetype i = 0; i < intents.size(); ++i) {
        matcher.m_names.append(intents[i].name);
        for (const QString &example : intents[i].examples) {
            documents.append({int(i), features(tokenize(example))});
            if (!example.contains(u'{'))
                matcher.m_exact.insert(normalized(example), int(i));
        }
    }
    for (const QString &line : background)
        documents.append({-1, features(tokenize(line))});

    QList<int> frequency;
    for (const auto &[intent, list] : std::as_const(documents)) {
        for (const QString &feature : QSet<QString>(list.begin(), list.end())) {
            const auto it = matcher.m_features.constFind(feature);
            if (it == matcher.m_features.constEnd()) {
                matcher.m_features.insert(feature, int(frequency.size()));
                frequency.append(1);
            } else {
                ++frequency[*it];
            }
        }
    }
    const auto total = float(documents.size());
    for (const int count : std::as_const(frequency))
        matcher.m_idf.append(1 + std::log((1 + total) / (1 + float(count))));
    matcher.m_unknownIdf = unknownWordShare * (1 + std::log(1 + total));

    const auto add = [&matcher](int intent, const QString &text) {
        float unknown = 0;
        Example example{intent, matcher.vectorOf(tokenize(text), &unknown)};
        const int index = int(matcher.m_examples.size());
        for (auto it = example.vector.cbegin(); it != example.vector.cend(); ++it)
            matcher.m_postings[it.key()].append({index, it.value()});
        matcher.m_examples.append(std::move(example));
    };
    for (qsizetype i = 0; i < intents.size(); ++i) {
        for (const QString &example : intents[i].examples)
            add(int(i), example);
    }
    for (const QString &line : background)
        add(-1, line);
    return matcher;
}

IntentMatcher::Vector IntentMatcher::vectorOf(const QList<Token> &tokens, float *unknown) const
{
    QHash<int, int> counts;
    int unknownWords = 0;
    for (const QString &feature : features(tokens)) {
        const auto it = m_features.constFind(feature);
        if (it != m_features.constEnd())
            ++counts[*it];
        else if (feature.startsWith("w:"_L1))
            ++unknownWords;
    }
    Vector vector;
    double squares = 0;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
        const float weight = (1 + std::log(float(it.value()))) * m_idf[it.key()];
        vector.insert(it.key(), weight);
        squares += double(weight) * weight;
    }
    // Unknown words lengthen the vector without pointing anywhere: every similarity gets smaller.
    *unknown = float(unknownWords);
    squares += double(unknownWords) * 4 * m_unknownIdf * m_unknownIdf;
    const auto length = float(std::sqrt(std::max(squares, 1e-9)));
    for (float &weight : vector)
        weight /= length;
    return vector;
}

QList<IntentScore> IntentMatcher::rank(const QString &text, int count) const
{
    const QList<Token> tokens = tokenize(text);
    float unknown = 0;
    const Vector query = vectorOf(tokens, &unknown);
    QList<float> similarity(m_examples.size(), 0.0f);
    for (auto it = query.cbegin(); it != query.cend(); ++it) {
        const auto postings = m_postings.constFind(it.key());
        if (postings == m_postings.constEnd())
            continue;
        for (const auto &[example, weight] : *postings)
            similarity[example] += it.value() * weight;
    }
    QList<double> best(m_names.size(), 0.0);
    double background = 0;
    for (qsizetype i = 0; i < m_examples.size(); ++i) {
        double &slot = m_examples[i].intent < 0 ? background : best[m_examples[i].intent];
        slot = std::max(slot, double(similarity[i]));
    }
    QList<IntentScore> scores;
    for (qsizetype i = 0; i < best.size(); ++i) {
        double against = background;
        for (qsizetype k = 0; k < best.size(); ++k) {
            if (k != i)
                against = std::max(against, best[k]);
        }
        scores.append(IntentScore{m_names[i], confidenceOf(best[i], against)});
    }
    const double strongest = best.isEmpty() ? 0 : *std::max_element(best.begin(), best.end());
    scores.append(IntentScore{QString(), confidenceOf(background, strongest)});
    if (const auto exact = m_exact.constFind(normalized(text)); exact != m_exact.constEnd())
        scores[*exact].confidence = 1;
    std::stable_sort(scores.begin(), scores.end(),
                     [](const IntentScore &a, const IntentScore &b) { return a.confidence > b.confidence; });
    return scores.first(std::min<qsizetype>(count, scores.size()));
}

} // namespace Atom::Assistant
