// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/crossvalidation.h"
#include "server/assistant/intent.h"
#include "server/assistant/intentreport.h"

#include <memory>

namespace Atom::Assistant {

struct IntentScore
{
    QString name;          //!< empty: ordinary talk, "none of these"
    double confidence = 0; //!< 0..1
};

//! \brief Recognises intents by their examples: one linear classifier for each intent against all others and against
//! ordinary talk, over words and characters. Immutable after train(); any thread; some ten µs a message.
//!
//! Confidence is calibrated on the examples themselves, each judged by a model that had not seen it: at 0.5 a message
//! stands where 95 % of the intents' own texts would still trigger. A text that equals an example (up to case and
//! punctuation) has confidence 1. Unknown words count against a match, so that one shared word in a long foreign
//! sentence triggers nothing.
class IntentMatcher
{
public:
    static constexpr qsizetype maxIntents = 500;
    static constexpr qsizetype maxExamples = 50'000;
    static constexpr qsizetype maxBackground = 1'000; //!< lines; those behind it are left out

    //! \brief Knows nothing: everything is ordinary talk.
    IntentMatcher() = default;

    //! \return ValidationFailed when there are too many intents or examples to be learned.
    static Result<void> checkLimits(const QList<IntentDefinition> &intents);
    //! \brief Blocks: some tens of ms for a dozen intents, seconds for 15,000 examples; memory by the number of intents
    //! times that of different word pieces. The same input gives the same matcher. A change of `stop` to true ends it.
    //! \param threads at most so many of its own.
    //! \return the errors of checkLimits(); Cancelled.
    static Result<IntentMatcher> train(const QList<IntentDefinition> &intents, const QStringList &background,
                                       int threads = 1, const std::atomic<bool> &stop = false);

    //! \brief The `count` best, best first; ordinary talk among them under an empty name.
    QList<IntentScore> rank(const QString &text, int count) const;
    const IntentReport &report() const { return m_report; }

private:
    QStringList m_names;
    QHash<QString, int> m_exact; //!< normalized example -> intent
    FeatureSpace m_space;
    LinearModel m_model;
    Calibration m_calibration;
    IntentReport m_report;
};

} // namespace Atom::Assistant
