// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/expression.h"

#include "server/expressions/jsontext.h"
#include "server/expressions/machine.h"
#include "server/expressions/parser.h"
#include "server/expressions/template.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
constexpr int maxShownError = 1000;

Error errorOf(const Work &work)
{
    if (work.spent)
        return Error(Errc::ValidationFailed, work.spentText);
    if (work.error.isString())
        return Error(Errc::ValidationFailed, work.error.text().left(maxShownError));
    return Error(Errc::ValidationFailed, u"%1 (not a string)"_s.arg(shortJson(work.error, maxShownError)));
}

// What is built of deep input could be deeper than either: JSON readers further on have their own bounds.
bool isDeliverable(Work &work, const Value &value)
{
    if ((value.isArray() || value.isObject()) && value.depth(int(Heap::maxDepth) + 1) > int(Heap::maxDepth))
        work.spend(u"a value is nested deeper than %1 levels"_s.arg(Heap::maxDepth));
    return !work.failed;
}
} // namespace

Result<Expression> Expression::compile(const QString &text, qsizetype *errorAt)
{
    Result<Parsed> parsed = parseExpression(text, errorAt);
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

QStringList Expression::fieldsOf(const QString &variable) const
{
    QStringList out;
    std::vector<std::pair<const Node *, const Node *>> open; // node and what holds it
    if (m_root && m_variables.contains(variable))
        open.emplace_back(m_root.get(), nullptr);
    while (!open.empty()) {
        const auto [node, parent] = open.back();
        open.pop_back();
        if (node->kind == Node::Kind::Global && node->text == variable) {
            const bool isTerm = parent && parent->kids[0].get() == node;
            if (isTerm && parent->kind == Node::Kind::Field)
                out.append(parent->text);
            else if (isTerm && parent->kind == Node::Kind::Index && parent->kids[1]->kind == Node::Kind::String)
                out.append(parent->kids[1]->text);
            else
                out.append(QString());
        }
        for (const NodePtr &kid : node->kids) {
            if (kid)
                open.emplace_back(kid.get(), node);
        }
    }
    out.removeDuplicates();
    return out;
}

bool Expression::isPath() const
{
    const Node *node = m_root.get();
    while (node && node->kind != Node::Kind::Identity) {
        const bool isField = node->kind == Node::Kind::Field;
        const bool isIndex = node->kind == Node::Kind::Index &&
                             (node->kids[1]->kind == Node::Kind::Integer || node->kids[1]->kind == Node::Kind::String);
        if (!isField && !isIndex)
            return false;
        node = node->kids[0].get();
    }
    return true;
}

Result<QJsonValue> Expression::evaluate(const QJsonValue &input, const Bindings &bindings, const Budget &budget) const
{
    if (!m_root)
        return input;
    Work work(budget);
    Machine machine(work, bindings);
    Value value = Value::fromJson(work.heap, input);
    if (m_root->isSimple) {
        value = machine.simple(*m_root, nullptr, value, true);
    } else {
        machine.start(*m_root, std::move(value));
        if (machine.next(&value) == Machine::Outcome::Done)
            return QJsonValue(QJsonValue::Null);
    }
    if (!work.failed && work.charge() && isDeliverable(work, value))
        return value.toJson();
    return errorOf(work);
}

Result<QList<QJsonValue>> Expression::evaluateAll(const QJsonValue &input, const Bindings &bindings, qsizetype most,
                                                  const Budget &budget) const
{
    if (!m_root)
        return QList<QJsonValue>{input};
    Work work(budget);
    Machine machine(work, bindings);
    machine.start(*m_root, Value::fromJson(work.heap, input));
    QList<QJsonValue> out;
    Value value;
    while (true) {
        switch (machine.next(&value)) {
        case Machine::Outcome::Done:
            return out;
        case Machine::Outcome::Failed:
            return errorOf(work);
        case Machine::Outcome::Value:
            break;
        }
        if (out.size() >= most)
            return Error(Errc::ValidationFailed, u"the expression has more than %1 results"_s.arg(most));
        if (!isDeliverable(work, value))
            return errorOf(work);
        out.append(value.toJson());
    }
}

} // namespace Atom::Expressions
