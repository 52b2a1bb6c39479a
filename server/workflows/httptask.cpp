// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/httptask.h"

#include "server/expressions/jsonvalues.h"
#include "server/workflows/workflowerror.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUrl>

#include <algorithm>
#include <optional>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr int replyDepth = 64;

Error invalid(const QString &text)
{
    return Error(Errc::ValidationFailed, text);
}

// What a header or query value may be; nullopt for objects and arrays.
std::optional<QString> scalarText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isDouble() || value.isBool())
        return QString::fromUtf8(Expressions::toJsonText(value));
    return std::nullopt;
}

Result<QString> queryText(const QJsonValue &value)
{
    if (value.isNull())
        return QString();
    if (!value.isObject())
        return invalid(u"`query` must be an object, not %1"_s.arg(Expressions::typeName(value)));
    QStringList parts;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonArray all = it.value().isArray() ? it.value().toArray() : QJsonArray{it.value()};
        for (const QJsonValue one : all) {
            if (one.isNull())
                continue;
            const std::optional<QString> text = scalarText(one);
            if (!text)
                return invalid(u"the query parameter `%1` must be text, number or boolean"_s.arg(it.key().left(64)));
            parts.append(QString::fromLatin1(QUrl::toPercentEncoding(it.key()) + '=' + QUrl::toPercentEncoding(*text)));
        }
    }
    return parts.join(u'&');
}

bool isJsonType(const QByteArray &contentType)
{
    const QByteArray type = contentType.split(';').first().trimmed().toLower();
    return type == "application/json" || type == "text/json" || type.endsWith("+json");
}

bool isTextType(const QByteArray &contentType)
{
    const QByteArray type = contentType.split(';').first().trimmed().toLower();
    return type.startsWith("text/") || type == "application/xml" || type.endsWith("+xml") ||
           type == "application/x-www-form-urlencoded";
}

Result<QJsonValue> contentOf(const Connectors::HttpReply &reply)
{
    if (reply.body.trimmed().isEmpty())
        return QJsonValue(QJsonValue::Null);
    const QByteArray type = reply.header("content-type");
    if (isJsonType(type)) {
        // QJsonDocument reads only containers: an array around it makes any JSON value readable.
        if (jsonDepth(reply.body, replyDepth) > replyDepth)
            return invalid(u"its JSON is nested deeper than %1 levels"_s.arg(replyDepth));
        QJsonParseError error;
        const QJsonArray wrapped = QJsonDocument::fromJson('[' + reply.body + ']', &error).array();
        if (error.error != QJsonParseError::NoError || wrapped.size() != 1)
            return invalid(u"its content is not valid JSON"_s);
        return wrapped.first();
    }
    if ((isTextType(type) || type.isEmpty()) && isValidUtf8(reply.body))
        return QJsonValue(QString::fromUtf8(reply.body));
    return QJsonValue(QString::fromLatin1(reply.body.toBase64()));
}

QJsonObject headersOf(const QList<QPair<QByteArray, QByteArray>> &headers)
{
    QJsonObject out;
    for (const auto &[name, value] : headers)
        out.insert(QString::fromLatin1(name), QString::fromUtf8(value));
    return out;
}

QList<QPair<QByteArray, QByteArray>> withoutCredentials(QList<QPair<QByteArray, QByteArray>> headers)
{
    headers.removeIf([](const auto &header) {
        const QByteArray name = header.first.toLower();
        return name == "authorization" || name == "proxy-authorization" || name == "cookie";
    });
    return headers;
}

QJsonObject callError(const Error &error, const QString &what, const QString &instance)
{
    const auto make = [&](ErrorType type, const QString &title, int status = 0) {
        return makeError(type, title, u"%1: %2"_s.arg(what, error.detail), instance, status);
    };
    switch (error.code) {
    case Errc::ValidationFailed:
    case Errc::MalformedRequest:
        return make(ErrorType::Configuration, u"The request cannot be sent"_s);
    case Errc::Unauthenticated:
        return make(ErrorType::Authentication, u"The request could not be authorized"_s);
    case Errc::Forbidden:
        return make(ErrorType::Authorization, u"The address is not allowed"_s);
    case Errc::DeadlineExceeded:
        return make(ErrorType::Timeout, u"The service did not answer in time"_s);
    case Errc::UpstreamFailed:
    case Errc::NotFound:
        return make(ErrorType::Communication, u"The service could not be reached"_s, 503);
    case Errc::PayloadTooLarge:
        return make(ErrorType::Communication, u"The answer is too large"_s, 502);
    case Errc::RateLimited:
    case Errc::Unavailable:
    case Errc::Cancelled:
    case Errc::Conflict:
    case Errc::Internal:
        break;
    }
    return make(ErrorType::Runtime, u"The call failed"_s);
}
} // namespace

