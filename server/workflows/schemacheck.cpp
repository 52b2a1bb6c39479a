// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/schema.h"

#include "server/expressions/jsonvalues.h"
#include "server/expressions/template.h"
#include "server/workflows/schemaprogram.h"
#include "server/workflows/suggestions.h"

#include <algorithm>
#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::compareValues;
using Expressions::pointerJoin;

namespace {
constexpr qsizetype shownText = 60;

//! Where the check stands in the value; written out only for an error.
struct Place
{
    const Place *around = nullptr;
    QString name;
    qsizetype index = -1;

    QString pointer() const
    {
        if (!around)
            return {};
        return pointerJoin(around->pointer(), index >= 0 ? QString::number(index) : name);
    }
};

bool isWhole(const QJsonValue &value)
{
    return value.isDouble() && (Expressions::isInteger(value) || value.toDouble() == std::floor(value.toDouble()));
}

quint8 typesOf(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return BooleanType;
    case QJsonValue::Double:
        return isWhole(value) ? NumberType | IntegerType : NumberType;
    case QJsonValue::String:
        return StringType;
    case QJsonValue::Array:
        return ArrayType;
    case QJsonValue::Object:
        return ObjectType;
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    return NullType;
}

QString namesOf(quint8 types)
{
    QStringList names;
    for (const auto &[bit, name] :
         {std::pair(StringType, u"string"_s), std::pair(NumberType, u"number"_s), std::pair(IntegerType, u"integer"_s),
          std::pair(BooleanType, u"boolean"_s), std::pair(ObjectType, u"object"_s), std::pair(ArrayType, u"array"_s),
          std::pair(NullType, u"null"_s)}) {
        if (types & bit)
            names.append(name);
    }
    return names.join(u" or "_s);
}

QString shown(const QJsonValue &value)
{
    const QString text = QString::fromUtf8(Expressions::toJsonText(value));
    return text.size() > shownText ? text.left(shownText) + u'…' : text;
}

qint64 lengthOf(const QString &text) // in code points
{
    return text.size() - std::count_if(text.begin(), text.end(), [](QChar c) { return c.isLowSurrogate(); });
}

bool isMultiple(const QJsonValue &value, const QJsonValue &of)
{
    if (Expressions::isInteger(value) && Expressions::isInteger(of))
        return value.toInteger() % of.toInteger() == 0;
    // 0.3 is no exact multiple of 0.1 in binary; what was written in decimal is meant.
    const double step = of.toDouble();
    return std::abs(std::remainder(value.toDouble(), step)) <= 1e-9 * step;
}

class SchemaCheck
{
public:
    explicit SchemaCheck(const SchemaProgram &program) : m_program(program), m_work(Expressions::Budget()) {}

    QList<FieldError> run(const QJsonValue &value)
    {
        (void)fits(0, value, Place(), true);
        if (!m_stopped.isEmpty())
            return {{QString(), m_stopped}};
        return m_errors;
    }

private:
    // Each function answers whether the value fits; with `tell` it also says what is wrong, and goes on after it.
    bool fits(int index, const QJsonValue &value, const Place &place, bool tell)
    {
        if (!m_stopped.isEmpty())
            return false;
        if (m_depth >= Schema::maxDepth)
            return stop(u"the value or the schema is nested too deep to be checked"_s);
        const SchemaNode &node = m_program.nodes[size_t(index)];
        if (!charge(1))
            return false;
        if (node.always)
            return *node.always || wrong(place, tell, u"is not allowed here"_s);
        ++m_depth;
        const bool good = all(node, value, place, tell);
        --m_depth;
        return good;
    }

    bool all(const SchemaNode &node, const QJsonValue &value, const Place &place, bool tell)
    {
        if (node.types && !(node.types & typesOf(value)))
            return wrong(place, tell, u"must be %1, is %2"_s.arg(namesOf(node.types), Expressions::typeName(value)));
        bool good = plain(node, value, place, tell);
        if (node.ref >= 0 && (good || tell))
            good = fits(node.ref, value, place, tell) && good;
        if (good || tell)
            good = combinations(node, value, place, tell) && good;
        if (value.isString() && (good || tell))
            good = text(node, value.toString(), place, tell) && good;
        if (value.isDouble() && (good || tell))
            good = number(node, value, place, tell) && good;
        if (value.isObject() && (good || tell))
            good = object(node, value.toObject(), place, tell) && good;
        if (value.isArray() && (good || tell))
            good = array(node, value.toArray(), place, tell) && good;
        return good;
    }

