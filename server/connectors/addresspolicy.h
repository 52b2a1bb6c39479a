// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QStringList>
#include <QtNetwork/QHostAddress>

#include <optional>

namespace Atom::Connectors {

//! \brief Which addresses outgoing calls may reach: global unicast, and what the administrator lists. A value; any
//! thread.
//!
//! Entries of the list: `host:port` or `[v6]:port` (that name or address and port, wherever it resolves to), or a
//! CIDR range `10.1.0.0/16` (any port). Names compare without case.
class AddressPolicy
{
public:
    AddressPolicy() = default; //!< global unicast only
    //! \return ValidationFailed with one FieldError per bad entry, pointer "/<index>".
    static Result<AddressPolicy> create(const QStringList &allow);

    //! \return Forbidden with the kind of range when the address may not be called.
    Result<void> check(const QHostAddress &address, const QString &host, quint16 port) const;

    //! \brief Words for a special range ("loopback", "private", ...), nullopt for a global unicast address. IPv4-mapped
    //! IPv6 is judged as the IPv4 address; other embeddings (6to4, NAT64, Teredo, compatible) are special themselves.
    //! Source: IANA special-purpose address registries, and the metadata addresses of cloud providers.
    static std::optional<QString> specialRange(const QHostAddress &address);

private:
    struct HostPort
    {
        QString host;
        quint16 port = 0;
    };
    QList<HostPort> m_hosts;
    QList<QPair<QHostAddress, int>> m_ranges;
};

} // namespace Atom::Connectors
