// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>

namespace Atom::Workflows {

//! \brief 1-based line and column; 0 when unknown.
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
    static constexpr int maxNodes = 20'000;
    static constexpr int maxDepth = 48;

    //! \brief Never fails as a whole: what is wrong is in `issues`, and the value is then not to be used.
    static SourceDocument parse(const QByteArray &source);

    QJsonValue value;
    QList<SourceIssue> issues;
    //! \brief Of the value at `pointer`, or of the nearest thing around it.
    Position positionOf(const QString &pointer) const { return nearest(m_values, pointer); }
    //! \brief Of the key that holds `pointer`.
    Position keyPositionOf(const QString &pointer) const { return nearest(m_keys, pointer); }

private:
    friend class YamlReader;
    static Position nearest(const QHash<QString, Position> &positions, QString pointer);
    QHash<QString, Position> m_values;
    QHash<QString, Position> m_keys;
};

} // namespace Atom::Workflows
