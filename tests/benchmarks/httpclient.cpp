// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/httpclient.h"

#include "tests/benchmarks/wire.h"

#include <QtCore/QByteArray>

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Atom::Bench {

namespace {
int connected(uint16_t port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        ::close(fd);
        throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

void sendAll(int fd, const std::string &bytes)
{
    if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != ssize_t(bytes.size()))
        throw std::runtime_error("the server closed the connection");
}

void receiveSome(int fd, std::string &into)
{
    char buffer[65536];
    const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0)
        throw std::runtime_error("the server closed the connection");
    into.append(buffer, size_t(n));
}
} // namespace

HttpClient::HttpClient(uint16_t port) : m_fd(connected(port)) {}

HttpClient::~HttpClient()
{
    ::close(m_fd);
}

std::string HttpClient::call(const std::string &method, const std::string &target, const std::string &json)
{
    std::string request = method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (!m_token.empty())
        request += "Authorization: Bearer " + m_token + "\r\n";
    if (!json.empty())
        request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n";
    sendAll(m_fd, request + "\r\n" + json);
    size_t head = 0;
    while ((head = m_buffer.find("\r\n\r\n")) == std::string::npos)
        receiveSome(m_fd, m_buffer);
    const QByteArray lines = QByteArray::fromStdString(m_buffer.substr(0, head)).toLower();
    const qsizetype at = lines.indexOf("content-length:");
    const auto length = at < 0 ? size_t(0) : size_t(lines.mid(at + 15, lines.indexOf('\r', at) - at - 15).trimmed().toULongLong());
    while (m_buffer.size() < head + 4 + length)
        receiveSome(m_fd, m_buffer);
    std::string body = m_buffer.substr(head + 4, length);
    const bool isGood = m_buffer.starts_with("HTTP/1.1 2");
    m_buffer.erase(0, head + 4 + length);
    if (!isGood)
        throw std::runtime_error(method + ' ' + target + " failed: " + body);
    return body;
}

std::string percentEncoded(std::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size())).toPercentEncoding().toStdString();
}

std::string helloWelcome(uint16_t port, const std::string &token)
{
    const int fd = connected(port);
    std::string frames;
    try {
        std::string request = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        sendAll(fd, request);
        size_t head = 0;
        while ((head = frames.find("\r\n\r\n")) == std::string::npos)
            receiveSome(fd, frames);
        frames.erase(0, head + 4);
        std::string hello;
        appendClientFrame(hello, R"({"type":"hello","protocol":1,"token":")" + token + "\"}");
        sendAll(fd, hello);
        for (;;) {
            const char *cursor = frames.data();
            ServerFrameView frame;
            if (nextServerFrame(&cursor, frames.data() + frames.size(), &frame)) {
                std::string text(frame.payload);
                if (memberOf(text, "\"type\":\"") != "welcome")
                    throw std::runtime_error("no welcome: " + text.substr(0, 300));
                ::close(fd);
                return text;
            }
            receiveSome(fd, frames);
        }
    } catch (...) {
        ::close(fd);
        throw;
    }
}

} // namespace Atom::Bench
