// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/histogram.h"
#include "tests/benchmarks/swarm.h"

#include <deque>

#include <sys/types.h>

namespace Atom::Bench {

//! \brief Who is in which room, and who of them sends.
struct Layout
{
    int rooms = 1;
    int clientsPerRoom = 1;
    int sendersPerRoom = 1;
    int sendingRooms = 0;     //!< only the first so many have senders; 0: all
    std::string prefix = "r"; //!< of the rooms' ids
    std::string roomId(int room) const { return prefix + std::to_string(room); }
    std::vector<std::string> roomIds() const;
    int clients() const { return rooms * clientsPerRoom; }
    int roomOf(int client) const { return client / clientsPerRoom; }
    //! \brief The place among the senders of the room; -1: does not send.
    int senderSlot(int client) const;
};

struct LoadPlan
{
    double messagesPerSecond = 1'000; //!< in all, evenly spread over the senders; 0: as fast as answers come
    int window = 1;                   //!< with 0 above: messages a sender has under way
    double seconds = 5;
    int textBytes = 200;
    double settleSeconds = 15; //!< how long the last deliveries may take
};

struct LoadResult
{
    int64_t sent = 0, acked = 0, delivered = 0, expected = 0, duplicates = 0, disordered = 0, errors = 0, closed = 0;
    double seconds = 0;                     //!< the load itself
    int64_t cpuNanos = 0;                   //!< of the server, to the last delivery
    LatencyHistogram deliveryTime, ackTime; //!< from the time a message was due to be sent
    int64_t lost() const { return expected - delivered; }
    double cpuMicrosPerDelivery() const { return delivered ? double(cpuNanos) / 1e3 / double(delivered) : 0; }
    double cpuMicrosPerMessage() const { return acked ? double(cpuNanos) / 1e3 / double(acked) : 0; }
    std::string firstError;
};

//! \brief The clients of a layout, connected and in their rooms, and messages among them. Counts every delivery: each
//! message carries its sender, number and time, so that one lost, doubled or out of order is seen.
class Crowd
{
public:
    Crowd(uint16_t port, Layout layout);
    //! \brief Connects all and has them join. Throws when they are not all there in time.
    void gather(double seconds = 120);
    LoadResult run(const LoadPlan &plan, pid_t server);

    //! \brief This one never reads, neither counts nor is waited for. Before gather().
    void stopReading(int client);
    //! \brief Cuts these clients off; they come back with jitter over `spreadSeconds`, resume, and are counted again.
    void cut(int first, int last, double spreadSeconds);
    int missing() const { return m_missing; } //!< cut off and not yet welcomed again
    Swarm &swarm() { return m_swarm; }
    const Layout &layout() const { return m_layout; }
    std::vector<int64_t> reconnectNanos() const { return m_reconnects; }
    std::function<void()> onTurn; //!< called all the time during run()

private:
    struct Unacknowledged
    {
        int64_t number = 0;
        std::string frame;
    };
    struct State
    {
        std::deque<Unacknowledged> outbox; // sent again after a reconnection
        std::vector<int64_t> last;         // number of the newest message, by slot of the sender
        int64_t seq = 0;
        int64_t comeBackAt = 0;
        int64_t cutAt = 0;
        int attempts = 0;
        bool isJoined = false;
        bool ignored = false;
    };
    void onText(int client, std::string_view text);
    void send(int client, int64_t dueNanos);
    void comeBack(int client);
    void reconnectDue();
    int64_t expectedSince(const std::vector<int64_t> &sentBefore) const;

    Layout m_layout;
    Swarm m_swarm;
    std::vector<State> m_states;
    std::vector<int64_t> m_sent; // by client
    std::vector<int> m_audience; // by room: clients that count
    std::vector<int> m_away;
    std::vector<int64_t> m_reconnects;
    double m_spread = 0;
    int m_joined = 0;
    int m_missing = 0;
    int m_window = 0;
    int m_textBytes = 200;
    bool m_sending = false;
    LoadResult *m_result = nullptr;
};

} // namespace Atom::Bench
