// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parser: terms and what hangs on them.
#include "server/expressions/parserstate.h"

#include <QtCore/QScopeGuard>

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

NodePtr Parser::postfix(bool canBind)
{
    NodePtr term = primary();
    bool done = false;
    while (term && !done) {
        if (canBind && m_lexer.isName(u"as"))
            return binding(std::move(term));
        term = suffix(std::move(term), &done);
    }
    return term;
}

NodePtr Parser::suffix(NodePtr term, bool *done)
{
    if (m_lexer.token() == Lexer::Token::Field) {
        NewNode n = node(Node::Kind::Field);
        n->text = m_lexer.text().toString();
        n->kids.push_back(std::move(term));
        m_lexer.next();
        return finish(std::move(n));
    }
    if (accept(u"?"))
        return make(Node::Kind::Try, std::move(term));
    if (m_lexer.isSymbol(u"["))
        return subscript(std::move(term));
    if (accept(u".")) {
        if (m_lexer.token() == Lexer::Token::Quote)
            return make(Node::Kind::Index, std::move(term), string({}));
        if (m_lexer.isSymbol(u"["))
            return subscript(std::move(term));
        return fail(u"a field name must follow the dot"_s, m_lexer.start());
    }
    *done = true;
    return term;
}

NodePtr Parser::subscript(NodePtr term)
{
    m_lexer.next();
    if (accept(u"]"))
        return make(Node::Kind::Iterate, std::move(term));
    NodePtr from;
    if (m_lexer.isSymbol(u":")) {
        from = make(Node::Kind::Null);
    } else {
        from = pipe();
        if (!from)
            return nullptr;
        if (accept(u"]"))
            return make(Node::Kind::Index, std::move(term), std::move(from));
    }
    if (!expect(u":"))
        return nullptr;
    NodePtr to = m_lexer.isSymbol(u"]") ? make(Node::Kind::Null) : pipe();
    if (!to || !expect(u"]"))
        return nullptr;
    return make(Node::Kind::Slice, std::move(term), std::move(from), std::move(to));
}

NodePtr Parser::primary()
{
    using Token = Lexer::Token;
    switch (m_lexer.token()) {
    case Token::Number:
        return number(false);
    case Token::Quote:
        return string({});
    case Token::Variable:
        return variable();
    case Token::Name:
        return keyword();
    case Token::Field:
        return make(Node::Kind::Identity); // and the suffix takes the field
    case Token::Format: {
        const QString format = m_lexer.text().toString();
        static const QStringList known{u"text"_s, u"json"_s,   u"csv"_s,     u"tsv"_s,    u"html"_s,   u"uri"_s,
                                       u"sh"_s,   u"base64"_s, u"base64d"_s, u"base32"_s, u"base32d"_s};
        if (!known.contains(format))
            return fail(u"`@%1` is not a format"_s.arg(format.left(64)), m_lexer.start());
        m_lexer.next();
        if (m_lexer.token() == Token::Quote)
            return string(format);
        NewNode n = node(Node::Kind::Format);
        n->text = format;
        return finish(std::move(n));
    }
    case Token::Symbol:
        break;
    default:
        return unexpected();
    }
    if (accept(u".."))
        return resolve(u"recurse"_s, {}, m_lexer.start());
    if (accept(u"(")) {
        NodePtr inner = pipe();
        return inner && expect(u")") ? std::move(inner) : nullptr;
    }
    if (accept(u"[")) {
        if (accept(u"]"))
            return make(Node::Kind::Array);
        NodePtr inner = pipe();
        return inner && expect(u"]") ? make(Node::Kind::Array, std::move(inner)) : nullptr;
    }
    if (m_lexer.isSymbol(u"{"))
        return object();
    if (accept(u".")) {
        if (m_lexer.token() == Token::Quote)
            return make(Node::Kind::Index, make(Node::Kind::Identity), string({}));
        return make(Node::Kind::Identity);
    }
    return unexpected();
}

NodePtr Parser::keyword()
{
    const QStringView word = m_lexer.text();
    if (word == u"if")
        return conditional();
    if (word == u"try")
        return attempt();
    if (word == u"reduce" || word == u"foreach")
        return loop();
    if (word == u"def")
        return function();
    if (word == u"label")
        return labelled();
    if (word == u"break")
        return breaking();
    if (word == u"and" || word == u"or")
        return fail(u"a value is missing before `%1`"_s.arg(word), m_lexer.start());
    static const QStringList others{u"as"_s, u"then"_s, u"elif"_s, u"else"_s, u"end"_s, u"catch"_s};
    if (others.contains(word))
        return unexpected();
    return call();
}

NodePtr Parser::number(bool negative)
{
    const QString text = (negative ? u"-"_s : QString()) + m_lexer.text().toString();
    const qsizetype at = m_lexer.start();
    m_lexer.next();
    if (m_lexer.token() == Lexer::Token::Number && m_lexer.start() == at + text.size() - (negative ? 1 : 0))
        return fail(u"`%1` is not a number"_s.arg((text + m_lexer.text().toString()).left(64)), at);
    bool ok = false;
    if (const qint64 whole = text.toLongLong(&ok); ok && !(negative && whole == 0))
        return integerNode(whole);
    NewNode n = node(Node::Kind::Double);
    n->real = text.toDouble(&ok); // out of range is infinite, which is meant
    return finish(std::move(n));
}

