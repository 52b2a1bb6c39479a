// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/serverprocess.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

namespace Atom::Test {

//! \brief Gives the server the shipped intents and workflows, with the demo service's address replaced by that of the
//! test's own service on `port`, and permission to call it.
inline void useService(ServerProcess &server, quint16 port)
{
    const auto copy = [&](const QString &name) {
        const QDir from(QStringLiteral(ATOM_SOURCE_DIR "/resources/") + name);
        const QString to = server.folder() + u'/' + name;
        QDir().mkpath(to);
        for (const QString &file : from.entryList(QDir::Files)) {
            QFile source(from.filePath(file));
            QFile target(to + u'/' + file);
            if (!source.open(QIODevice::ReadOnly) || !target.open(QIODevice::WriteOnly))
                qFatal("cannot copy %s", qPrintable(file));
            target.write(source.readAll().replace("127.0.0.1:5061", "127.0.0.1:" + QByteArray::number(port)));
        }
        return to;
    };
    server.configure(QStringLiteral("workflows.folder"), u'"' + copy(QStringLiteral("workflows")) + u'"');
    server.configure(QStringLiteral("assistant.intents"), u'"' + copy(QStringLiteral("intents")) + u'"');
    server.configure(QStringLiteral("egress.allow"), QStringLiteral("[\"127.0.0.1:%1\"]").arg(port));
}

} // namespace Atom::Test
