// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtNetwork/QHostAddress>

#include <memory>

namespace Atom::Net
{

class GuardedConnection;

//! \brief A plain request that was given to its handler and is not answered yet: a weak handle, safe to keep for as long
//! as the handler likes, also when the client goes away meanwhile. Copies refer to the same request. Main thread.
class Exchange
{
public:
    using Headers = QList<std::pair<QByteArray, QByteArray>>;

    Exchange() = default;
    //! \brief The request that Qt's server dispatches at this moment (inside FacadeSocket::feed()); dead elsewhere.
    static Exchange current();

    //! \brief The client is still connected and this request was not answered.
    bool isAlive() const;
    QHostAddress peerAddress() const;
    //! \brief Answers, once: later calls and calls for a dead exchange do nothing. Content-Length, Date and Connection are
    //! added, the body is left out for HEAD. A header with CR, LF or NUL in it is dropped and logged.
    void finish(int status, const Headers &headers, const QByteArray &body) const;

private:
    friend class GuardedConnection;
    struct State;
    explicit Exchange(std::shared_ptr<State> state) : m_state(std::move(state)) {}
    std::shared_ptr<State> m_state;
};

} // namespace Atom::Net
