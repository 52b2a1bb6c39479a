// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/fdtransport_linux.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QCoreApplication>
#include <QtCore/QSocketNotifier>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace Atom::Net {

namespace {
constexpr int unsentBytes = 128 * 1024;
constexpr int tickMillis = 1'000;
constexpr int flushTicks = 60;      //!< in all
constexpr int flushQuietTicks = 10; //!< without progress
constexpr int lingerTicks = 10;
constexpr int lingerQuietTicks = 2;
constexpr int piecesPerSend = 64;
constexpr qint64 discardPerEvent = 256 * 1024;
} // namespace

//! Takes its event without a signal: a connection record would cost more than the transport itself.
class FdTransport::Notifier final : public QSocketNotifier
{
public:
    Notifier(int fd, Type type, FdTransport *owner) : QSocketNotifier(fd, type), m_owner(owner) {}

    //! Lets go of the owner and dies, later when it is just delivering.
    void dismiss()
    {
        m_owner = nullptr;
        m_timer.stop();
        setEnabled(false);
        if (m_depth > 0)
            deleteLater();
        else
            delete this;
    }
    void startTicking(int millis) { m_timer.start(millis, this); }

protected:
    bool event(QEvent *e) override
    {
        if (e->type() != QEvent::SockAct && e->type() != QEvent::SockClose)
            return QSocketNotifier::event(e);
        ++m_depth;
        if (m_owner)
            type() == QSocketNotifier::Read ? m_owner->onReadReady() : m_owner->onWriteReady();
        if (m_owner && type() == QSocketNotifier::Read)
            m_owner->afterReadReady();
        --m_depth;
        return true;
    }
    void timerEvent(QTimerEvent *) override
    {
        ++m_depth;
        if (m_owner)
            m_owner->onTick();
        --m_depth;
    }

private:
    FdTransport *m_owner;
    QBasicTimer m_timer;
    int m_depth = 0;
};

FdTransport::FdTransport(int descriptor, std::shared_ptr<void> ticket) : m_ticket(std::move(ticket)), m_fd(descriptor)
{
    ::fcntl(m_fd, F_SETFL, ::fcntl(m_fd, F_GETFL) | O_NONBLOCK);
    ::fcntl(m_fd, F_SETFD, FD_CLOEXEC);
    const int on = 1;
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // What a peer does not take waits here, where it is seen and bounded, not in megabytes of the kernel's.
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsentBytes, sizeof unsentBytes);
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getpeername(m_fd, reinterpret_cast<sockaddr *>(&address), &length) == 0) {
        if (address.ss_family == AF_INET) {
            const auto *v4 = reinterpret_cast<const sockaddr_in *>(&address);
            std::memcpy(m_peer.data(), &v4->sin_addr, 4);
            m_peerPort = ntohs(v4->sin_port);
        } else if (address.ss_family == AF_INET6) {
            const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(&address);
            std::memcpy(m_peer.data(), &v6->sin6_addr, 16);
            m_peerPort = ntohs(v6->sin6_port);
            m_peerIsV6 = true;
        }
    }
    m_readNotifier = new Notifier(m_fd, QSocketNotifier::Read, this);
}

FdTransport::~FdTransport()
{
    closeDescriptor();
}

void FdTransport::closeDescriptor()
{
    if (m_fd < 0)
        return;
    // Notifiers first: afterwards the number may belong to another socket.
    m_readNotifier->dismiss();
    if (m_writeNotifier)
        m_writeNotifier->dismiss();
    m_readNotifier = m_writeNotifier = nullptr;
    ::close(m_fd);
    m_fd = -1;
    m_phase = Phase::Closed;
    m_queue.clear();
    m_backlog = 0;
    m_ticket.reset();
}

QHostAddress FdTransport::peerAddress() const
{
    if (m_peerIsV6) {
        const QHostAddress address(m_peer.data());
        bool isV4 = false; // a dual-stack listener shows IPv4 peers as ::ffff:a.b.c.d
        const quint32 v4 = address.toIPv4Address(&isV4);
        return isV4 ? QHostAddress(v4) : address;
    }
    return QHostAddress(quint32(m_peer[0]) << 24 | quint32(m_peer[1]) << 16 | quint32(m_peer[2]) << 8 | m_peer[3]);
}

std::pair<QHostAddress, quint16> FdTransport::peerOf(int descriptor)
{
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&storage), &length) != 0)
        return {};
    const QHostAddress address(reinterpret_cast<const sockaddr *>(&storage));
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4);
    const quint16 port = storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6 *>(&storage)->sin6_port
                                                       : reinterpret_cast<const sockaddr_in *>(&storage)->sin_port;
    return {isV4 ? QHostAddress(v4) : address, ntohs(port)};
}

qint64 FdTransport::read(char *buffer, qint64 size)
{
    if (m_phase != Phase::Open || m_ended)
        return -1;
    for (;;) {
        const ssize_t n = ::recv(m_fd, buffer, size_t(size), 0);
        if (n > 0)
            return n;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return 0;
        m_ended = true;
        if (n < 0)
            setBroken();
        updateRead(); // a level-triggered end would be reported for ever
        return -1;
    }
}

