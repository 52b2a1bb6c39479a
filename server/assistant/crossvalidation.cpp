// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/crossvalidation.h"

#include <algorithm>
#include <cmath>

namespace Atom::Assistant {

namespace {
constexpr int parts = 5;
constexpr size_t judgedTexts = 3'000;
constexpr size_t fewestJudgements = 10; // of each kind, for a calibration
constexpr double keptShare = 0.95;
// Below this score ordinary talk is clearly nearer than the intent. Few examples, each of which misses a fifth of the
// others when it is judged, often ask for a threshold down there; then ordinary lines have a say.
constexpr float clearlyOrdinary = -0.5f;
constexpr double falseShare = 0.02;

//! Which part holds a text out; -1: none. Classes begin at different parts, so that parts of small classes get equal.
std::vector<int> partsOf(const TrainingTexts &texts)
{
    std::vector<int> size(size_t(texts.intentCount) + 1), seen(size.size()), result;
    for (const int c : texts.classes)
        ++size[size_t(c)];
    for (const int c : texts.classes)
        result.push_back(size[size_t(c)] < 2 ? -1 : (c + seen[size_t(c)]++) % parts);
    return result;
}

//! Slope of the logistic function that best tells right from wrong by the score: Newton steps on two parameters. The
//! right and the wrong weigh the same in sum, because their numbers only tell how many lines somebody wrote down.
double slopeOf(const std::vector<std::pair<double, bool>> &scores, size_t right)
{
    const double wrong = double(scores.size() - right);
    const double high = (double(right) + 1) / (double(right) + 2);
    const double low = 1 / (wrong + 2);
    double slope = 1;
    double offset = 0;
    for (int step = 0; step < 50; ++step) {
        double gradientSlope = 0, gradientOffset = 0, hSlope = 1e-6, hOffset = 1e-6, hBoth = 0;
        for (const auto &[score, isRight] : scores) {
            const double weight = isRight ? 0.5 / double(right) : 0.5 / wrong;
            const double p = 1 / (1 + std::exp(-(slope * score + offset)));
            const double error = weight * (p - (isRight ? high : low));
            const double curve = weight * p * (1 - p);
            gradientSlope += error * score;
            gradientOffset += error;
            hSlope += curve * score * score;
            hOffset += curve;
            hBoth += curve * score;
        }
        const double determinant = hSlope * hOffset - hBoth * hBoth;
        double stepSlope = (hOffset * gradientSlope - hBoth * gradientOffset) / determinant;
        double stepOffset = (hSlope * gradientOffset - hBoth * gradientSlope) / determinant;
        const double longest = std::max(std::abs(stepSlope), std::abs(stepOffset));
        if (longest > 2) { // far out the curve is flat and a whole step would leave it
            stepSlope *= 2 / longest;
            stepOffset *= 2 / longest;
        }
        slope -= stepSlope;
        offset -= stepOffset;
        if (longest < 1e-6)
            break;
    }
    return slope;
}
} // namespace

std::vector<float> scoresOf(const std::vector<float> &margins)
{
    std::vector<float> scores = margins;
    const float ordinary = std::max(margins.back(), -1.0f);
    scores.pop_back();
    for (float &score : scores)
        score -= ordinary;
    return scores;
}

Judgement judge(const std::vector<float> &margins)
{
    const std::vector<float> scores = scoresOf(margins);
    const auto best = std::max_element(scores.begin(), scores.end());
    return best == scores.end() ? Judgement() : Judgement{int(best - scores.begin()), *best};
}

std::vector<HeldOut> crossValidate(const TrainingTexts &texts, const LinearModel::Options &options,
                                   const std::atomic<bool> &stop)
{
    const std::vector<int> partOf = partsOf(texts);
    std::vector<HeldOut> judgements;
    for (int part = 0; part < parts && judgements.size() < judgedTexts && !stop; ++part) {
        std::vector<const TextFeatures *> learned;
        std::vector<int> classes;
        for (size_t i = 0; i < partOf.size(); ++i) {
            if (partOf[i] != part) {
                learned.push_back(&texts.features[i]);
                classes.push_back(texts.classes[i]);
            }
        }
        if (learned.size() == partOf.size())
            continue;
        const FeatureSpace space = FeatureSpace::build(learned);
        std::vector<SparseVector> rows;
        rows.reserve(learned.size());
        for (const TextFeatures *text : learned)
            rows.push_back(space.vectorOf(*text));
        const LinearModel model = LinearModel::train(rows, classes, texts.intentCount + 1, space.size(), options, stop);
        for (size_t i = 0; i < partOf.size(); ++i) {
            if (partOf[i] == part)
                judgements.push_back(HeldOut{i, judge(model.margins(space.vectorOf(texts.features[i])))});
        }
    }
    return stop ? std::vector<HeldOut>() : judgements;
}

Calibration Calibration::fit(const TrainingTexts &texts, const std::vector<HeldOut> &judgements)
{
    std::vector<std::pair<double, bool>> scores;
    std::vector<float> own, ordinary;
    size_t right = 0;
    for (const HeldOut &judged : judgements) {
        const int truth = texts.classes[judged.text];
        const bool isRight = judged.judgement.intent == truth;
        scores.emplace_back(judged.judgement.score, isRight);
        right += isRight;
        (truth < texts.intentCount ? own : ordinary).push_back(judged.judgement.score);
    }
    Calibration calibration;
    if (right < fewestJudgements || scores.size() - right < fewestJudgements)
        return calibration;
    std::sort(own.begin(), own.end());
    float middle = own[size_t(double(own.size()) * (1 - keptShare))];
    if (!ordinary.empty()) {
        std::sort(ordinary.begin(), ordinary.end(), std::greater<>());
        middle = std::max(middle, std::min(clearlyOrdinary, ordinary[size_t(double(ordinary.size()) * falseShare)]));
    }
    calibration.middle = middle;
    calibration.steepness = std::clamp(slopeOf(scores, right), 1.0, 20.0);
    return calibration;
}

double Calibration::confidence(double score) const
{
    return 1 / (1 + std::exp(-steepness * (score - middle)));
}

} // namespace Atom::Assistant
