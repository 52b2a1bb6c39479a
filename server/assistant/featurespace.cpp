// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/featurespace.h"

#include <algorithm>
#include <cmath>

namespace Atom::Assistant {

namespace {
// What an unknown word weighs, in those of the rarest known one: it stands for its stem, its pairs and its characters
// too. Measured: 0 to 1 lets more foreign requests pass, from 4 on known intents suffer.
constexpr float unknownWeight = 2;

//! Sorts, joins equal coordinates into 1 + log(how often), weighs and brings to length 1 with `foreign` as the square
//! of what points elsewhere.
void finishBlock(std::vector<quint32> &found, const std::vector<float> &idf, double foreign, SparseVector *vector)
{
    std::sort(found.begin(), found.end());
    const size_t start = vector->size();
    double squares = foreign;
    for (size_t i = 0; i < found.size();) {
        size_t end = i;
        while (end < found.size() && found[end] == found[i])
            ++end;
        const float weight = (1 + std::log(float(end - i))) * idf[found[i]];
        vector->push_back(Coordinate{found[i], weight});
        squares += double(weight) * weight;
        i = end;
    }
    // Two blocks of length 1 make a vector of length sqrt(2).
    const auto scale = float(1 / std::sqrt(std::max(2 * squares, 1e-12)));
    for (size_t i = start; i < vector->size(); ++i)
        (*vector)[i].value *= scale;
}
} // namespace

FeatureSpace FeatureSpace::build(const std::vector<const TextFeatures *> &texts)
{
    FeatureSpace space;
    std::vector<quint32> frequency;
    std::vector<size_t> lastText;
    size_t number = 0;
    const auto count = [&](const QList<quint64> &features) {
        for (const quint64 feature : features) {
            auto it = space.m_index.constFind(feature);
            if (it == space.m_index.constEnd()) {
                it = space.m_index.insert(feature, quint32(frequency.size()));
                frequency.push_back(0);
                lastText.push_back(0);
            }
            if (lastText[*it] != number) {
                lastText[*it] = number;
                ++frequency[*it];
            }
        }
    };
    for (const TextFeatures *text : texts) {
        ++number;
        count(text->words);
        count(text->stems);
        count(text->characters);
    }
    const auto total = float(texts.size());
    space.m_idf.reserve(frequency.size());
    for (const quint32 having : frequency)
        space.m_idf.push_back(1 + std::log((1 + total) / (1 + float(having))));
    space.m_unknownIdf = unknownWeight * (1 + std::log(1 + total));
    return space;
}

SparseVector FeatureSpace::vectorOf(const TextFeatures &text) const
{
    std::vector<quint32> found;
    qsizetype unknown = 0;
    const auto look = [&](const QList<quint64> &features, qsizetype *missing) {
        for (const quint64 feature : features) {
            const auto it = m_index.constFind(feature);
            if (it != m_index.constEnd())
                found.push_back(*it);
            else if (missing)
                ++*missing;
        }
    };
    SparseVector vector;
    vector.reserve(size_t(text.words.size() + text.stems.size() + text.characters.size()));
    look(text.words, &unknown);
    look(text.stems, nullptr);
    const double foreign = double(unknown) * m_unknownIdf * m_unknownIdf;
    finishBlock(found, m_idf, foreign, &vector);
    found.clear();
    look(text.characters, nullptr);
    finishBlock(found, m_idf, foreign, &vector);
    std::sort(vector.begin(), vector.end(), [](const Coordinate &a, const Coordinate &b) { return a.index < b.index; });
    return vector;
}

} // namespace Atom::Assistant
