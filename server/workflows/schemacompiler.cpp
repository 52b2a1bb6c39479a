// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/schema.h"

#include "server/expressions/jsonvalues.h"
#include "server/expressions/template.h"
#include "server/workflows/schemaprogram.h"
#include "server/workflows/suggestions.h"

#include <QtCore/QSet>

#include <functional>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
const QHash<QString, quint8> &typeBits()
{
    static const QHash<QString, quint8> bits = {
        {u"null"_s, NullType},     {u"boolean"_s, BooleanType}, {u"number"_s, NumberType}, {u"integer"_s, IntegerType},
        {u"string"_s, StringType}, {u"array"_s, ArrayType},     {u"object"_s, ObjectType}};
    return bits;
}

const QSet<QString> &annotations()
{
    static const QSet<QString> names = {
        u"title"_s, u"description"_s, u"default"_s,  u"examples"_s,  u"$schema"_s,         u"$comment"_s,
        u"$id"_s,   u"deprecated"_s,  u"readOnly"_s, u"writeOnly"_s, u"contentEncoding"_s, u"contentMediaType"_s};
    return names;
}

constexpr qsizetype mostIssues = 100;

// Of comparing something with `value`, in steps.
qint64 costOf(const QJsonValue &value)
{
    return 1 + Expressions::jsonSize(value, Schema::maxSteps * 16) / 16;
}

class SchemaCompiler
{
public:
    SchemaCompiler(const QJsonValue &document, const QString &base, QList<FieldError> &issues)
        : m_document(document), m_base(base), m_issues(issues), m_work(Expressions::Budget())
    {
    }

    SchemaProgram compile()
    {
        (void)subschema(m_document, {}, 0);
        // A reference is followed only now: a chain of them must not become a chain of C++ calls.
        while (!m_referred.isEmpty()) {
            const auto [target, from] = m_referred.takeFirst();
            if (!m_isEmpty.contains(target))
                continue;
            if (const std::optional<QJsonValue> value = find(target))
                fill(m_known.value(target), *value, target, 0);
            else
                issue(from, u"`$ref` leads nowhere: there is no #%1"_s.arg(target.left(100)));
        }
        return std::move(m_program);
    }

private:
    using Handler = std::function<void(SchemaCompiler &, int, const QJsonValue &, const QString &, int)>;

    void issue(const QString &pointer, const QString &text)
    {
        if (m_issues.size() < mostIssues)
            m_issues.append({m_base + pointer, text});
    }

    void takes(const QString &pointer, const QString &what)
    {
        issue(pointer, u"`%1` takes %2"_s.arg(pointer.section(u'/', -1), what));
    }

    int reserve(const QString &pointer)
    {
        const int index = int(m_program.nodes.size());
        m_program.nodes.emplace_back();
        m_known.insert(pointer, index);
        return index;
    }

    int subschema(const QJsonValue &value, const QString &pointer, int depth)
    {
        const bool isReserved = m_known.contains(pointer) && m_isEmpty.remove(pointer);
        const int index = isReserved ? m_known.value(pointer) : reserve(pointer);
        fill(index, value, pointer, depth);
        return index;
    }

