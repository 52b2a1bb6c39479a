// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parser: variables, patterns, loops, labels and definitions.
#include "server/expressions/parserstate.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

NodePtr Parser::variable()
{
    const qsizetype at = m_lexer.start();
    const QString name = m_lexer.text().toString();
    m_lexer.next();
    for (std::size_t i = m_scope.size(); i-- > 0;) {
        if (m_scope[i].kind == Entry::Kind::Variable && m_scope[i].name == name)
            return variableAt(i);
    }
    if (name == u"ENV")
        return make(Node::Kind::EmptyObject);
    if (name == u"__loc__") {
        NewNode n = node(Node::Kind::Object);
        n->kids.push_back(textNode(u"file"_s));
        n->kids.push_back(textNode(u"<top-level>"_s));
        n->kids.push_back(textNode(u"line"_s));
        n->kids.push_back(integerNode(QStringView(m_lexer.source()).left(at).count(u'\n') + 1));
        return finish(std::move(n));
    }
    if (name == u"__prog_args" || name.contains(u':'))
        return unsupported(u'$' + name, at);
    if (!m_variables.contains(name))
        m_variables.append(name);
    NewNode n = node(Node::Kind::Global);
    n->text = name;
    return finish(std::move(n));
}

NodePtr Parser::variableAt(std::size_t index)
{
    NewNode n = node(Node::Kind::Variable);
    n->distance = distanceTo(index);
    return finish(std::move(n));
}

// The term is read; `as` is the token.
NodePtr Parser::binding(NodePtr source)
{
    m_lexer.next();
    const std::size_t size = m_scope.size();
    m_scope.push_back({Entry::Kind::Hidden, {}});
    NodePtr body = patterns(size, [this]() -> NodePtr { return expect(u"|") ? pipe() : nullptr; });
    m_scope.resize(size);
    return make(Node::Kind::As, std::move(source), std::move(body));
}

//! The value to take apart is the entry `source` of the scope, the last one.
NodePtr Parser::patterns(std::size_t source, const Body &body)
{
    const qsizetype start = m_lexer.start();
    const Scope scope = m_scope;
    const QStringList variables = m_variables;
    std::vector<NodePtr> steps;
    QStringList names;
    if (m_lexer.token() == Lexer::Token::Variable) { // by far the most common: no step at all
        m_scope[source] = {Entry::Kind::Variable, m_lexer.text().toString()};
        m_lexer.next();
    } else if (!pattern(source, steps, names)) {
        return nullptr;
    }
    if (m_lexer.isSymbol(u"?//")) {
        m_scope = scope;
        m_variables = variables;
        m_lexer.continueFrom(start);
        return alternatives(source, body);
    }
    return chain(std::move(steps), body(), *this);
}

NodePtr Parser::chain(std::vector<NodePtr> steps, NodePtr body, Parser &self)
{
    for (std::size_t i = steps.size(); body && i-- > 0;)
        body = self.make(Node::Kind::As, std::move(steps[i]), std::move(body));
    return body;
}

