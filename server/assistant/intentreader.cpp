// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/actions.h"
#include "server/assistant/intent.h"
#include "server/assistant/replytemplate.h"
#include "server/workflows/sourcedocument.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype mostPatterns = 20;

struct NamedType
{
    SlotType type;
    QLatin1StringView name;
};
constexpr NamedType slotTypes[] = {
    {SlotType::Text, "text"_L1},     {SlotType::Name, "name"_L1}, {SlotType::Number, "number"_L1},
    {SlotType::Choice, "choice"_L1}, {SlotType::Time, "time"_L1}, {SlotType::Duration, "duration"_L1},
    {SlotType::Email, "email"_L1},   {SlotType::Url, "url"_L1},   {SlotType::Money, "money"_L1},
    {SlotType::Person, "person"_L1}, {SlotType::List, "list"_L1}, {SlotType::Pattern, "pattern"_L1},
};

//! Reads members of one object and collects mistakes with their place.
class Reader
{
public:
    Reader(const Workflows::SourceDocument &document, QList<FieldError> &errors)
        : m_document(document), m_errors(errors)
    {
    }

    void fail(const QString &pointer, const QString &text)
    {
        m_errors.append(FieldError{pointer, u"line %1: %2"_s.arg(m_document.positionOf(pointer).line).arg(text)});
    }
    void onlyKnown(const QJsonObject &object, const QString &at, const QStringList &known)
    {
        for (const QString &key : object.keys()) {
            if (!known.contains(key))
                fail(at + u'/' + key, u"\"%1\" is not known here; known are %2."_s.arg(key, known.join(u", "_s)));
        }
    }
    QString text(const QJsonObject &object, const QString &at, const QString &key, bool isRequired)
    {
        const QJsonValue value = object.value(key);
        if (value.isUndefined()) {
            if (isRequired)
                fail(at + u'/' + key, u"\"%1\" is missing."_s.arg(key));
            return {};
        }
        if (!value.isString())
            fail(at + u'/' + key, u"\"%1\" must be text; put it in quotes."_s.arg(key));
        return value.toString().trimmed();
    }
    bool flag(const QJsonObject &object, const QString &at, const QString &key, bool fallback)
    {
        const QJsonValue value = object.value(key);
        if (!value.isUndefined() && !value.isBool())
            fail(at + u'/' + key, u"\"%1\" must be true or false."_s.arg(key));
        return value.toBool(fallback);
    }
    QStringList texts(const QJsonObject &object, const QString &at, const QString &key)
    {
        QStringList list;
        const QJsonValue value = object.value(key);
        if (value.isUndefined())
            return list;
        if (!value.isArray())
            fail(at + u'/' + key, u"\"%1\" must be a list."_s.arg(key));
        for (const QJsonValue &item : value.toArray()) {
            if (!item.isString() || item.toString().trimmed().isEmpty())
                fail(at + u'/' + key, u"\"%1\" must hold texts that are not empty."_s.arg(key));
            else
                list.append(item.toString().trimmed());
        }
        return list;
    }

private:
    const Workflows::SourceDocument &m_document;
    QList<FieldError> &m_errors;
};

//! Entries {value: [synonyms]} or [values] of a list, and the pattern of a slot.
void readOwnEntities(Reader &reader, const QJsonObject &object, const QString &at, SlotDefinition &slot)
{
    const QJsonValue entries = object.value("entries"_L1);
    if (entries.isArray()) {
        for (const QString &value : reader.texts(object, at, u"entries"_s))
            slot.entries.append({value, {}});
    } else if (entries.isObject()) {
        const QJsonObject named = entries.toObject();
        for (const QString &value : named.keys())
            slot.entries.append(
                {value, named.value(value).isNull() ? QStringList() : reader.texts(named, at + u"/entries"_s, value)});
    } else if (!entries.isUndefined()) {
        reader.fail(at + u"/entries"_s,
                    u"\"entries\" is a list of values, or a mapping of values to their synonyms."_s);
    }
    slot.pattern = reader.text(object, at, u"pattern"_s, false);
    if ((slot.type == SlotType::List) == slot.entries.isEmpty())
        reader.fail(at + u"/entries"_s, u"A list has entries, and only a list has them."_s);
    if ((slot.type == SlotType::Pattern) == slot.pattern.isEmpty())
        reader.fail(at + u"/pattern"_s, u"A slot of the type pattern has one, and only such a slot."_s);
    QList<Entities::WordList> lists;
    QList<Entities::PatternDefinition> patterns;
    if (!slot.entries.isEmpty())
        lists.append({slot.name, slot.entries});
    if (!slot.pattern.isEmpty())
        patterns.append({slot.name, slot.pattern, false});
    if (lists.isEmpty() && patterns.isEmpty())
        return;
    Result<Entities::Recognizer> made = Entities::Recognizer::create(lists, patterns);
    if (made) {
        slot.compiled.recognizer = std::make_shared<const Entities::Recognizer>(std::move(*made));
        return;
    }
    for (const FieldError &field : made.error().fields)
        reader.fail(at + (patterns.isEmpty() ? u"/entries"_s : u"/pattern"_s), field.detail);
}

