// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/syntaxtree.h"

namespace Atom::Expressions {

namespace {
// Plain recursion is the fast way; higher trees go through the machine, which keeps its stack on the heap.
constexpr quint16 simpleHeight = 64;

bool canBeSimple(Node::Kind kind)
{
    using Kind = Node::Kind;
    switch (kind) {
    case Kind::Identity:
    case Kind::Null:
    case Kind::False:
    case Kind::True:
    case Kind::Integer:
    case Kind::Double:
    case Kind::String:
    case Kind::EmptyObject:
    case Kind::Format:
    case Kind::Variable:
    case Kind::Global:
    case Kind::Field:
    case Kind::Index:
    case Kind::Slice:
    case Kind::Array:
    case Kind::Object:
    case Kind::Interpolation:
    case Kind::Negate:
    case Kind::Binary:
    case Kind::And:
    case Kind::Or:
    case Kind::Pipe:
    case Kind::If:
    case Kind::GetPath:
    case Kind::CallNative:
        return true;
    default:
        return false;
    }
}

bool alwaysMovesPath(Node::Kind kind)
{
    using Kind = Node::Kind;
    return kind == Kind::Field || kind == Kind::Index || kind == Kind::Slice || kind == Kind::GetPath;
}
} // namespace

void finishNode(Node &node)
{
    bool simple = canBeSimple(node.kind);
    quint16 height = 0;
    node.movesPath = alwaysMovesPath(node.kind);
    const bool hands = node.kind == Node::Kind::Pipe || node.kind == Node::Kind::If;
    for (const NodePtr &kid : node.kids) {
        simple = simple && kid->isSimple;
        height = std::max(height, kid->height);
        node.movesPath = node.movesPath || (hands && kid->movesPath);
    }
    node.height = height == 0xffff ? height : quint16(height + 1);
    node.isSimple = simple && node.height <= simpleHeight;
}

} // namespace Atom::Expressions
