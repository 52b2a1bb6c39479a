// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/intent.h"
#include "server/assistant/textfeatures.h"

#include <QtCore/QHash>

namespace Atom::Assistant {

struct IntentScore
{
    QString name;          //!< empty: ordinary talk, "none of these"
    double confidence = 0; //!< 0..1
};

//! \brief Recognises intents by their nearest examples: tf-idf over words and characters, cosine, against a background
//! of ordinary talk. Immutable after train(); about 20 µs a message for tens of intents.
//!
//! Confidence is how much the best intent's nearest example outweighs what stands against it: the nearest ordinary line
//! and the next intent. A text that equals an example (up to case and punctuation) has confidence 1. Unknown words
//! count against a match, so that one shared word in a long foreign sentence triggers nothing.
class IntentMatcher
{
public:
    static IntentMatcher train(const QList<IntentDefinition> &intents, const QStringList &background);

    //! \brief The `count` best, best first; ordinary talk among them under an empty name.
    QList<IntentScore> rank(const QString &text, int count) const;

private:
    using Vector = QHash<int, float>; //!< feature -> weight, length 1
    struct Example
    {
        int intent = -1; //!< index into m_names; -1 background
        Vector vector;
    };
    Vector vectorOf(const QList<Token> &tokens, float *unknown) const;
    QStringList m_names;
    QHash<QString, int> m_features;
    QList<float> m_idf;
    float m_unknownIdf = 1;
    QList<Example> m_examples;
    QHash<int, QList<std::pair<int, float>>> m_postings; //!< feature -> (example, weight)
    QHash<QString, int> m_exact;                         //!< normalized example -> intent
};

} // namespace Atom::Assistant