void FdTransport::setBroken()
{
    m_broken = true;
    m_queue.clear();
    m_backlog = 0;
    m_sentOfFirst = 0;
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
}

void FdTransport::onReadReady()
{
    if (m_phase == Phase::Lingering || m_phase == Phase::Flushing)
        discardInput();
    else if (m_events && !m_ended)
        m_events->onReadable();
    else
        updateRead();
}

void FdTransport::afterReadReady()
{
    if (m_ended && m_phase == Phase::Open && !m_reported && m_events) {
        m_reported = true;
        m_events->onClosed();
    }
}

void FdTransport::updateRead()
{
    if (m_readNotifier)
        m_readNotifier->setEnabled(!m_ended && (m_phase != Phase::Open || (m_events && !m_paused)));
}

void FdTransport::setEvents(Events *events)
{
    m_events = events;
    updateRead();
}

void FdTransport::setReadPaused(bool paused)
{
    m_paused = paused;
    updateRead();
}

bool FdTransport::write(const QByteArray &bytes)
{
    if (m_phase != Phase::Open || m_broken)
        return false;
    qsizetype sent = 0;
    if (m_backlog == 0 && !bytes.isEmpty()) {
        const ssize_t n = ::send(m_fd, bytes.constData(), size_t(bytes.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            setBroken();
            return false;
        }
        sent = std::max<ssize_t>(n, 0);
    }
    if (sent == bytes.size())
        return true;
    if (m_backlog == 0) {
        m_sentOfFirst = sent;
        if (!m_writeNotifier)
            m_writeNotifier = new Notifier(m_fd, QSocketNotifier::Write, this);
        m_writeNotifier->setEnabled(true);
    }
    m_queue.append(bytes);
    m_backlog += bytes.size() - sent;
    return true;
}

void FdTransport::onWriteReady()
{
    while (m_backlog > 0) {
        std::array<iovec, piecesPerSend> pieces;
        size_t count = 0;
        for (; count < pieces.size() && qsizetype(count) < m_queue.size(); ++count) {
            const QByteArray &bytes = m_queue.at(qsizetype(count));
            const qsizetype skip = count == 0 ? m_sentOfFirst : 0;
            pieces[count].iov_base = const_cast<char *>(bytes.constData() + skip);
            pieces[count].iov_len = size_t(bytes.size() - skip);
        }
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        ssize_t n = ::sendmsg(m_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n < 0) {
            setBroken();
            m_ended = true;
            finish();
            return;
        }
        m_quietTicks = 0;
        m_backlog -= n;
        while (n > 0) {
            const qsizetype left = m_queue.constFirst().size() - m_sentOfFirst;
            if (n < left) {
                m_sentOfFirst += n;
                break;
            }
            n -= left;
            m_sentOfFirst = 0;
            m_queue.removeFirst();
        }
    }
    m_queue = {}; // its capacity too: ten thousand of them are idle
    m_writeNotifier->setEnabled(false);
    if (m_phase == Phase::Flushing)
        startLingering();
    else if (m_events)
        m_events->onDrained();
}

void FdTransport::closeAfterFlush()
{
    if (m_phase != Phase::Open)
        return;
    m_phase = Phase::Flushing;
    m_reported = false; // the end of this is told in any case
    m_ticks = m_quietTicks = 0;
    m_readNotifier->startTicking(tickMillis);
    updateRead();
    if (m_backlog == 0)
        startLingering();
}

void FdTransport::startLingering()
{
    m_phase = Phase::Lingering;
    m_ticks = m_quietTicks = 0;
    ::shutdown(m_fd, SHUT_WR);
    if (m_ended) { // nothing to wait for, but onClosed() never comes from inside a call
        m_ticks = lingerTicks;
        m_readNotifier->startTicking(0);
    }
}

void FdTransport::discardInput()
{
    char scrap[16 * 1024];
    qint64 total = 0;
    while (total < discardPerEvent) {
        const ssize_t n = ::recv(m_fd, scrap, sizeof scrap, 0);
        if (n > 0) {
            total += n;
            m_quietTicks = 0;
            continue;
        }
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return;
        m_ended = true;
        if (n < 0)
            setBroken();
        m_readNotifier->setEnabled(false);
        if (m_phase == Phase::Lingering || m_broken)
            finish();
        return;
    }
}

void FdTransport::onTick()
{
    ++m_ticks;
    ++m_quietTicks;
    const bool flushing = m_phase == Phase::Flushing;
    if (m_ticks >= (flushing ? flushTicks : lingerTicks) ||
        m_quietTicks >= (flushing ? flushQuietTicks : lingerQuietTicks))
        finish();
}

void FdTransport::finish()
{
    Events *events = m_reported ? nullptr : m_events;
    m_reported = true;
    if (m_phase != Phase::Open)
        closeDescriptor();
    if (events)
        events->onClosed();
}

void FdTransport::abort()
{
    if (m_fd < 0)
        return;
    m_reported = true;
    const linger hard{1, 0}; // RST, and nothing of the backlog
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    closeDescriptor();
}

} // namespace Atom::Net
