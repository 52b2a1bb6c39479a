// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"

#include <deque>
#include <map>
#include <memory>

namespace Atom::Http {

//! \brief The routes, matched on the path as it was sent: split at '/', then each segment decoded. (Qt's own router
//! matches regular expressions on a path that was decoded first, so that "%2F" parts segments and "." means any.)
//! A literal segment wins over an argument; a segment is never empty.
class RouteTable
{
public:
    //! \brief `route.path` in OpenAPI form. The same method and path twice is our own mistake and asserts.
    void add(Route route);
    const std::deque<Route> &routes() const { return m_routes; } //!< addresses stay

    struct Match
    {
        const Route *route = nullptr; //!< null: no such path, or not with this method (see allowed)
        QStringList args;
        QByteArrayList allowed; //!< methods that the path has, HEAD and OPTIONS included; empty for an unknown path
    };
    //! \brief HEAD is answered by the route of GET. `path` is percent-encoded, without query.
    Match find(const QByteArray &method, const QByteArray &path) const;

private:
    struct Node
    {
        std::map<QString, std::unique_ptr<Node>> literals;
        std::unique_ptr<Node> argument;
        std::map<QByteArray, const Route *> byMethod;
    };
    static const Node *walk(const Node &node, const QStringList &segments, qsizetype at, QStringList &args);

    std::deque<Route> m_routes;
    Node m_root;
};

} // namespace Atom::Http
