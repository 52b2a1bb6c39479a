// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"
#include "server/identity/passwordhasher.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QJsonObject>
#include <QtCore/QObject>

namespace Atom::App {

class LogSink;

//! \brief Where the server listens, once it is ready.
struct BoundPorts
{
    QString httpUrl;     //!< "http://127.0.0.1:5059"
    QString realtimeUrl; //!< "ws://127.0.0.1:5060"
};

//! \brief What a start is made from.
struct StartOptions
{
    ServerConfig config;
    QJsonObject shownConfig; //!< what `/api/v1/config` shows: effective values, secrets masked
    bool demo = false;       //!< fill an empty server for a first look
};

//! \brief What the operator must be told once.
struct FirstStart
{
    QString ownerPassword; //!< empty unless the owner was made by this start
};

//! \brief The composition root: makes every part of the server once, in order of dependency, wires them, and takes them
//! apart in reverse. Main thread.
class ServerApp : public QObject
{
    Q_OBJECT
public:
    ServerApp(StartOptions options, LogSink &log);
    ~ServerApp() override;

    //! \brief Everything up to bound ports. On failure nothing stays open. Once.
    QCoro::Task<Result<BoundPorts>> start();
    const FirstStart &firstStart() const;
    //! \brief Graceful end: refuse, tell clients to come back, finish, close, commit. Once, after start() succeeded.
    QCoro::Task<void> stop();

Q_SIGNALS:
    //! \brief The server cannot go on without risking data (failed sync): end the process with an error.
    void fatal(const QString &reason);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

//! \brief The id of the account made at the first start.
UserId ownerUser();
//! \brief Makes the owner when there is no account yet. \return the one-time password, or empty.
QCoro::Task<Result<QString>> ensureOwner(Identity::UserService &users);

} // namespace Atom::App
