// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/pattern.h"

#include <algorithm>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
struct Thread
{
    int at;          //!< instruction
    qsizetype start; //!< of the match
};

bool isWordPoint(char32_t c)
{
    return c == U'_' || QChar::isLetterOrNumber(c);
}
} // namespace

//! One search: the threads of this and of the next character, and a mark for each instruction that has one already.
class PatternRun
{
public:
    PatternRun(const Pattern &pattern, QStringView text)
        : m_pattern(pattern), m_code(pattern.m_program.code), m_text(text), m_marks(m_code.size(), -1)
    {
    }

    QList<Pattern::Match> all()
    {
        QList<Pattern::Match> matches;
        m_budget = 4 * (qint64(m_text.size()) + 1) * qint64(m_code.size()) + 1000;
        qsizetype from = 0;
        while (from < m_text.size() && m_budget > 0) {
            const Pattern::Match match = next(from);
            if (match.length == 0)
                break;
            matches.append(match);
            from = match.start + match.length;
        }
        return matches;
    }

private:
    char32_t pointAt(qsizetype at, qsizetype &end) const
    {
        const QChar c = m_text.at(at);
        end = at + 1;
        if (c.isHighSurrogate() && end < m_text.size() && m_text.at(end).isLowSurrogate())
            return QChar::surrogateToUcs4(c, m_text.at(end++));
        return c.unicode();
    }

    bool isWordEdge(qsizetype at) const
    {
        const auto word = [&](qsizetype i) {
            return i >= 0 && i < m_text.size() && isWordPoint(m_text.at(i).unicode());
        };
        return word(at - 1) != word(at);
    }

    //! Follows everything that takes no character. The first thread at an instruction began earliest and stays.
    void follow(int first, qsizetype start, qsizetype place)
    {
        m_stack.push_back(first);
        while (!m_stack.empty()) {
            const int at = m_stack.back();
            m_stack.pop_back();
            if (m_marks[size_t(at)] == m_generation)
                continue;
            m_marks[size_t(at)] = m_generation;
            --m_budget;
            const Instruction &i = m_code[size_t(at)];
            switch (i.op) {
            case Instruction::Op::Set:
                m_next.push_back({at, start});
                break;
            case Instruction::Op::Split:
                m_stack.push_back(i.y);
                m_stack.push_back(i.x);
                break;
            case Instruction::Op::Jump:
                m_stack.push_back(i.x);
                break;
            case Instruction::Op::TextStart:
                if (place == 0)
                    m_stack.push_back(at + 1);
                break;
            case Instruction::Op::TextEnd:
                if (place == m_text.size())
                    m_stack.push_back(at + 1);
                break;
            case Instruction::Op::WordEdge:
                if (isWordEdge(place))
                    m_stack.push_back(at + 1);
                break;
            case Instruction::Op::NoWordEdge:
                if (!isWordEdge(place))
                    m_stack.push_back(at + 1);
                break;
            case Instruction::Op::Match:
                if (place > start && (m_best.length == 0 || start <= m_best.start))
                    m_best = {start, place - start};
                break;
            }
        }
    }

    bool mayBegin(char32_t c) const { return c < 128 ? m_pattern.m_first.test(c) : m_pattern.m_firstBeyond; }

    Pattern::Match next(qsizetype from)
    {
        m_best = {};
        m_threads.clear();
        for (qsizetype at = from; at < m_text.size() && m_budget > 0;) {
            qsizetype end = 0;
            const char32_t c = pointAt(at, end);
            // The threads that take `c`, with those that begin at it last: they are the latest.
            if (m_best.length == 0 && mayBegin(c)) {
                ++m_generation;
                m_next.clear();
                for (const Thread &thread : m_threads)
                    m_marks[size_t(thread.at)] = m_generation;
                follow(0, at, at);
                m_threads.insert(m_threads.end(), m_next.begin(), m_next.end());
            }
            if (m_threads.empty()) {
                if (m_best.length > 0)
                    break;
                at = end;
                --m_budget;
                continue;
            }
            ++m_generation;
            m_next.clear();
            for (const Thread &thread : m_threads) {
                --m_budget;
                if (m_best.length > 0 && thread.start > m_best.start)
                    break;
                if (m_pattern.accepts(m_code[size_t(thread.at)].x, c))
                    follow(thread.at + 1, thread.start, end);
            }
            m_threads.swap(m_next);
            at = end;
        }
        return m_best;
    }

    const Pattern &m_pattern;
    const std::vector<Instruction> &m_code;
    QStringView m_text;
    std::vector<qint64> m_marks;
    qint64 m_generation = 0;
    qint64 m_budget = 0;
    std::vector<Thread> m_threads, m_next;
    std::vector<int> m_stack;
    Pattern::Match m_best;
};

bool Pattern::accepts(int set, char32_t c) const
{
    const CharacterSet &s = m_program.sets[size_t(set)];
    if (m_caseSensitive || s.negated)
        return s.contains(c) &&
               (m_caseSensitive || !s.negated || (s.contains(QChar::toLower(c)) && s.contains(QChar::toUpper(c))));
    return s.contains(c) || s.contains(QChar::toLower(c)) || s.contains(QChar::toUpper(c));
}

void Pattern::findFirstCharacters()
{
    // Places count as passed: the set may be too large, never too small.
    std::vector<bool> seen(m_program.code.size(), false);
    std::vector<int> stack{0};
    while (!stack.empty()) {
        const int at = stack.back();
        stack.pop_back();
        if (seen[size_t(at)])
            continue;
        seen[size_t(at)] = true;
        const Instruction &i = m_program.code[size_t(at)];
        switch (i.op) {
        case Instruction::Op::Set:
            m_firstBeyond = true;
            for (char32_t c = 0; c < 128; ++c) {
                if (accepts(i.x, c))
                    m_first.set(c);
            }
            break;
        case Instruction::Op::Split:
            stack.push_back(i.x);
            stack.push_back(i.y);
            break;
        case Instruction::Op::Jump:
            stack.push_back(i.x);
            break;
        case Instruction::Op::TextStart:
        case Instruction::Op::TextEnd:
        case Instruction::Op::WordEdge:
        case Instruction::Op::NoWordEdge:
            stack.push_back(at + 1);
            break;
        case Instruction::Op::Match:
            break; // an empty match is none
        }
    }
}

Result<Pattern> Pattern::compile(const QString &expression, bool caseSensitive)
{
    if (expression.size() > longestExpression)
        return Error(Errc::ValidationFailed, u"position %1: the pattern is too long"_s.arg(longestExpression));
    Result<PatternProgram> program = parsePattern(expression, mostInstructions);
    if (!program)
        return program.error();
    Pattern pattern;
    pattern.m_program = std::move(*program);
    pattern.m_caseSensitive = caseSensitive;
    pattern.findFirstCharacters();
    return pattern;
}

QList<Pattern::Match> Pattern::find(QStringView text) const
{
    return PatternRun(*this, text).all();
}

} // namespace Atom::Entities
