// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Atom::Bench {

using Nanos = std::chrono::nanoseconds;
//! \brief Monotonic time in nanoseconds.
int64_t nowNanos();

//! \brief Many WebSocket clients in one thread on one epoll set, as cheap as they can be, so that the load does not
//! take the server's processor. Knows frames, not what they mean. Everything happens inside poll().
class Swarm
{
public:
    explicit Swarm(uint16_t port);
    ~Swarm();
    Swarm(const Swarm &) = delete;
    Swarm &operator=(const Swarm &) = delete;

    //! \brief Told what arrives; a handler may send, open and drop.
    std::function<void(int client, std::string_view text)> onText;
    std::function<void(int client)> onOpen;
    std::function<void(int client, int closeCode)> onClosed; //!< 0: without a close frame

    //! \brief A client of this name, not connected yet; its number.
    int add(std::string name);
    int size() const { return int(m_clients.size()); }
    const std::string &nameOf(int client) const { return m_clients[size_t(client)].name; }
    void open(int client);
    //! \brief Ends the connection with a reset, without onClosed().
    void drop(int client);
    bool isOpen(int client) const { return m_clients[size_t(client)].phase == Phase::Open; }
    int openCount() const { return m_open; }
    void sendText(int client, std::string_view text);
    //! \brief Stops reading from the client's socket, for ever.
    void stopReading(int client);
    //! \brief Handles what happens within the time.
    void poll(Nanos timeout);

private:
    enum class Phase : uint8_t { Closed, Connecting, Opening, Open };
    struct Client
    {
        std::string name;
        std::string in;
        std::string out;
        int fd = -1;
        Phase phase = Phase::Closed;
        bool readsNot = false;
        bool waitsToWrite = false;
        int closeCode = 0;
    };
    void watch(Client &client, int index, bool isNew);
    void read(int index);
    void write(int index);
    void ended(int index);

    uint16_t m_port;
    int m_epoll;
    int m_open = 0;
    std::vector<Client> m_clients;
    std::vector<char> m_buffer;
};

} // namespace Atom::Bench
