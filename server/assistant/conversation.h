// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QString>

namespace Atom::Assistant {

//! \brief Where a conversation between a user and the assistant in one room stands: the intent that waits for a value,
//! or the last one that was answered (so that "no, Paris" can correct it). A plain value, stored as JSON.
struct Conversation
{
    QString intent;                     //!< waits for `asking`; empty: no open question
    QString asking;                     //!< name of the slot asked for
    QHash<QString, QString> slotValues; //!< of `intent`, or of `lastIntent` when there is no open question
    QString lastIntent;                 //!< answered last; empty: none
    MessageId lastQuestion;             //!< that `lastIntent` answered
    QJsonObject lastOutput;             //!< what its action made, so that a correction can replace it

    QJsonObject toJson() const;
    static Conversation fromJson(const QJsonObject &json);
};

//! \brief "never mind", "cancel", "forget it": an open question is dropped.
bool isCancellation(const QString &text);
//! \brief "no, Paris", "I meant Paris", "actually Paris": corrects the value given last.
bool isCorrection(const QString &text);
//! \brief "that is not what I meant", "not this": the last answer was to something else.
bool isRejection(const QString &text);
//! \brief "and in Paris?", "what about Paris": asks the same about something else.
bool isFollowUp(const QString &text);
//! \brief The message without "@assistant" and the punctuation after it; `found` tells whether it was there.
QString withoutMention(const QString &text, bool *found);

} // namespace Atom::Assistant
