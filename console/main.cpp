// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Only parses the arguments.
#include "console/app/consoleapp.h"

#include <QtCore/QCommandLineParser>
#include <QtWidgets/QApplication>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"atom-console"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(ATOM_VERSION));
    QCoreApplication::setOrganizationName(u"atom-chat"_s);
    QGuiApplication::setDesktopFileName(u"atom-console"_s);

    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("main",
                                                                 "Admin console of Atom Chat. The environment variable "
                                                                 "ATOM_CONSOLE_PASSWORD signs in without asking."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption server(u"server"_s, QCoreApplication::translate("main", "Address of the server."),
                                    u"URL"_s);
    const QCommandLineOption user(u"user"_s, QCoreApplication::translate("main", "Sign-in name."), u"NAME"_s);
    parser.addOptions({server, user});
    parser.process(application);

    Atom::Console::ConsoleApp::Options options;
    options.server = parser.value(server);
    options.user = parser.value(user);
    options.password = qEnvironmentVariable("ATOM_CONSOLE_PASSWORD");
    qunsetenv("ATOM_CONSOLE_PASSWORD"); // not for programs that we may start
    Atom::Console::ConsoleApp console(std::move(options));
    console.start();
    return QApplication::exec();
}
