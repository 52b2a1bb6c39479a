// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/featurespace.h"

#include <atomic>

namespace Atom::Assistant {

//! \brief Linear support vector machines, one for each class against all others: L2-regularised, squared hinge loss,
//! with a bias that is regularised like a weight. Solved in the dual by coordinate descent (Hsieh, Chang, Lin, Keerthi,
//! Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008). Immutable; any thread.
class LinearModel
{
public:
    struct Options
    {
        float cost = 1;         //!< C: what a wrong training text costs
        float tolerance = 0.1f; //!< stop when the projected gradients lie within this of each other
        int passes = 1'000;     //!< at most
        float smallest = 1e-3f; //!< weights below are dropped: most are, and nothing changes
        int threads = 1;        //!< classes are shared out; the result does not depend on it
    };
    //! \brief `classes[i]` is the class of `rows[i]`, 0 to `classCount` - 1. Blocks until done; a model of less use
    //! comes back when `stop` becomes true meanwhile. The same input gives the same model.
    static LinearModel train(const std::vector<SparseVector> &rows, const std::vector<int> &classes, int classCount,
                             qsizetype dimension, const Options &options, const std::atomic<bool> &stop);

    //! \brief Distance to each class's border, above 0 inside; classCount values.
    std::vector<float> margins(const SparseVector &vector) const;

private:
    struct Weight
    {
        quint32 classIndex = 0;
        float value = 0;
    };
    std::vector<size_t> m_begin;   //!< by feature: where its weights begin; one more at the end
    std::vector<Weight> m_weights; //!< by feature: a text touches some hundred features, whatever the vocabulary
    std::vector<float> m_bias;     //!< by class
};

} // namespace Atom::Assistant
