// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/intent.h"
#include "server/entities/entity.h"

#include <QtCore/QHash>

namespace Atom::Assistant {

//! \brief Finds the values of an intent's slots in a message: those of type text by what stands around `{slot}` in the
//! examples (the word before and the word after), choices by their values, all others by the entity grammar. What
//! another slot takes is no part of a text. \param context when and where the message was written
QHash<QString, QString> extractSlots(const IntentDefinition &intent, const QString &text,
                                     const Entities::Context &context);

//! \brief What stands after a command, for its first slot of words: all but what other slots take, "me" and a
//! preposition at the beginning.
QString wordsAfterCommand(const IntentDefinition &intent, const SlotDefinition &slot, const QString &text,
                          const Entities::Context &context);

//! \brief The value in an answer to a slot's prompt: "in Paris, please" -> "Paris". Empty when there is none.
QString slotFromAnswer(const IntentDefinition &intent, const SlotDefinition &slot, const QString &answer,
                       const Entities::Context &context);

} // namespace Atom::Assistant
