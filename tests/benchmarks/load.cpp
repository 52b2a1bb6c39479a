// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/load.h"

#include "tests/benchmarks/target.h"
#include "tests/benchmarks/wire.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>

namespace Atom::Bench {

namespace {
constexpr int openingAtOnce = 128;
constexpr double second = 1e9;

double randomShare()
{
    static std::mt19937 generator(20'260'101); // the same jitter in each run
    return std::uniform_real_distribution<double>(0, 1)(generator);
}
} // namespace

std::vector<std::string> Layout::roomIds() const
{
    std::vector<std::string> ids;
    for (int i = 0; i < rooms; ++i)
        ids.push_back(roomId(i));
    return ids;
}

int Layout::senderSlot(int client) const
{
    const int place = client % clientsPerRoom;
    const bool isSendingRoom = sendingRooms == 0 || roomOf(client) < sendingRooms;
    return isSendingRoom && place < sendersPerRoom ? place : -1;
}

Crowd::Crowd(uint16_t port, Layout layout)
    : m_layout(std::move(layout)), m_swarm(port), m_states(size_t(m_layout.clients())),
      m_sent(size_t(m_layout.clients())), m_audience(size_t(m_layout.rooms), m_layout.clientsPerRoom)
{
    for (int i = 0; i < m_layout.clients(); ++i) {
        m_swarm.add(m_layout.prefix + "-guest" + std::to_string(i));
        m_states[size_t(i)].last.assign(size_t(m_layout.sendersPerRoom), -1);
    }
    m_swarm.onText = [this](int client, std::string_view text) { onText(client, text); };
    m_swarm.onOpen = [this](int client) {
        const State &state = m_states[size_t(client)];
        const std::string room = m_layout.roomId(m_layout.roomOf(client));
        if (state.isJoined) {
            m_swarm.sendText(client,
                             R"({"type":"hello","resume":{")" + room + "\":" + std::to_string(state.seq) + "}}");
        } else {
            m_swarm.sendText(client, R"({"type":"join_room","room_id":")" + room + "\"}");
        }
    };
    m_swarm.onClosed = [this](int client, int code) {
        State &state = m_states[size_t(client)];
        if (m_result && !state.comeBackAt)
            ++m_result->closed;
        if (state.ignored)
            return;
        if (!state.isJoined)
            throw std::runtime_error("a connection was refused or closed with " + std::to_string(code));
        if (!state.cutAt) {
            state.cutAt = nowNanos();
            ++m_missing;
        }
        comeBack(client);
    };
}

void Crowd::gather(double seconds)
{
    const int64_t deadline = nowNanos() + int64_t(seconds * second);
    int next = 0;
    while (m_joined < m_layout.clients()) {
        while (next < m_layout.clients() && next - m_joined < openingAtOnce) {
            m_joined += m_states[size_t(next)].ignored; // does not read its answer either
            m_swarm.open(next++);
        }
        m_swarm.poll(std::chrono::milliseconds(10));
        if (nowNanos() > deadline)
            throw std::runtime_error("only " + std::to_string(m_joined) + " of " + std::to_string(m_layout.clients()) +
                                     " clients came in");
    }
}

void Crowd::stopReading(int client)
{
    m_states[size_t(client)].ignored = true;
    --m_audience[size_t(m_layout.roomOf(client))];
    m_swarm.stopReading(client);
}

void Crowd::cut(int first, int last, double spreadSeconds)
{
    m_spread = spreadSeconds;
    for (int i = first; i < last; ++i) {
        m_swarm.drop(i);
        m_states[size_t(i)].cutAt = nowNanos();
        ++m_missing;
        comeBack(i);
    }
}

void Crowd::comeBack(int client)
{
    State &state = m_states[size_t(client)];
    const double longest = std::min(std::max(m_spread, 1.0) * double(1 << std::min(state.attempts, 5)), 30.0);
    ++state.attempts;
    state.comeBackAt = nowNanos() + int64_t(randomShare() * longest * second) + 1;
    m_away.push_back(client);
}

void Crowd::reconnectDue()
{
    if (m_away.empty())
        return;
    const int64_t now = nowNanos();
    std::vector<int> due;
    std::erase_if(m_away, [this, now, &due](int client) {
        if (m_states[size_t(client)].comeBackAt > now)
            return false;
        due.push_back(client);
        return true;
    });
    for (const int client : due)
        m_swarm.open(client);
}

