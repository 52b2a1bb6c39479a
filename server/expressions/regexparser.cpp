// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/regexparser.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
using Op = RegexInstruction::Op;

void append(RegexCode &to, const RegexCode &more)
{
    to.insert(to.end(), more.begin(), more.end());
}
} // namespace

bool RegexParser::fail(const QString &message)
{
    if (m_error.isEmpty())
        m_error = message;
    return false;
}

RegexInstruction RegexParser::instruction(RegexInstruction::Op op) const
{
    RegexInstruction i{op};
    i.ignoreCase = op == Op::Any ? m_options.dotAll : m_options.ignoreCase;
    return i;
}

bool RegexParser::parse()
{
    RegexCode body;
    // Slots 0 and 1 are the whole match.
    RegexInstruction save = instruction(Op::Save);
    m_regex.code.push_back(save);
    if (!alternation(body))
        return false;
    if (!atEnd())
        return fail(u"unmatched close parenthesis"_s);
    append(m_regex.code, body);
    save.a = 1;
    m_regex.code.push_back(save);
    m_regex.code.push_back(instruction(Op::Done));
    if (m_regex.code.size() > std::size_t(Regex::maxInstructions))
        return fail(u"too big"_s);
    for (const RegexInstruction &i : m_regex.code) {
        if (i.op == Op::BackReference && i.a > m_regex.groups)
            return fail(u"invalid backref number/name"_s);
    }
    return m_error.isEmpty();
}

bool RegexParser::alternation(RegexCode &out)
{
    if (++m_depth > maxNesting)
        return fail(u"nested too deep"_s);
    const Options options = m_options;
    if (!sequence(out))
        return false;
    while (!atEnd() && peek() == U'|') {
        ++m_at;
        RegexCode right;
        if (!sequence(right) || out.size() + right.size() > std::size_t(Regex::maxInstructions))
            return fail(u"too big"_s);
        RegexInstruction split = instruction(Op::Split);
        split.a = 1;
        split.b = qint32(out.size() + 2);
        RegexInstruction jump = instruction(Op::Jump);
        jump.a = qint32(right.size() + 1);
        out.insert(out.begin(), split);
        out.push_back(jump);
        append(out, right);
    }
    m_options = options;
    --m_depth;
    return true;
}

bool RegexParser::sequence(RegexCode &out)
{
    while (!atEnd() && peek() != U'|' && peek() != U')') {
        if (m_options.extended && skipComment())
            continue;
        RegexCode piece;
        if (!atom(piece) || !quantifiers(piece))
            return false;
        append(out, piece);
        if (out.size() > std::size_t(Regex::maxInstructions))
            return fail(u"too big"_s);
    }
    return m_error.isEmpty();
}

bool RegexParser::skipComment()
{
    if (peek() == U'#') {
        while (!atEnd() && peek() != U'\n')
            ++m_at;
        return true;
    }
    if (!QChar::isSpace(peek()))
        return false;
    ++m_at;
    return true;
}

