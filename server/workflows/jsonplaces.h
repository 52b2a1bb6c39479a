// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/sourcedocument.h"

namespace Atom::Workflows {

//! \brief Finds the places of all values and keys in JSON that is known to be valid and not too deep, and keys that are
//! there twice, which the JSON parser does not tell. YAML would do for both, but for long keys and surrogate escapes.
class JsonPlaces
{
public:
    explicit JsonPlaces(SourceDocument &document) : m_document(document), m_source(document.m_source) {}
    //! \brief Fills the document's places; issues for keys that are there twice and for bounds that are met.
    void read() { value({}); }

private:
    bool keep(QHash<QString, Position> &places, const QString &pointer);
    void issue(const QString &pointer, const QString &message);
    void value(const QString &pointer);
    void members(const QString &pointer);
    void items(const QString &pointer);
    QString text();
    void skipSpace();
    char peek() const { return m_at < m_source.size() ? m_source[m_at] : '\0'; }
    Position here() const;

    SourceDocument &m_document;
    const QByteArrayView m_source;
    qsizetype m_at = 0;
    int m_line = 1;
    qsizetype m_lineStart = 0;
    int m_nodes = 0;
    qsizetype m_placeUnits = 0;
    bool m_stopped = false;
};

} // namespace Atom::Workflows
