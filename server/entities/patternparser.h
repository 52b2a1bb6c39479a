// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/characterset.h"
#include "shared/core/result.h"

#include <QtCore/QStringView>

namespace Atom::Entities {

//! \brief One step of a compiled pattern.
struct Instruction
{
    enum class Op : quint8 {
        Set,       //!< one character of set `x`, then the next instruction
        Split,     //!< both `x` and `y`
        Jump,      //!< `x`
        TextStart, //!< the next instruction at the place named
        TextEnd,
        WordEdge,
        NoWordEdge,
        Match
    };
    Op op = Op::Match;
    int x = 0, y = 0;
};

struct PatternProgram
{
    std::vector<Instruction> code;
    std::vector<CharacterSet> sets;
};

//! \brief Reads and compiles an expression, see Pattern::compile().
Result<PatternProgram> parsePattern(QStringView expression, int mostInstructions);

} // namespace Atom::Entities