void Crowd::onText(int client, std::string_view text)
{
    constexpr std::string_view head("{\"type\":\"");
    if (!text.starts_with(head))
        return;
    State &state = m_states[size_t(client)];
    const std::string_view rest = text.substr(head.size());
    if (rest.starts_with("chat_message\"")) {
        const size_t at = rest.find("\"message\":\"");
        if (at == std::string_view::npos || state.ignored)
            return;
        const std::string_view body = rest.substr(at);
        const int64_t slot = numberOf(body, "\"message\":\"");
        const int64_t number = numberOf(body, " n");
        const int64_t due = numberOf(body, " t");
        const int64_t seq = numberOf(body, "\"seq\":");
        state.seq = std::max(state.seq, seq);
        if (slot == m_layout.senderSlot(client))
            return; // its own, replayed
        int64_t &last = state.last.at(size_t(slot));
        if (!m_result) {
            last = std::max(last, number);
            return;
        }
        if (number <= last) {
            ++m_result->duplicates;
            return;
        }
        m_result->disordered += number != last + 1;
        last = number;
        ++m_result->delivered;
        m_result->deliveryTime.record(nowNanos() - due);
    } else if (rest.starts_with("message_ack\"")) {
        if (!m_result)
            return;
        state.seq = std::max(state.seq, numberOf(rest, "\"seq\":"));
        const std::string_view id = memberOf(rest, "\"client_id\":\"");
        const int64_t number = numberOf(id, "n");
        const auto isAcknowledged = [number](const Unacknowledged &u) { return u.number == number; };
        if (std::erase_if(state.outbox, isAcknowledged) == 0)
            return; // answered before the connection was lost, and again after it
        m_result->ackTime.record(nowNanos() - numberOf(id, "t"));
        ++m_result->acked;
        if (m_window > 0 && m_sending)
            send(client, nowNanos());
    } else if (rest.starts_with("room_joined\"")) {
        state.seq = std::max(state.seq, numberOf(rest, "\"last_seq\":"));
        m_joined += !state.isJoined;
        state.isJoined = true;
    } else if (rest.starts_with("welcome\"")) {
        if (!state.cutAt)
            return;
        m_reconnects.push_back(nowNanos() - state.cutAt);
        state.cutAt = state.comeBackAt = 0;
        state.attempts = 0;
        --m_missing;
        for (const Unacknowledged &u : state.outbox)
            m_swarm.sendText(client, u.frame);
    } else if (rest.starts_with("error\"") || rest.starts_with("gap\"")) {
        if (!m_result && !state.isJoined)
            throw std::runtime_error("refused: " + std::string(text));
        if (m_result) {
            ++m_result->errors;
            if (m_result->firstError.empty())
                m_result->firstError = std::string(text.substr(0, 300));
        }
    }
}

void Crowd::send(int client, int64_t dueNanos)
{
    const int64_t number = m_sent[size_t(client)]++;
    std::string text = std::to_string(m_layout.senderSlot(client)) + " n" + std::to_string(number) + " t" +
                       std::to_string(dueNanos) + ' ';
    text.resize(size_t(std::max<int>(m_textBytes, int(text.size()))), 'x');
    // The time comes first, as in the ids of the SDK (UUID version 7).
    std::string frame = R"({"type":"chat_message","room_id":")" + m_layout.roomId(m_layout.roomOf(client)) +
                        R"(","message":")" + text + R"(","client_id":"t)" + std::to_string(dueNanos) + 'n' +
                        std::to_string(number) + "\"}";
    if (m_states[size_t(client)].cutAt == 0) // else with the others, when it is back: in their order
        m_swarm.sendText(client, frame);
    m_states[size_t(client)].outbox.push_back({number, std::move(frame)});
    ++m_result->sent;
}

int64_t Crowd::expectedSince(const std::vector<int64_t> &sentBefore) const
{
    int64_t expected = 0;
    for (int i = 0; i < m_layout.clients(); ++i)
        expected += (m_sent[size_t(i)] - sentBefore[size_t(i)]) * (m_audience[size_t(m_layout.roomOf(i))] - 1);
    return expected;
}

LoadResult Crowd::run(const LoadPlan &plan, pid_t server)
{
    LoadResult result;
    m_result = &result;
    m_textBytes = plan.textBytes;
    m_window = plan.messagesPerSecond > 0 ? 0 : plan.window;
    const std::vector<int64_t> sentBefore = m_sent;
    std::vector<int> senders; // neighbours in the list are in different rooms: the load is even at each moment
    for (int slot = 0; slot < m_layout.sendersPerRoom; ++slot) {
        const int rooms = m_layout.sendingRooms == 0 ? m_layout.rooms : m_layout.sendingRooms;
        for (int room = 0; room < rooms; ++room)
            senders.push_back(room * m_layout.clientsPerRoom + slot);
    }
    const int64_t cpuBefore = cpuNanos(server);
    const int64_t start = nowNanos();
    const int64_t end = start + int64_t(plan.seconds * second);
    m_sending = true;
    if (m_window > 0) {
        for (const int client : senders) {
            for (int i = 0; i < m_window; ++i)
                send(client, nowNanos());
        }
    }
    int64_t number = 0;
    const double interval = m_window > 0 ? 0 : second / plan.messagesPerSecond;
    for (int64_t now = nowNanos(); now < end; now = nowNanos()) {
        int64_t next = std::min(end, now + 5'000'000);
        if (interval > 0) {
            for (;; ++number) {
                const int64_t due = start + int64_t(double(number) * interval);
                if (due > now) {
                    next = std::min(next, due);
                    break;
                }
                send(senders[size_t(number) % senders.size()], due);
            }
        }
        reconnectDue();
        if (onTurn)
            onTurn();
        m_swarm.poll(Nanos(std::max<int64_t>(0, next - nowNanos())));
    }
    m_sending = false;
    result.seconds = double(nowNanos() - start) / second;
    result.expected = expectedSince(sentBefore);
    const int64_t settled = nowNanos() + int64_t(plan.settleSeconds * second);
    while ((result.delivered < result.expected || result.acked < result.sent || m_missing > 0) &&
           nowNanos() < settled) {
        reconnectDue();
        if (onTurn)
            onTurn();
        m_swarm.poll(std::chrono::milliseconds(5));
    }
    result.cpuNanos = cpuNanos(server) - cpuBefore;
    m_result = nullptr;
    return result;
}

} // namespace Atom::Bench
