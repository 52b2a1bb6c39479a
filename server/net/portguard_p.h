// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/portguard.h"

#include <QtCore/QHash>

namespace Atom::Net {

//! \brief Connections by their tickets, which live as long as their transports, also after a hand-over.
struct PortCounts
{
    int total = 0;
    QHash<QHostAddress, int> byAddress; //!< only kept when bounded
};

//! \brief What the connections of a guard share with it.
struct PortGuard::Private
{
    Private(GuardLimits guardLimits, Clock &guardClock, MetricRegistry &metrics);

    GuardLimits limits;
    Clock &clock;
    IoShards *shards = nullptr;
    Gauge &connections;
    Counter &accepted;
    Counter &rejected;
    QHash<GuardedConnection *, std::shared_ptr<GuardedConnection>> open;
    std::function<void(UpgradeRequest)> upgradeHandler;
    std::shared_ptr<PortCounts> counts = std::make_shared<PortCounts>();
    qint64 bodyBytes = 0;
    int pending = 0;
    int fileLimit = 0;
    bool draining = false;
    bool sweeping = false;
    int acceptedSinceError = 0;
};

} // namespace Atom::Net
