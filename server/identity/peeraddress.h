// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtNetwork/QHostAddress>

namespace Atom::Identity {

//! \brief Actor::address of a peer; a mapped IPv4 address as IPv4, so that one device has one spelling.
inline QByteArray addressText(const QHostAddress &peer)
{
    bool isV4 = false;
    const quint32 v4 = peer.toIPv4Address(&isV4);
    return (isV4 ? QHostAddress(v4) : peer).toString().toLatin1();
}

} // namespace Atom::Identity
