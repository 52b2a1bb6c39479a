// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/serverprocess.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

namespace Atom::Test {
using namespace Qt::StringLiterals;

namespace {
// Generous: sanitizers and a busy machine make the start slow; a healthy one is ready in well under a second.
constexpr int startTimeoutMs = 60'000;
} // namespace

ServerProcess::ServerProcess()
{
    configure(u"http.port"_s, u"0"_s);
    configure(u"realtime.port"_s, u"0"_s);
    configure(u"auth.guests"_s, u"\"loopback\""_s);
    configure(u"realtime.messages_per_second"_s, u"0"_s);
    configure(u"realtime.frames_per_second"_s, u"0"_s);
}

ServerProcess::~ServerProcess()
{
    if (m_process && m_process->state() != QProcess::NotRunning)
        kill();
}

QString ServerProcess::binary()
{
    return QStringLiteral(ATOM_BINARY_DIR) + u"/bin/atom-server"_s;
}

void ServerProcess::configure(const QString &key, const QString &tomlValue)
{
    const qsizetype dot = key.lastIndexOf(u'.');
    m_config[key.left(dot)][key.mid(dot + 1)] = tomlValue;
}

void ServerProcess::writeConfig()
{
    QFile file(m_folder.path() + u"/server.toml"_s);
    if (!file.open(QIODevice::WriteOnly))
        qFatal("cannot write the test configuration");
    for (auto section = m_config.cbegin(); section != m_config.cend(); ++section) {
        file.write('[' + section.key().toUtf8() + "]\n");
        for (auto value = section->cbegin(); value != section->cend(); ++value)
            file.write(value.key().toUtf8() + " = " + value.value().toUtf8() + '\n');
    }
}

bool ServerProcess::start()
{
    writeConfig();
    m_error.clear();
    m_process = std::make_unique<QProcess>();
    m_process->setStandardErrorFile(m_folder.path() + u"/server.log"_s, QIODevice::Append);
    m_process->start(binary(), QStringList{u"serve"_s, u"--data"_s, dataFolder(), u"--config"_s,
                                           m_folder.path() + u"/server.toml"_s} +
                                   m_arguments);
    QDeadlineTimer deadline(startTimeoutMs);
    while (!deadline.hasExpired()) {
        while (m_process->canReadLine()) {
            const QByteArray line = m_process->readLine().trimmed();
            static const QRegularExpression password(u"^password:\\s+(\\S+)"_s);
            if (const auto match = password.match(QString::fromUtf8(line)); match.hasMatch())
                m_ownerPassword = match.captured(1);
            const QJsonObject ready = QJsonDocument::fromJson(line).object();
            if (ready.value("event"_L1).toString() != "ready"_L1)
                continue;
            m_http = QUrl(ready.value("http"_L1).toString());
            m_realtime = QUrl(ready.value("realtime"_L1).toString());
            return true;
        }
        if (m_process->state() == QProcess::NotRunning) {
            m_error = u"the server ended with code %1: %2"_s.arg(m_process->exitCode())
                          .arg(QString::fromUtf8(log().right(2000)));
            return false;
        }
        m_process->waitForReadyRead(100);
    }
    m_error = u"no ready line within %1 ms"_s.arg(startTimeoutMs);
    return false;
}

void ServerProcess::kill()
{
    m_process->kill();
    m_process->waitForFinished();
}

int ServerProcess::terminate()
{
    m_process->terminate();
    if (!m_process->waitForFinished(startTimeoutMs) || m_process->exitStatus() != QProcess::NormalExit)
        return -1;
    return m_process->exitCode();
}

int ServerProcess::run(const QStringList &arguments, QByteArray *out, const QByteArray &input)
{
    writeConfig();
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(binary(), arguments + QStringList{u"--data"_s, dataFolder(), u"--config"_s,
                                                    m_folder.path() + u"/server.toml"_s});
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(startTimeoutMs))
        return -1;
    if (out)
        out->append(process.readAll());
    return process.exitCode();
}

QByteArray ServerProcess::log() const
{
    QFile file(m_folder.path() + u"/server.log"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace Atom::Test
