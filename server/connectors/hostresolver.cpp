// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/hostresolver.h"

#include <QtNetwork/QHostInfo>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

void SystemResolver::resolve(const QString &host, QObject *context, ResolveDone done)
{
    QHostInfo::lookupHost(host, context, [host, done = std::move(done)](const QHostInfo &info) {
        if (info.error() != QHostInfo::NoError || info.addresses().isEmpty())
            done(Error(Errc::UpstreamFailed, u"The name %1 could not be resolved."_s.arg(host), info.errorString()));
        else
            done(info.addresses());
    });
}

} // namespace Atom::Connectors
