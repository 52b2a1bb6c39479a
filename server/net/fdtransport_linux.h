// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"

#include <QtCore/QList>

#include <array>

namespace Atom::Net {

//! \brief A Transport on the plain descriptor: no buffers while idle, about 0.4 KB with its one notifier (a QTcpSocket
//! takes 6 to 10 KB). Bytes go out by one send(); what the kernel does not take is shared, not copied.
class FdTransport final : public Transport
{
public:
    FdTransport(int descriptor, std::shared_ptr<void> ticket);
    ~FdTransport() override;
    Q_DISABLE_COPY_MOVE(FdTransport)

    void setEvents(Events *events) override;
    qint64 read(char *buffer, qint64 size) override;
    bool write(const QByteArray &bytes) override;
    qint64 backlog() const override { return m_backlog; }
    void setReadPaused(bool paused) override;
    void closeAfterFlush() override;
    void abort() override;
    QHostAddress peerAddress() const override;
    quint16 peerPort() const override { return m_peerPort; }
    //! \brief Who is at the other end of a connected descriptor; a null address when nobody is any more.
    static std::pair<QHostAddress, quint16> peerOf(int descriptor);

private:
    class Notifier;
    friend class Notifier;
    enum class Phase : quint8 { Open, Flushing, Lingering, Closed };

    void onReadReady();
    void afterReadReady();
    void onWriteReady();
    void onTick();
    void updateRead();
    void setBroken();
    void startLingering();
    void discardInput();
    void finish();
    void closeDescriptor();

    Events *m_events = nullptr;
    Notifier *m_readNotifier = nullptr;
    Notifier *m_writeNotifier = nullptr; //!< made at the first backlog
    std::shared_ptr<void> m_ticket;
    QList<QByteArray> m_queue;
    qint64 m_backlog = 0;
    qsizetype m_sentOfFirst = 0;
    int m_fd;
    std::array<quint8, 16> m_peer{}; //!< IPv4 in the first four bytes
    quint16 m_peerPort = 0;
    bool m_peerIsV6 = false;
    Phase m_phase = Phase::Open;
    bool m_paused = false;
    bool m_ended = false;    //!< nothing more can be read
    bool m_broken = false;   //!< nothing more can be written either
    bool m_reported = false; //!< onClosed() was called
    quint8 m_ticks = 0;      //!< of the closing phases
    quint8 m_quietTicks = 0;
};

} // namespace Atom::Net
