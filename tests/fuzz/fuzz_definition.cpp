// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Definitions nobody meant. Whatever comes: no crash, no hang, a bounded number of issues, and what is accepted is
// accepted again in its canonical form. Built by clang with -fsanitize=fuzzer (ATOM_LIBFUZZER), or as an ordinary test
// that mutates the examples of the specification with a fixed seed.
#include "server/workflows/definitionreader.h"

#include <cstdlib>

using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray source(reinterpret_cast<const char *>(data), qsizetype(std::min<std::size_t>(size, 64 * 1024)));
    QList<DefinitionIssue> issues;
    const auto definition = parseDefinition(source, issues);
    if (!definition || issues.size() > 2 * DefinitionReader::maxIssues)
        std::abort();
    if (!issues.isEmpty())
        return 0;
    QList<DefinitionIssue> again;
    const auto canonical = parseDefinition(definition->canonical, again);
    if (!again.isEmpty() || canonical->canonical != definition->canonical)
        std::abort();
    return 0;
}

#ifndef ATOM_LIBFUZZER
#include "tests/support/mutations.h"

#include <QtCore/QDir>
#include <QtTest/QTest>

class FuzzDefinition : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mutations()
    {
        QByteArrayList seeds;
        const QDir folder(QStringLiteral(ATOM_SOURCE_DIR "/tests/data/workflow-spec/examples"));
        for (const QString &name : folder.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            seeds.append(file.readAll());
        }
        QVERIFY(seeds.size() > 50);
        const QByteArrayList pieces{"do:",
                                    "use:",
                                    "then: ",
                                    "${ ",
                                    " }",
                                    "$secrets.",
                                    "- ",
                                    "\n",
                                    "  ",
                                    ": ",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    "&a ",
                                    "*a",
                                    "null",
                                    "true",
                                    "-1",
                                    "1e99",
                                    "'",
                                    "\"",
                                    "| \n",
                                    "> \n",
                                    "\\u00e9",
                                    "\xc3\xa9",
                                    "\xff",
                                    "call: ",
                                    "for: ",
                                    "$ref: '#'",
                                    "schema: ",
                                    "document: ",
                                    "properties: ",
                                    "pattern: '(a+)+$'",
                                    "cron: '* * * * *'",
                                    "functions: ",
                                    "fork: ",
                                    "catch: ",
                                    "retry: ",
                                    "exit"};
        Atom::Test::forMutations(seeds, pieces, 3'000, 200, [](const QByteArray &data) {
            LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char *>(data.constData()), std::size_t(data.size()));
        });
    }
};

QTEST_GUILESS_MAIN(FuzzDefinition)
#include "fuzz_definition.moc"
#endif
