// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/httpgrammar.h"

#include <algorithm>
#include <array>

namespace Atom::Net {

namespace {
constexpr std::array<bool, 256> charSet(const char *extra)
{
    std::array<bool, 256> set{};
    for (int c = '0'; c <= '9'; ++c)
        set[size_t(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c)
        set[size_t(c)] = set[size_t(c - 'a' + 'A')] = true;
    for (; *extra; ++extra)
        set[size_t(static_cast<unsigned char>(*extra))] = true;
    return set;
}
constexpr auto tokenChars = charSet("!#$%&'*+-.^_`|~");
constexpr auto hostChars = charSet("-._~%!$&'()*+,;=");

bool allOf(QByteArrayView text, const std::array<bool, 256> &set)
{
    return std::all_of(text.begin(), text.end(), [&set](char c) { return set[static_cast<unsigned char>(c)]; });
}
constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}
bool isHex(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}
} // namespace

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && allOf(text, tokenChars);
}

bool isFieldValue(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u >= 0x20 && u != 0x7f) || u == '\t';
    });
}

QByteArrayView trimmedOws(QByteArrayView text)
{
    const auto isOws = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.isEmpty() && isOws(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isOws(text.back()))
        text.chop(1);
    return text;
}

bool sameName(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool listHasToken(QByteArrayView value, QByteArrayView token)
{
    while (!value.isEmpty()) {
        const qsizetype comma = value.indexOf(',');
        if (sameName(trimmedOws(comma < 0 ? value : value.first(comma)), token))
            return true;
        value = comma < 0 ? QByteArrayView() : value.sliced(comma + 1);
    }
    return false;
}

bool isHostPort(QByteArrayView text)
{
    QByteArrayView port;
    if (text.startsWith('[')) {
        const qsizetype end = text.indexOf(']');
        if (end < 3)
            return false;
        const QByteArrayView inside = text.sliced(1, end - 1);
        if (!std::all_of(inside.begin(), inside.end(), [](char c) { return isHex(c) || c == ':' || c == '.'; }))
            return false;
        port = text.sliced(end + 1);
    } else {
        const qsizetype colon = text.indexOf(':');
        const QByteArrayView name = colon < 0 ? text : text.first(colon);
        if (name.isEmpty() || !allOf(name, hostChars) || !hasValidEscapes(name))
            return false;
        port = colon < 0 ? QByteArrayView() : text.sliced(colon);
    }
    if (port.isEmpty())
        return true;
    if (port.front() != ':' || port.size() > 6)
        return false;
    port = port.sliced(1);
    return std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool hasValidEscapes(QByteArrayView text)
{
    for (qsizetype i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
        if (i + 2 >= text.size() || !isHex(text[i + 1]) || !isHex(text[i + 2]))
            return false;
    }
    return true;
}

} // namespace Atom::Net
