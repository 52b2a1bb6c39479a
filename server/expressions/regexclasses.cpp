// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegexParser: escapes and classes of characters.
#include "server/expressions/regexparser.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
using Named = CharacterClass::Named;
using Op = RegexInstruction::Op;

bool isWord(char32_t c)
{
    return QChar::isLetterOrNumber(c) || QChar::isMark(c) || c == U'_' ||
           QChar::category(c) == QChar::Punctuation_Connector;
}

bool isNamed(Named name, char32_t c)
{
    switch (name) {
    case Named::Digit:
        return QChar::isDigit(c);
    case Named::Word:
        return isWord(c);
    case Named::Space:
        return QChar::isSpace(c);
    case Named::Hex:
        return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F');
    case Named::Alpha:
        return QChar::isLetter(c) || QChar::isMark(c);
    case Named::Alnum:
        return QChar::isLetterOrNumber(c) || QChar::isMark(c);
    case Named::Upper:
        return QChar::isUpper(c);
    case Named::Lower:
        return QChar::isLower(c);
    case Named::Punct:
        return QChar::isPunct(c) || (c < 0x80 && QChar::isSymbol(c));
    case Named::Cntrl:
        return QChar::category(c) == QChar::Other_Control;
    case Named::Graph:
        return QChar::isPrint(c) && !QChar::isSpace(c);
    case Named::Print:
        return QChar::isPrint(c);
    case Named::Blank:
        return c == U' ' || c == U'\t' || QChar::category(c) == QChar::Separator_Space;
    case Named::Ascii:
        return c < 0x80;
    case Named::Letter:
        return QChar::isLetter(c);
    case Named::Mark:
        return QChar::isMark(c);
    case Named::Number:
        return QChar::isNumber(c);
    case Named::Symbol:
        return QChar::isSymbol(c);
    case Named::Separator:
        return QChar::category(c) >= QChar::Separator_Space && QChar::category(c) <= QChar::Separator_Paragraph;
    case Named::Other:
        return !QChar::isPrint(c);
    }
    return false;
}

const QHash<QString, Named> &namedClasses()
{
    static const QHash<QString, Named> all{
        {u"digit"_s, Named::Digit},   {u"word"_s, Named::Word},   {u"space"_s, Named::Space},
        {u"xdigit"_s, Named::Hex},    {u"alpha"_s, Named::Alpha}, {u"alnum"_s, Named::Alnum},
        {u"upper"_s, Named::Upper},   {u"lower"_s, Named::Lower}, {u"punct"_s, Named::Punct},
        {u"cntrl"_s, Named::Cntrl},   {u"graph"_s, Named::Graph}, {u"print"_s, Named::Print},
        {u"blank"_s, Named::Blank},   {u"ascii"_s, Named::Ascii}, {u"l"_s, Named::Letter},
        {u"letter"_s, Named::Letter}, {u"m"_s, Named::Mark},      {u"n"_s, Named::Number},
        {u"nd"_s, Named::Digit},      {u"lu"_s, Named::Upper},    {u"ll"_s, Named::Lower},
        {u"p"_s, Named::Punct},       {u"s"_s, Named::Symbol},    {u"z"_s, Named::Separator},
        {u"c"_s, Named::Other}};
    return all;
}
} // namespace

bool CharacterClass::contains(char32_t c, bool ignoreCase) const
{
    const auto has = [this](char32_t x) {
        for (const auto &[low, high] : ranges) {
            if (x >= low && x <= high)
                return true;
        }
        for (const auto &[name, negated] : named) {
            if (isNamed(name, x) != negated)
                return true;
        }
        return false;
    };
    bool found =
        has(c) || (ignoreCase && (has(QChar::toCaseFolded(c)) || has(QChar::toUpper(c)) || has(QChar::toLower(c))));
    for (std::size_t i = 0; !found && i < inner.size(); ++i)
        found = inner[i].contains(c, ignoreCase);
    for (std::size_t i = 0; found && i < also.size(); ++i)
        found = also[i].contains(c, ignoreCase);
    return found != isNegated;
}

