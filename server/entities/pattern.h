// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/patternparser.h"

#include <QtCore/QList>

#include <bitset>

namespace Atom::Entities {

//! \brief A regular expression of a user that cannot be made to run for long: the automaton of K. Thompson ("Regular
//! Expression Search Algorithm", 1968), which follows all possibilities at once instead of trying one after the other.
//!
//! Literals, `.` (no line feed), classes `[a-z]` `[^…]`, `\d \w \s` and their negations, groups `(…)` `(?:…)`, `|`,
//! `* + ? {m} {m,} {m,n}` up to 100, `^ $` (of the text), `\b \B`. No back references, no look-around.
class Pattern
{
public:
    static constexpr int longestExpression = 1000; //!< UTF-16 units
    static constexpr int mostInstructions = 1000;  //!< of the compiled program

    struct Match
    {
        qsizetype start = 0, length = 0; //!< UTF-16 units; never empty
        bool operator==(const Match &) const = default;
    };

    //! \brief Errc::ValidationFailed; its detail begins with the position in the expression, from 0 ("position 3: …").
    static Result<Pattern> compile(const QString &expression, bool caseSensitive = false);
    //! \brief All matches that do not overlap, the leftmost first and the longest at each place. The work is at most
    //! 4 · text · program steps; a pattern that looks far ahead at every place stops there and has found less.
    QList<Match> find(QStringView text) const;
    int size() const { return int(m_program.code.size()); } //!< instructions

private:
    friend class PatternRun;
    void findFirstCharacters();
    bool accepts(int set, char32_t c) const;

    PatternProgram m_program;
    bool m_caseSensitive = false;
    std::bitset<128> m_first;   //!< ASCII characters a match may begin with
    bool m_firstBeyond = false; //!< a match may begin with another character
};

} // namespace Atom::Entities
