// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>

namespace Atom::Evaluation {

//! \brief The table that all sections fill: one line for each figure.
class Table
{
public:
    void section(const QString &title);
    void line(const QString &name, double value, const QString &unit = {}, int digits = 3);
    void note(const QString &text);
};

//! \brief The lines of a JSON Lines file that are objects; empty when it cannot be read.
QList<QJsonObject> readJsonLines(const QString &path);
//! \brief The value below which `share` (0 to 1) of the values lie; sorts them. 0 for none.
double percentile(QList<double> &values, double share);

// Each section measures what it finds in the folder of the data and says when there is nothing.
void measureIntents(const QString &data, Table &table);
void measureEntities(const QString &data, Table &table);
void measureMemory(const QString &data, Table &table);
//! \brief A synthetic million of messages in 10,000 rooms; needs no data.
void measureMillion(Table &table);

} // namespace Atom::Evaluation
