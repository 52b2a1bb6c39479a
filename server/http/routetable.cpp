// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/routetable.h"

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype mostSegments = 32; // no route is as long; bounds the walk

QStringList segmentsOf(const QByteArray &path)
{
    QStringList segments;
    if (path == "/")
        return segments;
    for (const QByteArray &part : path.mid(1).split('/')) {
        segments.append(QString::fromUtf8(QByteArray::fromPercentEncoding(part)));
        if (segments.size() > mostSegments)
            break;
    }
    return segments;
}
bool isArgument(const QString &segment)
{
    return segment.startsWith(u'{') && segment.endsWith(u'}');
}
} // namespace

void RouteTable::add(Route route)
{
    Node *node = &m_root;
    for (const QString &segment : segmentsOf(route.path.toUtf8())) {
        std::unique_ptr<Node> &next = isArgument(segment) ? node->argument : node->literals[segment];
        if (!next)
            next = std::make_unique<Node>();
        node = next.get();
    }
    Q_ASSERT_X(!node->byMethod.contains(route.method), "RouteTable", "a route is registered twice");
    m_routes.push_back(std::move(route));
    node->byMethod[m_routes.back().method] = &m_routes.back();
}

const RouteTable::Node *RouteTable::walk(const Node &node, const QStringList &segments, qsizetype at, QStringList &args)
{
    if (at == segments.size())
        return node.byMethod.empty() ? nullptr : &node;
    const QString &segment = segments.at(at);
    if (segment.isEmpty())
        return nullptr;
    if (const auto it = node.literals.find(segment); it != node.literals.end()) {
        if (const Node *found = walk(*it->second, segments, at + 1, args))
            return found;
    }
    if (!node.argument)
        return nullptr;
    args.append(segment);
    if (const Node *found = walk(*node.argument, segments, at + 1, args))
        return found;
    args.removeLast();
    return nullptr;
}

RouteTable::Match RouteTable::find(const QByteArray &method, const QByteArray &path) const
{
    Match match;
    const Node *node = walk(m_root, segmentsOf(path), 0, match.args);
    if (!node)
        return match;
    for (const auto &[name, route] : node->byMethod) {
        match.allowed.append(name);
        if (name == "GET")
            match.allowed.append("HEAD");
    }
    match.allowed.append("OPTIONS");
    const auto it = node->byMethod.find(method == "HEAD" ? QByteArray("GET") : method);
    if (it != node->byMethod.end())
        match.route = it->second;
    return match;
}

} // namespace Atom::Http
