// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/erasureledger.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
QByteArray lineOf(const StoredErasure &erasure)
{
    const QJsonObject json{{u"user"_s, erasure.user.toString()},
                           {u"pseudonym"_s, erasure.pseudonym.toString()},
                           {u"messages"_s, erasure.removesMessages ? u"remove"_s : u"keep"_s},
                           {u"at"_s, toIso(erasure.at)}};
    return QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<StoredErasure> fromLine(const QByteArray &line)
{
    const QJsonObject json = QJsonDocument::fromJson(line).object();
    const std::optional<Timestamp> at = fromIso(json.value(u"at"_s).toString());
    StoredErasure erasure;
    erasure.user = UserId::fromString(json.value(u"user"_s).toString());
    erasure.pseudonym = UserId::fromString(json.value(u"pseudonym"_s).toString());
    erasure.removesMessages = json.value(u"messages"_s).toString() == u"remove"_s;
    if (!at || !isValidIdText(erasure.user.bytes()) || !isValidIdText(erasure.pseudonym.bytes()))
        return std::nullopt;
    erasure.at = *at;
    return erasure;
}
} // namespace

Result<void> ErasureLedger::readBlocking()
{
    m_entries.clear();
    if (m_file.isEmpty() || !QFile::exists(m_file))
        return {};
    QFile in(m_file);
    if (!in.open(QIODevice::ReadOnly))
        return Error(Errc::Internal,
                     u"The list of erased accounts %1 cannot be read: %2."_s.arg(m_file, in.errorString()));
    int number = 0;
    while (!in.atEnd()) {
        const QByteArray line = in.readLine().trimmed();
        ++number;
        if (line.isEmpty())
            continue;
        const std::optional<StoredErasure> erasure = fromLine(line);
        if (!erasure) {
            return Error(Errc::Internal,
                         u"Line %1 of the list of erased accounts %2 is damaged. Restore the file: without"
                         " it a backup could bring erased people back."_s.arg(number)
                             .arg(m_file));
        }
        m_entries.append(*erasure);
    }
    return {};
}

Result<void> ErasureLedger::appendBlocking(const StoredErasure &erasure)
{
    m_entries.append(erasure);
    if (m_file.isEmpty())
        return {};
    QSaveFile out(m_file); // whole again and synced: the list is short, and half a line would be worse than none
    bool isWritten = out.open(QIODevice::WriteOnly) && out.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    for (const StoredErasure &entry : std::as_const(m_entries)) {
        const QByteArray line = lineOf(entry);
        isWritten = isWritten && out.write(line) == line.size();
    }
    if (isWritten && out.commit())
        return {};
    m_entries.removeLast();
    return Error(Errc::Internal, u"The list of erased accounts cannot be written; nothing was erased."_s,
                 out.errorString());
}

} // namespace Atom::Identity