    bool plain(const SchemaNode &node, const QJsonValue &value, const Place &place, bool tell)
    {
        if (!charge(node.compareCost))
            return false;
        if (node.constant && compareValues(*node.constant, value) != 0)
            return wrong(place, tell, u"must be %1"_s.arg(shown(*node.constant)));
        if (!node.values)
            return true;
        const bool found = std::any_of(node.values->begin(), node.values->end(),
                                       [&](const QJsonValue &one) { return compareValues(one, value) == 0; });
        return found || wrong(place, tell, u"is none of the allowed values"_s);
    }

    bool number(const SchemaNode &node, const QJsonValue &value, const Place &place, bool tell)
    {
        bool good = true;
        if (node.minimum && compareValues(value, *node.minimum) < 0)
            good = wrong(place, tell, u"is too small: at least %1"_s.arg(shown(*node.minimum)));
        if (node.maximum && compareValues(value, *node.maximum) > 0)
            good = wrong(place, tell, u"is too large: at most %1"_s.arg(shown(*node.maximum)));
        if (node.above && compareValues(value, *node.above) <= 0)
            good = wrong(place, tell, u"is too small: more than %1"_s.arg(shown(*node.above)));
        if (node.below && compareValues(value, *node.below) >= 0)
            good = wrong(place, tell, u"is too large: less than %1"_s.arg(shown(*node.below)));
        if (node.multipleOf && !isMultiple(value, *node.multipleOf))
            good = wrong(place, tell, u"is no multiple of %1"_s.arg(shown(*node.multipleOf)));
        return good;
    }

    bool text(const SchemaNode &node, const QString &value, const Place &place, bool tell)
    {
        bool good = charge(value.size() / 16);
        if (node.minLength || node.maxLength) {
            const qint64 length = lengthOf(value);
            if (node.minLength && length < *node.minLength)
                good = wrong(place, tell, u"is too short: at least %1 characters"_s.arg(*node.minLength));
            if (node.maxLength && length > *node.maxLength)
                good = wrong(place, tell, u"is too long: at most %1 characters"_s.arg(*node.maxLength));
        }
        if (node.pattern && !matches(*node.pattern, value))
            good = wrong(place, tell, u"does not match the pattern %1"_s.arg(node.pattern->text.left(shownText)));
        if (!node.format.isEmpty() && !hasFormat(value, node.format))
            good = wrong(place, tell, u"is no %1"_s.arg(node.format.left(shownText)));
        return good;
    }

    bool matches(const SchemaPattern &pattern, const QString &text)
    {
        std::vector<qsizetype> offsets;
        const bool found = Expressions::searchRegex(m_work, pattern.regex, text.toUcs4(), 0, false, &offsets);
        if (m_work.spent || m_work.failed)
            return stop(u"its patterns need too much work"_s);
        return found;
    }

    bool object(const SchemaNode &node, const QJsonObject &value, const Place &place, bool tell)
    {
        bool good = charge(value.size() + node.required.size());
        for (const QString &name : node.required) {
            if (!value.contains(name))
                good = wrong({&place, name, -1}, tell, u"is missing"_s);
        }
        if (node.minProperties && value.size() < *node.minProperties)
            good = wrong(place, tell, u"has too few properties: at least %1"_s.arg(*node.minProperties));
        if (node.maxProperties && value.size() > *node.maxProperties)
            good = wrong(place, tell, u"has too many properties: at most %1"_s.arg(*node.maxProperties));
        good = charge(node.dependentRequired.size() + node.dependentSchemas.size()) && good;
        for (auto it = node.dependentRequired.begin(); it != node.dependentRequired.end(); ++it) {
            for (const QString &name : value.contains(it.key()) ? it.value() : QStringList()) {
                good = charge(1) && good;
                if (!value.contains(name))
                    good = wrong({&place, name, -1}, tell, u"is missing; `%1` needs it"_s.arg(it.key().left(64)));
            }
        }
        for (auto it = node.dependentSchemas.begin(); it != node.dependentSchemas.end(); ++it) {
            if (value.contains(it.key()))
                good = fits(it.value(), value, place, tell) && good;
        }
        for (auto it = value.begin(); it != value.end() && (good || tell) && m_stopped.isEmpty(); ++it)
            good = property(node, it.key(), it.value(), {&place, it.key(), -1}, tell) && good;
        return good;
    }

    bool property(const SchemaNode &node, const QString &name, const QJsonValue &value, const Place &place, bool tell)
    {
        bool good = true;
        bool known = false;
        if (node.propertyNames >= 0 && !fits(node.propertyNames, name, place, false))
            good = wrong(place, tell, u"`%1` is not allowed as a name"_s.arg(name.left(shownText)));
        if (const auto it = node.properties.constFind(name); it != node.properties.constEnd()) {
            known = true;
            good = fits(*it, value, place, tell) && good;
        }
        for (const auto &[pattern, index] : node.patternProperties) {
            if (!matches(pattern, name))
                continue;
            known = true;
            good = fits(index, value, place, tell) && good;
        }
        if (known || node.additional < 0)
            return good;
        const std::optional<bool> always = m_program.nodes[size_t(node.additional)].always;
        if (always && !*always) {
            const QString hint =
                tell && m_errors.size() < Schema::maxErrors ? didYouMean(name, node.properties.keys()) : QString();
            return wrong(place, tell, u"is not a known property%1"_s.arg(hint.isEmpty() ? hint : u'.' + hint));
        }
        return fits(node.additional, value, place, tell) && good;
    }

