// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/ordinarytalk.h"

#include <QtCore/QFile>

// Must stand outside of namespaces; a static library's resources are dropped by the linker unless asked for.
static void initAssistantResources()
{
    Q_INIT_RESOURCE(atom_assistant);
}

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

QStringList readOrdinaryTalk(const QString &file)
{
    initAssistantResources();
    QFile source(QFile::exists(file) ? file : u":/atom/assistant/background.txt"_s);
    QStringList lines;
    if (!source.open(QIODevice::ReadOnly))
        return lines;
    for (const QByteArray &line : source.readAll().split('\n')) {
        const QString text = QString::fromUtf8(line).trimmed();
        if (!text.isEmpty() && !text.startsWith(u'#'))
            lines.append(text);
    }
    return lines;
}

} // namespace Atom::Assistant
