// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <chrono>

namespace Atom::Assistant {

//! \brief Examples of one intent that were taken for another, or for ordinary talk.
struct IntentConfusion
{
    QString intent; //!< whose examples they are
    QString taken;  //!< what they were taken for; empty: ordinary talk
    int count = 0;
    QString example; //!< the first of them
    bool operator==(const IntentConfusion &) const = default;
};

//! \brief How well a set of intents can be told apart: each example was judged by a model that had not seen it. The
//! figures of few examples are rough, and lower than what the whole set reaches.
struct IntentReport
{
    int intents = 0;
    int examples = 0;
    int ordinaryLines = 0;               //!< of the background
    int judgedExamples = 0;              //!< 0: too few to say anything; the figures below are then 0
    double accuracy = 0;                 //!< share of them whose best intent was the right one, whatever its confidence
    double understood = 0;               //!< share of them that was right and confident enough to trigger
    int judgedOrdinaryLines = 0;         //!< as judgedExamples
    double falseTriggersPerThousand = 0; //!< ordinary messages that would trigger something
    QList<IntentConfusion> confusions;   //!< most frequent first, at most 20
    std::chrono::milliseconds training{}; //!< how long it took
};

} // namespace Atom::Assistant
