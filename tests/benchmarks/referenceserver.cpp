// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/target.h"
#include "tests/benchmarks/wire.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Atom::Bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Peer
{
    int fd = -1;
    bool isOpen = false; // the opening handshake is done
    bool isDue = false;
    std::string in;
    std::string out;
    std::vector<size_t> rooms;
};

class Loop
{
public:
    Loop(int listener, int tickMillis) : m_listener(listener), m_tick(tickMillis) {}
    [[noreturn]] void run();

private:
    void accept();
    void read(Peer &peer);
    void frame(Peer &peer, std::string_view text);
    void send(Peer &peer, std::string_view bytes);
    void flush(Peer &peer);
    void flushDue();
    void close(Peer &peer);
    size_t roomOf(std::string_view id);

    int m_listener;
    int m_tick;
    int m_epoll = -1;
    std::vector<Peer> m_peers; // by descriptor
    std::vector<Peer *> m_due;
    Clock::time_point m_nextFlush{};
    std::vector<std::vector<int>> m_rooms; // descriptors
    std::unordered_map<std::string, size_t> m_roomIndex;
    std::vector<char> m_buffer = std::vector<char>(64 * 1024);
};

void Loop::run()
{
    m_peers.resize(65'536);
    m_epoll = ::epoll_create1(0);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = m_listener;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_listener, &event);
    std::vector<epoll_event> events(512);
    for (;;) {
        timespec wait{};
        const timespec *timeout = nullptr;
        if (!m_due.empty()) {
            const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(m_nextFlush - Clock::now()).count();
            if (left > 0) {
                wait.tv_sec = left / 1'000'000'000;
                wait.tv_nsec = left % 1'000'000'000;
            }
            timeout = &wait;
        }
        const int count = ::epoll_pwait2(m_epoll, events.data(), int(events.size()), timeout, nullptr);
        for (int i = 0; i < count; ++i) {
            if (events[size_t(i)].data.fd == m_listener) {
                accept();
                continue;
            }
            Peer &peer = m_peers[size_t(events[size_t(i)].data.fd)];
            if (events[size_t(i)].events & EPOLLOUT)
                flush(peer);
            if (peer.fd >= 0 && (events[size_t(i)].events & ~uint32_t(EPOLLOUT)))
                read(peer);
        }
        if (!m_due.empty() && Clock::now() >= m_nextFlush)
            flushDue();
    }
}

void Loop::accept()
{
    for (;;) {
        const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0)
            return;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Peer &peer = m_peers[size_t(fd)];
        peer = Peer();
        peer.fd = fd;
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

void Loop::read(Peer &peer)
{
    const ssize_t size = ::recv(peer.fd, m_buffer.data(), m_buffer.size(), 0);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR))
            close(peer);
        return;
    }
    char *cursor = m_buffer.data();
    char *end = cursor + size;
    if (!peer.in.empty() || !peer.isOpen) {
        peer.in.append(cursor, size_t(size));
        cursor = peer.in.data();
        end = cursor + peer.in.size();
    }
    if (!peer.isOpen) {
        const std::string_view head(cursor, size_t(end - cursor));
        const size_t headEnd = head.find("\r\n\r\n");
        if (headEnd == std::string_view::npos)
            return;
        send(peer, acceptAnswer(head));
        peer.isOpen = true;
        cursor += headEnd + 4;
    }
    ClientFrameView view;
    while (nextClientFrame(&cursor, end, &view)) {
        if (view.opcode == 8) {
            close(peer);
            return;
        }
        if (view.opcode == 1)
            frame(peer, view.payload);
    }
    std::string rest(cursor, size_t(end - cursor));
    peer.in.swap(rest);
}

size_t Loop::roomOf(std::string_view id)
{
    const auto [it, isNew] = m_roomIndex.try_emplace(std::string(id), m_rooms.size());
    if (isNew)
        m_rooms.emplace_back();
    return it->second;
}

