// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/requestheadparser.h"

#include "server/net/httpgrammar.h"
#include "shared/core/jsonlimits.h"

#include <algorithm>
#include <array>

namespace Atom::Net {

namespace {
constexpr int emptyLinesAllowed = 4;
constexpr std::array servedMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
//! Fields whose repetition would leave open which value counts.
constexpr std::array singleFields{"host",   "content-length", "transfer-encoding", "authorization", "content-type",
                                  "origin", "expect"};

//! Characters of a request target as it may stand on the wire; the query is read a little more freely, because
//! clients do send it so, the path is what RFC 3986 allows.
bool isTargetChar(unsigned char c, bool query)
{
    if (c <= 0x20 || c >= 0x7f || c == '#')
        return false;
    if (query)
        return true;
    return !QByteArrayView("\"<>\\^`{|}").contains(char(c));
}

//! Decoded, the path must be UTF-8 without control characters and without dot segments, however they are spelled.
const char *faultOfPath(QByteArrayView path)
{
    if (!hasValidEscapes(path))
        return "the path holds a '%' that begins no escape";
    const QByteArray decoded = QByteArray::fromPercentEncoding(path.toByteArray());
    if (!isValidUtf8(decoded))
        return "the path is not UTF-8";
    if (std::any_of(decoded.begin(), decoded.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }))
        return "the path holds a control character";
    qsizetype from = 0;
    for (qsizetype i = 0; i <= decoded.size(); ++i) {
        if (i < decoded.size() && decoded[i] != '/' && decoded[i] != '\\')
            continue;
        const QByteArrayView segment = QByteArrayView(decoded).sliced(from, i - from);
        if (segment == "." || segment == "..")
            return "the path holds a dot segment";
        from = i + 1;
    }
    return nullptr;
}
} // namespace

RequestHeadParser::State RequestHeadParser::reject(int status, const char *reason)
{
    m_rejection = {status, QByteArray(reason)};
    return State::Rejected;
}

int RequestHeadParser::count(QByteArrayView name) const
{
    return int(std::count_if(m_head.headers.begin(), m_head.headers.end(),
                             [name](const auto &h) { return sameName(h.first, name); }));
}

RequestHeadParser::State RequestHeadParser::parse(QByteArrayView buffer)
{
    for (;;) {
        const qsizetype lf = buffer.indexOf('\n', m_scan);
        const qsizetype seen = lf < 0 ? buffer.size() : lf;
        if (!m_haveRequestLine) {
            // Longer than the longest legal line: say so before the rest of it comes.
            if (seen - m_line > m_limits.targetBytes + 64)
                return reject(414, "the request target is too long");
            // A TLS hello or other binary talk has no line end to wait for.
            const auto first = seen > m_line ? static_cast<unsigned char>(buffer[m_line]) : 'G';
            if (first != '\r' && (first <= 0x20 || first >= 0x7f))
                return reject(400, "this is not an HTTP request");
        }
        if (seen - m_start > m_limits.headBytes)
            return reject(431, "the header section is too large");
        if (lf < 0) {
            m_scan = buffer.size();
            return State::NeedMore;
        }
        if (lf == m_line || buffer[lf - 1] != '\r')
            return reject(400, "a line does not end in CR LF");
        const QByteArrayView line = buffer.sliced(m_line, lf - 1 - m_line);
        m_scan = m_line = lf + 1;
        if (!m_haveRequestLine && line.isEmpty()) {
            m_start = m_line;
            if (m_start > 2 * emptyLinesAllowed)
                return reject(400, "too many empty lines before the request");
            continue;
        }
        if (m_haveRequestLine && line.isEmpty())
            return finish();
        const State state = m_haveRequestLine ? parseHeaderLine(line) : parseRequestLine(line);
        if (state == State::Rejected)
            return state;
        m_haveRequestLine = true;
    }
}

RequestHeadParser::State RequestHeadParser::parseRequestLine(QByteArrayView line)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last == first || line.sliced(first + 1, last - first - 1).contains(' '))
        return reject(400, "the request line is not 'method target version'");
    const QByteArrayView method = line.first(first);
    const QByteArrayView target = line.sliced(first + 1, last - first - 1);
    const QByteArrayView version = line.sliced(last + 1);
    if (!isToken(method))
        return reject(400, "the method is not a token");

    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() != 8 || !version.startsWith("HTTP/") || !isDigit(version[5]) || version[6] != '.' ||
        !isDigit(version[7]))
        return reject(400, "the version is not 'HTTP/1.1'");
    if (version[5] != '1')
        return reject(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    m_head.minorVersion = version[7] == '0' ? 0 : 1;
    if (std::find(servedMethods.begin(), servedMethods.end(), method) == servedMethods.end())
        return reject(501, "this method is not implemented");
    m_head.method = method.toByteArray();
    if (target.size() > m_limits.targetBytes)
        return reject(414, "the request target is too long");
    return parseTarget(target);
}

