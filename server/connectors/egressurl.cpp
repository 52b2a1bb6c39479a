// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressurl.h"

#include <QtCore/QRegularExpression>
#include <QtNetwork/QHostAddress>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

Result<EgressUrl> parseEgressUrl(const QString &text)
{
    const auto bad = [](const QString &why) {
        return Error(Errc::ValidationFailed, u"The URL cannot be called: %1."_s.arg(why));
    };
    if (text.size() > 8192)
        return bad(u"it is longer than 8192 characters"_s);
    for (const QChar c : text) {
        if (c.unicode() <= 0x20 || c.unicode() == 0x7f || c == u'\\')
            return bad(u"it holds a space, a control character or a backslash"_s);
    }
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.isRelative())
        return bad(u"it is not an absolute URL"_s);
    if (url.scheme() != u"http" && url.scheme() != u"https")
        return bad(u"only http and https are possible"_s);
    // An empty user info ("http://@host") is not seen by userInfo().
    const QString authority = text.section(u'/', 2, 2).section(u'?', 0, 0).section(u'#', 0, 0);
    if (!url.userInfo().isEmpty() || authority.contains(u'@'))
        return bad(u"it holds a user name or password"_s);
    const QString host = url.host(QUrl::FullyEncoded).toLower();
    if (host.isEmpty())
        return bad(u"it has no host"_s);
    const QString bare = host.startsWith(u'[') ? host.mid(1, host.size() - 2) : host;
    const QHostAddress literal(bare);
    if (literal.isNull()) {
        static const QRegularExpression name(
            u"\\A(?=.{1,253}\\.?\\z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.?\\z"_s);
        static const QRegularExpression numeric(u"(?:\\A|\\.)(?:[0-9]+|0x[0-9a-f]*)\\.?\\z"_s);
        if (!name.match(bare).hasMatch())
            return bad(u"its host is not a host name"_s);
        // System resolvers read such names as addresses in octal, hexadecimal or short form.
        if (numeric.match(bare).hasMatch())
            return bad(u"its host is a number posing as a name"_s);
    } else if (!literal.scopeId().isEmpty()) {
        return bad(u"its host has an interface scope"_s);
    }
    EgressUrl out;
    out.isTls = url.scheme() == u"https";
    const int standard = out.isTls ? 443 : 80;
    const int port = url.port(standard);
    if (port < 1 || port > 65535)
        return bad(u"its port is out of range"_s);
    out.url = url.adjusted(QUrl::RemoveFragment);
    out.host = literal.isNull() ? bare : literal.toString();
    out.port = quint16(port);
    out.hostHeader =
        (literal.protocol() == QAbstractSocket::IPv6Protocol ? u'[' + out.host + u']' : out.host).toLatin1();
    if (port != standard)
        out.hostHeader += ':' + QByteArray::number(port);
    return out;
}

} // namespace Atom::Connectors
