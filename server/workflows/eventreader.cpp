// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TaskReader that reads events: emit, listen and the strategies of listen and of a schedule.
#include "server/expressions/jsonvalues.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QJsonArray>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
// Attributes that CloudEvents gives a type; `data` may be anything, extensions any scalar.
const QStringList textAttributes = {u"id"_s,      u"source"_s,          u"type"_s,      u"time"_s,
                                    u"subject"_s, u"datacontenttype"_s, u"dataschema"_s};

void checkAttributes(DefinitionReader &reader, const QJsonObject &with, const QString &pointer)
{
    for (const QString &key : textAttributes)
        (void)reader.text(with, key, pointer);
}

bool holdsExpression(const QJsonValue &value)
{
    if (value.isString())
        return Expressions::isExpressionText(value.toString());
    const QJsonArray array = value.toArray();
    const QJsonObject object = value.toObject();
    return std::any_of(array.begin(), array.end(), [](const QJsonValue &v) { return holdsExpression(v); }) ||
           std::any_of(object.begin(), object.end(), [](const QJsonValue &v) { return holdsExpression(v); });
}
} // namespace

void TaskReader::emitEvent(Task &task, const QJsonObject &object, const QString &pointer)
{
    task.kind = TaskKind::Emit;
    const auto emitted = m_reader.object(object, u"emit"_s, pointer);
    if (!emitted)
        return;
    const QString at = pointerJoin(pointer, u"emit"_s);
    m_reader.checkKeys(*emitted, at, {u"event"_s});
    m_reader.require(*emitted, at, {u"event"_s});
    const auto event = m_reader.object(*emitted, u"event"_s, at);
    if (!event)
        return;
    m_reader.checkKeys(*event, at + u"/event"_s, {u"with"_s});
    m_reader.require(*event, at + u"/event"_s, {u"with"_s});
    const auto with = m_reader.object(*event, u"with"_s, at + u"/event"_s);
    if (!with)
        return;
    const QString inside = at + u"/event/with"_s;
    m_reader.require(*with, inside, {u"type"_s});
    checkAttributes(m_reader, *with, inside);
    task.event = m_reader.expressions(*with, inside, Sees::Inside);
}

void TaskReader::listen(Task &task, const QJsonObject &object, const QString &pointer, int depth)
{
    task.kind = TaskKind::Listen;
    if (const auto listen = m_reader.object(object, u"listen"_s, pointer)) {
        const QString at = pointerJoin(pointer, u"listen"_s);
        m_reader.checkKeys(*listen, at, {u"to"_s, u"read"_s});
        m_reader.require(*listen, at, {u"to"_s});
        if (const auto to = m_reader.object(*listen, u"to"_s, at))
            task.listen.to = strategy(*to, at + u"/to"_s, Sees::Inside);
        const QString read = m_reader.choice(*listen, u"read"_s, at, {u"data"_s, u"envelope"_s, u"raw"_s});
        task.listen.read = read == u"envelope" ? EventRead::Envelope
                           : read == u"raw"    ? EventRead::Raw
                                               : EventRead::Data;
    }
    if (const auto each = m_reader.object(object, u"foreach"_s, pointer))
        task.listen.each = eventLoop(task.tasks, *each, pointerJoin(pointer, u"foreach"_s), depth);
}

EventLoop TaskReader::eventLoop(TaskList &tasks, const QJsonObject &object, const QString &pointer, int depth)
{
    EventLoop out;
    m_reader.checkKeys(object, pointer, {u"item"_s, u"at"_s, u"do"_s, u"output"_s, u"export"_s});
    out.item = m_reader.variableName(object, u"item"_s, pointer, u"item"_s);
    out.at = m_reader.variableName(object, u"at"_s, pointer, u"index"_s);
    if (out.item == out.at)
        m_reader.issue(pointer, u"`item` and `at` are the same variable, `$%1`."_s.arg(out.at));
    m_reader.pushVariable(out.item);
    m_reader.pushVariable(out.at);
    if (object.contains(u"do"))
        tasks = list(object.value(u"do"), pointerJoin(pointer, u"do"_s), depth + 1);
    const auto transform = [&](const QString &key, std::optional<Template> &target, Schema &schema) {
        const auto part = m_reader.object(object, key, pointer);
        if (!part)
            return;
        const QString at = pointerJoin(pointer, key);
        m_reader.checkKeys(*part, at, {u"as"_s, u"schema"_s});
        schema = m_reader.schema(*part, at);
        if (part->contains(u"as"))
            target = m_reader.expressions(part->value(u"as"), at + u"/as"_s, Sees::After, true);
    };
    transform(u"output"_s, out.outputAs, out.outputSchema);
    transform(u"export"_s, out.exportAs, out.exportSchema);
    m_reader.popVariable();
    m_reader.popVariable();
    return out;
}

