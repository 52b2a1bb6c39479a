// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/linearmodel.h"

namespace Atom::Assistant {

//! \brief Texts with their classes: intents are 0 to `intentCount` - 1, ordinary talk is `intentCount`.
struct TrainingTexts
{
    std::vector<TextFeatures> features;
    std::vector<int> classes; //!< of the same length
    int intentCount = 0;
};

//! \brief What a model says about one text.
struct Judgement
{
    int intent = -1; //!< the best one; -1: there is none
    float score = 0; //!< how far it stands before ordinary talk, see scoresOf()
};

//! \brief Each intent's margin less that of ordinary talk, the latter at least -1: further out means no more than "not
//! ordinary talk", which alone must not make an intent likely. `margins` has the intents, then ordinary talk.
std::vector<float> scoresOf(const std::vector<float> &margins);
Judgement judge(const std::vector<float> &margins);

//! \brief A text judged by a model that had not seen it.
struct HeldOut
{
    size_t text = 0; //!< index into TrainingTexts
    Judgement judgement;
};

//! \brief Splits the texts in five, class by class, and judges each part by a model of the four others. Of many texts
//! only so many parts that 3'000 texts are judged: more would cost time and say the same. Intents with a single example
//! are not judged. The same texts give the same judgements; none when `stop` became true.
std::vector<HeldOut> crossValidate(const TrainingTexts &texts, const LinearModel::Options &options,
                                   const std::atomic<bool> &stop);

//! \brief Turns scores into confidence, 0.5 where a message begins to trigger.
class Calibration
{
public:
    //! \brief Steepness by Platt's method (with the targets of Lin, Lin and Weng, A note on Platt's probabilistic
    //! outputs, 2007); the middle is the score that 95 % of the intents' own texts reach, but not one at which ordinary
    //! talk is clearly nearer and passes. With too few judgements for that it is a guess that fits small sets.
    static Calibration fit(const TrainingTexts &texts, const std::vector<HeldOut> &judgements);
    double confidence(double score) const;

    double middle = -0.5;
    double steepness = 4;
};

} // namespace Atom::Assistant