    void fill(int index, const QJsonValue &value, const QString &pointer, int depth)
    {
        m_isEmpty.remove(pointer);
        if (value.isBool()) {
            at(index).always = value.toBool();
            return;
        }
        if (!value.isObject()) {
            issue(pointer, u"a schema is an object, true or false; this is %1"_s.arg(Expressions::typeName(value)));
            return;
        }
        if (depth > Schema::maxDepth || int(m_program.nodes.size()) > Schema::maxNodes) {
            if (!m_isTooLarge)
                issue(pointer,
                      u"the schema is too large: at most %1 subschemas, %2 inside each other"_s.arg(Schema::maxNodes)
                          .arg(Schema::maxDepth));
            m_isTooLarge = true;
            return;
        }
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (annotations().contains(it.key()))
                continue;
            const auto handler = handlers().constFind(it.key());
            if (handler == handlers().constEnd())
                unknown(it.key(), pointerJoin(pointer, it.key()));
            else
                (*handler)(*this, index, it.value(), pointerJoin(pointer, it.key()), depth);
        }
    }

    void unknown(const QString &keyword, const QString &pointer)
    {
        if (m_issues.size() >= mostIssues)
            return;
        static const QSet<QString> known = {u"$anchor"_s,      u"$dynamicRef"_s,           u"$dynamicAnchor"_s,
                                            u"$vocabulary"_s,  u"unevaluatedProperties"_s, u"unevaluatedItems"_s,
                                            u"dependencies"_s, u"additionalItems"_s,       u"contentSchema"_s};
        issue(pointer, known.contains(keyword) ? u"the schema keyword `%1` is not supported"_s.arg(keyword)
                                               : u"the schema keyword `%1` is not supported: it is unknown.%2"_s.arg(
                                                     keyword.left(64), didYouMean(keyword, handlers().keys())));
    }

    SchemaNode &at(int index) { return m_program.nodes[size_t(index)]; }

    std::optional<QJsonValue> find(const QString &pointer) const
    {
        QJsonValue value = m_document;
        const QStringList tokens = pointer.split(u'/').mid(1);
        for (QString token : tokens) {
            token.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
            bool isIndex = false;
            const qsizetype i = token.toLongLong(&isIndex);
            if (value.isObject() && value.toObject().contains(token))
                value = value.toObject().value(token);
            else if (value.isArray() && isIndex && i >= 0 && i < value.toArray().size())
                value = value.toArray().at(i);
            else
                return std::nullopt;
        }
        return value;
    }

    void reference(int index, const QJsonValue &value, const QString &pointer)
    {
        const QString text = value.toString();
        if (text != u"#" && !text.startsWith(u"#/")) {
            issue(pointer, u"`$ref` leads to a place of the same schema, like #/$defs/name"_s);
            return;
        }
        const QString target = decodedFragment(text.mid(1));
        if (!m_known.contains(target)) {
            reserve(target);
            m_isEmpty.insert(target);
            m_referred.append({target, pointer});
        }
        at(index).ref = m_known.value(target);
    }
    static QString decodedFragment(const QString &fragment)
    {
        return QString::fromUtf8(QByteArray::fromPercentEncoding(fragment.toUtf8()));
    }

    std::optional<SchemaPattern> pattern(const QString &text, const QString &pointer)
    {
        SchemaPattern out;
        out.text = text;
        if (Expressions::Regex::compile(m_work, text, {}, &out.regex))
            return out;
        const QString reason = m_work.spent ? m_work.spentText : m_work.error.text();
        m_work.clearError();
        issue(pointer, u"the pattern is not a regular expression: %1"_s.arg(reason.left(200)));
        return std::nullopt;
    }

    template <typename Take> void each(const QJsonValue &value, const QString &pointer, int depth, Take take)
    {
        if (!value.isObject()) {
            takes(pointer, u"an object of schemas"_s);
            return;
        }
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            take(it.key(), subschema(it.value(), pointerJoin(pointer, it.key()), depth + 1));
    }

    std::vector<int> list(const QJsonValue &value, const QString &pointer, int depth)
    {
        std::vector<int> out;
        const QJsonArray array = value.toArray();
        if (array.isEmpty())
            takes(pointer, u"a list of schemas that is not empty"_s);
        for (qsizetype i = 0; i < array.size(); ++i)
            out.push_back(subschema(array[i], pointerJoin(pointer, QString::number(i)), depth + 1));
        return out;
    }

    QStringList names(const QJsonValue &value, const QString &pointer)
    {
        QStringList out;
        bool isGood = value.isArray();
        const QJsonArray array = value.toArray();
        for (const QJsonValue name : array) {
            isGood = isGood && name.isString();
            out.append(name.toString());
        }
        if (!isGood)
            takes(pointer, u"a list of names"_s);
        return out;
    }

    void types(int index, const QJsonValue &value, const QString &pointer)
    {
        const QJsonArray all = value.isArray() && !value.toArray().isEmpty() ? value.toArray() : QJsonArray{value};
        for (const QJsonValue one : all) {
            const quint8 bit = typeBits().value(one.toString());
            if (bit == 0) {
                static const QStringList order = {u"string"_s, u"number"_s, u"integer"_s, u"boolean"_s,
                                                  u"object"_s, u"array"_s,  u"null"_s};
                issue(pointer, u"`type` is one of %1, or a list of them.%2"_s.arg(order.join(u", "_s),
                                                                                  didYouMean(one.toString(), order)));
            }
            at(index).types |= bit;
        }
    }

    static const QHash<QString, Handler> &handlers();

    const QJsonValue m_document;
    const QString m_base;
    QList<FieldError> &m_issues;
    Expressions::Work m_work; //!< compiling patterns
    SchemaProgram m_program;
    QHash<QString, int> m_known; //!< subschemas by pointer
    QSet<QString> m_isEmpty;     //!< of these, referred to but not read yet
    QList<std::pair<QString, QString>> m_referred;
    bool m_isTooLarge = false;
};

