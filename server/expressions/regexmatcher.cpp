// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/regex.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
using Op = RegexInstruction::Op;

class Matcher
{
public:
    Matcher(Work &work, const Regex &regex, const QList<uint> &text, qsizetype from)
        : m_work(work), m_regex(regex), m_text(text), m_from(from), m_marks(std::size_t(regex.marks), -1)
    {
        slots_.resize(std::size_t(2 * regex.groups + 2));
        CharacterClass word;
        word.named.push_back({CharacterClass::Named::Word, false});
        m_word = std::move(word);
    }

    bool matchAt(qsizetype at, bool notEmpty)
    {
        std::fill(slots_.begin(), slots_.end(), -1);
        m_stack.clear();
        m_notEmptyFrom = notEmpty ? at : -1;
        qsizetype end = 0;
        return run(0, at, &end);
    }
    std::vector<qsizetype> slots_;

private:
    // A choice (pc and position) or what to put back into a slot or a mark when going back.
    struct Saved
    {
        enum class Kind : quint8 { Choice, Slot, Mark } kind;
        qint32 index;
        qsizetype position;
    };

    bool keep(Saved saved)
    {
        if (m_stack.size() >= Regex::maxStack) {
            m_work.spend(u"the regular expression needs too much memory"_s);
            return false;
        }
        m_stack.push_back(saved);
        return true;
    }

    bool isWordAt(qsizetype at) const { return at >= 0 && at < m_text.size() && m_word.contains(m_text[at], false); }

    bool assertion(Op op, qsizetype at) const
    {
        const qsizetype size = m_text.size();
        switch (op) {
        case Op::LineBegin:
            return at == 0 || m_text[at - 1] == U'\n';
        case Op::LineEnd:
            return at == size || m_text[at] == U'\n';
        case Op::TextBegin:
            return at == 0;
        case Op::TextEnd:
            return at == size;
        case Op::TextEndNewline:
            return at == size || (at == size - 1 && m_text[at] == U'\n');
        case Op::WordEdge:
            return isWordAt(at - 1) != isWordAt(at);
        case Op::NoWordEdge:
            return isWordAt(at - 1) == isWordAt(at);
        default: // SearchStart
            return at == m_from;
        }
    }

    // To the last choice above `base`. \return false when there is none.
    bool back(std::size_t base, qint32 *pc, qsizetype *at)
    {
        while (m_stack.size() > base) {
            const Saved saved = m_stack.back();
            m_stack.pop_back();
            if (saved.kind == Saved::Kind::Slot) {
                slots_[std::size_t(saved.index)] = saved.position;
            } else if (saved.kind == Saved::Kind::Mark) {
                m_marks[std::size_t(saved.index)] = saved.position;
            } else {
                *pc = saved.index;
                *at = saved.position;
                return true;
            }
        }
        return false;
    }

    // After a look-around or atomic group matched: its choices go, what it captured can still be undone.
    void dropChoices(std::size_t base)
    {
        std::size_t kept = base;
        for (std::size_t i = base; i < m_stack.size(); ++i) {
            if (m_stack[i].kind != Saved::Kind::Choice)
                m_stack[kept++] = m_stack[i];
        }
        m_stack.resize(kept, {Saved::Kind::Choice, 0, 0});
    }

    bool same(char32_t a, char32_t b, bool ignoreCase) const
    {
        return a == b || (ignoreCase && QChar::toCaseFolded(a) == QChar::toCaseFolded(b));
    }

    bool backReference(const RegexInstruction &i, qsizetype *at) const
    {
        const qsizetype from = slots_[std::size_t(2 * i.a)];
        const qsizetype to = slots_[std::size_t(2 * i.a + 1)];
        if (from < 0 || to < from || *at + (to - from) > m_text.size())
            return false;
        for (qsizetype k = 0; k < to - from; ++k) {
            if (!same(m_text[from + k], m_text[*at + k], i.ignoreCase))
                return false;
        }
        *at += to - from;
        return true;
    }

