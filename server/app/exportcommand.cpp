// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/exportcommand.h"

#include "server/app/logsink.h"
#include "server/exports/exportarchive.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr int exitDone = 0;
constexpr int exitRefused = 1;
constexpr int exitUsage = 2;
constexpr qint64 jwksLimit = 1 << 20;

int usage(QTextStream &err, const QString &problem)
{
    if (!problem.isEmpty())
        err << problem << '\n';
    err << "usage: atom-server export verify FILE --jwks FILE\n"
           "The keys are published by the server that made the archive, for example:\n"
           "  curl -s https://chat.example.org/.well-known/jwks.json > jwks.json\n";
    err.flush();
    return exitUsage;
}
} // namespace

int runExportCommand(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    QStringList words = arguments;
    QString keysFile;
    if (const qsizetype at = words.indexOf(u"--jwks"_s); at >= 0) {
        keysFile = words.value(at + 1);
        words.remove(at, std::min<qsizetype>(2, words.size() - at));
    }
    if (words.size() != 2 || words.first() != "verify"_L1)
        return usage(err, words.isEmpty() ? QString() : u"That was not understood."_s);
    if (keysFile.isEmpty())
        return usage(err, u"Say which keys are trusted: without them only the archive itself would say who made it."_s);
    QFile file(keysFile);
    if (!file.open(QIODevice::ReadOnly)) {
        err << "Cannot read " << escapeControls(keysFile) << ": " << file.errorString() << '\n';
        return exitRefused;
    }
    const auto keys = Exports::keysOfJwks(file.read(jwksLimit));
    if (!keys) {
        err << escapeControls(keysFile) << ": " << keys.error().detail << '\n';
        return exitRefused;
    }
    const Result<Exports::Verdict> verdict = Exports::verifyArchive(words.last(), *keys);
    if (!verdict) {
        err << escapeControls(verdict.error().detail) << '\n';
        return exitRefused;
    }
    const QJsonObject &manifest = verdict->manifest;
    if (verdict->isIntact && verdict->isSigned) {
        out << "The archive is whole and signed.\n"
            << "room:     " << escapeControls(manifest.value("room_id"_L1).toString()) << '\n'
            << "exported: " << escapeControls(manifest.value("exported_at"_L1).toString()) << " by "
            << escapeControls(manifest.value("exported_by"_L1).toString()) << '\n'
            << "events:   " << manifest.value("events"_L1).toInteger() << ", up to seq "
            << manifest.value("up_to_seq"_L1).toInteger() << '\n'
            << "files:    " << manifest.value("files"_L1).toObject().size() << '\n'
            << "key:      " << escapeControls(QString::fromUtf8(verdict->keyId)) << '\n';
        out.flush();
        return exitDone;
    }
    out << "DO NOT TRUST THIS ARCHIVE.\n";
    for (const QString &problem : verdict->problems)
        out << "- " << escapeControls(problem) << '\n';
    out.flush();
    return exitRefused;
}

} // namespace Atom::App
