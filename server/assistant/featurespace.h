// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/textfeatures.h"

#include <QtCore/QHash>

#include <vector>

namespace Atom::Assistant {

//! \brief One coordinate of a sparse vector.
struct Coordinate
{
    quint32 index = 0; //!< of a feature
    float value = 0;
};
using SparseVector = std::vector<Coordinate>; //!< ascending by index, each once

//! \brief Maps texts to vectors of about length 1: tf-idf with (1 + log tf) and smooth idf; words with stems, and
//! characters, are brought to length 1 each before they are joined, so that long words do not outvote short ones.
//! Features that no text of build() had are left out; unknown words shorten the vector as if they pointed where nothing
//! else is: one known word in a long foreign sentence must not look like a short sentence of that word.
//! Immutable; any thread.
class FeatureSpace
{
public:
    //! \brief Learns features and their frequencies. The same texts in the same order give the same space.
    static FeatureSpace build(const std::vector<const TextFeatures *> &texts);

    SparseVector vectorOf(const TextFeatures &text) const;
    qsizetype size() const { return qsizetype(m_idf.size()); }

private:
    QHash<quint64, quint32> m_index; //!< feature -> coordinate
    std::vector<float> m_idf;        //!< by coordinate
    float m_unknownIdf = 1;
};

} // namespace Atom::Assistant
