// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtNetwork/QHostAddress>

#include <memory>

class QTcpSocket;

namespace Atom::Net {

//! \brief A byte stream to one peer, in the thread that made it. Implementations: plain descriptor (Linux), QTcpSocket
//! and QSslSocket (TLS, other platforms). Same codec and same tests on all.
class Transport
{
public:
    //! \brief Told what happens; never after setEvents(nullptr) or destruction. A handler may destroy the transport.
    class Events
    {
    public:
        virtual void onReadable() = 0; //!< read() has something; read until it gives less than asked
        virtual void onDrained() = 0;  //!< backlog() became 0 after it was not
        virtual void onClosed() = 0;   //!< the peer closed or the connection broke; nothing more will come

    protected:
        ~Events() = default;
    };

    virtual ~Transport() = default; //!< closes at once
    virtual void setEvents(Events *events) = 0;
    //! \return bytes read; 0 when there is nothing now; -1 at the end of the stream or on an error. A peer that only
    //! ended its own direction can still be written to; write() tells when not.
    virtual qint64 read(char *buffer, qint64 size) = 0;
    //! \brief Sends now what the kernel takes, keeps the rest (sharing the bytes). Never blocks; false when closed or
    //! broken, and then nothing is kept. Empty bytes only ask for that state.
    virtual bool write(const QByteArray &bytes) = 0;
    //! \brief Bytes accepted by write() that the kernel has not taken yet.
    virtual qint64 backlog() const = 0;
    //! \brief No onReadable() while paused: back-pressure towards the peer.
    virtual void setReadPaused(bool paused) = 0;
    //! \brief Sends the backlog, then FIN, then reads and drops what still comes until the peer's FIN, so that a peer
    //! that is still sending sees our last words and no reset. Bounded by deadlines of its own (10 s without progress
    //! of the backlog, then 2 s of silence or 10 s in all); reports onClosed() at the end, onReadable() no more.
    virtual void closeAfterFlush() = 0;
    //! \brief Closes at once (RST where possible); no further events.
    virtual void abort() = 0;
    virtual QHostAddress peerAddress() const = 0;
    virtual quint16 peerPort() const = 0;
};

//! \brief The leanest transport of this platform for a connected descriptor, which it takes over (set to non-blocking
//! and TCP_NODELAY): plain descriptor on Linux, else QTcpSocket.
//! \param ticket anything that shall live as long as the connection, for example its place in a count
std::unique_ptr<Transport> makeTransport(qintptr descriptor, std::shared_ptr<void> ticket = {});
//! \brief The same over a connected QTcpSocket or QSslSocket.
std::unique_ptr<Transport> makeTransport(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<void> ticket = {});

} // namespace Atom::Net
