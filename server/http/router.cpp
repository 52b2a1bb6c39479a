// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/router.h"

#include <algorithm>

namespace Atom::Http {

namespace {
int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = char(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
} // namespace

std::optional<QString> decodeSegment(const QByteArray &segment)
{
    QByteArray bytes;
    bytes.reserve(segment.size());
    for (qsizetype i = 0; i < segment.size(); ++i) {
        char c = segment[i];
        if (c == '%') {
            if (i + 2 >= segment.size())
                return std::nullopt;
            const int high = hexValue(segment[i + 1]);
            const int low = hexValue(segment[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            c = char(high * 16 + low);
            i += 2;
        }
        if (uchar(c) < 0x20 || c == 0x7f)
            return std::nullopt;
        bytes.append(c);
    }
    if (!QByteArrayView(bytes).isValidUtf8())
        return std::nullopt;
    return QString::fromUtf8(bytes);
}

void Router::add(Route route)
{
    Pattern pattern;
    for (const QByteArray &segment : route.path.toUtf8().split('/'))
        pattern.segments.append(segment.startsWith('{') ? QByteArray() : segment + '\0');
    m_patterns.append(std::move(pattern));
    m_routes.append(std::move(route));
}

Router::Match Router::find(const QByteArray &method, const QByteArray &encodedPath) const
{
    Match match;
    const QByteArrayList segments = encodedPath.split('/');
    const QByteArray wanted = method == "HEAD" ? QByteArrayLiteral("GET") : method;
    for (qsizetype i = 0; i < m_routes.size(); ++i) {
        const QByteArrayList &pattern = m_patterns[i].segments;
        if (pattern.size() != segments.size())
            continue;
        QStringList args;
        bool fits = true;
        for (qsizetype k = 0; fits && k < segments.size(); ++k) {
            if (!pattern[k].isEmpty()) {
                // Literals carry a NUL, so that an empty first segment differs from a parameter.
                fits = QByteArrayView(pattern[k]).chopped(1) == segments[k];
                continue;
            }
            const std::optional<QString> value = decodeSegment(segments[k]);
            fits = value && !value->isEmpty();
            if (fits)
                args.append(*value);
        }
        if (!fits)
            continue;
        const Route &route = m_routes[i];
        if (route.method == wanted) {
            match.route = &route;
            match.args = args;
            match.allowed.clear();
            return match;
        }
        if (!match.allowed.contains(route.method))
            match.allowed.append(route.method);
    }
    if (match.allowed.contains("GET"))
        match.allowed.append("HEAD");
    if (!match.allowed.isEmpty())
        match.allowed.append("OPTIONS");
    std::sort(match.allowed.begin(), match.allowed.end());
    return match;
}

} // namespace Atom::Http
