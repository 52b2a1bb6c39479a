// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/lexer.h"
#include "server/expressions/library.h"
#include "server/expressions/syntaxtree.h"

#include <QtCore/QStringList>

#include <functional>

namespace Atom::Expressions {

//! \brief The parser of one program: recursive descent, precedence climbing for operators. Every production returns
//! null after the first error, which wins. Recursion is bounded by Budget::nesting, work by a count of nodes (patterns
//! are read twice to look for `?//`, which nests). Destructuring is rewritten into plain bindings: `. as [$a, {b: $c}]
//! | f` is `.[0] as $a | .[1] as $t | $t.b as $c | f`.
class Parser
{
public:
    //! \brief `text` must outlive the parser.
    Parser(const QString &text, const Library *library) : m_lexer(text), m_library(library) {}

    Parser(QString &&, const Library *) = delete;

    //! \brief A whole program. \return null after an error.
    NodePtr program();
    //! \brief One `def ...;` of the library into its node.
    bool definition(Node &function);
    const QString &error() const { return m_error; }
    qsizetype errorAt() const { return m_errorAt; }
    const QStringList &variables() const { return m_variables; }

private:
    struct Entry
    {
        enum class Kind : quint8 { Hidden, Variable, Function, Closure, Label };
        Kind kind;
        QString name;
        qsizetype arity = 0;
    };
    using Scope = std::vector<Entry>;
    using Body = std::function<NodePtr()>;
    using NewNode = std::unique_ptr<Node>;

    // errors and nodes (parser.cpp)
    std::nullptr_t fail(const QString &message, qsizetype at);
    std::nullptr_t unexpected();
    std::nullptr_t unsupported(const QString &what, qsizetype at);
    bool expect(QStringView symbol);
    bool expectName(QStringView name);
    bool accept(QStringView symbol);
    bool acceptName(QStringView name);
    bool enter();
    NewNode node(Node::Kind kind);
    template <typename... Kids> NodePtr make(Node::Kind kind, Kids... kids)
    {
        if (!(static_cast<bool>(kids) && ...))
            return nullptr;
        NewNode n = node(kind);
        (n->kids.push_back(std::move(kids)), ...);
        return finish(std::move(n));
    }
    NodePtr finish(NewNode n);
    NodePtr textNode(const QString &text);
    NodePtr integerNode(qint64 i);

    // operators (parser.cpp)
    NodePtr pipe();
    NodePtr binary(int minimum);
    NodePtr applyOperator(const QString &symbol, NodePtr left, NodePtr right);
    NodePtr unary();
    NodePtr objectValue();

    // terms (parserterms.cpp)
    NodePtr postfix(bool canBind);
    NodePtr suffix(NodePtr term, bool *done);
    NodePtr subscript(NodePtr term);
    NodePtr primary();
    NodePtr keyword();
    NodePtr number(bool negative);
    NodePtr string(const QString &format);
    bool escape(qsizetype &at, QString &out);
    NodePtr object();
    bool objectEntry(Node &object);
    NodePtr conditional();
    NodePtr attempt();

    // bindings (parserbindings.cpp)
    NodePtr variable();
    NodePtr binding(NodePtr source);
    NodePtr patterns(std::size_t source, const Body &body);
    NodePtr alternatives(std::size_t source, const Body &body);
    bool pattern(std::size_t source, std::vector<NodePtr> &steps, QStringList &names);
    bool patternEntry(std::size_t source, std::vector<NodePtr> &steps, QStringList &names);
    bool element(NodePtr value, std::vector<NodePtr> &steps, QStringList &names);
    static NodePtr chain(std::vector<NodePtr> steps, NodePtr body, Parser &self);
    NodePtr loop();
    NodePtr labelled();
    NodePtr breaking();
    NodePtr function();
    bool functionHead(Node &n);
    void pushParameters(const Node &function);
    NodePtr variableAt(std::size_t index);
    qint32 distanceTo(std::size_t index) const { return qint32(m_scope.size() - 1 - index); }

    // calls (parsercalls.cpp)
    NodePtr call();
    bool arguments(std::vector<NodePtr> &out);
    NodePtr resolve(const QString &name, std::vector<NodePtr> args, qsizetype at);
    NodePtr special(const QString &name, std::vector<NodePtr> &args, bool *known);
    NodePtr refused(const QString &name, qsizetype at);

    Lexer m_lexer;
    const Library *m_library;
    Scope m_scope;
    int m_depth = 0;
    int m_nodes = 0;
    QString m_error;
    qsizetype m_errorAt = 0;
    QStringList m_variables;
};

} // namespace Atom::Expressions
