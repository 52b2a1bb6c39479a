// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/responsewriter.h"

#include "server/net/httpgrammar.h"
#include "shared/core/uuid.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <cstdio>

namespace Atom::Net {
using namespace Qt::StringLiterals;

namespace {
//! IMF-fixdate (RFC 9110 5.6.7).
QByteArray httpDate(Timestamp now)
{
    static constexpr const char *days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char *months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto second = std::chrono::floor<seconds>(now);
    // One text a second serves all its responses.
    static thread_local std::pair<std::chrono::sys_seconds, QByteArray> cached;
    if (!cached.second.isEmpty() && cached.first == second)
        return cached.second;
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day ymd(day);
    const std::chrono::hh_mm_ss time(second - day);
    char buffer[48];
    const int n = std::snprintf(buffer, sizeof buffer, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                days[std::chrono::weekday(day).c_encoding()], unsigned(ymd.day()),
                                months[unsigned(ymd.month()) - 1], int(ymd.year()), int(time.hours().count()),
                                int(time.minutes().count()), int(time.seconds().count()));
    cached = {second, QByteArray(buffer, n)};
    return cached.second;
}

bool isOurs(QByteArrayView name)
{
    return sameName(name, "Content-Length") || sameName(name, "Date") || sameName(name, "Connection") ||
           sameName(name, "Transfer-Encoding");
}

QLatin1StringView codeFor(int status)
{
    switch (status) {
    case 408:
        return "deadline_exceeded"_L1;
    case 413:
    case 414:
    case 431:
        return "payload_too_large"_L1;
    case 500:
        return "internal"_L1;
    case 503:
        return "unavailable"_L1;
    default:
        return "malformed_request"_L1;
    }
}
} // namespace

QByteArray reasonPhrase(int status)
{
    switch (status) {
    case 100:
        return "Continue";
    case 101:
        return "Switching Protocols";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 416:
        return "Range Not Satisfiable";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return status < 400 ? "OK" : "Error";
    }
}

bool mayHaveBody(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

bool areValidHeaders(const HeaderList &headers)
{
    return std::all_of(headers.begin(), headers.end(),
                       [](const auto &h) { return isToken(h.first) && isFieldValue(h.second); });
}

QByteArray writeResponseHead(const ResponseForm &form, const HeaderList &headers, qsizetype bodyBytes)
{
    QByteArray out;
    out.reserve(512);
    out += "HTTP/1.1 " + QByteArray::number(form.status) + ' ' + reasonPhrase(form.status) + "\r\n";
    for (const auto &[name, value] : headers) {
        if (!isOurs(name))
            out += name + ": " + value + "\r\n";
    }
    if (mayHaveBody(form.status))
        out += "Content-Length: " + QByteArray::number(bodyBytes) + "\r\n";
    out += "Date: " + httpDate(form.now) + "\r\n";
    if (!form.keepAlive)
        out += "Connection: close\r\n";
    else if (form.minorVersion == 0)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
    return out;
}

Refusal refusalFor(const HeadRejection &rejection, Timestamp now)
{
    const QLatin1StringView code = codeFor(rejection.status);
    QJsonObject problem;
    problem["type"_L1] = "https://atom-chat.org/problems/"_L1 + code;
    problem["title"_L1] = QString::fromLatin1(reasonPhrase(rejection.status));
    problem["status"_L1] = rejection.status;
    problem["detail"_L1] = QString::fromUtf8(rejection.reason);
    problem["code"_L1] = code;
    Refusal refusal;
    refusal.status = rejection.status;
    refusal.body = QJsonDocument(problem).toJson(QJsonDocument::Compact);
    refusal.headers = {{"Content-Type", "application/problem+json"},
                       {"X-Request-Id", newUuidV7(now)},
                       {"X-Content-Type-Options", "nosniff"},
                       {"Cache-Control", "no-store"}};
    if (rejection.status == 503)
        refusal.headers.emplace_back("Retry-After", "5");
    return refusal;
}

} // namespace Atom::Net
