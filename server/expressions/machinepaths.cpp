// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machine: steps into values, with the path to them when it is asked for.
#include "server/expressions/jsontext.h"
#include "server/expressions/machine.h"
#include "server/expressions/natives.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

// Whether m_path still leads to m_value. `what`: what is attempted, null at the end of the path.
bool Machine::intact(const char *what, const Value *key)
{
    if (!m_path || m_value.isIdentical(m_path->at))
        return true;
    const QString shown = shortJson(m_value, 30);
    if (!what)
        m_work.fail(u"Invalid path expression with result %1"_s.arg(shown));
    else if (!key)
        m_work.fail(u"Invalid path expression near attempt to iterate through %1"_s.arg(shown));
    else
        m_work.fail(
            u"Invalid path expression near attempt to access element %1 of %2"_s.arg(shortJson(*key, 30), shown));
    return false;
}

void Machine::extend(Value key, Value there)
{
    m_path = Ref<PathNode>(new PathNode(m_work.heap, std::move(m_path), std::move(key), std::move(there)));
    if (m_path->length > int(Heap::maxDepth))
        m_work.spend(u"a path is longer than %1 steps"_s.arg(Heap::maxDepth));
}

void Machine::field(const QString &name)
{
    if (!m_path) {
        give(fieldValue(m_work, m_value, name));
        return;
    }
    index(m_work.text(name));
}

void Machine::index(const Value &key)
{
    if (!intact("index", &key))
        return;
    Value item = indexValue(m_work, m_value, key);
    if (m_path && !m_work.failed)
        extend(key, item);
    give(std::move(item));
}

void Machine::iterate()
{
    if (!intact("iterate", nullptr))
        return;
    if (!m_value.isArray() && !m_value.isObject()) {
        m_work.fail(u"Cannot iterate over %1"_s.arg(described(m_value)));
        return;
    }
    m_mode = Mode::Backtrack;
    if (m_value.size() == 0)
        return;
    Fork &f = pushFork(Fork::Kind::Iterate, nullptr);
    f.value = std::move(m_value);
    if (f.value.isObject()) {
        f.member = f.value.members().begin();
    } else {
        (void)f.value.items(); // unfolded once, not item by item
        f.to = f.value.size();
    }
}

void Machine::getPath(const Value &path)
{
    if (!m_path) {
        give(Expressions::getPath(m_work, m_value, path));
        return;
    }
    if (!path.isArray()) {
        m_work.fail(u"Path must be specified as an array"_s);
        return;
    }
    if (!intact("getpath", &path))
        return;
    Value at = m_value;
    for (qsizetype i = 0; i < path.size() && !m_work.failed; ++i) {
        at = at.isNull() ? Value() : indexValue(m_work, at, path.at(i));
        if (!m_work.failed)
            extend(path.at(i), at);
    }
    give(std::move(at));
}

Value Machine::pathKeys()
{
    Value::Items keys(std::size_t(m_path->length));
    const PathNode *node = m_path.get();
    for (std::size_t i = keys.size(); i-- > 0; node = node->parent.get())
        keys[i] = node->key;
    m_work.charge(qint64(keys.size()) / 8);
    return Value::array(m_work.heap, std::move(keys));
}

} // namespace Atom::Expressions