// One entry per keyword. A subschema is made before it is put into its node: making it may move the nodes.
const QHash<QString, SchemaCompiler::Handler> &SchemaCompiler::handlers()
{
    using C = SchemaCompiler;
    const auto one = [](int SchemaNode::*member) -> Handler {
        return [member](C &c, int i, const QJsonValue &v, const QString &p, int depth) {
            const int made = c.subschema(v, p, depth + 1);
            c.at(i).*member = made;
        };
    };
    const auto many = [](std::vector<int> SchemaNode::*member) -> Handler {
        return [member](C &c, int i, const QJsonValue &v, const QString &p, int depth) {
            std::vector<int> made = c.list(v, p, depth);
            c.at(i).*member = std::move(made);
        };
    };
    const auto named = [](QHash<QString, int> SchemaNode::*member) -> Handler {
        return [member](C &c, int i, const QJsonValue &v, const QString &p, int depth) {
            c.each(v, p, depth, [&](const QString &name, int made) { (c.at(i).*member).insert(name, made); });
        };
    };
    const auto count = [](std::optional<qint64> SchemaNode::*member) -> Handler {
        return [member](C &c, int i, const QJsonValue &v, const QString &p, int) {
            const double n = v.toDouble(-1);
            if (!v.isDouble() || n < 0 || n != double(qint64(std::min(n, 9e15))))
                c.takes(p, u"a whole number from 0"_s);
            else
                c.at(i).*member = qint64(n);
        };
    };
    const auto number = [](std::optional<QJsonValue> SchemaNode::*member) -> Handler {
        return [member](C &c, int i, const QJsonValue &v, const QString &p, int) {
            if (v.isDouble())
                c.at(i).*member = v;
            else
                c.takes(p, u"a number"_s);
        };
    };
    static const QHash<QString, Handler> table = {
        {u"type"_s, [](C &c, int i, const QJsonValue &v, const QString &p, int) { c.types(i, v, p); }},
        {u"$ref"_s, [](C &c, int i, const QJsonValue &v, const QString &p, int) { c.reference(i, v, p); }},
        {u"const"_s,
         [](C &c, int i, const QJsonValue &v, const QString &, int) {
             c.at(i).constant = v;
             c.at(i).compareCost += costOf(v);
         }},
        {u"enum"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             if (!v.isArray() || v.toArray().isEmpty())
                 c.issue(p, u"`enum` is a list of values"_s);
             c.at(i).values = v.toArray();
             c.at(i).compareCost += costOf(v) + c.at(i).values->size();
         }},
        {u"required"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) { c.at(i).required = c.names(v, p); }},
        {u"dependentRequired"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             const QJsonObject object = v.toObject();
             if (!v.isObject())
                 c.takes(p, u"an object of lists of names"_s);
             for (auto it = object.begin(); it != object.end(); ++it)
                 c.at(i).dependentRequired.insert(it.key(), c.names(it.value(), pointerJoin(p, it.key())));
         }},
        {u"patternProperties"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int depth) {
             c.each(v, p, depth, [&](const QString &text, int made) {
                 if (auto compiled = c.pattern(text, pointerJoin(p, text)))
                     c.at(i).patternProperties.emplace_back(std::move(*compiled), made);
             });
         }},
        {u"pattern"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             if (v.isString())
                 c.at(i).pattern = c.pattern(v.toString(), p);
             else
                 c.issue(p, u"`pattern` is a regular expression"_s);
         }},
        {u"format"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             if (!v.isString())
                 c.issue(p, u"`format` is a name"_s);
             c.at(i).format = v.toString();
         }},
        {u"uniqueItems"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             if (!v.isBool())
                 c.issue(p, u"`uniqueItems` is true or false"_s);
             c.at(i).unique = v.toBool();
         }},
        {u"multipleOf"_s,
         [](C &c, int i, const QJsonValue &v, const QString &p, int) {
             if (v.toDouble() > 0)
                 c.at(i).multipleOf = v;
             else
                 c.issue(p, u"`multipleOf` is a number above 0"_s);
         }},
        {u"$defs"_s, [](C &c, int, const QJsonValue &v, const QString &p,
                        int depth) { c.each(v, p, depth, [](const QString &, int) {}); }},
        {u"definitions"_s, [](C &c, int, const QJsonValue &v, const QString &p,
                              int depth) { c.each(v, p, depth, [](const QString &, int) {}); }},
        {u"properties"_s, named(&SchemaNode::properties)},
        {u"dependentSchemas"_s, named(&SchemaNode::dependentSchemas)},
        {u"additionalProperties"_s, one(&SchemaNode::additional)},
        {u"propertyNames"_s, one(&SchemaNode::propertyNames)},
        {u"items"_s, one(&SchemaNode::items)},
        {u"contains"_s, one(&SchemaNode::contains)},
        {u"not"_s, one(&SchemaNode::negated)},
        {u"if"_s, one(&SchemaNode::condition)},
        {u"then"_s, one(&SchemaNode::then)},
        {u"else"_s, one(&SchemaNode::otherwise)},
        {u"prefixItems"_s, many(&SchemaNode::prefixItems)},
        {u"allOf"_s, many(&SchemaNode::allOf)},
        {u"anyOf"_s, many(&SchemaNode::anyOf)},
        {u"oneOf"_s, many(&SchemaNode::oneOf)},
        {u"minProperties"_s, count(&SchemaNode::minProperties)},
        {u"maxProperties"_s, count(&SchemaNode::maxProperties)},
        {u"minContains"_s, count(&SchemaNode::minContains)},
        {u"maxContains"_s, count(&SchemaNode::maxContains)},
        {u"minItems"_s, count(&SchemaNode::minItems)},
        {u"maxItems"_s, count(&SchemaNode::maxItems)},
        {u"minLength"_s, count(&SchemaNode::minLength)},
        {u"maxLength"_s, count(&SchemaNode::maxLength)},
        {u"minimum"_s, number(&SchemaNode::minimum)},
        {u"maximum"_s, number(&SchemaNode::maximum)},
        {u"exclusiveMinimum"_s, number(&SchemaNode::above)},
        {u"exclusiveMaximum"_s, number(&SchemaNode::below)},
    };
    return table;
}
} // namespace

