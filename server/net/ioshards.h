// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"

#include <vector>

namespace Atom::Net {

class IoShard;

//! \brief Threads that do the reading and writing of connections, so that the system calls, two thirds of what a
//! delivery costs, are spread over the processors. What bytes mean is still decided in one thread, the owner's; the two
//! hand each other batches: one call for each turn of a loop, never one for each connection.
//!
//! Owner's thread. Ends after all transports are gone; one that is not is closed.
class IoShards
{
public:
    //! \param threads 0: none, makeTransport() gives the plain transport of the owner's thread
    explicit IoShards(int threads);
    ~IoShards();
    Q_DISABLE_COPY_MOVE(IoShards)

    //! \brief How many threads help on this machine: none on one or two processors, where the loop itself and the
    //! storage have them; above, all but those two.
    static int fitting();

    //! \brief A transport for a connected descriptor, in the shard with the fewest. `ticket` as in makeTransport(); it
    //! is let go in the owner's thread, at abort() or when the end of closing was reported.
    std::unique_ptr<Transport> makeTransport(qintptr descriptor, std::shared_ptr<void> ticket);
    int threads() const { return int(m_shards.size()); }

private:
    std::vector<std::unique_ptr<IoShard>> m_shards;
};

} // namespace Atom::Net
