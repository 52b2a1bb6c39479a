// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace Atom::Expressions {

//! \brief jq counts text in code points, QString in UTF-16 units: a pair of surrogates is one.
inline bool isPair(QStringView text, qsizetype at)
{
    return text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate();
}
inline qsizetype codePointCount(QStringView text)
{
    qsizetype count = text.size();
    for (const QChar c : text)
        count -= c.isLowSurrogate() ? 1 : 0;
    return count;
}
//! \brief Behind `count` code points from the unit `at` on.
inline qsizetype unitOffset(QStringView text, qsizetype count, qsizetype at = 0)
{
    while (count-- > 0 && at < text.size())
        at += isPair(text, at) ? 2 : 1;
    return at;
}
inline char32_t codePointAt(QStringView text, qsizetype at)
{
    return isPair(text, at) ? QChar::surrogateToUcs4(text[at], text[at + 1]) : text[at].unicode();
}
inline void appendCodePoint(QString &out, char32_t c)
{
    for (const char16_t unit : QChar::fromUcs4(c))
        out += QChar(unit);
}

} // namespace Atom::Expressions
