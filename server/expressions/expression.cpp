// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/expression.h"

#include "server/expressions/jsonvalues.h"
#include "server/expressions/parser.h"
#include "server/expressions/template.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
// QJsonValue::Undefined stands for "no result" (jq's empty) inside the evaluator.
class Evaluator
{
public:
    explicit Evaluator(const Bindings &bindings) : m_bindings(bindings) {}

    Result<QJsonValue> evaluate(const Node &node, const QJsonValue &input)
    {
        switch (node.kind) {
        case Node::Kind::Identity:
            return input;
        case Node::Kind::Literal:
            return node.value;
        case Node::Kind::Variable:
            return variable(node);
        case Node::Kind::Field: {
            Result<QJsonValue> base = evaluate(*node.children[0], input);
            if (!base || base->isUndefined())
                return base;
            return member(node, *base, node.text);
        }
        case Node::Kind::Index:
            return index(node, input);
        case Node::Kind::Try: {
            Result<QJsonValue> inner = evaluate(*node.children[0], input);
            return inner ? std::move(inner) : Result<QJsonValue>(QJsonValue(QJsonValue::Undefined));
        }
        case Node::Kind::Compare:
            return compare(node, input);
        case Node::Kind::And:
        case Node::Kind::Or: {
            Result<QJsonValue> left = evaluate(*node.children[0], input);
            if (!left || left->isUndefined())
                return left;
            const bool decided = isTruthy(*left) == (node.kind == Node::Kind::Or);
            if (decided)
                return QJsonValue(node.kind == Node::Kind::Or);
            Result<QJsonValue> right = evaluate(*node.children[1], input);
            if (!right || right->isUndefined())
                return right;
            return QJsonValue(isTruthy(*right));
        }
        case Node::Kind::Not:
            return QJsonValue(!isTruthy(input));
        case Node::Kind::Pipe: {
            Result<QJsonValue> left = evaluate(*node.children[0], input);
            if (!left || left->isUndefined())
                return left;
            return evaluate(*node.children[1], *left);
        }
        case Node::Kind::Interpolation:
            return interpolation(node, input);
        }
        return fail(node, u"unknown operation"_s);
    }

private:
    static Error fail(const Node &node, const QString &message)
    {
        return Error(Errc::ValidationFailed, u"%1 at column %2"_s.arg(message).arg(node.column));
    }

    Result<QJsonValue> variable(const Node &node) const
    {
        const auto it = m_bindings.constFind(node.text);
        if (it == m_bindings.constEnd())
            return fail(node, u"`$%1` is not defined here"_s.arg(node.text));
        return it->isUndefined() ? QJsonValue(QJsonValue::Null) : *it;
    }

    static Result<QJsonValue> member(const Node &node, const QJsonValue &base, const QString &key)
    {
        if (base.isNull())
            return QJsonValue(QJsonValue::Null);
        if (!base.isObject())
            return fail(node, u"cannot take `%1` of a value of type %2"_s.arg(key.left(64), typeName(base)));
        const QJsonValue value = base.toObject().value(key);
        return value.isUndefined() ? QJsonValue(QJsonValue::Null) : value;
    }

    Result<QJsonValue> index(const Node &node, const QJsonValue &input)
    {
        Result<QJsonValue> base = evaluate(*node.children[0], input);
        if (!base || base->isUndefined())
            return base;
        Result<QJsonValue> key = evaluate(*node.children[1], input);
        if (!key || key->isUndefined())
            return key;
        if (key->isString())
            return member(node, *base, key->toString());
        if (!key->isDouble())
            return fail(node, u"an index must be a number or a string, not %1"_s.arg(typeName(*key)));
        if (base->isNull())
            return QJsonValue(QJsonValue::Null);
        if (!base->isArray())
            return fail(node, u"cannot index a value of type %1 with a number"_s.arg(typeName(*base)));
        const QJsonArray array = base->toArray();
        double at = std::floor(key->toDouble());
        if (at < 0)
            at += double(array.size());
        if (!(at >= 0 && at < double(array.size())))
            return QJsonValue(QJsonValue::Null);
        return array.at(qsizetype(at));
    }

    Result<QJsonValue> compare(const Node &node, const QJsonValue &input)
    {
        Result<QJsonValue> left = evaluate(*node.children[0], input);
        if (!left || left->isUndefined())
            return left;
        Result<QJsonValue> right = evaluate(*node.children[1], input);
        if (!right || right->isUndefined())
            return right;
        const int order = compareValues(*left, *right);
        switch (node.op) {
        case Compare::Equal:
            return QJsonValue(order == 0);
        case Compare::NotEqual:
            return QJsonValue(order != 0);
        case Compare::Less:
            return QJsonValue(order < 0);
        case Compare::LessEqual:
            return QJsonValue(order <= 0);
        case Compare::Greater:
            return QJsonValue(order > 0);
        case Compare::GreaterEqual:
            return QJsonValue(order >= 0);
        }
        return fail(node, u"unknown comparison"_s);
    }

    Result<QJsonValue> interpolation(const Node &node, const QJsonValue &input)
    {
        QString text;
        for (const NodePtr &child : node.children) {
            Result<QJsonValue> part = evaluate(*child, input);
            if (!part || part->isUndefined())
                return part;
            if (!part->isString() && jsonSize(*part, Budget::resultUnits) > Budget::resultUnits)
                return fail(node, u"the text is longer than %1 characters"_s.arg(Budget::resultUnits));
            text += part->isString() ? part->toString() : QString::fromUtf8(toJsonText(*part));
            m_made += text.size();
            if (text.size() > Budget::resultUnits || m_made > 8 * Budget::resultUnits)
                return fail(node, u"the text is longer than %1 characters"_s.arg(Budget::resultUnits));
        }
        return QJsonValue(text);
    }

    const Bindings &m_bindings;
    qsizetype m_made = 0;
};
} // namespace

Result<Expression> Expression::compile(const QString &text)
{
    Result<Parsed> parsed = parseExpression(text);
    if (!parsed)
        return std::move(parsed.error());
    Expression e;
    e.m_root = std::move(parsed->root);
    e.m_variables = std::move(parsed->variables);
    return e;
}

Result<Expression> Expression::compileCondition(const QString &text)
{
    return compile(isExpressionText(text) ? expressionBody(text) : text);
}

Result<QJsonValue> Expression::evaluate(const QJsonValue &input, const Bindings &bindings) const
{
    if (!m_root)
        return input;
    Result<QJsonValue> result = Evaluator(bindings).evaluate(*m_root, input);
    if (result && result->isUndefined())
        return QJsonValue(QJsonValue::Null);
    return result;
}

} // namespace Atom::Expressions