SlotDefinition readSlot(Reader &reader, const QString &name, const QJsonObject &object)
{
    const QString at = u"/slots/"_s + name;
    reader.onlyKnown(object, at,
                     {u"type"_s, u"prompt"_s, u"required"_s, u"values"_s, u"entries"_s, u"pattern"_s, u"default"_s});
    SlotDefinition slot;
    slot.name = name;
    const QString type = object.contains("type"_L1) ? reader.text(object, at, u"type"_s, true) : u"text"_s;
    const auto *const known = std::find_if(std::begin(slotTypes), std::end(slotTypes),
                                           [&type](const NamedType &named) { return type == named.name; });
    if (known != std::end(slotTypes)) {
        slot.type = known->type;
    } else {
        QStringList names;
        for (const NamedType &named : slotTypes)
            names.append(named.name);
        reader.fail(at + u"/type"_s, u"The type is one of %1."_s.arg(names.join(u", "_s)));
    }
    slot.required = reader.flag(object, at, u"required"_s, true);
    slot.prompt = reader.text(object, at, u"prompt"_s, slot.required);
    slot.values = reader.texts(object, at, u"values"_s);
    slot.fallback = reader.text(object, at, u"default"_s, false);
    if ((slot.type == SlotType::Choice) == slot.values.isEmpty())
        reader.fail(at + u"/values"_s, u"A choice has values, and only a choice has them."_s);
    readOwnEntities(reader, object, at, slot);
    return slot;
}
} // namespace

QString slotTypeName(SlotType type)
{
    for (const NamedType &named : slotTypes) {
        if (named.type == type)
            return named.name;
    }
    return {};
}

const SlotDefinition *IntentDefinition::slot(const QString &slotName) const
{
    for (const SlotDefinition &candidate : slotList) {
        if (candidate.name == slotName)
            return &candidate;
    }
    return nullptr;
}

namespace {
void readTriggers(Reader &reader, const QJsonObject &root, IntentDefinition &intent)
{
    intent.command = reader.text(root, {}, u"command"_s, false);
    static const QRegularExpression goodCommand(u"\\A[a-z][a-z0-9-]{0,31}\\z"_s);
    if (!intent.command.isEmpty() && !goodCommand.match(intent.command).hasMatch())
        reader.fail(u"/command"_s, u"A command begins with a letter and has 1 to 32 of a-z, 0-9 and -; the slash is not"
                                   u" written here."_s);
    intent.patterns = reader.texts(root, {}, u"patterns"_s);
    if (intent.patterns.size() > mostPatterns)
        reader.fail(u"/patterns"_s, u"An intent may have %1 patterns."_s.arg(mostPatterns));
    for (const QString &pattern : intent.patterns.mid(0, mostPatterns)) {
        Result<Entities::Pattern> compiled = Entities::Pattern::compile(u"^(?:"_s + pattern + u")$"_s);
        if (compiled)
            intent.compiledPatterns.push_back(std::move(*compiled));
        else
            reader.fail(u"/patterns"_s, u"\"%1\": %2"_s.arg(pattern, compiled.error().detail));
    }
}

void readAction(Reader &reader, const IntentDefinition &intent)
{
    if (intent.action.isEmpty())
        return;
    if (!builtInActions().contains(intent.action))
        reader.fail(u"/action"_s, u"There is no such action; known are %1."_s.arg(builtInActions().join(u", "_s)));
    if (!intent.workflow.isEmpty())
        reader.fail(u"/action"_s, u"An intent has an action or a workflow, not both."_s);
    for (const QString &name : slotsOfAction(intent.action)) {
        const SlotDefinition *const slot = intent.slot(name);
        if (!slot || !slot->required)
            reader.fail(u"/slots"_s, u"The action \"%1\" needs a required slot \"%2\"."_s.arg(intent.action, name));
        else if (name == u"when"_s && slot->type != SlotType::Time)
            reader.fail(u"/slots/when/type"_s, u"The slot \"when\" is of the type time."_s);
    }
}
} // namespace