QString describeCall(const Connectors::HttpCall &call)
{
    const QUrl url(call.url);
    const QString host = url.port() > 0 ? u"%1:%2"_s.arg(url.host()).arg(url.port()) : url.host();
    return u"%1 %2%3"_s.arg(QString::fromLatin1(call.method), host, url.path(QUrl::FullyEncoded));
}

Result<Connectors::HttpCall> buildHttpCall(const HttpArguments &http, const QJsonValue &input,
                                           const Expressions::Bindings &bindings, const QByteArray &idempotencyKey)
{
    Connectors::HttpCall call;
    call.method = http.method;
    if (http.uri) {
        Result<QString> url = http.uri->expand(input);
        if (!url)
            return std::move(url.error());
        call.url = *url;
    } else {
        const Result<QJsonValue> url = http.endpoint.evaluate(input, bindings);
        if (!url)
            return url.error();
        if (!url->isString())
            return invalid(u"`endpoint` gave %1 instead of a URL"_s.arg(Expressions::typeName(*url)));
        call.url = url->toString();
    }
    call.url = call.url.section(u'#', 0, 0);
    const Result<QJsonValue> query = http.query.evaluate(input, bindings);
    if (!query)
        return query.error();
    const Result<QString> queryString = queryText(*query);
    if (!queryString)
        return queryString.error();
    if (!queryString->isEmpty())
        call.url += (call.url.contains(u'?') ? u'&' : u'?') + *queryString;

    const Result<QJsonValue> headers = http.headers.evaluate(input, bindings);
    if (!headers)
        return headers.error();
    if (!headers->isNull() && !headers->isObject())
        return invalid(u"`headers` must be an object, not %1"_s.arg(Expressions::typeName(*headers)));
    const QJsonObject headerObject = headers->toObject();
    QByteArray contentType;
    bool hasKey = false;
    for (auto it = headerObject.begin(); it != headerObject.end(); ++it) {
        const std::optional<QString> text = scalarText(it.value());
        if (!text)
            return invalid(u"the header `%1` must be text, number or boolean"_s.arg(it.key().left(64)));
        call.headers.append({it.key().toUtf8(), text->toUtf8()});
        if (it.key().compare(u"content-type", Qt::CaseInsensitive) == 0)
            contentType = text->toUtf8();
        hasKey = hasKey || it.key().compare(u"idempotency-key", Qt::CaseInsensitive) == 0;
    }
    if (!hasKey)
        call.headers.append({"Idempotency-Key", idempotencyKey});
    if (http.hasBody) {
        const Result<QJsonValue> body = http.body.evaluate(input, bindings);
        if (!body)
            return body.error();
        const bool asText = body->isString() && !isJsonType(contentType);
        call.body = asText ? body->toString().toUtf8() : Expressions::toJsonText(*body);
        if (contentType.isEmpty())
            call.headers.append(
                {"Content-Type", QByteArray(asText ? "text/plain; charset=utf-8" : "application/json")});
    }
    return call;
}

std::variant<QJsonValue, QJsonObject> readHttpReply(const HttpArguments &http, const Connectors::HttpCall &call,
                                                    const Result<Connectors::HttpReply> &reply, const QString &instance,
                                                    qint64 limitBytes)
{
    const QString what = describeCall(call);
    if (!reply)
        return callError(reply.error(), what, instance);
    const int last = http.redirect ? 399 : 299;
    if (reply->status < 200 || reply->status > last) {
        return makeError(ErrorType::Communication, u"The service answered %1"_s.arg(reply->status),
                         u"%1 answered with status %2"_s.arg(what).arg(reply->status), instance, reply->status);
    }
    if (reply->body.size() > limitBytes) {
        return makeError(ErrorType::Communication, u"The answer is too large"_s,
                         u"%1 answered with more than %2 bytes"_s.arg(what).arg(limitBytes), instance, 502);
    }
    if (http.output == HttpArguments::Output::Raw)
        return QJsonValue(QString::fromLatin1(reply->body.toBase64()));
    const Result<QJsonValue> content = contentOf(*reply);
    if (!content) {
        return makeError(ErrorType::Communication, u"The answer cannot be read"_s,
                         u"%1 answered, but %2"_s.arg(what, content.error().detail), instance, 502);
    }
    if (http.output == HttpArguments::Output::Content)
        return *content;
    return QJsonValue(
        QJsonObject{{u"request"_s, QJsonObject{{u"method"_s, QString::fromLatin1(call.method)},
                                               {u"uri"_s, call.url},
                                               {u"headers"_s, headersOf(withoutCredentials(call.headers))}}},
                    {u"statusCode"_s, reply->status},
                    {u"headers"_s, headersOf(reply->headers)},
                    {u"content"_s, *content}});
}

} // namespace Atom::Workflows
