// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace Atom::Bench {

//! \brief A server under test: a process of its own on a free port of the loopback interface. A failure to start or to
//! prepare ends the benchmark with words (std::runtime_error).
class Target
{
public:
    virtual ~Target() = default; //!< ends the process
    virtual std::string name() const = 0;
    virtual void start() = 0; //!< again after kill(): on the same port and data
    //! \brief SIGKILL, and waits for the end.
    virtual void kill() = 0;
    //! \brief Makes public rooms with the given ids.
    virtual void createRooms(const std::vector<std::string> &ids, bool ephemeral) = 0;
    virtual pid_t pid() const = 0;
    virtual uint16_t port() const = 0;
};

//! \brief The shipped server on an empty SQLite database, limits of rate lifted, guests welcome.
std::unique_ptr<Target> makeAtomServer(const std::string &binary);

//! \brief What any server has to do and nothing else, as the unit of measurement: one epoll loop that finds the room
//! of a message by its bytes and forwards them; no JSON, no permission, no sequence, no storage, no limits.
//! \param tickMillis frames for a socket are collected for so long and written at once; -1: each is written at once
std::unique_ptr<Target> makeReferenceServer(int tickMillis);

//! \brief CPU time used by the process so far, all threads, in nanoseconds.
int64_t cpuNanos(pid_t pid);
//! \brief Resident memory in bytes.
int64_t residentBytes(pid_t pid);

} // namespace Atom::Bench
