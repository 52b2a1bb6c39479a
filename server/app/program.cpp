// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/program.h"

#include "server/app/configcommand.h"
#include "server/app/exportcommand.h"
#include "server/app/logging.h"
#include "server/app/logsink.h"
#include "server/app/operatorcommands.h"
#include "server/app/serverapp.h"
#include "server/app/unixsignals.h"
#include "server/app/usercommand.h"
#include "server/app/workflowcommand.h"
#include "server/net/eventdispatcher.h"
#include "server/net/filelimit.h"
#include "server/storage/storage.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QTextStream>

#include <cstdio>
#include <cstdlib>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr int exitFailure = 1;
constexpr int exitUsage = 2;
constexpr int exitDisk = 74; // EX_IOERR of sysexits.h

constexpr auto usage = R"(Atom Chat server
Usage: atom-server [command] [options]

Commands
  serve      run the server (the default)
  user       add | list | disable | enable | role | password | remove-totp | recover-owner: accounts, while the server
             is stopped
  audit      verify: is the audit log as it was recorded
  backup     FILE: copy everything into one file, while the server runs or not
  restore    FILE --data DIR: put a backup into a new folder and check it
  config     check | show | defaults: the configuration
  export     verify FILE --jwks FILE: whether the archive of a room is whole and signed
  workflow   validate FILE...: all mistakes of workflow definitions, with line and column

Options of all commands
  --data DIR                 where the data lives (default: the user's data folder)
  --config FILE              configuration file (TOML); `config defaults` prints one
  --set SECTION.KEY=VALUE    one value, over file and environment
Options of serve
  --http HOST:PORT           REST (default 127.0.0.1:5059; port 0: any free one)
  --realtime HOST:PORT       realtime (default 127.0.0.1:5060)
  --guests off|loopback|on   who may talk without an account (default off)
  --demo                     fill an empty server with a few people and rooms; their passwords are in
                             demo-credentials.txt in the data folder
  --help, --version
)";

int refuse(QTextStream &err, const QList<ConfigIssue> &issues)
{
    for (const ConfigIssue &issue : issues)
        err << issue.toString() << '\n';
    err << "The configuration has mistakes; nothing was started." << Qt::endl;
    return exitUsage;
}

//! Takes `flag` out of `arguments`; true if it was there.
bool take(QStringList &arguments, const QString &flag)
{
    return arguments.removeAll(flag) > 0;
}

void printFirstStart(const FirstStart &first, QTextStream &out)
{
    if (first.ownerPassword.isEmpty())
        return;
    out << "First start: the account of the owner was made. This password is shown only now:\n"
        << "user:     " << ownerUser().toString() << '\n'
        << "password: " << first.ownerPassword << Qt::endl;
}

void printReady(const BoundPorts &ports, QTextStream &out)
{
    const QJsonObject ready{{u"event"_s, u"ready"_s},
                            {u"http"_s, ports.httpUrl},
                            {u"realtime"_s, ports.realtimeUrl},
                            {u"version"_s, QStringLiteral(ATOM_VERSION)},
                            {u"pid"_s, QCoreApplication::applicationPid()}};
    // "event" comes first: people and scripts recognise the line by its beginning.
    out << QJsonDocument(ready).toJson(QJsonDocument::Compact) << Qt::endl;
}

QCoro::Task<void> startServer(ServerApp *app)
{
    const Result<BoundPorts> ports = co_await app->start();
    QTextStream out(stdout);
    if (!ports) {
        QTextStream(stderr) << "atom-server cannot start: " << ports.error().detail
                            << (ports.error().cause.isEmpty() ? QString() : u" ("_s + ports.error().cause + u')')
                            << Qt::endl;
        std::_Exit(exitFailure); // nothing is open yet that has to be closed in order
    }
    printFirstStart(app->firstStart(), out);
    printReady(*ports, out);
}

QCoro::Task<void> stopServer(ServerApp *app)
{
    co_await app->stop();
    QCoreApplication::quit();
}

