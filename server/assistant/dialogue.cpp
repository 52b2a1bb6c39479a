// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/dialogue.h"

#include "server/assistant/replytemplate.h"
#include "server/assistant/slotextractor.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
//! While a question is open, only a message that clearly is another request leaves it.
constexpr double switchConfidence = 0.9;

//! The best intent, wherever ordinary talk stands; without a name when there is none.
IntentScore bestNamed(const QList<IntentScore> &ranked)
{
    for (const IntentScore &score : ranked) {
        if (!score.name.isEmpty())
            return score;
    }
    return {};
}

QJsonValue slotValue(const SlotDefinition &slot, const QString &text)
{
    if (slot.type != SlotType::Number && slot.type != SlotType::Duration)
        return text;
    bool isInteger = false;
    const qint64 integer = text.toLongLong(&isInteger);
    return isInteger ? QJsonValue(integer) : QJsonValue(text.toDouble());
}
} // namespace

QString Decision::actionName(Action action)
{
    switch (action) {
    case Action::Silent:
        return u"silent"_s;
    case Action::Answer:
        return u"answer"_s;
    case Action::Ask:
        return u"ask"_s;
    case Action::Run:
        return u"run_workflow"_s;
    case Action::Act:
        return u"act"_s;
    }
    return {};
}

Dialogue::Dialogue(QList<IntentDefinition> intents, double threshold)
    : m_intents(std::move(intents)), m_threshold(threshold)
{
}

const IntentDefinition *Dialogue::find(const QString &name) const
{
    for (const IntentDefinition &intent : m_intents) {
        if (intent.name == name)
            return &intent;
    }
    return nullptr;
}

double Dialogue::thresholdOf(const QList<IntentScore> &ranked) const
{
    const IntentDefinition *intent = find(bestNamed(ranked).name);
    return intent ? intent->threshold.value_or(m_threshold) : m_threshold;
}

const IntentDefinition *Dialogue::recognised(const QList<IntentScore> &ranked) const
{
    const IntentScore best = bestNamed(ranked);
    return best.confidence >= thresholdOf(ranked) ? find(best.name) : nullptr;
}

std::optional<Trigger> Dialogue::triggerOf(const QString &text) const
{
    static const QRegularExpression command(u"\\A\\s*/([a-z][a-z0-9-]{0,31})(?:\\s+|\\z)"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = command.match(text); match.hasMatch()) {
        Trigger trigger;
        trigger.command = match.captured(1).toLower();
        trigger.text = text.mid(match.capturedEnd()).trimmed();
        for (const IntentDefinition &intent : m_intents) {
            if (intent.command == trigger.command)
                trigger.intent = &intent;
        }
        return trigger;
    }
    for (const IntentDefinition &intent : m_intents) {
        for (const Entities::Pattern &pattern : intent.compiledPatterns) {
            if (!pattern.find(text).isEmpty())
                return Trigger{&intent, {}, text};
        }
    }
    return std::nullopt;
}

//! Words after a command are values, also where no example says what stands before them.
Decision Dialogue::triggered(const Trigger &trigger, const Understanding &message) const
{
    if (!trigger.intent) {
        Decision unknown;
        QStringList known;
        for (const IntentDefinition &intent : m_intents) {
            if (!intent.command.isEmpty())
                known.append(u'/' + intent.command);
        }
        known.sort();
        unknown.action = message.addressed ? Decision::Action::Answer : Decision::Action::Silent;
        unknown.why = u"There is no command \"/%1\"."_s.arg(trigger.command);
        unknown.text = unknown.why + (known.isEmpty() ? QString() : u" I know %1."_s.arg(known.join(u", "_s)));
        unknown.suggestions = known.mid(0, 5);
        return unknown;
    }
    QHash<QString, QString> values = extractSlots(*trigger.intent, trigger.text, message.context);
    for (const SlotDefinition &slot : trigger.intent->slotList) {
        const bool isWords = slot.type == SlotType::Text || slot.type == SlotType::Name;
        if (trigger.command.isEmpty() || !isWords || !slot.required)
            continue;
        if (const QString words = wordsAfterCommand(*trigger.intent, slot, trigger.text, message.context);
            !words.isEmpty())
            values.insert(slot.name, words);
        break; // the same words are not two values
    }
    return complete(*trigger.intent, std::move(values),
                    trigger.command.isEmpty()
                        ? u"A pattern of \"%1\" matches the message."_s.arg(trigger.intent->name)
                        : u"The command \"/%1\" means \"%2\"."_s.arg(trigger.command, trigger.intent->name));
}

