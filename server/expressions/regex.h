// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/work.h"

#include <QtCore/QStringList>

namespace Atom::Expressions {

//! \brief A class of characters: ranges and named sets, perhaps negated, perhaps cut with others (`&&`).
struct CharacterClass
{
    enum class Named : quint8 {
        Digit,
        Word,
        Space,
        Hex,
        Alpha,
        Alnum,
        Upper,
        Lower,
        Punct,
        Cntrl,
        Graph,
        Print,
        Blank,
        Ascii,
        Letter,
        Mark,
        Number,
        Symbol,
        Separator,
        Other
    };
    std::vector<std::pair<char32_t, char32_t>> ranges;
    std::vector<std::pair<Named, bool>> named; //!< second: negated
    std::vector<CharacterClass> inner;         //!< one of these is enough, too
    std::vector<CharacterClass> also;          //!< all of these must agree
    bool isNegated = false;

    bool contains(char32_t c, bool ignoreCase) const;
};

struct RegexInstruction
{
    enum class Op : quint8 {
        Character,
        Any,
        Class,
        Split, //!< first pc+a, then pc+b
        Jump,  //!< pc+a
        Save,  //!< slot a
        Mark,  //!< register a: where an iteration began
        Check, //!< register a: an iteration that ate nothing goes no further round: pc+b
        LineBegin,
        LineEnd,
        TextBegin,
        TextEnd,
        TextEndNewline,
        WordEdge,
        NoWordEdge,
        SearchStart,
        BackReference, //!< group a
        Look,          //!< a: see Look; the body follows, b instructions long, and ends with Done
        Done,
    };
    enum Look { Ahead, NotAhead, Behind, NotBehind, Atomic };
    Op op;
    bool ignoreCase = false; //!< also: the dot takes line feeds
    qint32 a = 0;
    qint32 b = 0;
    char32_t c = 0;
};

//! \brief A regular expression in the dialect jq uses (Oniguruma, Perl_NT): our own backtracking matcher over code
//! points, because its work must be bounded exactly. PCRE's match limit counts anew at every start position and says
//! nothing about time; here every eighth instruction is a step of the expression's budget, the stack is a vector with a
//! bound, and the C++ stack is used only for groups inside look-arounds of the pattern (nesting 50).
//! Not supported, and refused by name: subexpression calls, conditionals, absent operators, callouts.
struct Regex
{
    static constexpr qsizetype maxInstructions = 10'000;
    static constexpr std::size_t maxStack = 500'000;

    std::vector<RegexInstruction> code;
    std::vector<CharacterClass> classes;
    QStringList names; //!< of the groups, from group 1; null for those without one
    int groups = 0;
    int marks = 0;

    //! \brief Flags as jq has them: g (all matches), i, x, n (no empty matches), s, p, l. \return false after
    //! Work::fail().
    static bool compile(Work &work, const QString &pattern, const QString &flags, Regex *out);
};

//! \brief Finds the first match at or after `from`. `slots` gets two offsets for each group, -1 for those not taken.
bool searchRegex(Work &work, const Regex &regex, const QList<uint> &text, qsizetype from, bool notEmpty,
                 std::vector<qsizetype> *offsets);

} // namespace Atom::Expressions