int serve(QStringList arguments, QTextStream &err)
{
    ConfigArguments parsed = parseConfigArguments(arguments, processEnvironment());
    StartOptions options;
    options.demo = take(parsed.rest, u"--demo"_s);
    LoadedConfig loaded = loadConfig(parsed.input);
    for (const QString &unknown : std::as_const(parsed.rest)) {
        ConfigIssue issue;
        issue.where = u"argument "_s + unknown;
        issue.problem = u"not understood"_s;
        issue.remedy = u"atom-server --help lists the options."_s;
        parsed.issues.append(issue);
    }
    const QList<ConfigIssue> issues = parsed.issues + loaded.issues;
    if (!issues.isEmpty())
        return refuse(err, issues);

    LogSink::Settings forLog;
    forLog.json = loaded.config.log.format == "json"_L1;
    forLog.file = loaded.config.log.file;
    forLog.maxBytes = loaded.config.log.maxBytes;
    forLog.keep = loaded.config.log.keep;
    forLog.levels = loaded.config.log.levels;
    const Result<std::unique_ptr<LogSink>> log = LogSink::create(forLog);
    if (!log) {
        err << log.error().detail << Qt::endl;
        return exitFailure;
    }
    Net::raiseFileLimit();
    options.shownConfig = configAsJson(loaded.config);
    options.config = std::move(loaded.config);

    UnixSignals signalSource;
    ServerApp app(std::move(options), **log);
    bool stopping = false;
    QCoro::Task<void> stopTask;
    QObject::connect(&app, &ServerApp::fatal, &app, [](const QString &reason) {
        // Nothing that was not synced may be acknowledged any more, and nothing can be stored: end at once.
        QTextStream(stderr) << "atom-server ends because its database failed: " << reason
                            << " Check the disk; acknowledged messages are safe and the next start recovers them."
                            << Qt::endl;
        std::_Exit(exitDisk);
    });
    QObject::connect(&signalSource, &UnixSignals::hangup, &app, [&log] { (*log)->reopen(); });
    QObject::connect(&signalSource, &UnixSignals::terminateRequested, &app, [&] {
        if (std::exchange(stopping, true))
            std::_Exit(exitFailure);
        stopTask = stopServer(&app);
    });
    const QCoro::Task<void> startTask = startServer(&app);
    return QCoreApplication::exec();
}

int manageUsers(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    ConfigArguments parsed = parseConfigArguments(arguments, processEnvironment());
    const LoadedConfig loaded = loadConfig(parsed.input);
    const QList<ConfigIssue> issues = parsed.issues + loaded.issues;
    if (!issues.isEmpty())
        return refuse(err, issues);
    if (const int code = checkUserCommand(parsed.rest, err); code != 0)
        return code;
    const QString folder = loaded.config.dataFolder();
    if (parsed.rest.first() != "add"_L1 && !QFileInfo::exists(folder + u"/atom.db"_s)) {
        err << "There is no database in " << folder << "; name its folder with --data." << Qt::endl;
        return exitFailure;
    }
    SystemClock clock;
    MetricRegistry metrics;
    auto storage = Storage::Storage::openBlocking(loaded.config.dataFolder(), clock, metrics);
    if (!storage) {
        err << storage.error().detail << Qt::endl;
        return exitFailure;
    }
    Identity::PasswordHasher hasher;
    Identity::UserService users((*storage)->users(), hasher, clock);
    if (const Result<void> read = QCoro::waitFor(users.load()); !read) {
        err << read.error().detail << Qt::endl;
        return exitFailure;
    }
    QTextStream in(stdin);
    const int code = QCoro::waitFor(runUserCommand(parsed.rest, users, out, err, &in));
    QCoro::waitFor(users.close());
    (*storage)->closeBlocking();
    return code;
}

//! Commands on files, beside a server or without one.
int operate(int (*run)(QStringList, const OperatorPaths &, QTextStream &, QTextStream &), const QStringList &arguments,
            QTextStream &out, QTextStream &err)
{
    ConfigArguments parsed = parseConfigArguments(arguments, processEnvironment());
    const LoadedConfig loaded = loadConfig(parsed.input);
    const QList<ConfigIssue> issues = parsed.issues + loaded.issues;
    if (!issues.isEmpty())
        return refuse(err, issues);
    OperatorPaths paths;
    paths.dataFolder = loaded.config.dataFolder();
    paths.checkpointFile = loaded.config.checkpointFile();
    paths.serverVersion = QCoreApplication::applicationVersion();
    return run(parsed.rest, paths, out, err);
}
} // namespace

int runProgram(int argc, char **argv)
{
    Net::installEventDispatcher();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"atom-chat"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(ATOM_VERSION));
    QTextStream out(stdout);
    QTextStream err(stderr);
    QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.contains(u"--help"_s) || arguments.contains(u"-h"_s)) {
        out << usage;
        return 0;
    }
    if (arguments.contains(u"--version"_s)) {
        out << "atom-server " << QCoreApplication::applicationVersion() << '\n';
        return 0;
    }
    const QString command =
        arguments.isEmpty() || arguments.first().startsWith(u'-') ? u"serve"_s : arguments.takeFirst();
    if (command == "serve"_L1)
        return serve(arguments, err);
    if (command == "user"_L1)
        return manageUsers(arguments, out, err);
    if (command == "audit"_L1)
        return operate(runAuditCommand, arguments, out, err);
    if (command == "backup"_L1)
        return operate(runBackupCommand, arguments, out, err);
    if (command == "restore"_L1)
        return operate(runRestoreCommand, arguments, out, err);
    if (command == "export"_L1)
        return runExportCommand(parseConfigArguments(arguments, processEnvironment()).rest, out, err);
    if (command == "workflow"_L1)
        return runWorkflowCommand(arguments, out, err);
    if (command == "config"_L1)
        return runConfigCommand(arguments, processEnvironment(), out, err);
    err << "There is no command \"" << command << "\".\n" << usage;
    return exitUsage;
}

} // namespace Atom::App
