// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/checkpointfile.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace Atom::Audit::CheckpointFile {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 tailBytes = 64 * 1024; //!< far more than a line

Error failed(const QFile &file)
{
    return Error(Errc::Internal,
                 u"The audit checkpoints %1 cannot be used: %2."_s.arg(file.fileName(), file.errorString()));
}

QByteArray lastWholeLine(const QByteArray &text)
{
    const qsizetype end = text.lastIndexOf('\n');
    if (end < 0)
        return {};
    const qsizetype begin = end > 0 ? text.lastIndexOf('\n', end - 1) + 1 : 0;
    return text.mid(begin, end - begin);
}
} // namespace

Result<void> appendBlocking(const QString &name, const QByteArray &line)
{
    QFile file(name);
    const bool isNew = !file.exists();
    if (!file.open(QIODevice::ReadWrite | QIODevice::Append))
        return failed(file);
    if (isNew)
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    // A crash may have left half a line; it must not swallow the next one.
    QByteArray text = line + '\n';
    if (file.size() > 0) {
        file.seek(file.size() - 1);
        char last = '\n';
        if (file.getChar(&last) && last != '\n')
            text.prepend('\n');
    }
    if (file.write(text) != text.size() || !file.flush() || !syncToDisk(file))
        return failed(file);
    if (isNew)
        syncFolder(QFileInfo(name).absolutePath());
    return {};
}

Result<QList<QByteArray>> readBlocking(const QString &name)
{
    QFile file(name);
    if (!file.exists())
        return QList<QByteArray>();
    if (!file.open(QIODevice::ReadOnly))
        return failed(file);
    QList<QByteArray> lines = file.readAll().split('\n');
    lines.removeLast(); // behind the last line break: nothing, or half a line
    // Half a line of a crash stands alone, followed by the line that was written next.
    lines.removeIf([](const QByteArray &line) { return line.isEmpty() || !line.endsWith('}'); });
    return lines;
}

Result<QByteArray> lastLineBlocking(const QString &name)
{
    QFile file(name);
    if (!file.exists())
        return QByteArray();
    if (!file.open(QIODevice::ReadOnly))
        return failed(file);
    file.seek(std::max<qint64>(0, file.size() - tailBytes));
    return lastWholeLine(file.readAll());
}

} // namespace Atom::Audit::CheckpointFile
