// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"

#include <QtCore/QJsonObject>
#include <QtCore/QTextStream>

namespace Atom::App {

//! \brief `atom-server config check|show|defaults [--config FILE] [other options of serve]`.
//! check: every mistake, one a line, on `err`; show: every value with where it comes from, what looks like a secret
//! masked; defaults: the commented sample file. \return 0 fine, 1 mistakes, 2 wrong usage.
int runConfigCommand(const QStringList &arguments, const QMap<QString, QString> &environment, QTextStream &out,
                     QTextStream &err);

//! \brief The sample file: every key with its help, type and default, commented out so that later defaults apply.
//! resources/config/atom-server.toml is this text.
QString defaultConfigText();

//! \brief The effective values as `GET /api/v1/config` shows them: {section: {key: value}}. No key of the configuration
//! holds a secret.
QJsonObject configAsJson(const ServerConfig &config);

} // namespace Atom::App
