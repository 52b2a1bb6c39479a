// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/vocabulary.h"

#include <QtCore/QString>

#include <initializer_list>
#include <vector>

namespace Atom::Entities {

//! \brief A run of letters, a run of digits, or one other character. "2h30" is three tokens.
struct Token
{
    enum class Type : quint8 { End, Word, Digits, Symbol };
    Type type = Type::End;
    bool glued = false;             //!< nothing stands between it and the token before
    bool masked = false;            //!< part of an address, a link or code: means nothing
    qsizetype start = 0, end = 0;   //!< UTF-16 units of the text
    QStringView text;               //!< ASCII letters in small
    QStringView raw;                //!< as written
    const WordInfo *word = nullptr; //!< null when unknown
    double number = 0;              //!< of digits

    bool is(QStringView s) const { return text == s; }
    bool isAny(std::initializer_list<QStringView> words) const;
    bool isSymbol(char16_t c) const { return type == Type::Symbol && text.front() == c; }
    bool isDigits() const { return type == Type::Digits; }
    bool isWord() const { return type == Type::Word; }
    qsizetype size() const { return end - start; }
    int month() const { return word ? word->month : 0; }
    int weekday() const { return word ? word->weekday : 0; }
    std::optional<Grain> unit() const { return word ? word->unit : std::nullopt; }
    bool isDash() const; //!< hyphen or any of the longer ones
};

//! \brief A text cut into tokens. Linear in the text. The text must outlive it.
class Tokens
{
public:
    explicit Tokens(QStringView text);
    Tokens(const Tokens &) = delete;
    Tokens &operator=(const Tokens &) = delete;

    int size() const { return int(m_tokens.size()); }
    //! \brief The token at `i`, which may lie outside: then one of type End.
    const Token &operator[](int i) const { return i >= 0 && i < size() ? m_tokens[size_t(i)] : m_end; }
    //! \brief Takes the tokens of [start, end) in UTF-16 units out of the grammar.
    void mask(qsizetype start, qsizetype end);
    QStringView text() const { return m_text; }
    //! \brief The first token from `i` that may stand between the two ends of an interval, or size().
    int nextConnector(int i) const { return i < size() ? m_nextConnector[size_t(i)] : size(); }
    //! \brief The first "for" from `i`, or size().
    int nextFor(int i) const { return i < size() ? m_nextFor[size_t(i)] : size(); }

private:
    void findConnectors();

    QStringView m_text;
    QString m_folded;
    std::vector<Token> m_tokens;
    std::vector<int> m_nextConnector, m_nextFor;
    Token m_end;
};

} // namespace Atom::Entities
