// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/eventmatcher.h"

#include "server/expressions/jsonvalues.h"

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 largestEvent = 256 * 1024;
constexpr qsizetype longestAttribute = 2048; // of id, source, type, subject

bool hasSpecialCharacters(const QString &text)
{
    for (const QChar c : text) {
        if (QStringView(u"\\^$*+?()[]{}|").contains(c))
            return true;
    }
    return false;
}
} // namespace

bool EventMatcher::matchesText(const QString &wanted, const QString &value)
{
    if (wanted == value)
        return true;
    if (!hasSpecialCharacters(wanted))
        return false;
    auto it = m_patterns.find(wanted);
    if (it == m_patterns.end()) {
        const Result<Entities::Pattern> compiled = Entities::Pattern::compile(u"^(?:"_s + wanted + u")$"_s, true);
        it = m_patterns.insert(wanted, compiled ? std::optional(*compiled) : std::nullopt);
    }
    if (!*it)
        return false;
    const QList<Entities::Pattern::Match> found = (*it)->find(value);
    return !found.isEmpty() && found.first().start == 0 && found.first().length == value.size();
}

bool EventMatcher::matches(const EventFilter &filter, const QJsonObject &event, const Expressions::Bindings &bindings)
{
    for (const EventFilter::Attribute &attribute : filter.with) {
        const QJsonValue value = eventAttribute(event, attribute.name);
        if (attribute.wanted) {
            const QJsonValue input = value.isUndefined() ? QJsonValue(QJsonValue::Null) : value;
            const Result<QJsonValue> holds = attribute.wanted->evaluate(input, bindings);
            if (!holds || !Expressions::isTruthy(*holds))
                return false;
        } else if (attribute.literal.isString() && value.isString()) {
            if (!matchesText(attribute.literal.toString(), value.toString()))
                return false;
        } else if (value.isUndefined() || Expressions::compareValues(value, attribute.literal) != 0) {
            return false;
        }
    }
    return true;
}

EventInterest EventMatcher::interest(const EventFilter &filter)
{
    EventInterest out;
    for (const EventFilter::Attribute &attribute : filter.with) {
        if (attribute.wanted || !attribute.literal.isString())
            continue;
        const QString text = attribute.literal.toString();
        if (hasSpecialCharacters(text))
            continue;
        if (attribute.name == u"type")
            out.type = text;
        else if (attribute.name == u"source")
            out.source = text;
        else if (attribute.name == u"subject")
            out.subject = text;
    }
    return out;
}

QList<EventInterest> EventMatcher::interests(const EventStrategy &strategy)
{
    QList<EventInterest> out;
    const auto add = [&out](const EventInterest &one) {
        if (!out.contains(one))
            out.append(one);
    };
    for (const EventFilter &filter : strategy.filters)
        add(interest(filter));
    if (strategy.mode == EventStrategy::Mode::Any && strategy.filters.isEmpty())
        add({});
    if (strategy.untilConsumed) {
        for (const EventInterest &one : interests(*strategy.untilConsumed))
            add(one);
    }
    return out;
}

QJsonValue eventAttribute(const QJsonObject &event, const QString &name)
{
    return event.contains(name) ? event.value(name) : QJsonValue(QJsonValue::Undefined);
}

Result<QJsonObject> checkedEvent(const QJsonValue &value, const QString &newId, Timestamp now)
{
    if (!value.isObject())
        return Error::invalid(u""_s, u"An event is an object."_s);
    QJsonObject event = value.toObject();
    if (Expressions::jsonSize(value, largestEvent) > largestEvent)
        return Error::invalid(u""_s, u"The event is larger than %1 bytes."_s.arg(largestEvent));
    if (!event.contains(u"id"))
        event.insert(u"id"_s, newId);
    if (!event.contains(u"time"))
        event.insert(u"time"_s, toIso(now));
    if (!event.contains(u"specversion"))
        event.insert(u"specversion"_s, u"1.0"_s);
    Error error(Errc::ValidationFailed, u"The event is not a CloudEvent."_s);
    for (const auto &name : {u"id"_s, u"source"_s, u"type"_s}) {
        const QString text = event.value(name).toString();
        if (text.isEmpty() || text.size() > longestAttribute)
            error.fields.append(
                {u'/' + name, u"`%1` must be a text of 1 to %2 characters."_s.arg(name).arg(longestAttribute)});
    }
    for (const auto &name : {u"subject"_s, u"time"_s, u"specversion"_s, u"datacontenttype"_s, u"dataschema"_s}) {
        const QJsonValue given = event.value(name);
        if (event.contains(name) && (!given.isString() || given.toString().size() > longestAttribute))
            error.fields.append({u'/' + name, u"`%1` must be a text."_s.arg(name)});
    }
    if (!error.fields.isEmpty())
        return error;
    return event;
}

QJsonValue readEvent(const QJsonObject &event, EventRead read)
{
    switch (read) {
    case EventRead::Envelope:
        return event;
    case EventRead::Data:
        return event.contains(u"data") ? event.value(u"data") : QJsonValue(QJsonValue::Null);
    case EventRead::Raw:
        if (event.contains(u"data_base64"))
            return event.value(u"data_base64");
        if (!event.contains(u"data"))
            return QJsonValue(QJsonValue::Null);
        return event.value(u"data").isString()
                   ? event.value(u"data")
                   : QJsonValue(QString::fromUtf8(Expressions::toJsonText(event.value(u"data"))));
    }
    return {};
}

} // namespace Atom::Workflows
