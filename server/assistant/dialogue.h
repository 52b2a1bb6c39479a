// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/conversation.h"
#include "server/assistant/intentmatcher.h"
#include "server/entities/entity.h"

namespace Atom::Assistant {

//! \brief What to do with a message, and why.
struct Decision
{
    enum class Action {
        Silent, //!< ordinary talk between people
        Answer, //!< `text` is the reply
        Ask,    //!< `text` asks for a missing value
        Run,    //!< run the workflow of `intent` with `slotValues`, then answer by its template
        Act,    //!< do the built-in action of `intent` with `slotValues`
    };
    Action action = Action::Silent;
    QString why;                              //!< for the administrator who reads the trace
    const IntentDefinition *intent = nullptr; //!< owned by the Dialogue
    QHash<QString, QString> slotValues;
    QString text;
    QStringList suggestions;
    Conversation next;      //!< what to remember
    bool isUnknown = false; //!< nothing was recognised: what is remembered may answer instead
    bool rejects = false;   //!< the last answer was not what was meant: the intent is not to be chosen so again
    QJsonObject replaces;   //!< what the action made that this one corrects; empty: nothing

    static QString actionName(Action action);
};

//! \brief A message as the dialogue sees it.
struct Understanding
{
    QString text;              //!< without the mention
    bool addressed = false;    //!< in an assistant room, or by @assistant: always answered
    QList<IntentScore> ranked; //!< best first
    Entities::Context context; //!< when it was written, and in which zone
};

//! \brief What a message means whatever was learned: by a command or a pattern.
struct Trigger
{
    const IntentDefinition *intent = nullptr; //!< null: the command is not known
    QString command;                          //!< empty: by a pattern
    QString text;                             //!< of the message, without the command
};

//! \brief The rules of conversation: intent, missing values, corrections, cancellation, help. Pure and synchronous; any
//! thread. Immutable after construction.
class Dialogue
{
public:
    Dialogue(QList<IntentDefinition> intents, double threshold);
    const QList<IntentDefinition> &intents() const { return m_intents; }
    //! \brief What the best intent of a ranking must reach to trigger: its own threshold or that of all.
    double thresholdOf(const QList<IntentScore> &ranked) const;
    //! \brief The intent a ranking stands for: the best one, if it is confident enough. Ordinary talk may stand before
    //! it: how much confidence is enough is for the administrator to say.
    const IntentDefinition *recognised(const QList<IntentScore> &ranked) const;

    //! \brief Nothing when the message is neither a command ("/word ...") nor matches a pattern.
    std::optional<Trigger> triggerOf(const QString &text) const;

    Decision decide(const Understanding &message, const Conversation &conversation) const;
    //! \brief The reply after the workflow of `decision` ended well with `output`.
    QString replyFor(const Decision &decision, const QJsonValue &output) const;
    //! \brief The slots as workflow input: numbers as numbers.
    static QJsonObject workflowInput(const Decision &decision);

private:
    const IntentDefinition *find(const QString &name) const;
    Decision complete(const IntentDefinition &intent, QHash<QString, QString> values, QString why) const;
    Decision answered(const IntentDefinition &open, const SlotDefinition &slot, const Understanding &message,
                      const Conversation &conversation) const;
    //! \brief "No, Paris", "and in Paris?": nothing when the message gives no value of the last intent.
    std::optional<Decision> corrected(const Understanding &message, const Conversation &conversation) const;
    Decision notUnderstood(const Understanding &message, const Conversation &conversation) const;
    Decision triggered(const Trigger &trigger, const Understanding &message) const;
    QString helpText() const;
    QStringList someExamples() const;

    const QList<IntentDefinition> m_intents;
    const double m_threshold;
};

} // namespace Atom::Assistant
