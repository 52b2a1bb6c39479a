// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/eval/evaluation.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <cstdio>

namespace Atom::Evaluation {

void Table::section(const QString &title)
{
    std::printf("\n%s\n", qPrintable(title));
}

void Table::line(const QString &name, double value, const QString &unit, int digits)
{
    std::printf("  %-44s %12.*f %s\n", qPrintable(name), digits, value, qPrintable(unit));
    std::fflush(stdout);
}

void Table::note(const QString &text)
{
    std::printf("  %s\n", qPrintable(text));
}

QList<QJsonObject> readJsonLines(const QString &path)
{
    QList<QJsonObject> lines;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return lines;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QJsonDocument document = QJsonDocument::fromJson(line);
        if (document.isObject())
            lines.append(document.object());
    }
    return lines;
}

double percentile(QList<double> &values, double share)
{
    if (values.isEmpty())
        return 0;
    std::sort(values.begin(), values.end());
    return values.at(std::min(values.size() - 1, qsizetype(share * double(values.size()))));
}

} // namespace Atom::Evaluation
