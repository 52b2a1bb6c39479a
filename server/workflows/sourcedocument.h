// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>

namespace Atom::Workflows {

//! \brief 1-based line and column (in characters, not bytes); 0 when unknown.
struct Position
{
    int line = 0;
    int column = 0;
};

//! \brief A mistake in the text itself, before it has a meaning.
struct SourceIssue
{
    Position position;
    QString pointer;
    QString message;
};

//! \brief A YAML or JSON text as JSON value, with the place of everything in it.
//!
//! YAML 1.2 core schema typing: only null, true/false, numbers are not text when plain, so `on`, `yes` and `no` stay
//! text. Refused: duplicate keys, merge keys, several documents, tags, keys that are not scalars, integers beyond 64
//! bits, .inf and .nan, more than `maxNodes` values after aliases, deeper than `maxDepth`.
class SourceDocument
{
public:
    static constexpr qsizetype maxBytes = 256 * 1024;
    static constexpr int maxNodes = 40'000;
    static constexpr int maxDepth = 128;
    static constexpr qsizetype maxIssues = 100;
    static constexpr qsizetype maxPlaceUnits = 16'000'000; //!< of all pointers; 40,000 values have some 4 million

    //! \brief Never fails as a whole: what is wrong is in `issues`, and the value is then not to be used.
    static SourceDocument parse(const QByteArray &source);

    QJsonValue value;
    QList<SourceIssue> issues;
    //! \brief Of the value at `pointer`, or of the nearest thing around it.
    Position positionOf(const QString &pointer) const { return shown(nearest(m_values, pointer)); }
    //! \brief Of the key that holds `pointer`.
    Position keyPositionOf(const QString &pointer) const { return shown(nearest(m_keys, pointer)); }
    //! \brief Of the character at `offset` (UTF-16 units) of `text`, which stands at `pointer`, through quotes,
    //! escapes, folded and indented lines. The text's own place when that cannot be found.
    Position positionInside(const QString &pointer, const QString &text, qsizetype offset) const;

private:
    friend class JsonPlaces;
    friend class YamlReader;
    static Position nearest(const QHash<QString, Position> &positions, QString pointer);
    Position shown(Position inBytes) const;
    Position jsonErrorPosition() const;
    qsizetype lineStart(int line) const { return m_lines.value(line - 1, m_source.size()); }

    QByteArray m_source;
    QList<qsizetype> m_lines;          //!< where each begins in m_source
    QHash<QString, Position> m_values; //!< columns in bytes, as the parser counts
    QHash<QString, Position> m_keys;
};

} // namespace Atom::Workflows
