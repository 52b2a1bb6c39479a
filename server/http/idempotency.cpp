// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/idempotency.h"

#include <QtCore/QCryptographicHash>

#include <algorithm>

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds lifetime(10 * 60'000);
constexpr qsizetype entryLimit = 10'000;
constexpr qsizetype byteLimit = 32 << 20;

QByteArray fingerprintOf(const Request &request)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray &part : {request.method, request.path.toUtf8(), request.query.toString().toUtf8()}) {
        hash.addData(part);
        hash.addData(QByteArrayView("\0", 1));
    }
    hash.addData(request.body);
    return hash.result();
}
} // namespace

void IdempotencyCache::drop()
{
    const Monotonic now = m_clock.monotonic();
    while (!m_order.isEmpty() &&
           (now - m_order.head().first > lifetime || m_entries.size() > entryLimit || m_bytes > byteLimit)) {
        const auto [at, key] = m_order.dequeue();
        const auto it = m_entries.find(key);
        if (it == m_entries.end() || it->at != at)
            continue; // abandoned and perhaps begun anew since
        if (it->response)
            m_bytes -= it->response->body.size();
        m_entries.erase(it);
    }
}

Result<std::optional<Response>> IdempotencyCache::begin(const UserId &user, const Request &request)
{
    drop();
    const QByteArray text = request.header("idempotency-key");
    const bool isPrintable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (text.size() > keyBytes || !isPrintable) {
        return Error::invalid(
            u"/headers/Idempotency-Key"_s,
            u"An Idempotency-Key is 1 to %1 printable ASCII characters without spaces."_s.arg(keyBytes));
    }
    const Key key{user, text};
    const auto it = m_entries.constFind(key);
    if (it == m_entries.constEnd()) {
        Entry entry{fingerprintOf(request), std::nullopt, m_clock.monotonic()};
        m_order.enqueue({entry.at, key});
        m_entries.insert(key, std::move(entry));
        return std::optional<Response>();
    }
    if (it->fingerprint != fingerprintOf(request)) {
        Error error(Errc::ValidationFailed, u"This Idempotency-Key was used for another request."_s);
        error.fields.append(FieldError{u"/headers/Idempotency-Key"_s, error.detail});
        return error;
    }
    if (!it->response) {
        Error error(Errc::Conflict, u"The same request is still being worked on; ask again in a moment."_s);
        error.retryAfter = seconds(1);
        return error;
    }
    return it->response;
}

void IdempotencyCache::store(const UserId &user, const Request &request, const Response &response)
{
    if (response.status >= 500 || response.status == 429)
        return abandon(user, request);
    const auto it = m_entries.find(Key{user, request.header("idempotency-key")});
    if (it == m_entries.end())
        return;
    it->response = response;
    m_bytes += response.body.size();
}

void IdempotencyCache::abandon(const UserId &user, const Request &request)
{
    m_entries.remove(Key{user, request.header("idempotency-key")});
}

} // namespace Atom::Http
