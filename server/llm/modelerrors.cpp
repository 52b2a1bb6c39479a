// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/modelerrors.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtCore/QTimeZone>

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype causeChars = 300;

bool containsAny(const QString &text, std::initializer_list<QStringView> words)
{
    return std::any_of(words.begin(), words.end(),
                       [&](QStringView word) { return text.contains(word, Qt::CaseInsensitive); });
}

ModelError make(ModelFault fault, Errc code, const QString &detail, const QString &cause = {})
{
    return {fault, Error(code, detail, cause), milliseconds(0), false};
}

//! What the words of the service say, whatever the status was; nothing when they say nothing.
std::optional<ModelError> fromWords(const QString &words, const QString &cause)
{
    if (containsAny(words, {u"context_length_exceeded", u"maximum context length", u"context window", u"context length",
                            u"exceed_context_size", u"exceeds the available context", u"prompt is too long",
                            u"too many tokens"}))
        return make(ModelFault::TooLong, Errc::PayloadTooLarge,
                    u"The conversation is too long for the language model."_s, cause);
    if (containsAny(words, {u"content_filter", u"content_policy", u"content management policy"}))
        return make(ModelFault::Filtered, Errc::Forbidden, u"The provider of the language model refused the content."_s,
                    cause);
    if (containsAny(words, {u"insufficient_quota", u"billing_hard_limit"}))
        return make(ModelFault::QuotaUsedUp, Errc::UpstreamFailed,
                    u"The account at the provider of the language model is used up."_s, cause);
    return std::nullopt;
}

ModelError byStatus(int status, const QString &model, const QString &cause)
{
    switch (status) {
    case 401:
    case 403: // the words of the service are left out: they tend to repeat the key
        return make(ModelFault::KeyRefused, Errc::UpstreamFailed,
                    u"The language model refused the key (%1). Check llm.api_key_file."_s.arg(status));
    case 402:
        return make(ModelFault::QuotaUsedUp, Errc::UpstreamFailed,
                    u"The account at the provider of the language model is used up (402)."_s, cause);
    case 404:
        return make(
            ModelFault::ModelUnknown, Errc::UpstreamFailed,
            u"There is no language model \"%1\" at this address (404). Check llm.model and llm.url."_s.arg(model),
            cause);
    case 413:
        return make(ModelFault::TooLong, Errc::PayloadTooLarge,
                    u"The conversation is too long for the language model."_s, cause);
    case 429:
        return make(ModelFault::RateLimited, Errc::RateLimited, u"The language model is asked too often (429)."_s,
                    cause);
    case 503:
        return make(ModelFault::ServerFailed, Errc::Unavailable, u"The language model is not available now (503)."_s,
                    cause);
    default:
        break;
    }
    if (status >= 500)
        return make(ModelFault::ServerFailed, Errc::UpstreamFailed,
                    u"The language model failed with status %1."_s.arg(status), cause);
    if (status >= 300 && status < 400)
        return make(ModelFault::Refused, Errc::UpstreamFailed,
                    u"The address of the language model redirects (%1). Set llm.url to where it leads."_s.arg(status));
    return make(ModelFault::Refused, Errc::UpstreamFailed,
                u"The language model refused the request with status %1."_s.arg(status), cause);
}

ModelError fromStatus(int status, const QString &model, const QString &cause)
{
    ModelError out = byStatus(status, model, cause);
    out.mayRetry = status == 429 || (status >= 502 && status <= 504);
    return out;
}

QString wordsOf(const QJsonObject &error)
{
    QStringList words;
    for (const QString &key : {u"code"_s, u"type"_s, u"message"_s}) {
        if (const QString word = error.value(key).toVariant().toString(); !word.isEmpty())
            words.append(word);
    }
    return words.join(u": "_s);
}
} // namespace

QString KeyMask::clean(const QString &text) const
{
    QString out = text;
    if (!m_key.isEmpty())
        out.replace(m_key, u"***"_s, Qt::CaseInsensitive);
    for (QChar &c : out) {
        if (c < u' ' || c == QChar(0x7f))
            c = u' ';
    }
    return out.size() > causeChars ? out.left(causeChars) + u" ..."_s : out;
}