bool Parser::escape(qsizetype &at, QString &out)
{
    const QString &source = m_lexer.source();
    const QChar c = at < source.size() ? source[at] : QChar();
    static const QString from = u"\"\\/bfnrt"_s;
    static const QString to = u"\"\\/\b\f\n\r\t"_s;
    if (const qsizetype i = from.indexOf(c); i >= 0 && !c.isNull()) {
        ++at;
        out += to[i];
        return true;
    }
    ushort unit = 0;
    bool ok = c == u'u' && at + 4 < source.size();
    for (qsizetype i = at + 1; ok && i <= at + 4; ++i) {
        const int digit = QStringView(u"0123456789abcdef").indexOf(source[i].toLower());
        ok = digit >= 0;
        unit = ushort(unit * 16 + digit);
    }
    if (!ok) {
        fail(u"unknown escape in the string"_s, at - 1);
        return false;
    }
    at += 5;
    out += QChar(unit);
    return true;
}

NodePtr Parser::string(const QString &format)
{
    if (!enter())
        return nullptr;
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    const QString &source = m_lexer.source();
    const qsizetype start = m_lexer.start();
    qsizetype at = m_lexer.position();
    NewNode n = node(Node::Kind::Interpolation);
    n->text = format;
    QString part;
    while (true) {
        if (at >= source.size())
            return fail(u"the string is not closed"_s, start);
        const QChar c = source[at++];
        if (c == u'"')
            break;
        if (c != u'\\') {
            part += c;
        } else if (at < source.size() && source[at] == u'(') {
            m_lexer.continueFrom(at + 1);
            NodePtr inner = pipe();
            if (inner && !m_lexer.isSymbol(u")"))
                return unexpected();
            n->kids.push_back(textNode(std::exchange(part, QString())));
            n->kids.push_back(std::move(inner));
            if (!n->kids.back())
                return nullptr;
            at = m_lexer.position();
        } else if (!escape(at, part)) {
            return nullptr;
        }
    }
    m_lexer.continueFrom(at);
    // Half a surrogate pair is no character: what JSON texts made of it would differ from reader to reader.
    part = QString::fromUtf8(part.toUtf8());
    if (n->kids.empty())
        return textNode(part);
    n->kids.push_back(textNode(part));
    return finish(std::move(n));
}

NodePtr Parser::object()
{
    m_lexer.next();
    NewNode n = node(Node::Kind::Object);
    if (accept(u"}"))
        return finish(std::move(n));
    do {
        if (!objectEntry(*n))
            return nullptr;
    } while (accept(u","));
    return expect(u"}") ? finish(std::move(n)) : nullptr;
}

bool Parser::objectEntry(Node &object)
{
    const qsizetype at = m_lexer.start();
    NodePtr key;
    NodePtr value;
    switch (m_lexer.token()) {
    case Lexer::Token::Variable:
        key = textNode(m_lexer.text().toString());
        value = variable();
        if (value && m_lexer.isSymbol(u":"))
            key = std::move(value); // {$k: 1} takes the key from the variable
        break;
    case Lexer::Token::Name:
        key = textNode(m_lexer.text().toString());
        m_lexer.next();
        break;
    case Lexer::Token::Quote:
        key = string({});
        break;
    case Lexer::Token::Format:
        key = primary();
        break;
    case Lexer::Token::Number:
        fail(u"Cannot use number (%1) as object key"_s.arg(m_lexer.text()), at);
        return false;
    default:
        if (!expect(u"("))
            return false;
        key = pipe();
        if (!key || !expect(u")"))
            return false;
        if (key->kind >= Node::Kind::Null && key->kind <= Node::Kind::Double) {
            fail(u"a constant object key must be a string"_s, at);
            return false;
        }
        if (!m_lexer.isSymbol(u":")) {
            unexpected();
            return false;
        }
    }
    if (accept(u":")) {
        value = objectValue();
    } else if (!value) {
        // {a} and {"a b"}: the key again, as an index. Its text is read a second time.
        const qsizetype end = m_lexer.start();
        m_lexer.continueFrom(at);
        NodePtr again = m_lexer.token() == Lexer::Token::Name ? textNode(m_lexer.text().toString()) : primary();
        m_lexer.continueFrom(end);
        value = make(Node::Kind::Index, make(Node::Kind::Identity), std::move(again));
    }
    if (!key || !value)
        return false;
    object.kids.push_back(std::move(key));
    object.kids.push_back(std::move(value));
    return true;
}

NodePtr Parser::conditional()
{
    if (!enter())
        return nullptr;
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    m_lexer.next();
    NodePtr condition = pipe();
    if (!condition || !expectName(u"then"))
        return nullptr;
    NodePtr yes = pipe();
    if (!yes)
        return nullptr;
    NodePtr no;
    if (m_lexer.isName(u"elif")) {
        no = conditional();
    } else if (acceptName(u"else")) {
        no = pipe();
        if (!no || !expectName(u"end"))
            return nullptr;
    } else {
        if (!expectName(u"end"))
            return nullptr;
        no = make(Node::Kind::Identity);
    }
    return make(Node::Kind::If, std::move(condition), std::move(yes), std::move(no));
}

NodePtr Parser::attempt()
{
    if (!enter())
        return nullptr;
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    const auto part = [this]() -> NodePtr {
        return accept(u"-") ? make(Node::Kind::Negate, postfix(false)) : postfix(false);
    };
    m_lexer.next();
    NodePtr body = part();
    if (!body || !acceptName(u"catch"))
        return make(Node::Kind::Try, std::move(body));
    return make(Node::Kind::Try, std::move(body), part());
}

} // namespace Atom::Expressions
