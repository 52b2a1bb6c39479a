// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/lexer.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}
bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}
} // namespace

void Lexer::skipSpace()
{
    while (m_at < m_source.size()) {
        const QChar c = m_source[m_at];
        if (c == u'#') {
            const qsizetype line = m_source.indexOf(u'\n', m_at);
            m_at = line < 0 ? m_source.size() : line;
        } else if (c == u' ' || c == u'\t' || c == u'\n' || c == u'\r') {
            ++m_at;
        } else {
            return;
        }
    }
}

qsizetype Lexer::nameEnd(qsizetype from) const
{
    qsizetype end = from;
    while (end < m_source.size() && (isNameStart(m_source[end]) || isDigit(m_source[end])))
        ++end;
    return end;
}

qsizetype Lexer::numberEnd(qsizetype from) const
{
    const auto digits = [this](qsizetype at) {
        while (at < m_source.size() && isDigit(m_source[at]))
            ++at;
        return at;
    };
    qsizetype end = digits(from);
    if (end < m_source.size() && m_source[end] == u'.')
        end = digits(end + 1);
    if (end < m_source.size() && (m_source[end] == u'e' || m_source[end] == u'E')) {
        qsizetype exponent = end + 1;
        if (exponent < m_source.size() && (m_source[exponent] == u'+' || m_source[exponent] == u'-'))
            ++exponent;
        if (digits(exponent) > exponent)
            end = digits(exponent);
    }
    return end;
}

void Lexer::take(Token token, qsizetype end, qsizetype skip)
{
    m_token = token;
    m_text = QStringView(m_source).mid(m_start + skip, end - m_start - skip);
    m_at = end;
}

void Lexer::continueFrom(qsizetype position)
{
    m_at = position;
    next();
}

void Lexer::next()
{
    skipSpace();
    m_start = m_at;
    if (m_at >= m_source.size())
        return take(Token::End, m_at);
    const QChar c = m_source[m_at];
    const QChar following = m_at + 1 < m_source.size() ? m_source[m_at + 1] : QChar();
    if (isNameStart(c)) {
        qsizetype end = nameEnd(m_at);
        while (end + 2 < m_source.size() && m_source[end] == u':' && m_source[end + 1] == u':' &&
               isNameStart(m_source[end + 2]))
            end = nameEnd(end + 2);
        return take(Token::Name, end);
    }
    if (c == u'.' && isNameStart(following))
        return take(Token::Field, nameEnd(m_at + 1), 1);
    if (isDigit(c) || (c == u'.' && isDigit(following)))
        return take(Token::Number, numberEnd(m_at));
    if (c == u'"')
        return take(Token::Quote, m_at + 1);
    if (c == u'@' && nameEnd(m_at + 1) > m_at + 1)
        return take(Token::Format, nameEnd(m_at + 1), 1);
    if (c == u'$' && isNameStart(following)) {
        qsizetype end = nameEnd(m_at + 1);
        while (end + 2 < m_source.size() && m_source[end] == u':' && m_source[end + 1] == u':' &&
               isNameStart(m_source[end + 2]))
            end = nameEnd(end + 2);
        return take(Token::Variable, end, 1);
    }
    static constexpr QStringView symbols[] = {u"?//", u"//=", u"..", u"//", u"|=", u"+=", u"-=", u"*=", u"/=",
                                              u"%=",  u"==",  u"!=", u"<=", u">=", u".",  u"[",  u"]",  u"(",
                                              u")",   u"{",   u"}",  u"|",  u",",  u":",  u";",  u"=",  u"<",
                                              u">",   u"+",   u"-",  u"*",  u"/",  u"%",  u"?",  u"$"};
    for (const QStringView symbol : symbols) {
        if (QStringView(m_source).mid(m_at).startsWith(symbol))
            return take(Token::Symbol, m_at + symbol.size());
    }
    take(Token::Invalid, m_at + (c.isHighSurrogate() && following.isLowSurrogate() ? 2 : 1));
}

} // namespace Atom::Expressions
