// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parser: what a name means.
#include "server/expressions/natives.h"
#include "server/expressions/parserstate.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

NodePtr Parser::call()
{
    const qsizetype at = m_lexer.start();
    const QString name = m_lexer.text().toString();
    m_lexer.next();
    std::vector<NodePtr> args;
    if (!arguments(args))
        return nullptr;
    return resolve(name, std::move(args), at);
}

bool Parser::arguments(std::vector<NodePtr> &out)
{
    if (!accept(u"("))
        return true;
    do {
        out.push_back(pipe());
        if (!out.back())
            return false;
    } while (accept(u";"));
    return expect(u")");
}

NodePtr Parser::resolve(const QString &name, std::vector<NodePtr> args, qsizetype at)
{
    NewNode n = node(Node::Kind::Call);
    const auto arity = qsizetype(args.size());
    for (std::size_t i = m_scope.size(); i-- > 0;) {
        const Entry &entry = m_scope[i];
        const bool isClosure = entry.kind == Entry::Kind::Closure;
        if ((isClosure || entry.kind == Entry::Kind::Function) && entry.name == name && entry.arity == arity) {
            n->kind = isClosure ? Node::Kind::CallClosure : Node::Kind::Call;
            n->distance = distanceTo(i);
            n->kids = std::move(args);
            return finish(std::move(n));
        }
    }
    bool known = true;
    if (NodePtr built = special(name, args, &known); known)
        return built;
    n->native = findNative(name, arity);
    n->library = n->native ? nullptr : m_library->find(name, arity);
    if (!n->native && !n->library)
        return refused(name + u'/' + QString::number(arity), at);
    n->kind = n->native ? Node::Kind::CallNative : Node::Kind::CallLibrary;
    n->kids = std::move(args);
    return finish(std::move(n));
}

NodePtr Parser::refused(const QString &name, qsizetype at)
{
    const QString bare = name.left(name.indexOf(u'/'));
    static const QStringList outside{u"import"_s, u"include"_s, u"module"_s,     u"modulemeta"_s,
                                     u"halt"_s,   u"input"_s,   u"halt_error"_s, u"$__prog_args"_s};
    if (outside.contains(bare))
        return unsupported(bare, at);
    return fail(u"`%1` is not defined"_s.arg(name.left(64)), at);
}

// Control structures that look like functions, and those whose definition is best written out in place.
NodePtr Parser::special(const QString &name, std::vector<NodePtr> &args, bool *known)
{
    using Kind = Node::Kind;
    const std::size_t arity = args.size();
    const auto is = [&](QStringView n, std::size_t a) { return arity == a && name == n; };
    const auto self = [this] { return make(Kind::Identity); };
    const auto native = [this](const QString &n, NodePtr arg) -> NodePtr {
        NewNode call = node(Kind::CallNative);
        call->native = findNative(n, 1);
        if (!arg)
            return nullptr;
        call->kids.push_back(std::move(arg));
        return finish(std::move(call));
    };
    if (is(u"empty", 0))
        return make(Kind::Empty);
    if (is(u"error", 0))
        return make(Kind::Error, self());
    if (is(u"error", 1))
        return make(Kind::Error, std::move(args[0]));
    if (is(u"null", 0))
        return make(Kind::Null);
    if (is(u"true", 0))
        return make(Kind::True);
    if (is(u"false", 0))
        return make(Kind::False);
    if (is(u"env", 0))
        return make(Kind::EmptyObject);
    if (is(u"path", 1))
        return make(Kind::Paths, std::move(args[0]));
    if (is(u"getpath", 1))
        return make(Kind::GetPath, std::move(args[0]));
    if (is(u"del", 1))
        return native(u"delpaths"_s, make(Kind::Array, make(Kind::Paths, std::move(args[0]))));
    if (is(u"map", 1))
        return make(Kind::Array, make(Kind::Pipe, make(Kind::Iterate, self()), std::move(args[0])));
    if (is(u"select", 1))
        return make(Kind::If, std::move(args[0]), self(), make(Kind::Empty));
    if (is(u"limit", 2))
        return make(Kind::Limit, std::move(args[0]), std::move(args[1]));
    if (is(u"first", 1))
        return make(Kind::Limit, integerNode(1), std::move(args[0]));
    if (is(u"last", 1))
        return make(Kind::Last, std::move(args[0]));
    if (is(u"range", 3))
        return make(Kind::Range, std::move(args[0]), std::move(args[1]), std::move(args[2]));
    *known = false;
    return nullptr;
}

} // namespace Atom::Expressions
