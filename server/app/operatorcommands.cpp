// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/operatorcommands.h"

#include "server/app/logsink.h"
#include "server/audit/checkpointfile.h"
#include "server/audit/verifier.h"
#include "server/storage/auditappender.h"
#include "server/storage/backup.h"
#include "server/storage/sqliteauditrepository.h"
#include "server/storage/storage.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr int exitDone = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 2;
constexpr Storage::Sql beginSql("BEGIN IMMEDIATE");
constexpr Storage::Sql commitSql("COMMIT");

int failed(QTextStream &err, const Error &error)
{
    err << escapeControls(error.detail) << (error.cause.isEmpty() ? QString() : u" ("_s + error.cause + u')')
        << Qt::endl;
    return exitFailed;
}

int usage(QTextStream &err, const QString &problem, const char *form)
{
    if (!problem.isEmpty())
        err << problem << '\n';
    err << "usage: " << form << Qt::endl;
    return exitUsage;
}

constexpr auto auditForm = "atom-server audit verify [--from last|SEQ] [--key HEX] [--checkpoints FILE] [--json]";

//! The words after `audit verify`.
struct VerifyWords
{
    QString from;
    QByteArray key;
    QString checkpointFile;
    bool asJson = false;
    QString problem;
};

VerifyWords takeApart(QStringList args, const OperatorPaths &paths)
{
    VerifyWords words;
    words.checkpointFile = paths.checkpointFile;
    while (!args.isEmpty()) {
        const QString option = args.takeFirst();
        if (option == "--json"_L1) {
            words.asJson = true;
        } else if ((option == "--from"_L1 || option == "--key"_L1 || option == "--checkpoints"_L1) && !args.isEmpty()) {
            const QString value = args.takeFirst();
            if (option == "--from"_L1)
                words.from = value;
            else if (option == "--checkpoints"_L1)
                words.checkpointFile = value;
            else
                words.key = QByteArray::fromHex(value.toLatin1());
            if (option == "--key"_L1 && words.key.size() != 32)
                words.problem = u"--key takes 64 hexadecimal digits."_s;
        } else {
            words.problem = u"\"%1\" is not understood."_s.arg(escapeControls(option));
        }
    }
    return words;
}

//! The checkpoint that `--from` names. Only its own line is looked at here; the verification checks all of them.
Result<Audit::Checkpoint> checkpointNamed(const QString &from, const QList<QByteArray> &lines)
{
    std::optional<Audit::Checkpoint> found;
    for (const QByteArray &line : lines) {
        Audit::CheckpointReader reader;
        Result<Audit::Checkpoint> checkpoint = reader.read(line);
        if (checkpoint && (from == "last"_L1 || checkpoint->seq == from.toLongLong()))
            found = *checkpoint;
    }
    if (!found)
        return Error(Errc::NotFound, u"There is no checkpoint \"%1\"; --from takes \"last\" or the number of a record "
                                     "that was signed."_s.arg(from));
    return *found;
}

QJsonObject toJson(const Audit::Report &report)
{
    return QJsonObject{
        {u"intact"_s, report.isIntact()},
        {u"flaw"_s, report.isIntact() ? QJsonValue() : QString::fromLatin1(Audit::flawName(report.flaw))},
        {u"first_bad_record"_s, report.isIntact() ? QJsonValue() : QJsonValue(report.badSeq)},
        {u"explanation"_s, report.isIntact() ? QJsonValue() : QJsonValue(report.explanation)},
        {u"records"_s, report.rows},
        {u"last_record"_s, report.head.seq},
        {u"last_hash"_s, QString::fromLatin1(report.head.hash.toHex())},
        {u"checkpoints"_s, report.checkpoints},
        {u"last_checkpoint"_s, report.lastCheckpoint},
    };
}

int tell(const Audit::Report &report, bool asJson, QTextStream &out)
{
    if (asJson) {
        out << QJsonDocument(toJson(report)).toJson(QJsonDocument::Compact) << Qt::endl;
    } else if (!report.isIntact()) {
        out << "NOT INTACT (" << Audit::flawName(report.flaw) << "). " << escapeControls(report.explanation)
            << Qt::endl;
    } else {
        out << "Intact: " << report.rows << " records, the last is " << report.head.seq << " with hash "
            << report.head.hash.toHex() << ".\n";
        if (report.lastCheckpoint == 0)
            out << "No checkpoint was found: a cut end would not be seen.\n";
        else
            out << report.checkpoints << " signed checkpoints fit, the last is about record " << report.lastCheckpoint
                << ".\n";
        if (report.erasedRows > 0)
            out << report.erasedRows << " records had personal data that was erased, as recorded.\n";
        out.flush();
    }
    return report.isIntact() ? exitDone : exitFailed;
}

//! The one who ran the command is known to the system only.
Audit::Draft operatorsAct(const QByteArray &action, const QString &file)
{
    Audit::Draft draft;
    draft.action = action;
    draft.actor = systemUser();
    draft.objectKind = QByteArrayLiteral("server");
    draft.after.insert(u"file"_s, QFileInfo(file).fileName());
    return draft;
}