Schema Schema::compile(const QJsonValue &document, const QString &pointer, QList<FieldError> &issues)
{
    Schema out;
    out.m_program = std::make_shared<const SchemaProgram>(SchemaCompiler(document, pointer, issues).compile());
    return out;
}

Schema Schema::parse(const QJsonObject &schema, const QString &pointer, QList<FieldError> &issues)
{
    for (auto it = schema.begin(); it != schema.end(); ++it) {
        const QString at = pointerJoin(pointer, it.key());
        if (it.key() == u"resource")
            issues.append({at, u"an external schema (`resource`) is not supported; write the schema as `document`"_s});
        else if (it.key() != u"format" && it.key() != u"document")
            issues.append({at, u"unknown property `%1` of a schema.%2"_s.arg(
                                   it.key().left(64), didYouMean(it.key(), {u"format"_s, u"document"_s}))});
    }
    const QString format = schema.value(u"format").toString(u"json"_s);
    if (format != u"json" && !format.startsWith(u"json:"))
        issues.append({pointerJoin(pointer, u"format"_s),
                       u"the schema format `%1` is not supported; `json` is"_s.arg(format.left(64))});
    if (schema.contains(u"document"))
        return compile(schema.value(u"document"), pointerJoin(pointer, u"document"_s), issues);
    if (!schema.contains(u"resource"))
        issues.append({pointer, u"a schema needs `document`, a JSON Schema"_s});
    return {};
}

} // namespace Atom::Workflows