Decision Dialogue::decide(const Understanding &message, const Conversation &conversation) const
{
    if (const std::optional<Trigger> trigger = triggerOf(message.text)) {
        Decision decision = triggered(*trigger, message);
        if (!trigger->intent)
            decision.next = conversation;
        return decision;
    }
    const IntentScore best = bestNamed(message.ranked);
    const IntentDefinition *intent = recognised(message.ranked);
    const QString confidence = QString::number(best.confidence, 'f', 2);

    if (const IntentDefinition *open = find(conversation.intent)) {
        const SlotDefinition *slot = open->slot(conversation.asking);
        if (isCancellation(message.text)) {
            Decision cancelled;
            cancelled.action = Decision::Action::Answer;
            cancelled.why = u"The user dropped the open question of \"%1\"."_s.arg(open->name);
            cancelled.intent = open;
            cancelled.text = u"All right, I dropped it."_s;
            return cancelled;
        }
        const bool another = intent && intent != open && best.confidence >= switchConfidence;
        if (slot && !another)
            return answered(*open, *slot, message, conversation);
    }
    if (message.addressed && isCancellation(message.text)) {
        Decision nothing;
        nothing.action = Decision::Action::Answer;
        nothing.why = u"The user cancels, but no question is open."_s;
        nothing.text = u"All right. There was nothing I was waiting for."_s;
        nothing.next = conversation;
        return nothing;
    }
    if (message.addressed && isRejection(message.text) && !conversation.lastQuestion.isEmpty()) {
        Decision rejected;
        rejected.action = Decision::Action::Answer;
        rejected.rejects = true;
        rejected.why = u"The user says that \"%1\" was not meant."_s.arg(conversation.lastIntent);
        rejected.text = u"Sorry, I misunderstood. I will remember that. Please say it in other words."_s;
        rejected.suggestions = someExamples();
        return rejected;
    }
    if (intent) {
        return complete(*intent, extractSlots(*intent, message.text, message.context),
                        u"Intent \"%1\" with confidence %2 reaches %3."_s.arg(intent->name, confidence)
                            .arg(thresholdOf(message.ranked)));
    }
    if (std::optional<Decision> correction = corrected(message, conversation))
        return std::move(*correction);
    return notUnderstood(message, conversation);
}

Decision Dialogue::answered(const IntentDefinition &open, const SlotDefinition &slot, const Understanding &message,
                            const Conversation &conversation) const
{
    QHash<QString, QString> values = conversation.slotValues;
    const QString value = slotFromAnswer(open, slot, message.text, message.context);
    if (!value.isEmpty())
        values.insert(slot.name, value);
    // Who is asked what to be reminded of may say when as well; and who corrects an earlier value instead is heard.
    for (const SlotDefinition &other : open.slotList) {
        if (other.name == slot.name || other.type == SlotType::Text || other.type == SlotType::Name ||
            other.type == SlotType::Number)
            continue;
        if (const QString more = slotFromAnswer(open, other, message.text, message.context); !more.isEmpty())
            values.insert(other.name, more);
    }
    return complete(open, std::move(values),
                    value.isEmpty() ? u"The answer to the question for \"%1\" has no value."_s.arg(slot.name)
                                    : u"The message answers the question for \"%1\"."_s.arg(slot.name));
}

std::optional<Decision> Dialogue::corrected(const Understanding &message, const Conversation &conversation) const
{
    const IntentDefinition *last = find(conversation.lastIntent);
    const bool isAnew = last && isFollowUp(message.text);
    if (!last || (!isAnew && !isCorrection(message.text)))
        return std::nullopt;
    QHash<QString, QString> values = conversation.slotValues;
    QStringList changed;
    for (const bool isText : {false, true}) { // "no, at 6pm" is a time; only what is nothing else is a text
        for (const SlotDefinition &slot : last->slotList) {
            const bool isWords = slot.type == SlotType::Text || slot.type == SlotType::Name;
            if (isWords != isText || (isText && !changed.isEmpty()))
                continue;
            const QString value = slotFromAnswer(*last, slot, message.text, message.context);
            if (value.isEmpty())
                continue;
            values.insert(slot.name, value);
            changed.append(slot.name);
        }
    }
    if (changed.isEmpty())
        return std::nullopt;
    const QString names = changed.join(u"\", \""_s);
    Decision decision = complete(*last, std::move(values),
                                 isAnew ? u"The message asks \"%2\" again with another \"%1\"."_s.arg(names, last->name)
                                        : u"The message corrects \"%1\" of \"%2\"."_s.arg(names, last->name));
    if (!isAnew)
        decision.replaces = conversation.lastOutput;
    return decision;
}

