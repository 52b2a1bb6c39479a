// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/portguard.h"
#include "shared/core/clock.h"
#include "shared/model/user.h"

#include <QtCore/QObject>
#include <QtCore/QStringList>

#include <functional>
#include <unordered_map>

namespace Atom::Realtime {

//! \brief What a valid opening handshake says.
struct Opening
{
    UserId pathUser;          //!< from /ws/{user_id}; empty for /ws and /
    QByteArray bearer;        //!< token of the Authorization header, may be empty
    bool subprotocol = false; //!< atom.v1 was offered
    QByteArray key;           //!< Sec-WebSocket-Key
    QByteArray origin;        //!< empty: none
};

//! \brief Why an upgrade is refused: the HTTP answer.
struct OpeningRefusal
{
    int status = 400;
    QByteArray code; //!< wire name of the error, see errcName()
    QByteArray detail;
    QByteArray header; //!< one more header line with its CR LF, or empty
};

//! \brief Judges the head of an upgrade by RFC 6455 section 4.2.1 and our rules: path, key, version, origin. Pure.
std::variant<Opening, OpeningRefusal> judgeOpening(const Net::RequestHead &head, const QStringList &allowedOrigins);
//! \brief The whole HTTP answer, application/problem+json, `Connection: close`.
QByteArray refusalResponse(const OpeningRefusal &refusal);

class UpgradeDoor;

//! \brief Opens upgrades: refuses what judgeOpening() refuses, lets QWebSocketServer answer the rest behind a facade
//! (it sees a request rebuilt from checked parts only), and hands transport and answer over. Main thread.
class OpeningHandshakes : public QObject
{
    Q_OBJECT
public:
    //! \brief Looks at a judged opening before it is answered; a refusal stops it.
    using Check = std::function<std::optional<OpeningRefusal>(const Opening &, const QHostAddress &peer)>;
    struct Opened
    {
        Opening opening;
        std::unique_ptr<Net::Transport> transport; //!< without events, paused; the answer is not written yet
        QByteArray leftover;
        QByteArray answer; //!< the 101 response
    };
    using Done = std::function<void(Opened)>;

    OpeningHandshakes(QStringList origins, milliseconds timeout, Clock &clock);
    ~OpeningHandshakes() override;
    void setCheck(Check check) { m_check = std::move(check); }
    void setDone(Done done) { m_done = std::move(done); }
    //! \brief Called once for each refused upgrade.
    void setRefused(std::function<void(const OpeningRefusal &)> refused) { m_refused = std::move(refused); }
    void begin(Net::UpgradeRequest request);
    int pending() const;

private:
    struct Pending;
    class Farewell;
    void answered(quint64 id);
    void fail(quint64 id);
    void refuse(std::unique_ptr<Net::Transport> transport, const OpeningRefusal &refusal);
    void dropFarewell(Farewell *farewell);

    QStringList m_origins;
    milliseconds m_timeout;
    Clock &m_clock;
    Check m_check;
    Done m_done;
    std::function<void(const OpeningRefusal &)> m_refused;
    std::unique_ptr<UpgradeDoor> m_door;
    quint64 m_next = 1;
    std::unordered_map<quint64, std::unique_ptr<Pending>> m_pending;
    std::unordered_map<Farewell *, std::unique_ptr<Farewell>> m_farewells;
};

} // namespace Atom::Realtime
