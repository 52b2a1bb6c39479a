// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace Atom::Expressions {

//! \brief Cuts a program into tokens, one ahead. Strings are left to the parser (they contain programs): the token
//! Quote is the opening mark, and the parser goes on from position() by hand.
class Lexer
{
public:
    enum class Token : quint8 {
        End,
        Field,    //!< .name: text() is the name
        Name,     //!< also with `::`; keywords are names here
        Variable, //!< $name
        Number,
        Format, //!< @name: text() is the name
        Quote,
        Symbol,  //!< text() is the operator or bracket
        Invalid, //!< text() is the character
    };
    explicit Lexer(const QString &source) : m_source(source) { next(); }

    Token token() const { return m_token; }
    QStringView text() const { return m_text; }
    qsizetype start() const { return m_start; } //!< of the token
    bool isSymbol(QStringView symbol) const { return m_token == Token::Symbol && m_text == symbol; }
    bool isName(QStringView name) const { return m_token == Token::Name && m_text == name; }
    void next();

    const QString &source() const { return m_source; }
    qsizetype position() const { return m_at; } //!< behind the token
    void continueFrom(qsizetype position);      //!< and reads the next token there

private:
    void skipSpace();
    void take(Token token, qsizetype end, qsizetype skip = 0);
    qsizetype nameEnd(qsizetype from) const;
    qsizetype numberEnd(qsizetype from) const;

    const QString &m_source;
    qsizetype m_at = 0;
    qsizetype m_start = 0;
    Token m_token = Token::End;
    QStringView m_text;
};

} // namespace Atom::Expressions