bool RegexParser::namedClass(char32_t letter, CharacterClass *out)
{
    static const QHash<char32_t, Named> letters{
        {U'd', Named::Digit}, {U'w', Named::Word}, {U's', Named::Space}, {U'h', Named::Hex}};
    const char32_t lower = letter < 0x80 ? char32_t(QChar::toLower(letter)) : letter;
    const auto it = letters.constFind(lower);
    if (it == letters.constEnd())
        return false;
    out->named.push_back({*it, letter != lower});
    return true;
}

bool RegexParser::property(bool isNegated, CharacterClass *out)
{
    if (atEnd() || peek() != U'{')
        return fail(u"invalid character property name {p}"_s);
    ++m_at;
    QString name;
    while (!atEnd() && peek() != U'}' && name.size() < 64) {
        const char32_t c = m_pattern[m_at++];
        if (c == U'^')
            isNegated = !isNegated;
        else if (c != U'_' && c != U' ' && c != U'-')
            name += QString::fromUcs4(&c, 1).toLower();
    }
    const auto it = namedClasses().constFind(name);
    if (atEnd() || it == namedClasses().constEnd())
        return fail(u"invalid character property name {%1}"_s.arg(name));
    ++m_at;
    out->named.push_back({*it, isNegated});
    return true;
}

bool RegexParser::hexadecimal(int most, char32_t *out)
{
    *out = 0;
    int count = 0;
    while (!atEnd() && count < most && isNamed(Named::Hex, peek())) {
        const char32_t c = m_pattern[m_at++];
        *out = *out * 16 + (c <= U'9' ? c - U'0' : (c | 0x20) - U'a' + 10);
        ++count;
    }
    return count > 0;
}

// Escapes that mean one character; `letter` is behind the backslash.
bool RegexParser::characterEscape(char32_t letter, char32_t *out)
{
    switch (letter) {
    case U'n':
        *out = U'\n';
        return true;
    case U't':
        *out = U'\t';
        return true;
    case U'r':
        *out = U'\r';
        return true;
    case U'f':
        *out = U'\f';
        return true;
    case U'v':
        *out = U'\v';
        return true;
    case U'a':
        *out = U'\a';
        return true;
    case U'e':
        *out = 0x1b;
        return true;
    case U'0':
        *out = 0;
        return true;
    case U'u':
        return hexadecimal(4, out) || fail(u"too short escape sequence"_s);
    case U'x':
        if (!atEnd() && peek() == U'{') {
            ++m_at;
            if (!hexadecimal(8, out) || atEnd() || peek() != U'}' || *out > 0x10ffff)
                return fail(u"invalid code point value"_s);
            ++m_at;
            return true;
        }
        return hexadecimal(2, out) || fail(u"too short escape sequence"_s);
    default:
        *out = letter;
        return true;
    }
}

bool RegexParser::backReference(RegexCode &out, char32_t first)
{
    RegexInstruction i = instruction(Op::BackReference);
    if (first == U'k') {
        if (atEnd() || peek() != U'<')
            return fail(u"invalid backref number/name"_s);
        ++m_at;
        QString name;
        if (!groupName(U'>', &name))
            return false;
        bool isNumber = false;
        i.a = name.toInt(&isNumber);
        if (!isNumber)
            i.a = qint32(m_regex.names.lastIndexOf(name)) + 1;
        if (i.a <= 0)
            return fail(u"undefined name <%1> reference"_s.arg(name.left(64)));
    } else {
        i.a = qint32(first - U'0');
        while (!atEnd() && peek() >= U'0' && peek() <= U'9' && i.a * 10 + int(peek() - U'0') <= m_regex.groups)
            i.a = i.a * 10 + qint32(m_pattern[m_at++] - U'0');
    }
    out.push_back(i);
    return true;
}

