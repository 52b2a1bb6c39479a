// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/workflowcommand.h"

#include "server/workflows/definitionreader.h"

#include <QtCore/QFile>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr int exitFailure = 1;
constexpr int exitUsage = 2;

// One byte more than a definition may have: too large is then found by the reader, and never more is read.
std::optional<QByteArray> readSource(const QString &name, QTextStream &err)
{
    QFile file(name);
    const bool isOpen = name == u"-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen) {
        err << name << ": cannot be read: " << file.errorString() << Qt::endl;
        return std::nullopt;
    }
    const QByteArray source = file.read(Workflows::SourceDocument::maxBytes + 1);
    if (file.error() == QFileDevice::NoError)
        return source;
    err << name << ": cannot be read: " << file.errorString() << Qt::endl;
    return std::nullopt;
}

bool validate(const QString &name, QTextStream &out, QTextStream &err)
{
    const std::optional<QByteArray> source = readSource(name, err);
    if (!source)
        return false;
    QList<Workflows::DefinitionIssue> issues;
    (void)Workflows::parseDefinition(*source, issues);
    for (const Workflows::DefinitionIssue &issue : issues) {
        out << name << ':' << std::max(1, issue.line) << ':' << std::max(1, issue.column) << ": " << issue.message
            << '\n';
    }
    if (issues.isEmpty())
        out << name << ": good\n";
    out.flush();
    return issues.isEmpty();
}
} // namespace

int runWorkflowCommand(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    const QStringList files = arguments.mid(1);
    const bool hasOption = std::any_of(files.begin(), files.end(),
                                       [](const QString &file) { return file.startsWith(u'-') && file != u"-"; });
    if (arguments.value(0) != u"validate" || files.isEmpty() || hasOption) {
        err << "Usage: atom-server workflow validate FILE...\n";
        return exitUsage;
    }
    bool isGood = true;
    for (const QString &file : files)
        isGood = validate(file, out, err) && isGood;
    return isGood ? 0 : exitFailure;
}

} // namespace Atom::App
