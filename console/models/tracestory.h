// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/trace.h"

namespace Atom::Console {

//! \brief One sentence about what the system did for a message, and the span it speaks of.
struct StoryLine
{
    QString text; //!< plain text; holds names from rooms and services
    SpanId span;
    SpanStatus status = SpanStatus::Ok;
    bool operator==(const StoryLine &) const = default;
};

//! \brief Answers "why was it answered so" from the spans' attributes: stored, intent and confidence, decision and
//! reason, workflow with its steps and attempts, service calls, reply, deliveries, and whatever failed. In the order it
//! happened. Attributes that are missing or of another type are left out of the sentence.
QList<StoryLine> tellStory(const Trace &trace);

} // namespace Atom::Console
