// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace Atom::Bench {

//! \brief The shipped server on a data folder that outlives it, with limits lifted. Throws std::runtime_error when it
//! does not get ready.
class ServerRun
{
public:
    //! \brief Returns when the server is ready. Data in `folder`/data, configuration and log beside it.
    ServerRun(const std::string &binary, const std::string &folder);
    ~ServerRun(); //!< SIGKILL, when it still runs
    ServerRun(const ServerRun &) = delete;
    ServerRun &operator=(const ServerRun &) = delete;

    void terminate(); //!< SIGTERM, and waits
    uint16_t httpPort() const { return m_http; }
    uint16_t realtimePort() const { return m_realtime; }
    std::string ownerPassword() const { return m_password; } //!< of the first start only
    pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    uint16_t m_http = 0;
    uint16_t m_realtime = 0;
    std::string m_password;
};

} // namespace Atom::Bench