RequestHeadParser::State RequestHeadParser::parseTarget(QByteArrayView target)
{
    if (target == "*" && m_head.method == "OPTIONS") {
        m_head.target = target.toByteArray();
        return State::NeedMore;
    }
    // absolute-form (RFC 9112 3.2.2): taken when it names the same host as Host does, then reduced to its path.
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (target.size() <= scheme.size() || !sameName(target.first(scheme.size()), scheme))
            continue;
        const QByteArrayView rest = target.sliced(scheme.size());
        qsizetype end = 0;
        while (end < rest.size() && rest[end] != '/' && rest[end] != '?')
            ++end;
        m_authority = rest.first(end).toByteArray();
        if (!isHostPort(m_authority))
            return reject(400, "the target has no valid authority");
        m_head.target =
            (end < rest.size() && rest[end] == '/' ? QByteArray() : QByteArray("/")) + rest.sliced(end).toByteArray();
        break;
    }
    if (m_head.target.isEmpty())
        m_head.target = target.toByteArray();
    if (!m_head.target.startsWith('/'))
        return reject(400, "the target does not begin with '/'");

    const qsizetype mark = m_head.target.indexOf('?');
    for (qsizetype i = 0; i < m_head.target.size(); ++i) {
        if (!isTargetChar(static_cast<unsigned char>(m_head.target[i]), mark >= 0 && i > mark))
            return reject(400, "the target holds a character that must be escaped");
    }
    if (const char *fault = faultOfPath(m_head.path()))
        return reject(400, fault);
    if (mark >= 0) {
        const QByteArray query = m_head.target.mid(mark + 1);
        if (!hasValidEscapes(query) || !isValidUtf8(QByteArray::fromPercentEncoding(query)))
            return reject(400, "the query is not percent-encoded UTF-8");
    }
    return State::NeedMore;
}

RequestHeadParser::State RequestHeadParser::parseHeaderLine(QByteArrayView line)
{
    if (line.front() == ' ' || line.front() == '\t')
        return reject(400, "folded header lines are not accepted");
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0 || !isToken(line.first(colon)))
        return reject(400, "a header line has no valid name");
    const QByteArrayView value = trimmedOws(line.sliced(colon + 1));
    if (!isFieldValue(value))
        return reject(400, "a header value holds a control character");
    if (m_head.headers.size() >= m_limits.headerCount)
        return reject(431, "too many header fields");
    m_head.headers.append({line.first(colon).toByteArray(), value.toByteArray()});
    return State::NeedMore;
}

RequestHeadParser::State RequestHeadParser::parseFraming()
{
    const auto length = m_head.header("Content-Length");
    const auto encoding = m_head.header("Transfer-Encoding");
    if (encoding) {
        if (length)
            return reject(400, "Content-Length and Transfer-Encoding exclude each other");
        if (m_head.minorVersion == 0)
            return reject(400, "Transfer-Encoding needs HTTP/1.1");
        QByteArrayView last = *encoding;
        last = trimmedOws(last.sliced(last.lastIndexOf(',') + 1));
        const int codings = 1 + int(encoding->count(','));
        if (!sameName(last, "chunked"))
            return codings > 1 || last.isEmpty() ? reject(400, "chunked must be the last transfer coding")
                                                 : reject(501, "this transfer coding is not implemented");
        if (codings > 1)
            return listHasToken(encoding->first(encoding->lastIndexOf(',')), "chunked")
                       ? reject(400, "chunked may be applied only once")
                       : reject(501, "only the transfer coding chunked is implemented");
        m_head.chunked = true;
        return State::NeedMore;
    }
    if (!length)
        return State::NeedMore;
    if (length->isEmpty() || !std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; }))
        return reject(400, "Content-Length is not a number");
    // Digits beyond any limit need no value: leading zeros are the only way to be long and small.
    QByteArrayView digits = *length;
    while (digits.size() > 1 && digits.front() == '0')
        digits = digits.sliced(1);
    if (digits.size() > 18 || digits.toLongLong() > m_limits.bodyBytes)
        return reject(413, "the body is larger than allowed");
    m_head.contentLength = digits.toLongLong();
    return State::NeedMore;
}

RequestHeadParser::State RequestHeadParser::finish()
{
    for (const char *name : singleFields) {
        if (count(name) > 1)
            return reject(400, "a header field that may stand once is repeated");
    }
    const auto host = m_head.header("Host");
    if (!host && m_head.minorVersion >= 1)
        return reject(400, "the Host header is missing");
    if (host && !isHostPort(*host))
        return reject(400, "the Host header is not a host name with optional port");
    if (!m_authority.isEmpty() && host && !sameName(m_authority, *host))
        return reject(421, "the target names another host");
    if (parseFraming() == State::Rejected)
        return State::Rejected;

    bool upgrade = false;
    m_head.keepAlive = m_head.minorVersion >= 1;
    for (const auto &[name, value] : std::as_const(m_head.headers)) {
        if (!sameName(name, "Connection"))
            continue;
        upgrade = upgrade || listHasToken(value, "upgrade");
        if (m_head.minorVersion == 0 && listHasToken(value, "keep-alive"))
            m_head.keepAlive = true;
    }
    for (const auto &[name, value] : std::as_const(m_head.headers)) {
        if (sameName(name, "Connection") && listHasToken(value, "close"))
            m_head.keepAlive = false;
    }
    if (const auto expect = m_head.header("Expect"); expect && m_head.minorVersion >= 1) {
        if (!sameName(*expect, "100-continue"))
            return reject(417, "only the expectation 100-continue can be met");
        m_head.expectContinue = true;
    }
    if (upgrade && m_head.minorVersion >= 1 &&
        listHasToken(m_head.header("Upgrade").value_or(QByteArray()), "websocket")) {
        if (m_head.method != "GET" || m_head.chunked || m_head.contentLength > 0)
            return reject(400, "an upgrade to WebSocket is a GET without a body");
        m_head.upgradeWebSocket = true;
    }
    return State::Done;
}

} // namespace Atom::Net