//! Into the log of a server that may be running: a short transaction beside its own.
Result<void> recordBlocking(const QString &dataFolder, const Audit::Draft &draft)
{
    const QString file = dataFolder + u"/atom.db"_s;
    auto db = Storage::Connection::openBlocking(file, Storage::Connection::Access::ReadWrite, {});
    if (!db)
        return db.error();
    if ((*db)->configure(Storage::Connection::Access::ReadWrite) && Storage::execute(**db, beginSql)) {
        Storage::AuditAppender::append(**db, draft);
        Storage::execute(**db, commitSql);
    }
    if ((*db)->failure())
        return (*db)->failure()->toError();
    return {};
}
} // namespace

int runAuditCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err)
{
    if (args.isEmpty() || args.takeFirst() != "verify"_L1)
        return usage(err, {}, auditForm);
    const VerifyWords words = takeApart(args, paths);
    if (!words.problem.isEmpty())
        return usage(err, words.problem, auditForm);
    const QString file = paths.dataFolder + u"/atom.db"_s;
    if (!QFileInfo::exists(file))
        return failed(err, Error(Errc::NotFound,
                                 u"There is no database in %1; name its folder with --data."_s.arg(paths.dataFolder)));
    const Result<QList<QByteArray>> lines = Audit::CheckpointFile::readBlocking(words.checkpointFile);
    if (!lines)
        return failed(err, lines.error());
    std::optional<Audit::Checkpoint> from;
    if (!words.from.isEmpty()) {
        const Result<Audit::Checkpoint> named = checkpointNamed(words.from, *lines);
        if (!named)
            return failed(err, named.error());
        from = *named;
    }
    auto db = Storage::Connection::openBlocking(file, Storage::Connection::Access::ReadOnly, {});
    if (!db)
        return failed(err, db.error());
    Audit::Verifier verifier = from ? Audit::Verifier(*from) : Audit::Verifier();
    verifier.addCheckpoints(*lines, words.key);
    const qint64 after = from ? from->seq : Audit::Verifier::beginning;
    if (const Result<void> read = Storage::verifyAuditBlocking(**db, after, verifier); !read)
        return failed(err, read.error());
    return tell(verifier.finish(), words.asJson, out);
}

int runBackupCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err)
{
    if (args.size() != 1 || args.constFirst().startsWith(u'-'))
        return usage(err, {}, "atom-server backup FILE [--data DIR]");
    const QString file = QFileInfo(args.constFirst()).absoluteFilePath();
    const Result<Storage::Backup::Manifest> made =
        Storage::Backup::makeBlocking(paths.dataFolder, file, paths.serverVersion, SystemClock().now());
    if (!made)
        return failed(err, made.error());
    Audit::Draft act = operatorsAct("server.backed_up", file);
    act.after.insert(u"messages"_s, made->messages);
    if (const Result<void> recorded = recordBlocking(paths.dataFolder, act); !recorded)
        err << "The backup is good, but could not be recorded in the audit log: " << recorded.error().cause << Qt::endl;
    out << "Backup " << file << ": " << made->messages << " messages in " << made->rooms << " rooms, " << made->users
        << " accounts, audit log up to record " << made->audit.seq
        << ".\nIt holds everything, secrets included: keep it as safe as the data folder." << Qt::endl;
    return exitDone;
}

int runRestoreCommand(QStringList args, const OperatorPaths &paths, QTextStream &out, QTextStream &err)
{
    if (args.size() != 1 || args.constFirst().startsWith(u'-'))
        return usage(err, {}, "atom-server restore FILE --data DIR");
    const Result<Storage::Backup::Manifest> restored =
        Storage::Backup::restoreBlocking(args.constFirst(), paths.dataFolder);
    if (!restored)
        return failed(err, restored.error());
    // Opened as the server will: that brings an older schema up to date, and the restore becomes part of the record.
    SystemClock clock;
    MetricRegistry metrics;
    auto storage = Storage::Storage::openBlocking(paths.dataFolder, clock, metrics);
    if (!storage)
        return failed(err, storage.error());
    Audit::Draft act = operatorsAct("server.restored", args.constFirst());
    act.after.insert(u"backup_of"_s, toIso(restored->createdAt));
    const QList<Audit::Draft> acts{act};
    const Result<void> recorded = QCoro::waitFor((*storage)->audit().append(acts));
    (*storage)->closeBlocking();
    if (!recorded)
        return failed(err, recorded.error());
    out << "Restored the backup of " << toIso(restored->createdAt) << " into " << paths.dataFolder << ": "
        << restored->messages << " messages in " << restored->rooms << " rooms, " << restored->users
        << " accounts.\nChecked: hashes, integrity, references, messages, audit log up to record "
        << restored->audit.seq
        << ".\nWhat happened after the backup is not in it; people's devices may show messages that the server no "
           "longer "
           "has.\nPut master.key and erasures.jsonl, which are kept apart from backups, into the folder before the "
           "server "
           "starts: without the one people sign in again and secrets are lost, without the other erased accounts are "
           "back."
        << Qt::endl;
    return exitDone;
}

} // namespace Atom::App
