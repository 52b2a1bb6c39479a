// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/syntaxtree.h"

#include <QtCore/QHash>
#include <QtCore/QStringList>

namespace Atom::Expressions {

//! \brief The functions of jq that are written in jq. Parsed on first use, then immutable and shared by all threads:
//! compiling an expression never reads them again.
class Library
{
public:
    static const Library &instance();
    //! \return a Function node that lives as long as the program, or null.
    const Node *find(const QString &name, qsizetype arity) const;
    //! \brief "name/arity" of everything here.
    QStringList names() const;
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;

private:
    Library();
    QHash<QString, Node *> m_functions;
    std::vector<std::unique_ptr<Node>> m_nodes;
};

} // namespace Atom::Expressions