Decision Dialogue::complete(const IntentDefinition &intent, QHash<QString, QString> values, QString why) const
{
    Decision decision;
    decision.intent = &intent;
    decision.why = std::move(why);
    for (const SlotDefinition &slot : intent.slotList) {
        if (values.contains(slot.name))
            continue;
        if (slot.required) {
            decision.action = Decision::Action::Ask;
            decision.why += u" The value of \"%1\" is missing."_s.arg(slot.name);
            decision.text = slot.prompt;
            decision.suggestions = slot.values.mid(0, 5);
            decision.slotValues = values;
            decision.next.intent = intent.name;
            decision.next.asking = slot.name;
            decision.next.slotValues = std::move(values);
            return decision;
        }
        if (!slot.fallback.isEmpty())
            values.insert(slot.name, slot.fallback);
    }
    decision.slotValues = values;
    decision.next.lastIntent = intent.name;
    decision.next.slotValues = std::move(values);
    decision.suggestions = intent.suggestions;
    if (!intent.workflow.isEmpty() || !intent.action.isEmpty()) {
        decision.action = intent.workflow.isEmpty() ? Decision::Action::Act : Decision::Action::Run;
        return decision;
    }
    decision.action = Decision::Action::Answer;
    decision.text = intent.listsIntents ? helpText() : replyFor(decision, QJsonValue());
    return decision;
}

Decision Dialogue::notUnderstood(const Understanding &message, const Conversation &conversation) const
{
    Decision decision;
    decision.next = conversation;
    const IntentScore best = message.ranked.isEmpty() ? IntentScore() : message.ranked.first();
    decision.why = best.name.isEmpty() ? u"It reads like ordinary talk."_s
                                       : u"The nearest intent, \"%1\" with %2, does not reach %3."_s.arg(best.name)
                                             .arg(best.confidence, 0, 'f', 2)
                                             .arg(thresholdOf(message.ranked));
    if (!message.addressed) {
        decision.action = Decision::Action::Silent;
        return decision;
    }
    decision.action = Decision::Action::Answer;
    decision.isUnknown = true;
    decision.suggestions = someExamples();
    decision.text = m_intents.isEmpty() ? u"I did not understand that. Nothing has been set up for me to do yet."_s
                                        : u"I did not understand that. Ask \"what can you do\" to see what I know."_s;
    return decision;
}

QString Dialogue::helpText() const
{
    QString text = u"I can:"_s;
    for (const IntentDefinition &intent : m_intents) {
        if (!intent.listsIntents)
            text +=
                u"\n- "_s + intent.description + (intent.command.isEmpty() ? QString() : u" – /"_s + intent.command);
    }
    return text;
}

QStringList Dialogue::someExamples() const
{
    QStringList list;
    for (const IntentDefinition &intent : m_intents) {
        for (const QString &example : intent.examples) {
            if (!example.contains(u'{')) {
                list.append(example);
                break;
            }
        }
        if (list.size() == 3)
            break;
    }
    return list;
}

QJsonObject Dialogue::workflowInput(const Decision &decision)
{
    QJsonObject input;
    for (auto it = decision.slotValues.cbegin(); it != decision.slotValues.cend(); ++it) {
        const SlotDefinition *slot = decision.intent ? decision.intent->slot(it.key()) : nullptr;
        if (slot)
            input.insert(it.key(), slotValue(*slot, it.value()));
    }
    return input;
}

QString Dialogue::replyFor(const Decision &decision, const QJsonValue &output) const
{
    const Result<ReplyTemplate> reply = ReplyTemplate::compile(decision.intent->reply);
    if (!reply)
        return u"Done."_s; // cannot happen for intents that readIntent() accepted
    QJsonObject values{{u"slots"_s, workflowInput(decision)}};
    values.insert(u"output"_s, output);
    return reply->render(values);
}

} // namespace Atom::Assistant