Result<IntentDefinition> readIntent(const QByteArray &yaml)
{
    const Workflows::SourceDocument document = Workflows::SourceDocument::parse(yaml);
    QList<FieldError> errors;
    Reader reader(document, errors);
    for (const Workflows::SourceIssue &issue : document.issues)
        errors.append(FieldError{issue.pointer, u"line %1: %2"_s.arg(issue.position.line).arg(issue.message)});
    IntentDefinition intent;
    if (errors.isEmpty() && !document.value.isObject())
        errors.append(FieldError{QString(), u"An intent is a mapping with name, description and examples."_s});
    if (errors.isEmpty()) {
        const QJsonObject root = document.value.toObject();
        reader.onlyKnown(root, {},
                         {u"name"_s, u"description"_s, u"command"_s, u"patterns"_s, u"examples"_s, u"slots"_s,
                          u"workflow"_s, u"action"_s, u"reply"_s, u"suggestions"_s, u"threshold"_s, u"enabled"_s,
                          u"lists_intents"_s});
        intent.name = reader.text(root, {}, u"name"_s, true);
        static const QRegularExpression goodName(u"\\A[a-z0-9-]{1,64}\\z"_s);
        if (!goodName.match(intent.name).hasMatch())
            reader.fail(u"/name"_s, u"A name has 1 to 64 of a-z, 0-9 and -."_s);
        intent.description = reader.text(root, {}, u"description"_s, true);
        intent.examples = reader.texts(root, {}, u"examples"_s);
        if (intent.examples.isEmpty())
            reader.fail(u"/examples"_s, u"At least one example is needed; ten and more are good."_s);
        readTriggers(reader, root, intent);
        const QJsonObject given = root.value("slots"_L1).toObject();
        for (auto it = given.begin(); it != given.end(); ++it)
            intent.slotList.append(readSlot(reader, it.key(), it->toObject()));
        static const QRegularExpression placeholder(u"\\{([^{}]*)\\}"_s);
        for (const QString &example : std::as_const(intent.examples)) {
            for (auto it = placeholder.globalMatch(example); it.hasNext();) {
                const QString name = it.next().captured(1);
                if (!intent.slot(name))
                    reader.fail(u"/examples"_s,
                                u"\"%1\" names the slot {%2}, which is not there."_s.arg(example, name));
            }
        }
        intent.workflow = WorkflowId::fromString(reader.text(root, {}, u"workflow"_s, false));
        intent.action = reader.text(root, {}, u"action"_s, false);
        readAction(reader, intent);
        intent.enabled = reader.flag(root, {}, u"enabled"_s, true);
        intent.listsIntents = reader.flag(root, {}, u"lists_intents"_s, false);
        intent.reply = reader.text(root, {}, u"reply"_s, !intent.listsIntents && intent.action.isEmpty());
        if (const Result<ReplyTemplate> reply = ReplyTemplate::compile(intent.reply); !reply)
            reader.fail(u"/reply"_s, reply.error().detail);
        if (const QJsonValue threshold = root.value("threshold"_L1); !threshold.isUndefined()) {
            intent.threshold = threshold.toDouble(-1);
            if (*intent.threshold < 0 || *intent.threshold > 1)
                reader.fail(u"/threshold"_s, u"\"threshold\" must be a number from 0 to 1."_s);
        }
        intent.suggestions = reader.texts(root, {}, u"suggestions"_s);
    }
    if (errors.isEmpty())
        return intent;
    Error error(Errc::ValidationFailed, errors.first().detail);
    error.fields = errors;
    return error;
}

} // namespace Atom::Assistant
