// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

namespace Atom::Test {

//! \brief A network that can be cut: forwards connections to a loopback port until cut(), refuses until mend().
class TcpProxy : public QTcpServer
{
    Q_OBJECT
public:
    explicit TcpProxy(quint16 target) : m_target(target)
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen on loopback");
    }
    void setTarget(quint16 port) { m_target = port; }
    void cut()
    {
        m_cut = true;
        const auto sockets = m_sockets;
        for (const QPointer<QTcpSocket> &socket : sockets) {
            if (socket)
                socket->abort();
        }
        m_sockets.clear();
    }
    void mend() { m_cut = false; }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *near = new QTcpSocket(this);
        near->setSocketDescriptor(descriptor);
        if (m_cut) {
            near->abort();
            near->deleteLater();
            return;
        }
        auto *far = new QTcpSocket(this);
        far->connectToHost(QHostAddress(QHostAddress::LocalHost), m_target);
        m_sockets << near << far;
        const auto pipe = [](QTcpSocket *from, QTcpSocket *to) {
            connect(from, &QTcpSocket::readyRead, to, [from, to] { to->write(from->readAll()); });
            connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
            connect(from, &QTcpSocket::errorOccurred, to, [to] { to->disconnectFromHost(); });
        };
        pipe(near, far);
        pipe(far, near);
    }

private:
    quint16 m_target;
    bool m_cut = false;
    QList<QPointer<QTcpSocket>> m_sockets;
};

} // namespace Atom::Test
