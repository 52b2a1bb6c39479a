// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtNetwork/QHostAddress>

#include <memory>

namespace Atom::Net
{

//! \brief A byte stream to one peer, in the thread that made it. Implementations: plain descriptor (Linux), QTcpSocket
//! and QSslSocket (TLS, other platforms). Same codec and same tests on all.
class Transport
{
public:
    //! \brief Told what happens; never after setEvents(nullptr) or destruction. A handler may destroy the transport.
    class Events
    {
    public:
        virtual void onReadable() = 0; //!< read() has something; edge or level, read until it gives 0
        virtual void onDrained() = 0; //!< backlog() became 0 after it was not
        virtual void onClosed() = 0; //!< the peer closed or the connection broke; nothing more will come

    protected:
        ~Events() = default;
    };

    virtual ~Transport() = default; //!< closes at once
    virtual void setEvents(Events *events) = 0;
    //! \return bytes read; 0 when there is nothing now; -1 at the end of the stream or on an error.
    virtual qint64 read(char *buffer, qint64 size) = 0;
    //! \brief Sends now what the kernel takes, keeps the rest (sharing the bytes). Never blocks; false when closed.
    virtual bool write(const QByteArray &bytes) = 0;
    //! \brief Bytes accepted by write() that the kernel has not taken yet.
    virtual qint64 backlog() const = 0;
    //! \brief No onReadable() while paused: back-pressure towards the peer.
    virtual void setReadPaused(bool paused) = 0;
    //! \brief Sends the backlog, then FIN, then waits shortly for the peer's; reports onClosed() at the end.
    virtual void closeAfterFlush() = 0;
    //! \brief Closes at once (RST where possible); no further events.
    virtual void abort() = 0;
    virtual QHostAddress peerAddress() const = 0;
    virtual quint16 peerPort() const = 0;
};

} // namespace Atom::Net
