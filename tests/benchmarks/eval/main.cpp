// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// atom-eval measures how good the assistant's parts are, on development data that is no part of the repository.
#include "tests/benchmarks/eval/evaluation.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>

using namespace Atom::Evaluation;
using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption data(u"data"_s, u"Folder of the data (intent/, entities/, memory/)."_s, u"folder"_s);
    const QCommandLineOption million(u"million"_s, u"Also a synthetic million of messages."_s);
    parser.addOptions({data, million});
    parser.process(app);
    if (!parser.isSet(data) && !parser.isSet(million)) {
        qCritical("nothing to do: name a folder with --data, or give --million");
        return 2;
    }
    Table table;
    if (parser.isSet(data)) {
        measureIntents(parser.value(data), table);
        measureEntities(parser.value(data), table);
        measureMemory(parser.value(data), table);
    }
    if (parser.isSet(million))
        measureMillion(table);
    return 0;
}
