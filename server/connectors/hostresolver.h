// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QObject>
#include <QtNetwork/QHostAddress>

#include <functional>

namespace Atom::Connectors {

using ResolveDone = std::function<void(Result<QList<QHostAddress>>)>;

//! \brief Turns a name into addresses, once per call. Main thread.
class HostResolver
{
public:
    virtual ~HostResolver() = default;
    //! \brief `done` is called at most once, later, while `context` lives: all addresses of the name (never empty), or
    //! UpstreamFailed.
    virtual void resolve(const QString &host, QObject *context, ResolveDone done) = 0;
};

//! \brief The system's resolver, off the event loop.
class SystemResolver final : public HostResolver
{
public:
    void resolve(const QString &host, QObject *context, ResolveDone done) override;
};

} // namespace Atom::Connectors
