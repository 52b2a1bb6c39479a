// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"

#include <QtCore/QHash>
#include <QtNetwork/QHostAddress>

namespace Atom::Identity {

//! \brief Slows guessing down without ever locking anybody out.
//!
//! Per account: five wrong passwords are free, each further one doubles the wait, from 2 s up to 15 minutes; a success
//! clears it, an hour without a failure too. Unknown names count like known ones. Per network (IPv4 /24, IPv6 /56): a
//! bucket of tokens from which only failures take for good. Both tables are bounded. Time is monotonic; main thread.
class SignInThrottle
{
public:
    static constexpr int freeFailures = 5;
    static constexpr seconds firstDelay{2};
    static constexpr seconds longestDelay{900};
    static constexpr seconds forgetAfter{3600};
    static constexpr int attemptsAtOnce = 8; //!< per account, so that parallel guesses do not outrun the count
    static constexpr double networkBurst = 60;
    static constexpr double networkPerSecond = 0.5;
    static constexpr int tableLimit = 10'000;

    explicit SignInThrottle(const Clock &clock) : m_clock(clock) {}

    //! \brief Zero: go on, and call exactly one of succeeded(), failed(), abandoned(). Else how long to wait.
    seconds begin(const QByteArray &account, const QHostAddress &peer);
    void succeeded(const QByteArray &account, const QHostAddress &peer);
    void failed(const QByteArray &account, const QHostAddress &peer);
    //! \brief It came to no answer (the server was too busy): counts neither way.
    void abandoned(const QByteArray &account, const QHostAddress &peer);

    //! \brief The network of an address, IPv4-mapped addresses as IPv4: the key of the buckets.
    static QByteArray networkOf(const QHostAddress &address);
    int tableSize() const { return int(std::max(m_accounts.size(), m_networks.size())); }

private:
    struct Account
    {
        int failures = 0;
        int running = 0;
        Monotonic notBefore{};
        Monotonic lastFailure{};
    };
    struct Network
    {
        double tokens = networkBurst;
        Monotonic filledAt{};
    };
    void settle(const QByteArray &account);
    Network &network(const QHostAddress &peer);
    void makeRoom();

    const Clock &m_clock;
    QHash<QByteArray, Account> m_accounts;
    QHash<QByteArray, Network> m_networks;
};

} // namespace Atom::Identity
