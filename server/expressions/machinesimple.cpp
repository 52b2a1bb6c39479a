// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machine: the fast way, for trees with one result (Node::isSimple).
#include "server/expressions/arithmetic.h"
#include "server/expressions/machine.h"
#include "server/expressions/natives.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;
using Kind = Node::Kind;

Value Machine::simple(const Node &node, const Env *env, Value &input, bool last)
{
    if (m_work.failed || !m_work.charge())
        return {};
    switch (node.kind) {
    case Kind::Identity:
        return last ? std::move(input) : input;
    case Kind::Variable:
        return entry(env, node.distance)->value;
    case Kind::Global:
        return global(node);
    case Kind::Field:
        return simpleField(node, env, input, last);
    case Kind::Index:
    case Kind::Slice:
        return simpleIndex(node, env, input, last);
    case Kind::Array: {
        Value::Items items;
        if (!node.kids.empty())
            items.push_back(simple(*node.kids[0], env, input, last));
        return Value::array(m_work.heap, std::move(items));
    }
    case Kind::Object:
        return simpleObject(node, env, input);
    case Kind::Interpolation:
        return simpleText(node, env, input);
    case Kind::Format:
        return formatted(m_work, node.text, input);
    case Kind::Negate:
        return negate(m_work, simple(*node.kids[0], env, input, last));
    case Kind::Binary: {
        const Value right = simple(*node.kids[1], env, input, false);
        Value left = simple(*node.kids[0], env, input, last);
        return m_work.failed ? Value() : operate(m_work, node.op, std::move(left), right);
    }
    case Kind::And:
    case Kind::Or: {
        const bool isOr = node.kind == Kind::Or;
        if (simple(*node.kids[0], env, input, false).isTruthy() == isOr)
            return Value::boolean(isOr);
        return Value::boolean(simple(*node.kids[1], env, input, last).isTruthy());
    }
    case Kind::Pipe: {
        Value between = simple(*node.kids[0], env, input, last);
        return simple(*node.kids[1], env, between, true);
    }
    case Kind::If: {
        const bool yes = simple(*node.kids[0], env, input, false).isTruthy();
        return simple(*node.kids[yes ? 1 : 2], env, input, last);
    }
    case Kind::GetPath: {
        const Value path = simple(*node.kids[0], env, input, false);
        return m_work.failed ? Value() : Expressions::getPath(m_work, input, path);
    }
    case Kind::CallNative:
        return simpleNative(node, env, input, last);
    default:
        return constant(node);
    }
}

// `.a.b.c` of untouched input is looked up there, without a Value for each step between.
Value Machine::simpleField(const Node &node, const Env *env, Value &input, bool last)
{
    if (node.kids[0]->kind == Kind::Identity)
        return fieldValue(m_work, input, node.text);
    constexpr int longest = 8;
    const QString *names[longest];
    int count = 0;
    const Node *at = &node;
    while (at->kind == Kind::Field && count < longest) {
        names[count++] = &at->text;
        at = at->kids[0].get();
    }
    if (const QJsonObject *object = at->kind == Kind::Identity ? input.foldedObject() : nullptr) {
        QJsonValue value = object->value(*names[--count]);
        while (count > 0 && value.isObject())
            value = value.toObject().value(*names[--count]);
        if (count == 0)
            return Value::fromJson(m_work.heap, value); // an absent member is undefined, which becomes null
    }
    return fieldValue(m_work, simple(*node.kids[0], env, input, last), node.text);
}

Value Machine::constant(const Node &node)
{
    switch (node.kind) {
    case Kind::False:
    case Kind::True:
        return Value::boolean(node.kind == Kind::True);
    case Kind::Integer:
        return Value::integer(node.integer);
    case Kind::Double:
        return Value::number(node.real);
    case Kind::String:
        return m_work.text(node.text);
    case Kind::EmptyObject:
        return Value::object(m_work.heap);
    default:
        return {};
    }
}

// Converted once: what it unfolds stays unfolded.
Value Machine::global(const Node &node)
{
    for (const auto &[known, value] : m_globals) {
        if (known == &node)
            return value;
    }
    const auto it = m_bindings.constFind(node.text);
    if (it == m_bindings.constEnd())
        return m_work.fail(u"`$%1` is not defined here"_s.arg(node.text.left(64)));
    return m_globals.emplace_back(&node, Value::fromJson(m_work.heap, *it)).second;
}

Value Machine::simpleIndex(const Node &node, const Env *env, Value &input, bool last)
{
    const Value key = simple(*node.kids[1], env, input, false);
    if (node.kind == Kind::Index) {
        const Value base = simple(*node.kids[0], env, input, last);
        return m_work.failed ? Value() : indexValue(m_work, base, key);
    }
    const Value to = simple(*node.kids[2], env, input, false);
    const Value base = simple(*node.kids[0], env, input, last);
    return m_work.failed ? Value() : sliceValue(m_work, base, key, to);
}

Value Machine::simpleObject(const Node &node, const Env *env, Value &input)
{
    Value made = Value::object(m_work.heap);
    for (std::size_t i = 0; i + 1 < node.kids.size() && !m_work.failed; i += 2) {
        if (node.kids[i]->kind == Kind::String) {
            made.insert(m_work.heap, node.kids[i]->text, simple(*node.kids[i + 1], env, input, false));
            continue;
        }
        const Value key = simple(*node.kids[i], env, input, false);
        if (m_work.failed)
            break;
        if (!key.isString())
            return m_work.fail(u"Cannot use %1 as object key"_s.arg(described(key)));
        made.insert(m_work.heap, key.text(), simple(*node.kids[i + 1], env, input, false));
    }
    return made;
}

Value Machine::simpleText(const Node &node, const Env *env, Value &input)
{
    QString text;
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
        const Node &kid = *node.kids[i];
        if (i % 2 == 0) {
            text += kid.text;
            continue;
        }
        const Value part = simple(kid, env, input, false);
        if (m_work.failed)
            return {};
        text += node.text.isEmpty() ? asText(m_work, part) : formatted(m_work, node.text, part).text();
        if (m_work.failed || !m_work.reserve(2.0 * double(text.size())))
            return {};
    }
    return m_work.text(std::move(text));
}

Value Machine::simpleNative(const Node &node, const Env *env, Value &input, bool last)
{
    Value args[4];
    for (std::size_t i = std::min<std::size_t>(node.kids.size(), 4); i-- > 0;)
        args[i] = simple(*node.kids[i], env, input, false);
    if (m_work.failed)
        return {};
    Value own = last ? std::move(input) : input;
    return node.native->run(m_work, own, args);
}

} // namespace Atom::Expressions
