// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/sockettransport.h"

#ifdef Q_OS_LINUX
#include "server/net/fdtransport_linux.h"
#endif

namespace Atom::Net {

std::unique_ptr<Transport> makeTransport(qintptr descriptor, std::shared_ptr<void> ticket)
{
#ifdef Q_OS_LINUX
    return std::make_unique<FdTransport>(int(descriptor), std::move(ticket));
#else
    auto socket = std::make_unique<QTcpSocket>();
    socket->setSocketDescriptor(descriptor);
    return makeTransport(std::move(socket), std::move(ticket));
#endif
}

std::unique_ptr<Transport> makeTransport(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<void> ticket)
{
    return std::make_unique<SocketTransport>(std::move(socket), std::move(ticket));
}

} // namespace Atom::Net