    bool array(const SchemaNode &node, const QJsonArray &value, const Place &place, bool tell)
    {
        bool good = true;
        if (node.minItems && value.size() < *node.minItems)
            good = wrong(place, tell, u"has too few items: at least %1"_s.arg(*node.minItems));
        if (node.maxItems && value.size() > *node.maxItems)
            good = wrong(place, tell, u"has too many items: at most %1"_s.arg(*node.maxItems));
        if (node.unique && !isUnique(value))
            good = wrong(place, tell, u"has the same item twice"_s);
        good = charge(value.size()) && good;
        const qsizetype prefix = qsizetype(node.prefixItems.size());
        for (qsizetype i = 0; i < value.size() && (good || tell) && m_stopped.isEmpty(); ++i) {
            const int schema = i < prefix ? node.prefixItems[size_t(i)] : node.items;
            if (schema >= 0)
                good = fits(schema, value[i], {&place, {}, i}, tell) && good;
        }
        if (node.contains >= 0) {
            const qint64 found = std::count_if(value.begin(), value.end(), [&](const QJsonValue &item) {
                return fits(node.contains, item, place, false);
            });
            if (found < node.minContains.value_or(1))
                good = wrong(place, tell, u"contains too few items of the kind wanted"_s);
            if (node.maxContains && found > *node.maxContains)
                good = wrong(place, tell, u"contains too many items of a kind"_s);
        }
        return good;
    }

    bool isUnique(const QJsonArray &value)
    {
        if (!charge(value.size() * 40)) // before: an order that changes its mind breaks std::sort
            return true;
        QList<QJsonValue> sorted(value.begin(), value.end());
        std::sort(sorted.begin(), sorted.end(),
                  [](const QJsonValue &a, const QJsonValue &b) { return compareValues(a, b) < 0; });
        return std::adjacent_find(sorted.begin(), sorted.end(), [](const QJsonValue &a, const QJsonValue &b) {
                   return compareValues(a, b) == 0;
               }) == sorted.end();
    }

    bool combinations(const SchemaNode &node, const QJsonValue &value, const Place &place, bool tell)
    {
        bool good = true;
        for (const int one : node.allOf)
            good = fits(one, value, place, tell) && good;
        const auto fitting = [&](const std::vector<int> &all) {
            return std::count_if(all.begin(), all.end(), [&](int one) { return fits(one, value, place, false); });
        };
        if (!node.anyOf.empty() && fitting(node.anyOf) == 0)
            good = wrong(place, tell, u"fits none of the %1 alternatives"_s.arg(node.anyOf.size()));
        if (!node.oneOf.empty()) {
            const auto found = fitting(node.oneOf);
            if (found != 1)
                good = wrong(place, tell,
                             found == 0 ? u"fits none of the %1 alternatives"_s.arg(node.oneOf.size())
                                        : u"fits %1 of the alternatives, only one may fit"_s.arg(found));
        }
        if (node.negated >= 0 && fits(node.negated, value, place, false))
            good = wrong(place, tell, u"is what the schema excludes (`not`)"_s);
        if (node.condition >= 0) {
            const int branch = fits(node.condition, value, place, false) ? node.then : node.otherwise;
            if (branch >= 0)
                good = fits(branch, value, place, tell) && good;
        }
        return good;
    }

    bool wrong(const Place &place, bool tell, const QString &text)
    {
        if (tell && m_errors.size() < Schema::maxErrors)
            m_errors.append({place.pointer(), text});
        return false;
    }
    bool stop(const QString &text)
    {
        if (m_stopped.isEmpty())
            m_stopped = text;
        return false;
    }
    bool charge(qint64 steps)
    {
        m_steps += steps;
        return m_steps <= Schema::maxSteps || stop(u"the check needs too much work"_s);
    }

    const SchemaProgram &m_program;
    Expressions::Work m_work; //!< of all patterns together
    QList<FieldError> m_errors;
    QString m_stopped;
    qint64 m_steps = 0;
    int m_depth = 0;
};
} // namespace

Result<void> Schema::check(const QJsonValue &value, const QString &detail) const
{
    if (!m_program)
        return {};
    Error error(Errc::ValidationFailed, detail);
    error.fields = SchemaCheck(*m_program).run(value);
    if (error.fields.isEmpty())
        return {};
    return error;
}

} // namespace Atom::Workflows
