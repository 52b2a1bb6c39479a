// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/standarderror.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace Atom::App {

namespace {
//! A pipe that poll() calls writable takes this much without blocking (PIPE_BUF of Linux; POSIX asks for 512).
constexpr qsizetype chunkBytes = 4096;
constexpr int patienceMillis = 5; //!< a reader that is merely busy gets this long
} // namespace

StandardError::StandardError() : StandardError(STDERR_FILENO) {}

StandardError::StandardError(int descriptor) : m_descriptor(descriptor)
{
    std::signal(SIGPIPE, SIG_IGN);
}

bool StandardError::write(QByteArrayView line)
{
    while (!line.isEmpty()) {
        pollfd waiting{m_descriptor, POLLOUT, 0};
        const int ready = ::poll(&waiting, 1, m_isStuck ? 0 : patienceMillis);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || (waiting.revents & POLLOUT) == 0) {
            m_isStuck = true;
            return false;
        }
        const ssize_t written = ::write(m_descriptor, line.data(), size_t(std::min(chunkBytes, line.size())));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        m_isStuck = false;
        line = line.sliced(written);
    }
    return true;
}

} // namespace Atom::App
