// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/realtimeclient.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

namespace Atom::Console {

//! \brief Signing in to one server, and the state of the connection to it. Owns the clients; they live from signedIn()
//! to signedOut(). All times by the Clock. GUI thread.
class ConnectionController : public QObject
{
    Q_OBJECT
public:
    enum class Phase {
        SignedOut,
        SigningIn,
        Throttled, //!< refused for secondsLeft() more seconds
        CodeWanted, //!< the password was right: sendCode() goes on, signOut() goes back
        SignedIn
    };
    enum class Link { Offline, Connecting, Waiting /*!< to try again in secondsLeft() */, Online };
    using MakeStream = std::function<std::unique_ptr<Client::FrameStream>()>;

    //! \brief `device` names this installation, see RealtimeClient::Settings.
    ConnectionController(Clock &clock, QByteArray device, MakeStream makeStream = Client::makeWebSocketStream,
                         QObject *parent = nullptr);
    ~ConnectionController() override;

    //! \brief http(s)://host[:port] from what a person typed; http is assumed. \return ValidationFailed with words.
    static Result<QUrl> serverUrl(const QString &typed);
    //! \brief True when a password would travel readable to another machine.
    static bool isExposed(const QUrl &server);

    void signIn(const QString &server, const QString &user, const QString &password);
    //! \brief The code of an authenticator program, or a recovery code; only while CodeWanted.
    void sendCode(const QString &code);
    void signOut();

    Phase phase() const { return m_phase; }
    const QString &problem() const { return m_problem; } //!< why the last sign-in failed, plain text; may count down
    const QUrl &server() const { return m_server; }
    const User &user() const { return m_user; }
    Client::ApiClient &api() { return *m_api; }                //!< only while SignedIn
    Client::RealtimeClient &realtime() { return *m_realtime; } //!< only while SignedIn

    Link link() const { return m_link; }
    QString linkText() const; //!< "Online", "Reconnecting in 3 s", ...
    void noteData();          //!< data from the server arrived
    //! \brief Since data last arrived; nullopt when none has.
    std::optional<seconds> dataAge() const;

Q_SIGNALS:
    void phaseChanged();
    void signedIn();       //!< the clients exist now
    void aboutToSignOut(); //!< the clients are still there; drop what uses them
    void linkChanged();
    void tick(); //!< once a second while signed in: ages and countdowns moved

private:
    void setPhase(Phase phase, const QString &problem = {});
    void onSignedIn(Client::Tokens tokens);
    void onSignInFailed(const Error &error);
    void onSignInAnswered(quint64 attempt, Result<Client::Tokens> tokens);
    void startRealtime();
    void retire(QObject *client);
    void dropClients(bool tellServer);
    void everySecond();
    int secondsLeft() const;

    Clock &m_clock;
    QByteArray m_device;
    MakeStream m_makeStream;
    Phase m_phase = Phase::SignedOut;
    Link m_link = Link::Offline;
    QString m_problem;
    QUrl m_server;
    User m_user;
    std::unique_ptr<Client::ApiClient> m_api;
    std::unique_ptr<Client::RealtimeClient> m_realtime;
    Monotonic m_until{}; //!< end of the throttle or of the wait to reconnect
    std::optional<Monotonic> m_dataAt;
    quint64 m_attempt = 0;
    bool m_sentCode = false; //!< in this attempt
    Clock::TimerId m_timer = 0;
};

} // namespace Atom::Console
