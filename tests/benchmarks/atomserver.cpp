// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/target.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <csignal>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Atom::Bench {

namespace {

std::string config(uint16_t http, uint16_t realtime)
{
    return "[http]\nport = " + std::to_string(http) +
           "\nconnections = 100000\nconnections_per_address = 0\n"
           "[realtime]\nport = " +
           std::to_string(realtime) +
           "\nmessages_per_second = 0\nframes_per_second = 0\nconnections_per_address = 0\n"
           "[auth]\nguests = \"loopback\"\n";
}

//! One request over a connection of its own; the body of the answer. Throws when it is not a 2xx.
QJsonObject post(uint16_t port, const std::string &path, const QJsonObject &body, const std::string &token)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    std::string answer;
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0) {
        const std::string json = QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
        const std::string request = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                                    (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                                    "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) +
                                    "\r\n\r\n" + json;
        if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == ssize_t(request.size())) {
            char buffer[4096];
            for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
                answer.append(buffer, size_t(n));
        }
    }
    ::close(fd);
    const size_t bodyAt = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 2") || bodyAt == std::string::npos)
        throw std::runtime_error("POST " + path + " failed: " + answer);
    return QJsonDocument::fromJson(QByteArray::fromStdString(answer.substr(bodyAt + 4))).object();
}

class AtomServer final : public Target
{
public:
    explicit AtomServer(std::string binary) : m_binary(std::move(binary)) {}
    ~AtomServer() override
    {
        if (m_pid > 0)
            kill();
    }
    std::string name() const override { return "atom-server"; }
    void start() override;
    void kill() override
    {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }
    void createRooms(const std::vector<std::string> &ids, bool ephemeral) override;
    pid_t pid() const override { return m_pid; }
    uint16_t port() const override { return m_port; }

private:
    std::string path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)).toStdString(); }
    std::string m_binary;
    QTemporaryDir m_folder;
    std::string m_password;
    std::string m_token;
    pid_t m_pid = -1;
    uint16_t m_http = 0;
    uint16_t m_port = 0;
};

void AtomServer::start()
{
    QFile file(m_folder.filePath(QStringLiteral("server.toml")));
    if (!file.open(QIODevice::WriteOnly))
        throw std::runtime_error("no temporary folder");
    file.write(QByteArray::fromStdString(config(m_http, m_port)));
    file.close();
    int out[2];
    if (::pipe2(out, O_CLOEXEC) < 0)
        throw std::runtime_error("no pipe");
    m_pid = ::fork();
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int log = ::open(path("server.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execl(m_binary.c_str(), m_binary.c_str(), "serve", "--data", path("data").c_str(), "--config",
                path("server.toml").c_str(), static_cast<char *>(nullptr));
        ::_exit(127);
    }
    ::close(out[1]);
    std::string printed;
    char buffer[1024];
    while (printed.find("\"ready\"") == std::string::npos || printed.back() != '\n') {
        const ssize_t n = ::read(out[0], buffer, sizeof buffer);
        if (n <= 0)
            throw std::runtime_error(m_binary + " did not get ready: " + printed);
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
        m_port = uint16_t(QUrl(ready.value(QStringLiteral("realtime")).toString()).port());
    }
}

void AtomServer::createRooms(const std::vector<std::string> &ids, bool ephemeral)
{
    if (m_token.empty()) {
        const QJsonObject login{{QStringLiteral("user"), QStringLiteral("owner")},
                                {QStringLiteral("password"), QString::fromStdString(m_password)}};
        m_token = post(m_http, "/api/v1/auth/sign-in", login, {})
                      .value(QStringLiteral("access_token"))
                      .toString()
                      .toStdString();
    }
    for (const std::string &id : ids) {
        const QString persistence = ephemeral ? QStringLiteral("ephemeral") : QStringLiteral("durable");
        post(m_http, "/api/v1/rooms",
             {{QStringLiteral("id"), QString::fromStdString(id)},
              {QStringLiteral("name"), QString::fromStdString(id)},
              {QStringLiteral("persistence"), persistence}},
             m_token);
    }
}

} // namespace

std::unique_ptr<Target> makeAtomServer(const std::string &binary)
{
    return std::make_unique<AtomServer>(binary);
}

} // namespace Atom::Bench
