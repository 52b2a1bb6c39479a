// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/addresspolicy.h"

#include <algorithm>
#include <array>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

namespace {
struct RangeV4
{
    quint32 base;
    int bits;
    const char *what;
};
constexpr quint32 v4(quint32 a, quint32 b, quint32 c, quint32 d)
{
    return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::array<RangeV4, 19> special4{{
    {v4(0, 0, 0, 0), 8, "this network"},
    {v4(10, 0, 0, 0), 8, "private"},
    {v4(100, 100, 100, 200), 32, "cloud metadata"},
    {v4(100, 64, 0, 0), 10, "carrier-grade NAT"},
    {v4(127, 0, 0, 0), 8, "loopback"},
    {v4(168, 63, 129, 16), 32, "cloud metadata"},
    {v4(169, 254, 169, 254), 32, "cloud metadata"},
    {v4(169, 254, 0, 0), 16, "link-local"},
    {v4(172, 16, 0, 0), 12, "private"},
    {v4(192, 0, 0, 0), 24, "protocol assignments"},
    {v4(192, 0, 2, 0), 24, "documentation"},
    {v4(192, 88, 99, 0), 24, "6to4 relay"},
    {v4(192, 168, 0, 0), 16, "private"},
    {v4(198, 18, 0, 0), 15, "benchmarking"},
    {v4(198, 51, 100, 0), 24, "documentation"},
    {v4(203, 0, 113, 0), 24, "documentation"},
    {v4(224, 0, 0, 0), 4, "multicast"},
    {v4(255, 255, 255, 255), 32, "broadcast"},
    {v4(240, 0, 0, 0), 4, "reserved"},
}};

struct RangeV6
{
    std::array<quint8, 16> base;
    int bits;
    const char *what;
};
constexpr std::array<RangeV6, 17> special6{{
    {{0}, 128, "unspecified"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
    {{0}, 96, "IPv4-compatible"},
    {{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}, 96, "NAT64"},
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, "NAT64"},
    {{0x01, 0}, 64, "discard"},
    {{0x20, 0x01, 0, 0}, 32, "Teredo"},
    {{0x20, 0x01, 0}, 23, "protocol assignments"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
    {{0x20, 0x02}, 16, "6to4"},
    {{0x3f, 0xff, 0}, 20, "documentation"},
    {{0x5f, 0}, 16, "segment routing"},
    {{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, "cloud metadata"},
    {{0xfc}, 7, "unique local"},
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xfe, 0xc0}, 10, "site-local"},
    {{0xff}, 8, "multicast"},
}};

bool inRange(const Q_IPV6ADDR &address, const RangeV6 &range)
{
    int bits = range.bits;
    for (int i = 0; i < 16 && bits > 0; ++i, bits -= 8) {
        const int mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
        if ((address[i] & mask) != (range.base[size_t(i)] & mask))
            return false;
    }
    return true;
}

bool isMapped(const Q_IPV6ADDR &a)
{
    return std::all_of(a.c, a.c + 10, [](quint8 b) { return b == 0; }) && a[10] == 0xff && a[11] == 0xff;
}

QString bareHost(const QString &host)
{
    QString h = host.toLower();
    if (h.startsWith(u'[') && h.endsWith(u']'))
        h = h.mid(1, h.size() - 2);
    if (h.endsWith(u'.'))
        h.chop(1);
    // One spelling per address, so that [::1] and [0:0::1] are the same entry.
    const QHostAddress address(h);
    return address.isNull() ? h : address.toString();
}
} // namespace

std::optional<QString> AddressPolicy::specialRange(const QHostAddress &address)
{
    quint32 ip4 = 0;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        ip4 = address.toIPv4Address();
    } else if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        const Q_IPV6ADDR a = address.toIPv6Address();
        if (!isMapped(a)) {
            for (const RangeV6 &range : special6) {
                if (inRange(a, range))
                    return QString::fromLatin1(range.what);
            }
            if ((a[0] & 0xe0) != 0x20) // only 2000::/3 is handed out as global unicast
                return u"not global unicast"_s;
            return std::nullopt;
        }
        ip4 = v4(a[12], a[13], a[14], a[15]);
    } else {
        return u"not an IP address"_s;
    }
    for (const RangeV4 &range : special4) {
        const quint32 mask = ~quint32(0) << (32 - range.bits);
        if ((ip4 & mask) == range.base)
            return QString::fromLatin1(range.what);
    }
    return std::nullopt;
}

Result<AddressPolicy> AddressPolicy::create(const QStringList &allow)
{
    AddressPolicy policy;
    Error error(Errc::ValidationFailed, u"The list of allowed addresses has mistakes."_s);
    for (qsizetype i = 0; i < allow.size(); ++i) {
        const QString entry = allow[i].trimmed();
        const QString pointer = u"/%1"_s.arg(i);
        if (entry.contains(u'/')) {
            const auto subnet = QHostAddress::parseSubnet(entry);
            // parseSubnet() also reads netmasks and short forms ("10/8"): only full CIDR is meant.
            const QHostAddress base(entry.section(u'/', 0, 0));
            bool isNumber = false;
            const int bits = entry.section(u'/', 1).toInt(&isNumber);
            const bool isFull = entry.contains(u':') || entry.count(u'.') == 3;
            if (subnet.first.isNull() || base.isNull() || !isFull || !isNumber || bits != subnet.second)
                error.fields.append({pointer, u"`%1` is not a range like 10.1.0.0/16"_s.arg(entry)});
            else
                policy.m_ranges.append(subnet);
            continue;
        }
        const qsizetype colon = entry.lastIndexOf(u':');
        bool isNumber = false;
        const int port = entry.mid(colon + 1).toInt(&isNumber);
        const QString host = entry.left(colon);
        const bool bracketed = host.startsWith(u'[') && host.endsWith(u']');
        if (colon <= 0 || !isNumber || port < 1 || port > 65535 || (host.contains(u':') && !bracketed)) {
            error.fields.append({pointer, u"`%1` is not `host:port`, `[v6]:port` or a range"_s.arg(entry)});
            continue;
        }
        policy.m_hosts.append({bareHost(host), quint16(port)});
    }
    if (!error.fields.isEmpty())
        return error;
    return policy;
}

Result<void> AddressPolicy::check(const QHostAddress &address, const QString &host, quint16 port) const
{
    const std::optional<QString> special = specialRange(address);
    if (!special)
        return {};
    const QString bare = bareHost(host);
    for (const HostPort &entry : m_hosts) {
        const QHostAddress listed(entry.host);
        if (entry.port == port && (listed.isNull() ? entry.host == bare : listed == address))
            return {};
    }
    for (const auto &[base, bits] : m_ranges) {
        bool isMappedV4 = false;
        const quint32 ip4 = address.toIPv4Address(&isMappedV4);
        const QHostAddress plain = isMappedV4 ? QHostAddress(ip4) : address;
        if (plain.protocol() == base.protocol() && plain.isInSubnet(base, bits))
            return {};
    }
    return Error(
        Errc::Forbidden,
        u"The address of %1 is not allowed (%2). An administrator can list it in egress.allow."_s.arg(host, *special));
}

} // namespace Atom::Connectors
