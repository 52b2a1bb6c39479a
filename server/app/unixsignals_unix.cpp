// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/unixsignals.h"

#include <QtCore/QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace Atom::App {

namespace {
// A handler may only do what is async-signal-safe: it writes the number into a pipe that the event loop reads.
int writeEnd = -1;

void onSignal(int number)
{
    const int saved = errno;
    const auto byte = char(number);
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    errno = saved;
}
} // namespace

struct UnixSignals::Private
{
    int readEnd = -1;
    std::unique_ptr<QSocketNotifier> notifier;
};

UnixSignals::UnixSignals(QObject *parent) : QObject(parent), d(std::make_unique<Private>())
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("cannot make a pipe for signals");
    d->readEnd = ends[0];
    writeEnd = ends[1];
    d->notifier = std::make_unique<QSocketNotifier>(d->readEnd, QSocketNotifier::Read);
    connect(d->notifier.get(), &QSocketNotifier::activated, this, [this] {
        char number = 0;
        while (::read(d->readEnd, &number, 1) == 1) {
            if (number == SIGHUP)
                Q_EMIT hangup();
            else
                Q_EMIT terminateRequested();
        }
    });
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        sigaction(number, &action, nullptr);
    // A peer that goes away while we write is an error code, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
}

UnixSignals::~UnixSignals()
{
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        std::signal(number, SIG_DFL);
    d->notifier.reset();
    ::close(d->readEnd);
    ::close(std::exchange(writeEnd, -1));
}

} // namespace Atom::App
