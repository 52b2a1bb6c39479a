// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"

#include <optional>

namespace Atom::Http {

//! \brief Finds the route of a request. Qt's router decodes before it matches, takes paths for regular expressions and
//! knows no 405; this one compares raw segments: `%2F` never becomes a separator, and a trailing or double slash is
//! another path. Routes are tried in the order they were added.
class Router
{
public:
    void add(Route route);
    const QList<Route> &routes() const { return m_routes; }

    struct Match
    {
        const Route *route = nullptr; //!< null: see allowed
        QStringList args;             //!< decoded values of the `{...}` segments
        QByteArrayList allowed;       //!< methods of the path when the method is not served; empty: no such path
    };
    //! \brief `encodedPath` as on the wire, without query. HEAD is served by GET routes.
    Match find(const QByteArray &method, const QByteArray &encodedPath) const;

private:
    struct Pattern
    {
        QByteArrayList segments; //!< empty for a parameter
    };
    QList<Route> m_routes;
    QList<Pattern> m_patterns;
};

//! \brief Decodes one path segment. nullopt for a broken escape, a control character or invalid UTF-8.
std::optional<QString> decodeSegment(const QByteArray &segment);

} // namespace Atom::Http