// `$t as [$a] ?// $b | f` is `def body($a; $b): f; body($t[0]; null)` or else `body(null; $t)`.
NodePtr Parser::alternatives(std::size_t source, const Body &body)
{
    const std::size_t definition = m_scope.size();
    m_scope.push_back({Entry::Kind::Function, {}});
    std::vector<std::pair<std::vector<NodePtr>, QStringList>> parts;
    std::vector<Scope> scopes;
    QStringList all;
    do {
        auto &[steps, names] = parts.emplace_back();
        if (m_lexer.token() == Lexer::Token::Variable ? !element(variableAt(source), steps, names)
                                                      : !pattern(source, steps, names))
            return nullptr;
        all += names;
        scopes.push_back(m_scope);
        m_scope.resize(definition + 1);
    } while (accept(u"?//"));
    all.removeDuplicates();
    NewNode tries = node(Node::Kind::TryEach);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        m_scope = scopes[i];
        NewNode call = node(Node::Kind::Call);
        call->distance = distanceTo(definition);
        for (const QString &name : std::as_const(all)) {
            NodePtr value;
            for (std::size_t at = m_scope.size(); !value && at-- > definition;) {
                if (m_scope[at].kind == Entry::Kind::Variable && m_scope[at].name == name)
                    value = variableAt(at);
            }
            call->kids.push_back(value ? std::move(value) : make(Node::Kind::Null));
        }
        tries->kids.push_back(chain(std::move(parts[i].first), finish(std::move(call)), *this));
        if (!tries->kids.back())
            return nullptr;
    }
    m_scope.resize(definition + 1);
    NewNode function = node(Node::Kind::Function);
    for (const QString &name : std::as_const(all))
        function->parameters.push_back({name, true});
    pushParameters(*function);
    // The closures of the parameters have no name a program could write.
    for (std::size_t i = definition + 1; i < m_scope.size(); ++i) {
        if (m_scope[i].kind == Entry::Kind::Closure)
            m_scope[i].kind = Entry::Kind::Hidden;
    }
    NodePtr inner = body();
    if (!inner)
        return nullptr;
    function->kids.push_back(std::move(inner));
    function->kids.push_back(finish(std::move(tries)));
    return finish(std::move(function));
}

bool Parser::pattern(std::size_t source, std::vector<NodePtr> &steps, QStringList &names)
{
    if (!enter())
        return false;
    if (accept(u"[")) {
        qint64 index = 0;
        do {
            if (!element(make(Node::Kind::Index, variableAt(source), integerNode(index++)), steps, names))
                return false;
        } while (accept(u","));
        return expect(u"]");
    }
    if (!expect(u"{"))
        return false;
    do {
        if (!patternEntry(source, steps, names))
            return false;
    } while (accept(u","));
    return expect(u"}");
}

bool Parser::patternEntry(std::size_t source, std::vector<NodePtr> &steps, QStringList &names)
{
    NodePtr key;
    if (m_lexer.token() == Lexer::Token::Variable) {
        const QString name = m_lexer.text().toString();
        if (!element(make(Node::Kind::Index, variableAt(source), textNode(name)), steps, names))
            return false;
        return !accept(u":") || element(variableAt(m_scope.size() - 1), steps, names);
    }
    if (m_lexer.token() == Lexer::Token::Name) {
        key = textNode(m_lexer.text().toString());
        m_lexer.next();
    } else if (m_lexer.token() == Lexer::Token::Quote) {
        key = string({});
    } else {
        if (!expect(u"("))
            return false;
        key = pipe();
        if (!key || !expect(u")"))
            return false;
    }
    if (!key || !expect(u":"))
        return false;
    return element(make(Node::Kind::Index, variableAt(source), std::move(key)), steps, names);
}

// One more binding, to a name or to something that is taken apart in turn.
bool Parser::element(NodePtr value, std::vector<NodePtr> &steps, QStringList &names)
{
    if (!value)
        return false;
    steps.push_back(std::move(value));
    if (m_lexer.token() == Lexer::Token::Variable) {
        names.append(m_lexer.text().toString());
        m_scope.push_back({Entry::Kind::Variable, names.last()});
        m_lexer.next();
        return true;
    }
    m_scope.push_back({Entry::Kind::Hidden, {}});
    ++m_depth;
    const bool ok = pattern(m_scope.size() - 1, steps, names);
    --m_depth;
    return ok;
}

