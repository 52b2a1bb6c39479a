// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/jsonplaces.h"

#include "server/expressions/template.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <algorithm>
#include <utility>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

Position JsonPlaces::here() const
{
    return {m_line, int(m_at - m_lineStart) + 1};
}

void JsonPlaces::issue(const QString &pointer, const QString &message)
{
    if (m_document.issues.size() < SourceDocument::maxIssues)
        m_document.issues.append({m_document.shown(here()), pointer, message});
}

bool JsonPlaces::keep(QHash<QString, Position> &places, const QString &pointer)
{
    m_placeUnits += pointer.size();
    if (m_placeUnits > SourceDocument::maxPlaceUnits) {
        issue({}, u"the keys of the document are too long for what is under them"_s);
        m_stopped = true;
        return false;
    }
    places.insert(pointer, here());
    return true;
}

void JsonPlaces::skipSpace()
{
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
        if (m_source[m_at++] != '\n')
            continue;
        ++m_line;
        m_lineStart = m_at;
    }
}

void JsonPlaces::value(const QString &pointer)
{
    skipSpace();
    if (++m_nodes > SourceDocument::maxNodes) {
        issue(pointer, u"the document holds more than %1 values"_s.arg(SourceDocument::maxNodes));
        m_stopped = true;
    }
    if (m_stopped || !keep(m_document.m_values, pointer))
        return;
    if (peek() == '{') {
        members(pointer);
    } else if (peek() == '[') {
        items(pointer);
    } else if (peek() == '"') {
        (void)text();
    } else {
        while (m_at < m_source.size() && !QByteArrayView(",]} \t\r\n").contains(peek()))
            ++m_at;
    }
    skipSpace();
}

void JsonPlaces::members(const QString &pointer)
{
    QSet<QString> seen;
    ++m_at;
    skipSpace();
    while (!m_stopped && peek() == '"') {
        const qsizetype before = m_at;
        const QString key = text();
        const QString inner = pointerJoin(pointer, key);
        const qsizetype behind = std::exchange(m_at, before); // here() is the key's place
        if (seen.contains(key))
            issue(inner, u"the key `%1` is there twice"_s.arg(key.left(64)));
        seen.insert(key);
        if (!keep(m_document.m_keys, inner))
            return;
        m_at = behind;
        skipSpace();
        ++m_at; // the colon
        value(inner);
        if (peek() == ',')
            ++m_at;
        skipSpace();
    }
    ++m_at;
}

void JsonPlaces::items(const QString &pointer)
{
    ++m_at;
    skipSpace();
    for (int i = 0; !m_stopped && m_at < m_source.size() && peek() != ']'; ++i) {
        value(pointerJoin(pointer, QString::number(i)));
        if (peek() == ',')
            ++m_at;
        skipSpace();
    }
    ++m_at;
}

//! The text that begins here; it has no line breaks.
QString JsonPlaces::text()
{
    const qsizetype start = m_at++;
    while (m_at < m_source.size() && peek() != '"')
        m_at += peek() == '\\' ? 2 : 1;
    ++m_at;
    const QByteArray raw = m_source.sliced(start, std::min(m_at, m_source.size()) - start).toByteArray();
    return QJsonDocument::fromJson('[' + raw + ']').array().at(0).toString();
}

} // namespace Atom::Workflows