EventStrategy TaskReader::strategy(const QJsonObject &object, const QString &pointer, Sees sees)
{
    EventStrategy out;
    m_reader.checkKeys(object, pointer, {u"one"_s, u"any"_s, u"all"_s, u"until"_s});
    if (int(object.contains(u"one")) + int(object.contains(u"any")) + int(object.contains(u"all")) != 1) {
        m_reader.issue(pointer, u"Events are taken by one of `one`, `any` and `all`."_s);
        return out;
    }
    if (object.contains(u"one")) {
        out.filters = {filter(object.value(u"one"), pointer + u"/one"_s, sees)};
    } else if (object.contains(u"any")) {
        out.mode = EventStrategy::Mode::Any;
        out.filters = filters(object, u"any"_s, pointer, sees);
    } else {
        out.mode = EventStrategy::Mode::All;
        out.filters = filters(object, u"all"_s, pointer, sees);
        if (object.value(u"all").isArray() && out.filters.isEmpty())
            m_reader.issue(pointer + u"/all"_s, u"`all` needs at least one event."_s);
    }
    if (object.contains(u"until"))
        until(out, object, pointer, sees);
    return out;
}

void TaskReader::until(EventStrategy &out, const QJsonObject &object, const QString &pointer, Sees sees)
{
    const QJsonValue value = object.value(u"until");
    const QString at = pointer + u"/until"_s;
    if (out.mode != EventStrategy::Mode::Any) {
        m_reader.issueAtKey(at, u"`until` goes with `any` only."_s);
    } else if (value.isObject()) {
        if (value.toObject().contains(u"until"))
            m_reader.issueAtKey(at + u"/until"_s, u"What ends a listener has no `until` of its own."_s);
        else
            out.untilConsumed = std::make_shared<EventStrategy>(strategy(value.toObject(), at, sees));
    } else {
        out.untilTrue = m_reader.condition(value, at, sees);
        const QString text = value.toString();
        const QString body = Expressions::isExpressionText(text) ? Expressions::expressionBody(text) : text;
        out.untilForever = value == QJsonValue(false) || body.trimmed() == u"false";
        if (out.untilForever)
            out.untilTrue.reset();
    }
}

QList<EventFilter> TaskReader::filters(const QJsonObject &object, const QString &key, const QString &pointer, Sees sees)
{
    QList<EventFilter> out;
    const QString at = pointerJoin(pointer, key);
    if (!object.value(key).isArray()) {
        m_reader.issue(at, u"`%1` takes a list of events: - with: {type: ...}."_s.arg(key));
        return out;
    }
    const QJsonArray array = object.value(key).toArray();
    for (qsizetype i = 0; i < array.size(); ++i)
        out.append(filter(array[i], pointerJoin(at, QString::number(i)), sees));
    return out;
}

EventFilter TaskReader::filter(const QJsonValue &value, const QString &pointer, Sees sees)
{
    EventFilter out;
    const QJsonObject object = value.toObject();
    const auto with = m_reader.object(object, u"with"_s, pointer);
    m_reader.checkKeys(object, pointer, {u"with"_s, u"correlate"_s});
    if (!with || with->isEmpty()) {
        if (!object.contains(u"with") || with)
            m_reader.issue(pointer, u"An event is told by `with`: at least one attribute, like {type: ...}."_s);
        return out;
    }
    const QString inside = pointer + u"/with"_s;
    checkAttributes(m_reader, *with, inside);
    for (auto it = with->begin(); it != with->end(); ++it) {
        EventFilter::Attribute attribute;
        attribute.name = it.key();
        if (Expressions::isExpressionText(it.value().toString()))
            attribute.wanted = m_reader.condition(it.value(), pointerJoin(inside, it.key()), sees);
        else if (holdsExpression(it.value()))
            m_reader.issue(pointerJoin(inside, it.key()),
                           u"A filter is a plain value or one expression over the whole attribute."_s);
        else
            attribute.literal = it.value();
        out.with.append(attribute);
    }
    const QJsonObject correlations = m_reader.object(object, u"correlate"_s, pointer).value_or(QJsonObject());
    for (auto it = correlations.begin(); it != correlations.end(); ++it) {
        const QString base = pointer + u"/correlate"_s;
        const auto one = m_reader.object(correlations, it.key(), base);
        const QString at = pointerJoin(base, it.key());
        if (!one)
            continue;
        m_reader.checkKeys(*one, at, {u"from"_s, u"expect"_s});
        m_reader.require(*one, at, {u"from"_s});
        EventFilter::Correlation correlation;
        correlation.name = it.key();
        correlation.from = m_reader.condition(*one, u"from"_s, at, sees).value_or(Expression());
        if (one->contains(u"expect"))
            correlation.expect = m_reader.expressions(one->value(u"expect"), at + u"/expect"_s, sees);
        out.correlate.append(std::move(correlation));
    }
    return out;
}

} // namespace Atom::Workflows
