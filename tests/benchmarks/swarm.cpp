// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/swarm.h"

#include "tests/benchmarks/wire.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Atom::Bench {

int64_t nowNanos()
{
    return std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Swarm::Swarm(uint16_t port) : m_port(port), m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_buffer(128 * 1024) {}

Swarm::~Swarm()
{
    for (int i = 0; i < size(); ++i)
        drop(i);
    ::close(m_epoll);
}

int Swarm::add(std::string name)
{
    m_clients.emplace_back();
    m_clients.back().name = std::move(name);
    return size() - 1;
}

void Swarm::open(int index)
{
    Client &c = m_clients[size_t(index)];
    c.in.clear();
    c.closeCode = 0;
    c.waitsToWrite = true;
    c.out = openingRequest(c.name);
    c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c.fd < 0)
        throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
    const int on = 1;
    ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (c.readsNot) { // a small window: what the server sends piles up there, not in the kernel
        const int bytes = 4096;
        ::setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(m_port);
    c.phase = Phase::Connecting;
    if (::connect(c.fd, reinterpret_cast<sockaddr *>(&address), sizeof address) < 0 && errno != EINPROGRESS) {
        ended(index);
        return;
    }
    watch(c, index, true);
}

void Swarm::watch(Client &c, int index, bool isNew)
{
    epoll_event event{};
    if (!c.readsNot || c.phase != Phase::Open)
        event.events |= EPOLLIN;
    if (c.waitsToWrite)
        event.events |= EPOLLOUT;
    event.data.u32 = uint32_t(index);
    ::epoll_ctl(m_epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c.fd, &event);
}

void Swarm::drop(int index)
{
    Client &c = m_clients[size_t(index)];
    if (c.fd < 0)
        return;
    const linger hard{1, 0};
    ::setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(c.fd);
    c.fd = -1;
    m_open -= c.phase == Phase::Open;
    c.phase = Phase::Closed;
}

void Swarm::ended(int index)
{
    drop(index);
    if (onClosed)
        onClosed(index, m_clients[size_t(index)].closeCode);
}

void Swarm::stopReading(int index)
{
    m_clients[size_t(index)].readsNot = true;
    if (m_clients[size_t(index)].fd >= 0)
        watch(m_clients[size_t(index)], index, false);
}

void Swarm::sendText(int index, std::string_view text)
{
    Client &c = m_clients[size_t(index)];
    if (c.phase != Phase::Open)
        return;
    appendClientFrame(c.out, text);
    if (!c.waitsToWrite)
        write(index);
}

void Swarm::write(int index)
{
    Client &c = m_clients[size_t(index)];
    const ssize_t sent = ::send(c.fd, c.out.data(), c.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        c.out.erase(0, size_t(sent));
    const bool waits = !c.out.empty();
    if (waits == c.waitsToWrite)
        return;
    c.waitsToWrite = waits;
    watch(c, index, false);
}

void Swarm::read(int index)
{
    Client *c = &m_clients[size_t(index)];
    const ssize_t size = ::recv(c->fd, m_buffer.data(), m_buffer.size(), 0);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR))
            ended(index);
        return;
    }
    const char *cursor = m_buffer.data();
    const char *end = cursor + size;
    std::string joined;
    if (!c->in.empty()) {
        joined = std::move(c->in);
        joined.append(cursor, size_t(size));
        cursor = joined.data();
        end = cursor + joined.size();
    }
    c->in.clear();
    if (c->phase == Phase::Opening) {
        const std::string_view head(cursor, size_t(end - cursor));
        const size_t headEnd = head.find("\r\n\r\n");
        if (headEnd == std::string_view::npos) {
            c->in.assign(head);
            return;
        }
        if (!head.starts_with("HTTP/1.1 101")) {
            ended(index);
            return;
        }
        cursor += headEnd + 4;
        c->phase = Phase::Open;
        ++m_open;
        if (c->readsNot)
            watch(*c, index, false);
        if (onOpen)
            onOpen(index);
    }
    ServerFrameView frame;
    while (m_clients[size_t(index)].phase == Phase::Open && nextServerFrame(&cursor, end, &frame)) {
        if (frame.opcode == 1 && onText) {
            onText(index, frame.payload);
        } else if (frame.opcode == 9) {
            appendClientFrame(m_clients[size_t(index)].out, frame.payload, 10);
            write(index);
        } else if (frame.opcode == 8) {
            if (frame.payload.size() >= 2)
                m_clients[size_t(index)].closeCode = uint8_t(frame.payload[0]) << 8 | uint8_t(frame.payload[1]);
            ended(index);
            return;
        }
    }
    c = &m_clients[size_t(index)];
    if (c->phase == Phase::Open)
        c->in.assign(cursor, size_t(end - cursor));
}

void Swarm::poll(Nanos timeout)
{
    epoll_event events[512];
    const auto nanos = std::max<int64_t>(timeout.count(), 0);
    const timespec wait{nanos / 1'000'000'000, nanos % 1'000'000'000};
    const int count = ::epoll_pwait2(m_epoll, events, 512, &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        const int index = int(events[i].data.u32);
        Client &c = m_clients[size_t(index)];
        if (c.fd < 0)
            continue;
        if (c.phase == Phase::Connecting) {
            if (events[i].events & (EPOLLERR | EPOLLHUP)) {
                ended(index);
                continue;
            }
            c.phase = Phase::Opening;
        }
        if (events[i].events & EPOLLOUT)
            write(index);
        if (m_clients[size_t(index)].fd >= 0 && (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
            read(index);
    }
}

} // namespace Atom::Bench
