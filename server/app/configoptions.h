// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"

#include <QtCore/QVariant>

#include <functional>

namespace Atom::App {

enum class OptionType {
    Text,
    Path,
    Url,
    Address,
    Integer,
    Number,
    Flag,
    Choice,
    Origins,
    Destinations,
    Roles,
    Levels,
    Rules
};

//! \brief One key: the only place that knows its type, range and help. File, environment, arguments, `config show`,
//! `config defaults` and the sample file all come from this table. Values travel as QVariant: QString, qint64, double,
//! bool, QStringList, QVariantMap (Levels); Rules as QVariantList of QVariantMap.
struct ConfigOption
{
    QString key; //!< "section.name"
    OptionType type = OptionType::Text;
    QString help; //!< one or two sentences
    double minimum = 0;
    double maximum = 0;
    QStringList choices;
    std::function<QVariant(const ServerConfig &)> get;
    std::function<void(ServerConfig &, const QVariant &)> set;

    QString section() const { return key.section(QLatin1Char('.'), 0, 0); }
    QString name() const { return key.section(QLatin1Char('.'), 1); }
    QString environmentName() const; //!< "ATOM_HTTP_PORT"
    QString typeText() const;        //!< "integer, 0 to 65535"
};

const QList<ConfigOption> &configOptions();
const ConfigOption *findOption(const QString &key);
//! \brief The key nearest to a mistyped one, or empty when none is near.
QString nearestOf(const QString &mistyped, const QStringList &known);

//! \brief Something wrong with a value: empty problem means fine.
struct ValueProblem
{
    QString problem;
    QString remedy;
    bool isOk() const { return problem.isEmpty(); }
};
//! \brief Checks range and form; `value` has the type of the option already. May normalise it ("localhost").
ValueProblem checkValue(const ConfigOption &option, QVariant *value);
//! \brief Reads a value from environment or argument text: lists by commas, levels as category=level.
ValueProblem valueFromText(const ConfigOption &option, const QString &text, QVariant *value);
//! \brief The value as TOML; Rules and Levels as an inline array or table.
QString toToml(const ConfigOption &option, const QVariant &value);

} // namespace Atom::App