void Loop::frame(Peer &peer, std::string_view text)
{
    constexpr std::string_view message("{\"type\":\"chat_message\",\"room_id\":\"");
    constexpr std::string_view join("{\"type\":\"join_room\",\"room_id\":\"");
    constexpr std::string_view ping("{\"type\":\"ping\"");
    if (text.starts_with(message)) {
        const std::string_view rest = text.substr(message.size());
        const size_t room = roomOf(rest.substr(0, rest.find('"')));
        const std::string bytes = serverFrame(text);
        for (const int fd : m_rooms[room]) {
            if (fd != peer.fd)
                send(m_peers[size_t(fd)], bytes);
        }
        const std::string_view clientId = memberOf(text, "\"client_id\":\"");
        send(peer, serverFrame("{\"type\":\"message_ack\",\"client_id\":\"" + std::string(clientId) + "\"}"));
    } else if (text.starts_with(join)) {
        const std::string_view rest = text.substr(join.size());
        const size_t room = roomOf(rest.substr(0, rest.find('"')));
        m_rooms[room].push_back(peer.fd);
        peer.rooms.push_back(room);
        send(peer, serverFrame("{\"type\":\"room_joined\"}"));
    } else if (text.starts_with(ping)) {
        send(peer, serverFrame("{\"type\":\"pong\",\"timestamp\":\"2026-01-02T03:04:05.678Z\"}"));
    } else {
        send(peer, serverFrame("{\"type\":\"welcome\"}"));
    }
}

void Loop::send(Peer &peer, std::string_view bytes)
{
    peer.out.append(bytes);
    if (m_tick < 0) {
        flush(peer);
    } else if (!peer.isDue) {
        peer.isDue = true;
        if (m_due.empty())
            m_nextFlush = Clock::now() + std::chrono::milliseconds(m_tick);
        m_due.push_back(&peer);
    }
}

void Loop::flushDue()
{
    for (Peer *peer : std::exchange(m_due, {})) {
        peer->isDue = false;
        if (peer->fd >= 0)
            flush(*peer);
    }
}

void Loop::flush(Peer &peer)
{
    if (peer.out.empty())
        return;
    const ssize_t sent = ::send(peer.fd, peer.out.data(), peer.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    const bool isWhole = sent == ssize_t(peer.out.size());
    if (sent > 0)
        peer.out.erase(0, size_t(sent));
    epoll_event event{};
    event.events = isWhole ? uint32_t(EPOLLIN) : uint32_t(EPOLLIN | EPOLLOUT);
    event.data.fd = peer.fd;
    static std::vector<bool> waits(65'536);
    if (waits[size_t(peer.fd)] == isWhole) {
        waits[size_t(peer.fd)] = !isWhole;
        ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, peer.fd, &event);
    }
}

void Loop::close(Peer &peer)
{
    for (const size_t room : peer.rooms)
        std::erase(m_rooms[room], peer.fd);
    ::close(peer.fd);
    peer.fd = -1;
}

class ReferenceServer final : public Target
{
public:
    explicit ReferenceServer(int tickMillis) : m_tick(tickMillis) {}
    ~ReferenceServer() override
    {
        if (m_pid > 0)
            kill();
    }
    std::string name() const override
    {
        return m_tick < 0 ? "bare epoll, no coalescing" : "bare epoll, " + std::to_string(m_tick) + " ms";
    }
    void start() override
    {
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(m_port);
        socklen_t length = sizeof address;
        if (::bind(listener, reinterpret_cast<sockaddr *>(&address), length) < 0 || ::listen(listener, 4096) < 0)
            throw std::runtime_error(std::string("the reference server cannot listen: ") + std::strerror(errno));
        ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length);
        m_port = ntohs(address.sin_port);
        m_pid = ::fork();
        if (m_pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            Loop(listener, m_tick).run();
        }
        ::close(listener);
    }
    void kill() override
    {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }
    void createRooms(const std::vector<std::string> &, bool) override {} // by joining
    pid_t pid() const override { return m_pid; }
    uint16_t port() const override { return m_port; }

private:
    int m_tick;
    pid_t m_pid = -1;
    uint16_t m_port = 0;
};

} // namespace

std::unique_ptr<Target> makeReferenceServer(int tickMillis)
{
    return std::make_unique<ReferenceServer>(tickMillis);
}

} // namespace Atom::Bench