NodePtr Parser::loop()
{
    const bool isReduce = m_lexer.isName(u"reduce");
    m_lexer.next();
    NodePtr source = postfix(false);
    if (!source || !expectName(u"as"))
        return nullptr;
    const Scope outer = m_scope;
    // The entries: the cell of the state, the item, the variables of the pattern. The source lies below the cell, too.
    m_scope.push_back({Entry::Kind::Hidden, {}});
    const std::size_t cell = m_scope.size() - 1;
    m_scope.push_back({Entry::Kind::Hidden, {}});
    NodePtr start;
    NodePtr update = patterns(m_scope.size() - 1, [&]() -> NodePtr {
        if (!expect(u"("))
            return nullptr;
        Scope inner = std::exchange(m_scope, outer);
        start = pipe();
        m_scope = std::move(inner);
        if (!start || !expect(u";"))
            return nullptr;
        NodePtr step = pipe();
        NewNode store = node(Node::Kind::StoreState);
        store->distance = distanceTo(cell);
        store->integer = isReduce ? 1 : 0;
        step = make(Node::Kind::Pipe, std::move(step), finish(std::move(store)));
        if (step && !isReduce && accept(u";"))
            step = make(Node::Kind::Pipe, std::move(step), pipe());
        return step && expect(u")") ? std::move(step) : nullptr;
    });
    m_scope = outer;
    return make(isReduce ? Node::Kind::Reduce : Node::Kind::Foreach, std::move(source), std::move(start),
                std::move(update));
}

NodePtr Parser::labelled()
{
    m_lexer.next();
    if (m_lexer.token() != Lexer::Token::Variable)
        return unexpected();
    m_scope.push_back({Entry::Kind::Label, m_lexer.text().toString()});
    m_lexer.next();
    NodePtr body = expect(u"|") ? pipe() : nullptr;
    m_scope.pop_back();
    return make(Node::Kind::Label, std::move(body));
}

NodePtr Parser::breaking()
{
    m_lexer.next();
    if (m_lexer.token() != Lexer::Token::Variable)
        return unexpected();
    const QString name = m_lexer.text().toString();
    for (std::size_t i = m_scope.size(); i-- > 0;) {
        if (m_scope[i].kind == Entry::Kind::Label && m_scope[i].name == name) {
            m_lexer.next();
            NewNode n = node(Node::Kind::Break);
            n->distance = distanceTo(i);
            return finish(std::move(n));
        }
    }
    return fail(u"there is no label `$%1` here"_s.arg(name.left(64)), m_lexer.start());
}

bool Parser::functionHead(Node &n)
{
    m_lexer.next();
    if (m_lexer.token() != Lexer::Token::Name) {
        unexpected();
        return false;
    }
    n.text = m_lexer.text().toString();
    m_lexer.next();
    if (accept(u"(")) {
        do {
            const bool isValue = m_lexer.token() == Lexer::Token::Variable;
            if (!isValue && m_lexer.token() != Lexer::Token::Name) {
                unexpected();
                return false;
            }
            n.parameters.push_back({m_lexer.text().toString(), isValue});
            m_lexer.next();
        } while (accept(u";"));
        if (!expect(u")"))
            return false;
    }
    return expect(u":");
}

void Parser::pushParameters(const Node &function)
{
    for (const Parameter &p : function.parameters)
        m_scope.push_back({Entry::Kind::Closure, p.name});
    for (const Parameter &p : function.parameters) {
        if (p.isValue)
            m_scope.push_back({Entry::Kind::Variable, p.name});
    }
}

NodePtr Parser::function()
{
    NewNode n = node(Node::Kind::Function);
    if (!functionHead(*n))
        return nullptr;
    const std::size_t size = m_scope.size();
    m_scope.push_back({Entry::Kind::Function, n->text, qsizetype(n->parameters.size())});
    pushParameters(*n);
    NodePtr body = pipe();
    m_scope.resize(size + 1);
    if (!body || !expect(u";"))
        return nullptr;
    n->kids.push_back(std::move(body));
    NodePtr rest = pipe();
    m_scope.resize(size);
    if (!rest)
        return nullptr;
    n->kids.push_back(std::move(rest));
    return finish(std::move(n));
}

bool Parser::definition(Node &function)
{
    if (!functionHead(function))
        return false;
    pushParameters(function);
    NodePtr body = pipe();
    if (!body || !expect(u";"))
        return false;
    function.kids.push_back(std::move(body));
    return true;
}

} // namespace Atom::Expressions
