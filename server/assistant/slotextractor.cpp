// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/slotextractor.h"

#include "server/assistant/textfeatures.h"
#include "server/entities/recognizer.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int maxValueWords = 24;
constexpr int morningHour = 9; // of a day that somebody names without an hour

bool isPoliteness(const QString &word)
{
    static const QStringList words{u"please"_s,  u"thanks"_s,    u"now"_s,   u"today"_s, u"tomorrow"_s,
                                   u"tonight"_s, u"currently"_s, u"thank"_s, u"right"_s};
    return words.contains(word);
}

bool isPreposition(const QString &word)
{
    static const QStringList words{u"in"_s, u"for"_s, u"at"_s, u"to"_s, u"of"_s, u"about"_s};
    return words.contains(word);
}

//! The written text from the first to the last of these words, as it stands in the message.
QString writtenSpan(const QString &text, const QList<Token> &tokens, qsizetype from, qsizetype to)
{
    qsizetype at = 0;
    qsizetype begin = -1;
    qsizetype end = -1;
    for (qsizetype i = 0; i < to; ++i) {
        const qsizetype found = text.indexOf(tokens[i].written, at);
        if (i == from)
            begin = found;
        at = found + tokens[i].written.size();
        end = at;
    }
    return begin < 0 || end <= begin ? QString() : text.mid(begin, end - begin);
}

//! What a slot of this type takes from an entity; empty: nothing.
QString valueOf(const Entities::Entity &entity, SlotType type)
{
    using namespace Entities;
    switch (type) {
    case SlotType::Text:
    case SlotType::Name:
    case SlotType::Choice:
        return {};
    case SlotType::List:
        if (const auto *entry = std::get_if<ListValue>(&entity.value))
            return entry->value;
        return {};
    case SlotType::Pattern:
        return entity.kind == Kind::Pattern ? entity.text : QString();
    case SlotType::Number:
        if (const auto *number = std::get_if<NumberValue>(&entity.value); number && entity.kind == Kind::Number)
            return QString::number(number->value, 'g', 15);
        return {};
    case SlotType::Time:
        if (const auto *repeat = std::get_if<RepeatValue>(&entity.value))
            return repeat->first.toString(Qt::ISODate);
        if (const auto *time = std::get_if<TimeValue>(&entity.value); time && time->from.isValid()) {
            const bool isWholeDay = time->grain >= Grain::Day && time->shape == TimeValue::Shape::Point;
            const QDateTime from =
                isWholeDay ? QDateTime(time->from.date(), QTime(morningHour, 0), time->from.timeZone()) : time->from;
            return from.toOffsetFromUtc(from.offsetFromUtc()).toString(Qt::ISODate);
        }
        return {};
    case SlotType::Duration:
        if (const auto *duration = std::get_if<DurationValue>(&entity.value))
            return QString::number(qRound64(duration->seconds));
        return {};
    case SlotType::Money:
        if (const auto *money = std::get_if<MoneyValue>(&entity.value);
            money && money->from && money->from == money->to)
            return QString::number(*money->from, 'g', 15) + u' ' + money->unit;
        return {};
    case SlotType::Email:
    case SlotType::Url:
    case SlotType::Person: {
        const Kind kind = type == SlotType::Email ? Kind::Email : type == SlotType::Url ? Kind::Url : Kind::Mention;
        const auto *text = std::get_if<TextValue>(&entity.value);
        return text && entity.kind == kind ? text->text : QString();
    }
    }
    return {};
}

//! The first entity of the message that the slot can take, the widest reading first.
QString entityIn(const QString &text, const SlotDefinition &slot, const Entities::Context &context)
{
    if (slot.compiled.recognizer) {
        // What else the words may be does not matter: "May" is a name where the list says so.
        for (const Entities::Entity &entity : slot.compiled.recognizer->candidates(text, context)) {
            if (const QString value = valueOf(entity, slot.type); !value.isEmpty())
                return value;
        }
        return {};
    }
    // "In 5 minutes" is a time; the 5 in it is a number, but only where nothing else can be meant.
    for (const Entities::Entity &entity : Entities::Recognizer().find(text, context)) {
        if (const QString value = valueOf(entity, slot.type); !value.isEmpty())
            return value;
    }
    for (const Entities::Entity &entity : Entities::Recognizer().candidates(text, context)) {
        if (const QString value = valueOf(entity, slot.type); !value.isEmpty())
            return value;
    }
    if (slot.type != SlotType::Number)
        return {};
    for (const Token &token : tokenize(text)) { // what no grammar takes for a number, but is one
        bool ok = false;
        token.folded.toDouble(&ok);
        if (ok)
            return token.folded;
    }
    return {};
}

bool isWords(const SlotDefinition &slot)
{
    return slot.type == SlotType::Text || slot.type == SlotType::Name;
}

//! What is no part of a name, whether or not the intent has a slot for it.
bool isNoName(const Entities::Entity &entity)
{
    using Entities::Kind;
    return entity.kind == Kind::Time || entity.kind == Kind::Repeat || entity.kind == Kind::Duration ||
           entity.kind == Kind::Money || entity.kind == Kind::Email || entity.kind == Kind::Url;
}