milliseconds retryAfter(const Connectors::HttpHead &head, Timestamp now)
{
    constexpr qint64 day = 86'400'000;
    const auto bounded = [](double ms) { return milliseconds(qint64(std::clamp(ms, 0.0, double(day)))); };
    bool isNumber = false;
    if (const double ms = head.header("retry-after-ms").toDouble(&isNumber); isNumber && ms >= 0)
        return bounded(ms);
    const QByteArray value = head.header("retry-after").trimmed();
    if (const double s = value.toDouble(&isNumber); isNumber && s >= 0)
        return bounded(s * 1'000);
    QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(value.left(64)), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    if (!date.isValid())
        return milliseconds(0);
    date.setTimeZone(QTimeZone::utc());
    return bounded(double(date.toMSecsSinceEpoch() - toMillis(now)));
}

ModelError errorFromAnswer(const Connectors::HttpHead &head, const QByteArray &body, const QString &model,
                           const KeyMask &mask, Timestamp now)
{
    QString words;
    if (const Result<QJsonObject> json = parseJsonObject(body)) {
        const QJsonValue error = json->value(u"error"_s);
        words = error.isObject() ? wordsOf(error.toObject()) : error.toString();
        if (words.isEmpty())
            words = wordsOf(*json);
    } else if (!head.header("content-type").startsWith("text/html")) {
        words = QString::fromUtf8(body.left(4'096));
    }
    const QString cause = mask.clean(words);
    ModelError out = fromStatus(head.status, model, cause);
    if (out.fault == ModelFault::Refused || out.fault == ModelFault::RateLimited ||
        out.fault == ModelFault::ServerFailed) {
        if (const std::optional<ModelError> said = fromWords(words, cause))
            out = *said;
    }
    out.wait = retryAfter(head, now);
    if (out.wait.count() > 0)
        out.error.retryAfter = std::chrono::ceil<seconds>(out.wait);
    return out;
}

ModelError errorFromObject(const QJsonObject &error, const QString &model, const KeyMask &mask)
{
    const QString words = wordsOf(error);
    const QString cause = mask.clean(words);
    if (const std::optional<ModelError> said = fromWords(words, cause))
        return *said;
    // Gateways put the status of those behind them into `code`.
    const int status = error.value(u"code"_s).toVariant().toInt();
    if (status >= 400 && status < 600)
        return fromStatus(status, model, cause);
    if (containsAny(words, {u"rate_limit"}))
        return fromStatus(429, model, cause);
    if (containsAny(words, {u"invalid_api_key", u"authentication_error"}))
        return fromStatus(401, model, cause);
    return make(ModelFault::ServerFailed, Errc::UpstreamFailed, u"The language model broke off with an error."_s,
                cause);
}

ModelError errorFromEgress(const Error &error, bool answerBegan)
{
    const auto as = [&error](ModelFault fault) {
        return ModelError{fault, error, milliseconds(0), fault == ModelFault::Unreachable};
    };
    switch (error.code) {
    case Errc::Cancelled:
        return as(ModelFault::Cancelled);
    case Errc::DeadlineExceeded:
        return as(ModelFault::Timeout);
    case Errc::PayloadTooLarge:
        return make(ModelFault::Malformed, Errc::UpstreamFailed, u"The answer of the language model is too large."_s,
                    error.detail);
    case Errc::UpstreamFailed:
        if (answerBegan)
            return make(ModelFault::CutOff, Errc::UpstreamFailed, u"The answer of the language model was cut off."_s,
                        error.cause);
        return as(ModelFault::Unreachable);
    default:
        return as(ModelFault::Refused);
    }
}

ModelError cancelledError()
{
    return make(ModelFault::Cancelled, Errc::Cancelled, u"The call was cancelled."_s);
}

ModelError malformedError(const QString &why)
{
    return make(ModelFault::Malformed, Errc::UpstreamFailed, u"The language model answered badly: %1."_s.arg(why));
}

} // namespace Atom::Llm