bool RegexParser::escape(RegexCode &out)
{
    if (atEnd())
        return fail(u"end pattern at escape"_s);
    const char32_t c = m_pattern[m_at++];
    CharacterClass set;
    if (namedClass(c, &set))
        return addClass(out, std::move(set));
    if (c == U'p' || c == U'P')
        return property(c == U'P', &set) && addClass(out, std::move(set));
    if ((c >= U'1' && c <= U'9') || c == U'k')
        return backReference(out, c);
    static const QHash<char32_t, Op> anchors{{U'A', Op::TextBegin}, {U'z', Op::TextEnd},    {U'Z', Op::TextEndNewline},
                                             {U'b', Op::WordEdge},  {U'B', Op::NoWordEdge}, {U'G', Op::SearchStart}};
    if (const auto it = anchors.constFind(c); it != anchors.constEnd()) {
        out.push_back(instruction(*it));
        return true;
    }
    if (c == U'Q') { // text up to \E
        while (!atEnd() && !(peek() == U'\\' && m_at + 1 < m_pattern.size() && m_pattern[m_at + 1] == U'E'))
            character(out, m_pattern[m_at++]);
        m_at = std::min(m_at + 2, m_pattern.size());
        return true;
    }
    if (c == U'g' || c == U'K' || c == U'R' || c == U'X')
        return fail(u"\\%1 is not supported"_s.arg(QString::fromUcs4(&c, 1)));
    char32_t literal = 0;
    return characterEscape(c, &literal) && character(out, literal);
}

bool RegexParser::posixClass(CharacterClass &set)
{
    // Behind "[:"; not closed by ":]" it is two ordinary characters.
    const qsizetype start = m_at;
    m_at += 2;
    bool isNegated = false;
    if (!atEnd() && peek() == U'^') {
        isNegated = true;
        ++m_at;
    }
    QString name;
    while (!atEnd() && name.size() < 10 && peek() >= U'a' && peek() <= U'z')
        name += QChar(ushort(m_pattern[m_at++]));
    const auto it = namedClasses().constFind(name);
    if (m_at + 1 < m_pattern.size() && peek() == U':' && m_pattern[m_at + 1] == U']' &&
        it != namedClasses().constEnd()) {
        m_at += 2;
        set.named.push_back({*it, isNegated});
        return true;
    }
    m_at = start;
    return false;
}

bool RegexParser::bracketItem(CharacterClass &set)
{
    if (m_at + 1 < m_pattern.size() && peek() == U'[' && m_pattern[m_at + 1] == U':' && posixClass(set))
        return true;
    char32_t low = m_pattern[m_at++];
    if (low == U'[') {
        if (++m_depth > maxNesting)
            return fail(u"nested too deep"_s);
        const bool ok = bracket(set.inner.emplace_back());
        --m_depth;
        return ok;
    }
    const auto escaped = [&](char32_t *c, bool *isSet) {
        if (atEnd())
            return fail(u"end pattern at escape"_s);
        const char32_t letter = m_pattern[m_at++];
        *isSet = namedClass(letter, &set);
        if (!*isSet && (letter == U'p' || letter == U'P')) {
            *isSet = true;
            return property(letter == U'P', &set);
        }
        if (letter == U'b') {
            *c = U'\b';
            return true;
        }
        return *isSet || characterEscape(letter, c);
    };
    bool isSet = false;
    if (low == U'\\' && (!escaped(&low, &isSet) || isSet))
        return m_error.isEmpty();
    char32_t high = low;
    if (m_at + 1 < m_pattern.size() && peek() == U'-' && m_pattern[m_at + 1] != U']') {
        ++m_at;
        high = m_pattern[m_at++];
        if (high == U'\\' && (!escaped(&high, &isSet) || isSet))
            return fail(u"char-class value at end of range"_s);
        if (high < low)
            return fail(u"empty range in char class"_s);
    }
    set.ranges.push_back({low, high});
    return true;
}

// Behind the opening bracket.
bool RegexParser::bracket(CharacterClass &set)
{
    if (!atEnd() && peek() == U'^') {
        set.isNegated = true;
        ++m_at;
    }
    bool isFirst = true;
    while (!atEnd() && (peek() != U']' || isFirst)) {
        isFirst = false;
        if (peek() == U'&' && m_at + 1 < m_pattern.size() && m_pattern[m_at + 1] == U'&') {
            m_at += 2;
            if (++m_depth > maxNesting)
                return fail(u"nested too deep"_s);
            const bool ok = bracket(set.also.emplace_back()); // and takes our closing bracket
            --m_depth;
            return ok;
        }
        if (!bracketItem(set))
            return false;
        if (set.ranges.size() + set.inner.size() > 2000)
            return fail(u"too big"_s);
    }
    if (atEnd())
        return fail(u"premature end of char-class"_s);
    ++m_at;
    return true;
}

} // namespace Atom::Expressions
