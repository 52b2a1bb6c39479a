// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/parser.h"

#include "server/expressions/expression.h"
#include "server/expressions/parserstate.h"

#include <QtCore/QScopeGuard>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
constexpr int maxNodes = 50'000;
enum Precedence {
    CommaLevel = 1,
    AlternativeLevel,
    AssignLevel,
    OrLevel,
    AndLevel,
    CompareLevel,
    SumLevel,
    ProductLevel
};

int precedenceOf(const Lexer &lexer)
{
    if (lexer.token() == Lexer::Token::Name)
        return lexer.text() == u"or" ? OrLevel : lexer.text() == u"and" ? AndLevel : 0;
    if (lexer.token() != Lexer::Token::Symbol)
        return 0;
    static const QHash<QString, int> table{
        {u","_s, CommaLevel},    {u"//"_s, AlternativeLevel}, {u"?//"_s, AlternativeLevel}, {u"="_s, AssignLevel},
        {u"|="_s, AssignLevel},  {u"+="_s, AssignLevel},      {u"-="_s, AssignLevel},       {u"*="_s, AssignLevel},
        {u"/="_s, AssignLevel},  {u"%="_s, AssignLevel},      {u"//="_s, AssignLevel},      {u"=="_s, CompareLevel},
        {u"!="_s, CompareLevel}, {u"<"_s, CompareLevel},      {u"<="_s, CompareLevel},      {u">"_s, CompareLevel},
        {u">="_s, CompareLevel}, {u"+"_s, SumLevel},          {u"-"_s, SumLevel},           {u"*"_s, ProductLevel},
        {u"/"_s, ProductLevel},  {u"%"_s, ProductLevel}};
    return table.value(lexer.text().toString());
}

std::optional<Operator> operatorOf(QStringView symbol)
{
    static const QHash<QString, Operator> table{
        {u"=="_s, Operator::Equal},     {u"!="_s, Operator::NotEqual}, {u"<"_s, Operator::Less},
        {u"<="_s, Operator::LessEqual}, {u">"_s, Operator::Greater},   {u">="_s, Operator::GreaterEqual},
        {u"+"_s, Operator::Add},        {u"-"_s, Operator::Subtract},  {u"*"_s, Operator::Multiply},
        {u"/"_s, Operator::Divide},     {u"%"_s, Operator::Modulo}};
    const auto it = table.constFind(symbol.toString());
    return it == table.constEnd() ? std::nullopt : std::optional(*it);
}
} // namespace

std::nullptr_t Parser::fail(const QString &message, qsizetype at)
{
    if (!m_error.isEmpty())
        return nullptr;
    m_errorAt = at;
    const QStringView before = QStringView(m_lexer.source()).left(at);
    const qsizetype line = before.count(u'\n') + 1;
    const qsizetype column = at - before.lastIndexOf(u'\n');
    m_error = line == 1 ? u"%1 at column %2"_s.arg(message).arg(column)
                        : u"%1 at line %2, column %3"_s.arg(message).arg(line).arg(column);
    return nullptr;
}

std::nullptr_t Parser::unsupported(const QString &what, qsizetype at)
{
    return fail(u"`%1` is not supported"_s.arg(what.left(64)), at);
}

std::nullptr_t Parser::unexpected()
{
    if (m_lexer.token() == Lexer::Token::End)
        return fail(u"the expression ends too early"_s, m_lexer.source().size());
    const QStringView token =
        QStringView(m_lexer.source()).mid(m_lexer.start(), m_lexer.position() - m_lexer.start()).left(64);
    if (token == u"$")
        return fail(u"a variable name must follow `$`"_s, m_lexer.start());
    return fail(u"unexpected `%1`"_s.arg(token), m_lexer.start());
}

bool Parser::accept(QStringView symbol)
{
    if (!m_lexer.isSymbol(symbol))
        return false;
    m_lexer.next();
    return true;
}

bool Parser::acceptName(QStringView name)
{
    if (!m_lexer.isName(name))
        return false;
    m_lexer.next();
    return true;
}

bool Parser::expect(QStringView symbol)
{
    if (!accept(symbol))
        unexpected();
    return m_error.isEmpty();
}

bool Parser::expectName(QStringView name)
{
    if (!acceptName(name))
        unexpected();
    return m_error.isEmpty();
}

bool Parser::enter()
{
    if (m_depth >= Budget::nesting)
        fail(u"the expression is nested deeper than %1 levels"_s.arg(Budget::nesting), m_lexer.start());
    return m_error.isEmpty();
}

