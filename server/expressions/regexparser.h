// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/regex.h"

namespace Atom::Expressions {

using RegexCode = std::vector<RegexInstruction>;

//! \brief Turns a pattern into instructions. Addresses are relative, so that a repeated piece is a copied piece.
class RegexParser
{
public:
    struct Options
    {
        bool ignoreCase = false;
        bool extended = false;
        bool dotAll = false;
        bool multiLine = false;
    };
    RegexParser(const QString &pattern, const Options &options, Regex &regex)
        : m_pattern(pattern.toUcs4()), m_options(options), m_regex(regex)
    {
    }
    bool parse();
    const QString &error() const { return m_error; }

private:
    static constexpr int maxNesting = 50;

    bool atEnd() const { return m_at >= m_pattern.size(); }
    char32_t peek() const { return m_pattern[m_at]; }
    bool fail(const QString &message);
    RegexInstruction instruction(RegexInstruction::Op op) const;

    bool alternation(RegexCode &out);
    bool sequence(RegexCode &out);
    bool skipComment();
    bool atom(RegexCode &out);
    bool character(RegexCode &out, char32_t c);
    bool addClass(RegexCode &out, CharacterClass set);
    bool counts(int *least, int *most);
    bool quantifiers(RegexCode &piece);
    bool repeat(RegexCode &piece, int least, int most, bool isGreedy);
    void wrap(RegexCode &piece, RegexInstruction::Look kind);
    bool group(RegexCode &out);
    bool capture(RegexCode &out, const QString &name);
    bool close();
    bool groupName(char32_t end, QString *name);
    bool inlineOptions(RegexCode &out);

    // regexclasses.cpp
    bool escape(RegexCode &out);
    bool namedClass(char32_t letter, CharacterClass *out);
    bool property(bool isNegated, CharacterClass *out);
    bool bracket(CharacterClass &set);
    bool bracketItem(CharacterClass &set);
    bool posixClass(CharacterClass &set);
    bool characterEscape(char32_t letter, char32_t *out);
    bool hexadecimal(int most, char32_t *out);
    bool backReference(RegexCode &out, char32_t first);

    QList<uint> m_pattern;
    Options m_options;
    Regex &m_regex;
    qsizetype m_at = 0;
    int m_depth = 0;
    QString m_error;
};

} // namespace Atom::Expressions
