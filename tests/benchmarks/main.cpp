// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// atom-bench: the shipped server under load, beside a bare epoll loop under the same load. See docs/performance.md.
#include "tests/benchmarks/scenarios.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

#include <cstdio>
#include <exception>

#include <sys/resource.h>

using namespace Atom::Bench;

namespace {

void raiseFileLimit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    QString help = QStringLiteral("Measures atom-server beside a bare epoll server in the same run.\n\nScenarios:\n");
    for (const Scenario &scenario : scenarios())
        help += QStringLiteral("  %1  %2\n").arg(QLatin1String(scenario.name), -14).arg(QLatin1String(scenario.what));
    parser.setApplicationDescription(help);
    parser.addHelpOption();
    parser.addPositionalArgument(QStringLiteral("scenario"), QStringLiteral("Which to run; none: all."),
                                 QStringLiteral("[scenario...]"));
    const QCommandLineOption server(QStringLiteral("server"), QStringLiteral("The atom-server to measure."),
                                    QStringLiteral("path"), QStringLiteral(ATOM_SERVER_BINARY));
    const QCommandLineOption seconds(QStringLiteral("seconds"), QStringLiteral("Length of a measurement."),
                                     QStringLiteral("n"), QStringLiteral("5"));
    const QCommandLineOption scale(QStringLiteral("scale"), QStringLiteral("Share of clients and rates, for a try."),
                                   QStringLiteral("x"), QStringLiteral("1"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Write the figures to this file."),
                                  QStringLiteral("file"));
    const QCommandLineOption compare(QStringLiteral("compare"), QStringLiteral("Print the change against this file."),
                                     QStringLiteral("file"));
    const QCommandLineOption onlyAtom(QStringLiteral("only-atom"), QStringLiteral("Leave the references out."));
    const QCommandLineOption data(QStringLiteral("data"), QStringLiteral("million: keep its database in this folder."),
                                  QStringLiteral("folder"));
    const QCommandLineOption prepare(QStringLiteral("prepare"), QStringLiteral("million: only make the database."));
    parser.addOptions({server, seconds, scale, json, compare, onlyAtom, data, prepare});
    parser.process(app);

    Setting setting;
    setting.binary = parser.value(server).toStdString();
    setting.seconds = parser.value(seconds).toDouble();
    setting.scale = parser.value(scale).toDouble();
    setting.onlyAtom = parser.isSet(onlyAtom);
    setting.data = parser.value(data).toStdString();
    setting.prepareOnly = parser.isSet(prepare);
    if (setting.seconds <= 0 || setting.scale <= 0) {
        std::fprintf(stderr, "--seconds and --scale are numbers above 0\n");
        return 2;
    }
    const QStringList wanted = parser.positionalArguments();
    for (const QString &name : wanted) {
        const auto isNamed = [&name](const Scenario &s) { return name == QLatin1String(s.name); };
        if (std::none_of(scenarios().begin(), scenarios().end(), isNamed)) {
            std::fprintf(stderr, "unknown scenario %s; --help lists them\n", qPrintable(name));
            return 2;
        }
    }
    raiseFileLimit();
    Report report;
    int failed = 0;
    for (const Scenario &scenario : scenarios()) {
        if (wanted.isEmpty() ? scenario.onlyWhenNamed : !wanted.contains(QLatin1String(scenario.name)))
            continue;
        try {
            scenario.run(setting, report);
        } catch (const std::exception &e) {
            std::fprintf(stderr, "%s: %s\n", scenario.name, e.what());
            ++failed;
        }
    }
    std::printf("\n%s", report.table().c_str());
    if (parser.isSet(json)) {
        QFile file(parser.value(json));
        if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(report.toJson()).toJson()) < 0) {
            std::fprintf(stderr, "cannot write %s\n", qPrintable(file.fileName()));
            return 1;
        }
    }
    if (parser.isSet(compare)) {
        QFile file(parser.value(compare));
        const bool isRead = file.open(QIODevice::ReadOnly);
        const QJsonObject earlier = QJsonDocument::fromJson(isRead ? file.readAll() : QByteArray()).object();
        if (earlier.isEmpty()) {
            std::fprintf(stderr, "%s holds no report\n", qPrintable(file.fileName()));
            return 1;
        }
        std::printf("\n%s", report.comparison(earlier).c_str());
    }
    return failed == 0 ? 0 : 1;
}
