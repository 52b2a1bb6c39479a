// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegexParser: what stands in parentheses; and the flags.
#include "server/expressions/regexparser.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

using Op = RegexInstruction::Op;

bool RegexParser::capture(RegexCode &out, const QString &name)
{
    const int number = ++m_regex.groups;
    if (number > 200)
        return fail(u"too many capture groups are specified"_s);
    m_regex.names.append(name);
    RegexInstruction save = instruction(Op::Save);
    save.a = 2 * number;
    out.push_back(save);
    RegexCode body;
    if (!alternation(body))
        return false;
    out.insert(out.end(), body.begin(), body.end());
    save.a = 2 * number + 1;
    out.push_back(save);
    return close();
}

bool RegexParser::close()
{
    if (atEnd() || peek() != U')')
        return fail(u"end pattern with unmatched parenthesis"_s);
    ++m_at;
    return true;
}

bool RegexParser::group(RegexCode &out)
{
    if (atEnd() || peek() != U'?')
        return capture(out, {});
    ++m_at;
    const auto look = [&](RegexInstruction::Look kind, qsizetype skip) {
        m_at += skip;
        if (!alternation(out) || !close())
            return false;
        wrap(out, kind);
        return true;
    };
    const char32_t c = atEnd() ? 0 : peek();
    const char32_t following = m_at + 1 < m_pattern.size() ? m_pattern[m_at + 1] : 0;
    if (c == U':') {
        ++m_at;
        return alternation(out) && close();
    }
    if (c == U'=')
        return look(RegexInstruction::Ahead, 1);
    if (c == U'!')
        return look(RegexInstruction::NotAhead, 1);
    if (c == U'>')
        return look(RegexInstruction::Atomic, 1);
    if (c == U'<' && following == U'=')
        return look(RegexInstruction::Behind, 2);
    if (c == U'<' && following == U'!')
        return look(RegexInstruction::NotBehind, 2);
    if (c == U'#') {
        while (!atEnd() && peek() != U')')
            ++m_at;
        return close();
    }
    if (c == U'<' || (c == U'P' && following == U'<')) {
        m_at += c == U'P' ? 2 : 1;
        QString name;
        return groupName(U'>', &name) && capture(out, name);
    }
    return inlineOptions(out);
}

bool RegexParser::groupName(char32_t end, QString *name)
{
    while (!atEnd() && peek() != end) {
        const char32_t c = m_pattern[m_at++];
        if (!QChar::isLetterOrNumber(c) && c != U'_')
            return fail(u"invalid group name <%1>"_s.arg(name->left(64)));
        *name += QString::fromUcs4(&c, 1);
    }
    if (atEnd() || name->isEmpty())
        return fail(u"group name is empty"_s);
    ++m_at;
    return true;
}

// (?i) to the end of the group, (?i:...) for its own body.
bool RegexParser::inlineOptions(RegexCode &out)
{
    Options options = m_options;
    bool on = true;
    while (!atEnd()) {
        const char32_t c = m_pattern[m_at++];
        switch (c) {
        case U'-':
            on = false;
            break;
        case U'i':
            options.ignoreCase = on;
            break;
        case U'm':
            options.multiLine = on;
            break;
        case U's':
            options.dotAll = on;
            break;
        case U'x':
            options.extended = on;
            break;
        case U')': {
            m_options = options;
            RegexCode rest; // takes the alternatives that follow along, as Perl does
            const int depth = m_depth;
            const bool ok = alternation(rest);
            m_depth = depth;
            out.insert(out.end(), rest.begin(), rest.end());
            return ok;
        }
        case U':': {
            const Options before = std::exchange(m_options, options);
            const bool ok = alternation(out) && close();
            m_options = before;
            return ok;
        }
        default:
            return fail(u"undefined group option"_s);
        }
    }
    return fail(u"end pattern in group"_s);
}

bool Regex::compile(Work &work, const QString &pattern, const QString &flags, Regex *out)
{
    RegexParser::Options options;
    for (const QChar c : flags) {
        switch (c.unicode()) {
        case 'g':
        case 'n':
        case 'l':
        case 's':
            break;
        case 'i':
            options.ignoreCase = true;
            break;
        case 'x':
            options.extended = true;
            break;
        case 'p':
            options.dotAll = true;
            break;
        default:
            work.fail(u"%1 is not a valid modifier string"_s.arg(flags.left(64)));
            return false;
        }
    }
    if (!work.charge(1 + pattern.size() / 4))
        return false;
    RegexParser parser(pattern, options, *out);
    if (parser.parse())
        return true;
    work.fail(u"%1 (at offset 0) is not a valid regex: %2"_s.arg(pattern.left(256), parser.error()));
    return false;
}

} // namespace Atom::Expressions
