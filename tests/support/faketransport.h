// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"

#include <QtCore/QList>

namespace Atom::Test {

//! \brief What the far end of a FakeTransport sees and does. Outlives the transport.
struct FakePeer
{
    QByteArray sent;    //!< what the server wrote and the "kernel" took
    QByteArray backlog; //!< written, not taken: grows while `stuck`
    QByteArray input;   //!< for the server to read
    bool stuck = false; //!< takes nothing
    bool readPaused = true;
    bool ended = false;   //!< the peer sent FIN
    bool closing = false; //!< the server asked to close after the flush
    bool aborted = false;
    bool destroyed = false;
    Net::Transport::Events *events = nullptr;

    //! \brief Bytes arrive.
    void send(const QByteArray &bytes)
    {
        input += bytes;
        if (events && !readPaused && !closing)
            events->onReadable();
    }
    void end()
    {
        ended = true;
        const bool hadInput = !input.isEmpty();
        if (events && !readPaused)
            events->onReadable();
        if (hadInput && events && !readPaused) // the loop says so again: the end was not read yet
            events->onReadable();
    }
    //! \brief The peer reads again.
    void drain()
    {
        stuck = false;
        sent += std::exchange(backlog, {});
        if (events)
            events->onDrained();
    }
    //! \brief The other half of closing, or the loss of the connection.
    void close()
    {
        if (Net::Transport::Events *const e = std::exchange(events, nullptr))
            e->onClosed();
    }
};

//! \brief A Transport in memory.
class FakeTransport final : public Net::Transport
{
public:
    explicit FakeTransport(FakePeer &peer, QHostAddress address = QHostAddress(QHostAddress::LocalHost))
        : m_peer(peer), m_address(std::move(address))
    {
    }
    ~FakeTransport() override
    {
        m_peer.events = nullptr;
        m_peer.destroyed = true;
    }
    void setEvents(Events *events) override { m_peer.events = events; }
    qint64 read(char *buffer, qint64 size) override
    {
        if (m_peer.input.isEmpty())
            return m_peer.ended ? -1 : 0;
        const qsizetype n = std::min<qsizetype>(size, m_peer.input.size());
        std::copy_n(m_peer.input.constData(), n, buffer);
        m_peer.input.remove(0, n);
        return n;
    }
    bool write(const QByteArray &bytes) override
    {
        (m_peer.stuck ? m_peer.backlog : m_peer.sent) += bytes;
        return !m_peer.aborted;
    }
    qint64 backlog() const override { return m_peer.backlog.size(); }
    void setReadPaused(bool paused) override { m_peer.readPaused = paused; }
    void closeAfterFlush() override { m_peer.closing = true; }
    void abort() override
    {
        m_peer.aborted = true;
        m_peer.events = nullptr;
    }
    QHostAddress peerAddress() const override { return m_address; }
    quint16 peerPort() const override { return 4711; }

private:
    FakePeer &m_peer;
    QHostAddress m_address;
};

} // namespace Atom::Test
