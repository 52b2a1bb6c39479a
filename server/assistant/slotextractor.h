// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/intent.h"

#include <QtCore/QHash>

namespace Atom::Assistant {

//! \brief Finds the values of an intent's slots in a message by what stands around `{slot}` in the examples: the word
//! before and the word after. Choices are found by their values, numbers by their digits.
QHash<QString, QString> extractSlots(const IntentDefinition &intent, const QString &text);

//! \brief The value in an answer to a slot's prompt: "in Paris, please" -> "Paris". Empty when there is none.
QString slotFromAnswer(const IntentDefinition &intent, const SlotDefinition &slot, const QString &answer);

} // namespace Atom::Assistant