// {n}, {n,}, {,m}, {n,m}; anything else is text.
bool RegexParser::counts(int *least, int *most)
{
    const qsizetype start = m_at;
    const auto number = [this]() {
        int n = -1;
        while (!atEnd() && peek() >= U'0' && peek() <= U'9') {
            n = std::min(100'001, std::max(0, n) * 10 + int(peek() - U'0'));
            ++m_at;
        }
        return n;
    };
    ++m_at;
    *least = number();
    *most = *least;
    bool ok = *least >= 0;
    if (!atEnd() && peek() == U',') {
        ++m_at;
        *most = number();
        ok = ok || *most >= 0;
        *least = std::max(0, *least);
    }
    if (!ok || atEnd() || peek() != U'}') {
        m_at = start;
        return false;
    }
    ++m_at;
    if (*most >= 0 && *least > *most)
        std::swap(*least, *most);
    return true;
}

bool RegexParser::quantifiers(RegexCode &piece)
{
    while (!atEnd()) {
        int least = 0;
        int most = -1;
        const char32_t c = peek();
        bool isInterval = false;
        if (c == U'*') {
            ++m_at;
        } else if (c == U'+') {
            least = 1;
            ++m_at;
        } else if (c == U'?') {
            most = 1;
            ++m_at;
        } else if (c == U'{' && counts(&least, &most)) {
            isInterval = true;
        } else {
            return true;
        }
        bool isGreedy = true;
        bool isPossessive = false;
        if (!atEnd() && peek() == U'?') {
            isGreedy = false;
            ++m_at;
        } else if (!isInterval && !atEnd() && peek() == U'+') {
            isPossessive = true;
            ++m_at;
        }
        if (least > 1000 || most > 1000)
            return fail(u"too big number"_s);
        if (!repeat(piece, least, most, isGreedy))
            return false;
        if (isPossessive)
            wrap(piece, RegexInstruction::Atomic);
    }
    return true;
}

void RegexParser::wrap(RegexCode &piece, RegexInstruction::Look kind)
{
    piece.push_back(instruction(Op::Done));
    RegexInstruction look = instruction(Op::Look);
    look.a = kind;
    look.b = qint32(piece.size());
    piece.insert(piece.begin(), look);
}

bool RegexParser::repeat(RegexCode &piece, int least, int most, bool isGreedy)
{
    const std::size_t copies = std::size_t(least) + (most < 0 ? 1 : std::size_t(most - least));
    if ((piece.size() + 4) * std::max<std::size_t>(1, copies) > std::size_t(Regex::maxInstructions))
        return fail(u"too big"_s);
    const auto split = [&](qint32 into, qint32 past) {
        RegexInstruction s = instruction(Op::Split);
        s.a = isGreedy ? into : past;
        s.b = isGreedy ? past : into;
        return s;
    };
    RegexCode out;
    for (int i = 0; i < least; ++i)
        append(out, piece);
    const auto size = qint32(piece.size());
    if (most < 0) {
        RegexInstruction mark = instruction(Op::Mark);
        mark.a = m_regex.marks++;
        RegexInstruction check = instruction(Op::Check);
        check.a = mark.a;
        check.b = 2; // past the jump back
        RegexInstruction back = instruction(Op::Jump);
        back.a = -(size + 3);
        out.push_back(split(1, size + 4));
        out.push_back(mark);
        append(out, piece);
        out.push_back(check);
        out.push_back(back);
    } else {
        const int optional = most - least;
        for (int i = 0; i < optional; ++i) {
            out.push_back(split(1, (optional - i) * (size + 1)));
            append(out, piece);
        }
    }
    piece = std::move(out);
    return true;
}

bool RegexParser::atom(RegexCode &out)
{
    const char32_t c = m_pattern[m_at++];
    const auto single = [&](Op op) {
        out.push_back(instruction(op));
        return true;
    };
    switch (c) {
    case U'(':
        return group(out);
    case U'[': {
        CharacterClass set;
        return bracket(set) && addClass(out, std::move(set));
    }
    case U'.':
        return single(Op::Any);
    case U'^':
        return single(m_options.multiLine ? Op::LineBegin : Op::TextBegin);
    case U'$':
        return single(m_options.multiLine ? Op::LineEnd : Op::TextEndNewline);
    case U'\\':
        return escape(out);
    case U'*':
    case U'+':
    case U'?':
        return fail(u"target of repeat operator is not specified"_s);
    default:
        return character(out, c);
    }
}

bool RegexParser::character(RegexCode &out, char32_t c)
{
    RegexInstruction i = instruction(Op::Character);
    i.c = i.ignoreCase ? QChar::toCaseFolded(c) : c;
    out.push_back(i);
    return true;
}

bool RegexParser::addClass(RegexCode &out, CharacterClass set)
{
    RegexInstruction i = instruction(Op::Class);
    i.a = qint32(m_regex.classes.size());
    m_regex.classes.push_back(std::move(set));
    out.push_back(i);
    return m_regex.classes.size() <= 2000 || fail(u"too big"_s);
}

} // namespace Atom::Expressions
