// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <memory>

namespace Atom::Test {

//! \brief The shipped atom-server as a child process on free ports, over a temporary data folder that survives
//! restart(). Tests talk to it only from outside.
class ServerProcess
{
public:
    ServerProcess();
    ~ServerProcess();

    //! \brief Further configuration, "section.key" -> TOML value text; before start().
    void configure(const QString &key, const QString &tomlValue);
    void addArguments(const QStringList &arguments) { m_arguments += arguments; }
    //! \brief Starts and waits for the ready line. False with error() when it does not come.
    bool start();
    bool restart() { return start(); }
    void kill(); //!< SIGKILL, waits
    //! \brief SIGTERM, waits; the exit code (0 expected) or -1.
    int terminate();
    //! \brief A subcommand on the same data folder, for example {"user", "list"}: exit code, output appended to `out`.
    int run(const QStringList &arguments, QByteArray *out, const QByteArray &input = {});

    QUrl http() const { return m_http; }                      //!< http://127.0.0.1:port
    QUrl realtime() const { return m_realtime; }              //!< ws://127.0.0.1:port
    QString ownerPassword() const { return m_ownerPassword; } //!< printed by the first start
    qint64 pid() const { return m_process->processId(); }
    QString folder() const { return m_folder.path(); }
    QString dataFolder() const { return m_folder.path() + QStringLiteral("/data"); }
    QString error() const { return m_error; }
    QByteArray log() const; //!< what the server wrote to its standard error so far

    static QString binary();

private:
    void writeConfig();
    QTemporaryDir m_folder;
    QMap<QString, QMap<QString, QString>> m_config;
    QStringList m_arguments;
    std::unique_ptr<QProcess> m_process;
    QUrl m_http;
    QUrl m_realtime;
    QString m_ownerPassword;
    QString m_error;
};

} // namespace Atom::Test