Parser::NewNode Parser::node(Node::Kind kind)
{
    if (++m_nodes > maxNodes)
        fail(u"the expression is too large"_s, m_lexer.start());
    auto n = std::make_unique<Node>();
    n->kind = kind;
    return n;
}

NodePtr Parser::finish(NewNode n)
{
    if (!m_error.isEmpty())
        return nullptr;
    finishNode(*n);
    return n;
}

NodePtr Parser::textNode(const QString &text)
{
    NewNode n = node(Node::Kind::String);
    n->text = text;
    return finish(std::move(n));
}

NodePtr Parser::integerNode(qint64 i)
{
    NewNode n = node(Node::Kind::Integer);
    n->integer = i;
    return finish(std::move(n));
}

NodePtr Parser::program()
{
    NodePtr root = pipe();
    if (root && m_lexer.token() != Lexer::Token::End)
        return unexpected();
    return root;
}

NodePtr Parser::pipe()
{
    if (!enter())
        return nullptr;
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    NodePtr left = binary(CommaLevel);
    while (left && accept(u"|"))
        left = make(Node::Kind::Pipe, std::move(left), binary(CommaLevel));
    return left;
}

// A value of an object: everything but the comma, which ends it.
NodePtr Parser::objectValue()
{
    NodePtr left = binary(AlternativeLevel);
    while (left && accept(u"|"))
        left = make(Node::Kind::Pipe, std::move(left), binary(AlternativeLevel));
    return left;
}

NodePtr Parser::binary(int minimum)
{
    if (!enter())
        return nullptr;
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    NodePtr left = unary();
    int previous = 0;
    while (left) {
        const int level = precedenceOf(m_lexer);
        if (level == 0 || level < minimum)
            return left;
        if (level == previous && level == CompareLevel)
            return fail(u"comparisons do not chain; use `and`"_s, m_lexer.start());
        if (level == previous && level == AssignLevel)
            return fail(u"assignments do not chain; use `|`"_s, m_lexer.start());
        previous = level;
        const QString symbol = m_lexer.text().toString();
        m_lexer.next();
        // `//` groups to the right, everything else to the left.
        NodePtr right = binary(level == AlternativeLevel ? level : level + 1);
        if (!right)
            return nullptr;
        left = applyOperator(symbol, std::move(left), std::move(right));
    }
    return left;
}

NodePtr Parser::applyOperator(const QString &symbol, NodePtr left, NodePtr right)
{
    using Kind = Node::Kind;
    if (symbol == u"?//") // `.a?//.b` without spaces
        return make(Kind::Alternative, make(Kind::Try, std::move(left)), std::move(right));
    static const QHash<QString, Kind> kinds{{u","_s, Kind::Comma},
                                            {u"//"_s, Kind::Alternative},
                                            {u"or"_s, Kind::Or},
                                            {u"and"_s, Kind::And},
                                            {u"="_s, Kind::Assign},
                                            {u"|="_s, Kind::Update},
                                            {u"//="_s, Kind::UpdateAlternative}};
    if (const auto it = kinds.constFind(symbol); it != kinds.constEnd())
        return make(*it, std::move(left), std::move(right));
    if (const std::optional<Operator> op = operatorOf(symbol)) {
        NewNode n = node(Kind::Binary);
        n->op = *op;
        n->kids.push_back(std::move(left));
        n->kids.push_back(std::move(right));
        return finish(std::move(n));
    }
    NewNode n = node(Kind::UpdateOperator);
    n->op = operatorOf(QStringView(symbol).chopped(1)).value_or(Operator::Add);
    n->kids.push_back(std::move(left));
    n->kids.push_back(std::move(right));
    return finish(std::move(n));
}

NodePtr Parser::unary()
{
    if (!accept(u"-"))
        return postfix(true);
    if (m_lexer.token() == Lexer::Token::Number)
        return number(true);
    return make(Node::Kind::Negate, postfix(true));
}

Result<Parsed> parseExpression(const QString &text, qsizetype *errorAt)
{
    if (text.size() > Budget::textUnits)
        return Error(Errc::ValidationFailed, u"the expression is longer than %1 characters"_s.arg(Budget::textUnits));
    Parser parser(text, &Library::instance());
    NodePtr root = parser.program();
    if (!root) {
        if (errorAt)
            *errorAt = parser.errorAt();
        return Error(Errc::ValidationFailed, parser.error());
    }
    return Parsed{std::shared_ptr<const Node>(std::move(root)), parser.variables()};
}

} // namespace Atom::Expressions