//! The message without what slots of other types take: "call mum tomorrow at 5" means to call mum.
QString withoutEntities(const IntentDefinition &intent, const SlotDefinition &wanted, const QString &text,
                        const Entities::Context &context)
{
    QString rest = text;
    QList<Entities::Entity> found = Entities::Recognizer().find(text, context);
    for (auto it = found.crbegin(); it != found.crend(); ++it) {
        const bool isTaken =
            std::any_of(intent.slotList.begin(), intent.slotList.end(), [it](const SlotDefinition &slot) {
                return slot.type != SlotType::Number && !valueOf(*it, slot.type).isEmpty();
            });
        if (!isTaken && !(wanted.type == SlotType::Name && isNoName(*it)))
            continue;
        static const QRegularExpression joining(u"\\b(at|on|in|by|for|from|before|after|until|every|to)\\s+$"_s,
                                                QRegularExpression::CaseInsensitiveOption);
        const QRegularExpressionMatch before = joining.match(rest.left(it->start));
        const qsizetype from = before.hasMatch() ? before.capturedStart() : it->start;
        rest.replace(from, it->start + it->length - from, u' ');
    }
    return rest;
}

QString choiceIn(const SlotDefinition &slot, const QString &text)
{
    const QString padded = u' ' + normalized(text) + u' ';
    for (const QString &value : slot.values) {
        if (padded.contains(u' ' + normalized(value) + u' '))
            return value;
    }
    return {};
}

//! The value of a Text slot by one example; -1 words when the example does not fit. `strength` says how well it fits:
//! first by the words right before the slot, then by all words in common.
QString textByExample(const QString &example, const SlotDefinition &slot, const QString &text,
                      const QList<Token> &tokens, int *strength)
{
    const QList<Token> pattern = tokenize(example);
    const QString placeholder = u'{' + slot.name + u'}';
    qsizetype at = 0;
    while (at < pattern.size() && pattern[at].folded != placeholder)
        ++at;
    if (at == pattern.size())
        return {};
    const QString before = at > 0 ? pattern[at - 1].folded : QString();
    const QString after = at + 1 < pattern.size() ? pattern[at + 1].folded : QString();
    qsizetype from = 0;
    int contiguous = 0;
    if (!before.isEmpty()) {
        if (before.startsWith(u'{'))
            return {};
        // Where most words before the slot stand as in the example; of equals the last one: "what is it like in the
        // morning in Paris" means Paris.
        qsizetype found = -1;
        for (qsizetype i = 0; i + 1 < tokens.size(); ++i) {
            int run = 0;
            while (run <= i && run < at && tokens[i - run].folded == pattern[at - 1 - run].folded)
                ++run;
            if (run > 0 && run >= contiguous) {
                contiguous = run;
                found = i;
            }
        }
        if (found < 0)
            return {};
        from = found + 1;
    }
    qsizetype to = tokens.size();
    if (!after.isEmpty() && !after.startsWith(u'{')) {
        to = from;
        while (to < tokens.size() && tokens[to].folded != after)
            ++to;
        if (to == tokens.size())
            return {};
    }
    while (from < to && isPreposition(tokens[from].folded))
        ++from;
    while (to > from && isPoliteness(tokens[to - 1].folded))
        --to;
    if (to <= from || to - from > maxValueWords)
        return {};
    *strength = 10 * contiguous;
    for (const Token &token : pattern) {
        *strength +=
            std::any_of(tokens.begin(), tokens.end(), [&](const Token &t) { return t.folded == token.folded; });
    }
    return writtenSpan(text, tokens, from, to);
}
} // namespace

QHash<QString, QString> extractSlots(const IntentDefinition &intent, const QString &text,
                                     const Entities::Context &context)
{
    QHash<QString, QString> values;
    for (const SlotDefinition &slot : intent.slotList) {
        QString value;
        if (slot.type == SlotType::Choice) {
            value = choiceIn(slot, text);
        } else if (!isWords(slot)) {
            value = entityIn(text, slot, context);
        } else {
            const QString words = withoutEntities(intent, slot, text, context);
            const QList<Token> tokens = tokenize(words);
            int best = -1;
            for (const QString &example : intent.examples) {
                int strength = -1;
                const QString found = textByExample(example, slot, words, tokens, &strength);
                if (strength > best) {
                    best = strength;
                    value = found;
                }
            }
        }
        if (!value.isEmpty())
            values.insert(slot.name, value);
    }
    return values;
}

QString wordsAfterCommand(const IntentDefinition &intent, const SlotDefinition &slot, const QString &text,
                          const Entities::Context &context)
{
    const QString words = withoutEntities(intent, slot, text, context).simplified();
    static const QRegularExpression leading(u"\\A(me )?((to|about|of|for|that) )?"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    return words.mid(leading.match(words).capturedLength());
}

QString slotFromAnswer(const IntentDefinition &intent, const SlotDefinition &slot, const QString &answer,
                       const Entities::Context &context)
{
    if (slot.type == SlotType::Choice)
        return choiceIn(slot, answer);
    if (!isWords(slot))
        return entityIn(answer, slot, context);
    if (const QString found = extractSlots(intent, answer, context).value(slot.name); !found.isEmpty())
        return found;
    const QString words = withoutEntities(intent, slot, answer, context);
    const QList<Token> tokens = tokenize(words);
    static const QStringList leading{u"no"_s,       u"it's"_s,  u"its"_s, u"the"_s,  u"i"_s,   u"mean"_s,  u"meant"_s,
                                     u"actually"_s, u"sorry"_s, u"and"_s, u"what"_s, u"how"_s, u"rather"_s};
    qsizetype from = 0;
    qsizetype to = tokens.size();
    while (from < to && (leading.contains(tokens[from].folded) || isPreposition(tokens[from].folded)))
        ++from;
    while (to > from && isPoliteness(tokens[to - 1].folded))
        --to;
    if (from >= to || to - from > maxValueWords)
        return {};
    return writtenSpan(words, tokens, from, to);
}

} // namespace Atom::Assistant
