// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/throttle.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace Atom::Identity {

QByteArray SignInThrottle::networkOf(const QHostAddress &address)
{
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4);
    if (isV4)
        return "4/" + QByteArray::number(v4 >> 8, 16);
    const Q_IPV6ADDR v6 = address.toIPv6Address();
    return "6/" + QByteArray(reinterpret_cast<const char *>(v6.c), 7).toHex();
}

SignInThrottle::Network &SignInThrottle::network(const QHostAddress &peer)
{
    const Monotonic now = m_clock.monotonic();
    const QByteArray key = networkOf(peer);
    auto it = m_networks.find(key);
    if (it == m_networks.end()) {
        it = m_networks.insert(key, Network{});
        it->filledAt = now;
    }
    const double elapsed = std::chrono::duration<double>(now - it->filledAt).count();
    it->tokens = std::min(networkBurst, it->tokens + elapsed * networkPerSecond);
    it->filledAt = now;
    return *it;
}

seconds SignInThrottle::begin(const QByteArray &account, const QHostAddress &peer)
{
    makeRoom();
    Network &net = network(peer);
    if (net.tokens < 1)
        return seconds(qint64(std::ceil((1 - net.tokens) / networkPerSecond)));

    const Monotonic now = m_clock.monotonic();
    Account &state = m_accounts[account];
    if (state.failures > 0 && state.running == 0 && now - state.lastFailure >= forgetAfter)
        state = {};
    if (state.notBefore > now)
        return std::chrono::ceil<seconds>(state.notBefore - now);
    if (state.running >= (state.failures >= freeFailures ? 1 : attemptsAtOnce))
        return seconds(1);
    ++state.running;
    net.tokens -= 1;
    return seconds(0);
}

void SignInThrottle::settle(const QByteArray &account)
{
    const auto it = m_accounts.find(account);
    if (it == m_accounts.end())
        return;
    it->running = std::max(0, it->running - 1);
    if (it->running == 0 && it->failures == 0)
        m_accounts.erase(it);
}

void SignInThrottle::succeeded(const QByteArray &account, const QHostAddress &peer)
{
    Network &net = network(peer);
    net.tokens = std::min(networkBurst, net.tokens + 1);
    if (const auto it = m_accounts.find(account); it != m_accounts.end()) {
        it->failures = 0;
        it->notBefore = {};
    }
    settle(account);
}

void SignInThrottle::failed(const QByteArray &account, const QHostAddress &)
{
    const Monotonic now = m_clock.monotonic();
    Account &state = m_accounts[account];
    ++state.failures;
    state.lastFailure = now;
    if (state.failures >= freeFailures) {
        const int doublings = std::min(state.failures - freeFailures, 20);
        state.notBefore = now + std::min(longestDelay, firstDelay * (1 << doublings));
    }
    settle(account);
}

void SignInThrottle::abandoned(const QByteArray &account, const QHostAddress &peer)
{
    Network &net = network(peer);
    net.tokens = std::min(networkBurst, net.tokens + 1);
    settle(account);
}

namespace {
//! Removes the tenth of the entries for which `rank` is lowest.
template <typename Table, typename Rank> void dropLowest(Table &table, Rank rank)
{
    using Value = decltype(rank(*table.cbegin()));
    std::vector<Value> ranks;
    ranks.reserve(size_t(table.size()));
    for (const auto &entry : std::as_const(table))
        ranks.push_back(rank(entry));
    const size_t tenth = ranks.size() / 10;
    std::nth_element(ranks.begin(), ranks.begin() + std::ptrdiff_t(tenth), ranks.end());
    size_t left = tenth + 1; // several may be equal to the limit
    table.removeIf([&](typename Table::iterator e) { return left > 0 && rank(*e) <= ranks[tenth] && left-- > 0; });
}
} // namespace

void SignInThrottle::makeRoom()
{
    // Only full tables are swept: first what no longer matters, then the oldest failures and the fullest buckets.
    const Monotonic now = m_clock.monotonic();
    if (m_accounts.size() >= tableLimit) {
        m_accounts.removeIf([now](QHash<QByteArray, Account>::iterator e) {
            return e->running == 0 && now - e->lastFailure >= forgetAfter;
        });
        if (m_accounts.size() >= tableLimit)
            dropLowest(m_accounts, [](const Account &a) { return a.lastFailure; });
    }
    if (m_networks.size() >= tableLimit)
        dropLowest(m_networks, [](const Network &n) { return -n.tokens; });
}

} // namespace Atom::Identity
