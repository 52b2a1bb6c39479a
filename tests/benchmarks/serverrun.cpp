// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/serverrun.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUrl>

#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Atom::Bench {

ServerRun::ServerRun(const std::string &binary, const std::string &folder)
{
    const std::string config = folder + "/server.toml";
    const std::string data = folder + "/data";
    const std::string logFile = folder + "/server.log";
    QFile file(QString::fromStdString(config));
    if (!file.open(QIODevice::WriteOnly))
        throw std::runtime_error("cannot write " + config);
    file.write("[http]\nport = 0\n[realtime]\nport = 0\nmessages_per_second = 0\nframes_per_second = 0\n");
    file.close();
    int out[2];
    if (::pipe2(out, O_CLOEXEC) < 0)
        throw std::runtime_error("no pipe");
    m_pid = ::fork();
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int log = ::open(logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execl(binary.c_str(), binary.c_str(), "serve", "--data", data.c_str(), "--config", config.c_str(),
                static_cast<char *>(nullptr));
        ::_exit(127);
    }
    ::close(out[1]);
    std::string printed;
    char buffer[1024];
    while (printed.find("\"ready\"") == std::string::npos || printed.back() != '\n') {
        const ssize_t n = ::read(out[0], buffer, sizeof buffer);
        if (n <= 0) {
            ::close(out[0]);
            throw std::runtime_error(binary + " did not get ready (see " + logFile + "): " + printed);
        }
        printed.append(buffer, size_t(n));
    }
    ::close(out[0]);
    for (const QByteArray &line : QByteArray::fromStdString(printed).split('\n')) {
        if (line.trimmed().startsWith("password:"))
            m_password = line.trimmed().mid(9).trimmed().toStdString();
        const QJsonObject ready = QJsonDocument::fromJson(line).object();
        if (ready.isEmpty())
            continue;
        m_http = uint16_t(QUrl(ready.value(QStringLiteral("http")).toString()).port());
        m_realtime = uint16_t(QUrl(ready.value(QStringLiteral("realtime")).toString()).port());
    }
}

ServerRun::~ServerRun()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
}

void ServerRun::terminate()
{
    ::kill(m_pid, SIGTERM);
    ::waitpid(m_pid, nullptr, 0);
    m_pid = -1;
}

} // namespace Atom::Bench
