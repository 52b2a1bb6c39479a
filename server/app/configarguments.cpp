// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What of the configuration comes with the call of the program: arguments and environment.
#include "server/app/serverconfig.h"

#include <QtCore/QProcessEnvironment>
#include <QtCore/QStandardPaths>

namespace Atom::App {
using namespace Qt::StringLiterals;

QMap<QString, QString> processEnvironment()
{
    QMap<QString, QString> map;
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QStringList keys = environment.keys();
    for (const QString &key : keys) {
        if (key.startsWith(u"ATOM_"_s))
            map.insert(key, environment.value(key));
    }
    return map;
}

namespace {
//! "127.0.0.1:5059", "[::1]:5059", ":5059" or "5059" as overrides of <section>.address and <section>.port.
void addHostPort(ConfigArguments &out, const QString &section, const QString &text, const QString &where)
{
    const qsizetype colon = text.lastIndexOf(u':');
    const QString host = colon > 0 ? text.first(colon) : QString();
    if (host.contains(u':') && !host.startsWith(u'[')) {
        out.issues.append(ConfigIssue{where,
                                      {},
                                      u"\"%1\" is not HOST:PORT"_s.arg(text),
                                      u"Write an IPv6 address in brackets, for example [::1]:5059."_s});
        return;
    }
    if (!host.isEmpty())
        out.input.arguments.append(ConfigOverride{section + u".address"_s, host, where});
    out.input.arguments.append(ConfigOverride{section + u".port"_s, text.mid(colon + 1), where});
}
} // namespace

ConfigArguments parseConfigArguments(const QStringList &arguments, const QMap<QString, QString> &environment)
{
    ConfigArguments out;
    out.input.environment = environment;
    out.input.environment.remove(u"ATOM_CONFIG"_s);
    static const QStringList known{u"--config"_s, u"--data"_s, u"--http"_s, u"--realtime"_s, u"--guests"_s, u"--set"_s};
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments.at(i);
        const qsizetype equals = argument.indexOf(u'=');
        const QString name = equals < 0 ? argument : argument.first(equals);
        if (!known.contains(name)) {
            out.rest.append(argument);
            continue;
        }
        const QString where = u"argument "_s + name;
        if (equals < 0 && i + 1 >= arguments.size()) {
            out.issues.append(ConfigIssue{where, {}, u"a value is missing"_s, u"Write %1 VALUE."_s.arg(name)});
            continue;
        }
        const QString value = equals < 0 ? arguments.at(++i) : argument.mid(equals + 1);
        if (name == u"--config"_s)
            out.input.file = value;
        else if (name == u"--data"_s)
            out.input.arguments.append(ConfigOverride{u"data.folder"_s, value, where});
        else if (name == u"--guests"_s)
            out.input.arguments.append(ConfigOverride{u"auth.guests"_s, value, where});
        else if (name == u"--set"_s)
            out.input.arguments.append(ConfigOverride{value.section(u'=', 0, 0), value.section(u'=', 1), where});
        else
            addHostPort(out, name.mid(2), value, where);
    }
    if (out.input.file.isEmpty())
        out.input.file = environment.value(u"ATOM_CONFIG"_s);
    if (out.input.file.isEmpty()) // for example ~/.config or /etc/xdg
        out.input.file = QStandardPaths::locate(QStandardPaths::GenericConfigLocation, u"atom-chat/atom-server.toml"_s);
    return out;
}

} // namespace Atom::App