    bool look(const RegexInstruction &i, qint32 pc, qsizetype *at)
    {
        const std::size_t base = m_stack.size();
        const qsizetype target = std::exchange(m_target, -1);
        const qsizetype notEmpty = std::exchange(m_notEmptyFrom, -1);
        qsizetype end = *at;
        bool found = false;
        const bool isBehind = i.a == RegexInstruction::Behind || i.a == RegexInstruction::NotBehind;
        if (isBehind) {
            m_target = *at;
            const qsizetype furthest = std::max<qsizetype>(0, *at - 255);
            for (qsizetype from = *at; !found && from >= furthest && !m_work.failed; --from)
                found = run(pc + 1, from, &end);
        } else {
            found = run(pc + 1, *at, &end);
        }
        m_target = target;
        m_notEmptyFrom = notEmpty;
        const bool isNot = i.a == RegexInstruction::NotAhead || i.a == RegexInstruction::NotBehind;
        if (found && isNot) {
            // What it captured is undone together with its choices.
            qint32 ignored = 0;
            qsizetype position = 0;
            while (back(base, &ignored, &position)) {
            }
        } else if (found) {
            dropChoices(base);
            if (i.a == RegexInstruction::Atomic)
                *at = end;
        }
        return found != isNot;
    }

    // One instruction that either fits or does not; moves `at` and `pc`.
    bool step(const RegexInstruction &i, qint32 *pc, qsizetype *at)
    {
        const qsizetype size = m_text.size();
        switch (i.op) {
        case Op::Character:
            if (*at >= size || !same(m_text[*at], i.c, i.ignoreCase))
                return false;
            ++*at;
            break;
        case Op::Any:
            if (*at >= size || (m_text[*at] == U'\n' && !i.ignoreCase))
                return false;
            ++*at;
            break;
        case Op::Class:
            if (*at >= size || !m_regex.classes[std::size_t(i.a)].contains(m_text[*at], i.ignoreCase))
                return false;
            ++*at;
            break;
        case Op::Split:
            if (!keep({Saved::Kind::Choice, *pc + i.b, *at}))
                return false;
            *pc += i.a;
            return true;
        case Op::Jump:
            *pc += i.a;
            return true;
        case Op::Save:
            if (!keep({Saved::Kind::Slot, i.a, slots_[std::size_t(i.a)]}))
                return false;
            slots_[std::size_t(i.a)] = *at;
            break;
        case Op::Mark:
            if (!keep({Saved::Kind::Mark, i.a, m_marks[std::size_t(i.a)]}))
                return false;
            m_marks[std::size_t(i.a)] = *at;
            break;
        case Op::Check:
            if (m_marks[std::size_t(i.a)] == *at) {
                *pc += i.b;
                return true;
            }
            break;
        case Op::BackReference:
            if (!backReference(i, at))
                return false;
            break;
        case Op::Look:
            if (!look(i, *pc, at))
                return false;
            *pc += i.b + 1;
            return true;
        default:
            if (!assertion(i.op, *at))
                return false;
        }
        ++*pc;
        return true;
    }

    bool run(qint32 pc, qsizetype at, qsizetype *end)
    {
        const std::size_t base = m_stack.size();
        while (true) {
            if ((++m_count & 7) == 0 && !m_work.charge())
                return false;
            const RegexInstruction &i = m_regex.code[std::size_t(pc)];
            bool ok = false;
            if (i.op == Op::Done) {
                if ((m_target < 0 || at == m_target) && at != m_notEmptyFrom) {
                    *end = at;
                    return true;
                }
            } else {
                ok = step(i, &pc, &at);
            }
            if (m_work.failed || (!ok && !back(base, &pc, &at)))
                return false;
        }
    }

    Work &m_work;
    const Regex &m_regex;
    const QList<uint> &m_text;
    qsizetype m_from;
    std::vector<qsizetype> m_marks;
    std::vector<Saved> m_stack;
    CharacterClass m_word;
    qsizetype m_target = -1;       //!< of a look-behind: where it must end
    qsizetype m_notEmptyFrom = -1; //!< where the match must not end
    quint32 m_count = 0;
};
} // namespace

bool searchRegex(Work &work, const Regex &regex, const QList<uint> &text, qsizetype from, bool notEmpty,
                 std::vector<qsizetype> *slots_)
{
    Matcher matcher(work, regex, text, from);
    // A pattern that begins with one plain character is looked for at its places only.
    const RegexInstruction &first = regex.code[1];
    const bool isPlain = first.op == Op::Character && !first.ignoreCase;
    for (qsizetype at = from; at <= text.size(); ++at) {
        if (isPlain && (at == text.size() || text[at] != first.c)) {
            if ((at & 63) == 0 && !work.charge())
                return false;
            continue;
        }
        if (matcher.matchAt(at, notEmpty)) {
            *slots_ = std::move(matcher.slots_);
            return true;
        }
        if (work.failed || !work.charge())
            return false;
    }
    return false;
}

} // namespace Atom::Expressions
