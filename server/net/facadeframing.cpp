// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/facadeframing.h"

#include "server/net/httpgrammar.h"

#include <algorithm>
#include <array>

namespace Atom::Net {

namespace {
//! What concerns only the connection, or what the re-framing replaces; above all nothing that Qt would act upon.
constexpr std::array hopFields{"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te",
                               "trailer",    "upgrade",    "expect",           "content-length",    "http2-settings"};
} // namespace

QByteArray facadeRequest(const RequestHead &head, const QByteArray &body)
{
    QByteArray out;
    out.reserve(512 + body.size());
    out += head.method + ' ' + head.target + " HTTP/1.1\r\n";
    for (const auto &[name, value] : head.headers) {
        const QByteArray &field = name;
        if (std::none_of(hopFields.begin(), hopFields.end(),
                         [&field](const char *hop) { return sameName(field, hop); }))
            out += name + ": " + value + "\r\n";
    }
    out += "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    return out;
}

std::optional<FacadeAnswer> parseFacadeAnswer(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return std::nullopt;
    const QList<QByteArray> lines = bytes.first(end).replace("\r\n", "\n").split('\n');
    FacadeAnswer answer;
    answer.status = lines.constFirst().mid(9, 3).toInt();
    qsizetype length = -1;
    for (const QByteArray &line : lines.sliced(1)) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.first(std::max<qsizetype>(colon, 0));
        const QByteArray value = line.mid(colon + 1).trimmed();
        if (sameName(name, "Content-Length"))
            length = value.toLongLong();
        answer.headers.append({name, value});
    }
    answer.body = bytes.mid(end + 4);
    if (answer.body.size() < length)
        return std::nullopt;
    return answer;
}

} // namespace Atom::Net
