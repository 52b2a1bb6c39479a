// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/intentmatcher.h"

#include <algorithm>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shownConfusions = 20;

IntentReport reportOf(const TrainingTexts &texts, const std::vector<HeldOut> &judgements,
                      const Calibration &calibration, const QStringList &names, const QStringList &written)
{
    IntentReport report;
    int right = 0, understood = 0, alarms = 0;
    QHash<std::pair<int, int>, qsizetype> places;
    for (const HeldOut &held : judgements) {
        const int truth = texts.classes[held.text];
        const bool triggers = calibration.confidence(held.judgement.score) >= 0.5;
        if (truth == texts.intentCount) {
            ++report.judgedOrdinaryLines;
            alarms += triggers;
            continue;
        }
        ++report.judgedExamples;
        const bool isRight = held.judgement.intent == truth;
        right += isRight;
        understood += isRight && triggers;
        if (isRight && triggers)
            continue;
        const int taken = triggers ? held.judgement.intent : -1;
        if (!places.contains({truth, taken})) {
            places.insert({truth, taken}, report.confusions.size());
            report.confusions.append(
                IntentConfusion{names[truth], taken < 0 ? QString() : names[taken], 0, written[qsizetype(held.text)]});
        }
        ++report.confusions[places.value({truth, taken})].count;
    }
    std::stable_sort(report.confusions.begin(), report.confusions.end(),
                     [](const IntentConfusion &a, const IntentConfusion &b) { return a.count > b.count; });
    report.confusions = report.confusions.mid(0, shownConfusions);
    report.intents = texts.intentCount;
    report.ordinaryLines = int(std::count(texts.classes.begin(), texts.classes.end(), texts.intentCount));
    report.examples = int(texts.classes.size()) - report.ordinaryLines;
    if (report.judgedExamples > 0) {
        report.accuracy = double(right) / report.judgedExamples;
        report.understood = double(understood) / report.judgedExamples;
    }
    if (report.judgedOrdinaryLines > 0)
        report.falseTriggersPerThousand = 1000.0 * alarms / report.judgedOrdinaryLines;
    return report;
}
} // namespace

Result<void> IntentMatcher::checkLimits(const QList<IntentDefinition> &intents)
{
    qsizetype examples = 0;
    for (const IntentDefinition &intent : intents)
        examples += intent.examples.size();
    if (intents.size() > maxIntents)
        return Error(Errc::ValidationFailed,
                     u"There are %1 intents; at most %2 can be learned."_s.arg(intents.size()).arg(maxIntents));
    if (examples > maxExamples)
        return Error(
            Errc::ValidationFailed,
            u"The intents have %1 examples together; at most %2 can be learned."_s.arg(examples).arg(maxExamples));
    return {};
}

Result<IntentMatcher> IntentMatcher::train(const QList<IntentDefinition> &intents, const QStringList &background,
                                           int threads, const std::atomic<bool> &stop)
{
    const auto began = std::chrono::steady_clock::now();
    if (const Result<void> fits = checkLimits(intents); !fits)
        return fits.error();
    IntentMatcher matcher;
    TrainingTexts texts;
    QStringList written;
    texts.intentCount = int(intents.size());
    const auto add = [&](const QString &text, int classIndex) {
        texts.features.push_back(featuresOf(tokenize(text)));
        texts.classes.push_back(classIndex);
        written.append(text);
    };
    for (int i = 0; i < texts.intentCount; ++i) {
        matcher.m_names.append(intents[i].name);
        for (const QString &example : intents[i].examples) {
            add(example, i);
            if (const QString exact = normalized(example); !example.contains(u'{') && !matcher.m_exact.contains(exact))
                matcher.m_exact.insert(exact, i);
        }
    }
    for (const QString &line : background.mid(0, maxBackground)) {
        if (!matcher.m_exact.contains(normalized(line))) // an example is no ordinary talk, whoever said it
            add(line, texts.intentCount);
    }

    std::vector<const TextFeatures *> all;
    for (const TextFeatures &features : texts.features)
        all.push_back(&features);
    matcher.m_space = FeatureSpace::build(all);
    std::vector<SparseVector> rows;
    rows.reserve(all.size());
    for (const TextFeatures *features : all)
        rows.push_back(matcher.m_space.vectorOf(*features));
    LinearModel::Options options;
    options.threads = threads;
    matcher.m_model =
        LinearModel::train(rows, texts.classes, texts.intentCount + 1, matcher.m_space.size(), options, stop);
    const std::vector<HeldOut> judgements = crossValidate(texts, options, stop);
    if (stop)
        return Error(Errc::Cancelled, u"The training was stopped."_s);
    matcher.m_calibration = Calibration::fit(texts, judgements);
    matcher.m_report = reportOf(texts, judgements, matcher.m_calibration, matcher.m_names, written);
    matcher.m_report.training =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    return matcher;
}

QList<IntentScore> IntentMatcher::rank(const QString &text, int count) const
{
    QList<IntentScore> scores;
    const SparseVector vector = m_space.vectorOf(featuresOf(tokenize(text)));
    if (!vector.empty()) {
        for (const float score : scoresOf(m_model.margins(vector)))
            scores.append(IntentScore{m_names[scores.size()], m_calibration.confidence(score)});
    }
    if (const auto exact = m_exact.constFind(normalized(text)); exact != m_exact.constEnd() && !vector.empty())
        scores[*exact].confidence = 1;
    double best = 0;
    for (const IntentScore &score : std::as_const(scores))
        best = std::max(best, score.confidence);
    scores.append(IntentScore{QString(), 1 - best});
    const auto shown = std::min<qsizetype>(count, scores.size());
    std::stable_sort(scores.begin(), scores.end(),
                     [](const IntentScore &a, const IntentScore &b) { return a.confidence > b.confidence; });
    return scores.first(shown);
}

} // namespace Atom::Assistant
