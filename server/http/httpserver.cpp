// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that knows Qt HTTP Server.
#include "server/http/httpserver.h"

#include "server/http/conditional.h"
#include "server/http/idempotency.h"
#include "server/http/logging.h"
#include "server/http/problem.h"
#include "server/identity/peeraddress.h"
#include "shared/core/uuid.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QSet>
#include <QtCore/QUrl>
#include <QtHttpServer/QHttpServer>
#include <QtHttpServer/QHttpServerRequest>
#include <QtHttpServer/QHttpServerResponder>

#include <algorithm>

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
bool isWrite(const QByteArray &method)
{
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

QByteArray methodName(QHttpServerRequest::Method method)
{
    switch (method) {
    case QHttpServerRequest::Method::Get:
        return "GET";
    case QHttpServerRequest::Method::Put:
        return "PUT";
    case QHttpServerRequest::Method::Delete:
        return "DELETE";
    case QHttpServerRequest::Method::Post:
        return "POST";
    case QHttpServerRequest::Method::Head:
        return "HEAD";
    case QHttpServerRequest::Method::Options:
        return "OPTIONS";
    case QHttpServerRequest::Method::Patch:
        return "PATCH";
    default:
        return "UNKNOWN";
    }
}

//! A client's own request id is taken when it is a short token; it ends in logs and headers.
bool isUsableRequestId(const QByteArray &id)
{
    return id.size() >= 8 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

bool isKnownBodyType(const QByteArray &contentType)
{
    const QByteArray type = contentType.split(';').first().trimmed().toLower();
    return type == "application/json" || type == "application/yaml" || type == "text/yaml" ||
           (type.startsWith("application/") && type.endsWith("+json"));
}

class FileBody final : public Net::BodySource
{
public:
    explicit FileBody(std::shared_ptr<QFile> file) : m_file(std::move(file)), m_size(m_file->size()) {}
    qint64 size() const override { return m_size; }
    QByteArray read(qint64 limit) override { return m_file->read(limit); }

private:
    std::shared_ptr<QFile> m_file;
    const qint64 m_size;
};

Result<void> knownQuery(const Route &route, const Request &request)
{
    if (!route.query)
        return {};
    const QList<std::pair<QString, QString>> items = request.query.queryItems(QUrl::FullyDecoded);
    for (const auto &[name, value] : items) {
        if (!route.query->contains(name)) {
            const QString known = route.query->join(u", "_s);
            return Error::invalid(u"/query/"_s + name.left(64),
                                  known.isEmpty() ? u"This path has no query items."_s
                                                  : u"There is no such query item here; there are: %1."_s.arg(known));
        }
    }
    return {};
}

//! For what HTTP itself has a status and no Errc: its code is the title as a name.
Response problemWithStatus(const Request &request, int status, const QString &title, const QString &detail)
{
    QJsonObject document = problemDocument(Error(Errc::MalformedRequest, detail), request.requestId, request.path);
    document.insert(u"status"_s, status);
    document.insert(u"title"_s, title);
    document.insert(u"code"_s, title.toLower().replace(u' ', u'_'));
    Response response = Response::json(document, status);
    response.contentType = "application/problem+json";
    return response;
}
} // namespace

struct HttpServer::Private
{
    Private(HttpSettings s, Authenticate a, const Identity::Permissions &p, Clock &c, MetricRegistry &m)
        : settings(std::move(s)), authenticate(std::move(a)), permissions(p), clock(c), idempotency(c),
          limits(settings.rates, m), requests(m.counter("atom_http_requests_total", "HTTP requests answered")),
          duration(m.histogram("atom_http_request_seconds", "Time from request to answer"))
    {
        for (int i = 0; i < 5; ++i) {
            const QByteArray label = "class=\"" + QByteArray::number(i + 1) + "xx\"";
            byClass[size_t(i)] = &m.counter("atom_http_responses_total", "HTTP answers by class of status", label);
        }
    }

    QCoro::Task<void> serve(Net::ExchangeHandle exchange, Request request, QByteArray encodedPath);
    QCoro::Task<Response> answer(Request request, QByteArray encodedPath);
    void refuse(const Actor &actor, const Route &route, const Request &request) const;
    QCoro::Task<Response> writeIfMatch(const Route *route, Request request, QByteArray encodedPath, Actor actor);
    QCoro::Task<Response> callHandler(const Route *route, Request request, Actor actor);
    Result<Actor> actorOf(const Request &request, const Route &route) const;
    bool isOwnOrigin(const Request &request, const QByteArray &origin) const;
    void finish(const Net::ExchangeHandle &exchange, const Request &request, Response response);

    HttpSettings settings;
    Authenticate authenticate;
    const Identity::Permissions &permissions;
    Clock &clock;
    Router router;
    IdempotencyCache idempotency;
    RequestLimits limits;
    QSet<QByteArray> writing; //!< paths of conditional writes that are at work
    Counter &requests;
    std::array<Counter *, 5> byClass{};
    Histogram &duration;
    QHttpServer server;
    TaskScope scope{QStringLiteral("http")};
};

HttpServer::HttpServer(HttpSettings settings, Authenticate authenticate, const Identity::Permissions &permissions,
                       Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(std::move(settings), std::move(authenticate), permissions, clock, metrics))
{
    const auto handle = [this](const QHttpServerRequest &qt) {
        const Net::ExchangeHandle exchange = Net::PortGuard::currentExchange();
        Request request;
        request.method = methodName(qt.method());
        const QUrl url = qt.url();
        request.path = url.path(QUrl::FullyDecoded);
        request.query = QUrlQuery(url.query(QUrl::FullyEncoded));
        for (const auto &[name, value] : qt.headers())
            request.headers.insert(name.toLower(), value);
        request.body = qt.body();
        request.peer = exchange.peerAddress();
        const QByteArray theirs = request.header("x-request-id");
        request.requestId = isUsableRequestId(theirs) ? theirs : newUuidV7(d->clock.now());
        d->scope.spawn(d->serve(exchange, std::move(request), url.path(QUrl::FullyEncoded).toUtf8()), "request");
    };
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    d->server.setMissingHandler(this, [handle](const QHttpServerRequest &qt, QHttpServerResponder &) { handle(qt); });
#else
    d->server.setMissingHandler([handle](const QHttpServerRequest &qt, QHttpServerResponder &&) { handle(qt); });
#endif
}

HttpServer::~HttpServer() = default;

void HttpServer::addRoutes(const QList<Route> &routes)
{
    for (const Route &route : routes)
        d->router.add(route);
}

const QList<Route> &HttpServer::routes() const
{
    return d->router.routes();
}

void HttpServer::bind(Net::PortGuard &port)
{
    d->server.bind(&port);
}

QCoro::Task<void> HttpServer::close()
{
    co_await d->scope.close();
}

QCoro::Task<void> HttpServer::Private::serve(Net::ExchangeHandle exchange, Request request, QByteArray encodedPath)
{
    const Monotonic start = clock.monotonic();
    const Request forAnswer = request;
    Response response = co_await answer(std::move(request), std::move(encodedPath));
    const qint64 micros = (clock.monotonic() - start).count();
    requests.add();
    duration.record(quint64(std::max<qint64>(0, micros)));
    byClass[size_t(std::clamp(response.status / 100, 1, 5) - 1)]->add();
    qCDebug(lcHttp).noquote() << forAnswer.requestId << forAnswer.method << forAnswer.path << response.status << micros
                              << "us";
    finish(exchange, forAnswer, std::move(response));
}

bool HttpServer::Private::isOwnOrigin(const Request &request, const QByteArray &origin) const
{
    const qsizetype scheme = origin.indexOf("://");
    return scheme > 0 && origin.mid(scheme + 3).toLower() == request.header("host").toLower();
}

Result<Actor> HttpServer::Private::actorOf(const Request &request, const Route &route) const
{
    const QByteArray authorization = request.header("authorization");
    if (authorization.isEmpty())
        return Actor();
    if (authorization.left(7).toLower() != "bearer ") {
        if (route.access == Access::Public)
            return Actor();
        return Error(Errc::Unauthenticated, u"Only \"Authorization: Bearer <access token>\" is understood."_s);
    }
    Result<Actor> actor = authenticate(QByteArrayView(authorization).sliced(7).trimmed());
    if (!actor && route.access == Access::Public)
        return Actor();
    return actor;
}

QCoro::Task<Response> HttpServer::Private::answer(Request request, QByteArray encodedPath)
{
    const Router::Match match = router.find(request.method, encodedPath);
    if (!match.route && match.allowed.isEmpty())
        co_return Response::problem(Error(Errc::NotFound, u"There is nothing at this path."_s), request);
    if (request.method == "OPTIONS") {
        Response options = Response::noContent();
        options.headers.emplaceBack("Allow", match.allowed.join(", "));
        co_return options;
    }
    if (!match.route) {
        Response refused =
            problemWithStatus(request, 405, u"Method not allowed"_s, u"This path does not take this method."_s);
        refused.headers.emplaceBack("Allow", match.allowed.join(", "));
        co_return refused;
    }
    const QByteArray origin = request.header("origin");
    if (isWrite(request.method) && !origin.isEmpty() && !isOwnOrigin(request, origin) &&
        !settings.corsOrigins.contains(QString::fromUtf8(origin))) {
        co_return Response::problem(Error(Errc::Forbidden, u"Pages of this origin may not write here."_s), request);
    }
    if (isWrite(request.method) && !request.body.isEmpty() && !isKnownBodyType(request.header("content-type"))) {
        co_return problemWithStatus(request, 415, u"Unsupported media type"_s,
                                    u"The body must be JSON with Content-Type: application/json."_s);
    }
    if (const Result<void> known = knownQuery(*match.route, request); !known)
        co_return Response::problem(known.error(), request);
    const QByteArray address = Identity::addressText(request.peer);
    // What is public and only read (health, metrics, this API's description) is asked by machines of the operator.
    const bool isLimited = match.route->access != Access::Public || isWrite(request.method);
    if (isLimited) {
        if (const Result<void> free = limits.fromAddress(address, clock.monotonic()); !free)
            co_return Response::problem(free.error(), request);
    }
    Result<Actor> actor = actorOf(request, *match.route);
    if (!actor)
        co_return Response::problem(actor.error(), request);
    actor->address = address;
    if (isLimited) {
        if (const Result<void> free = limits.byActor(*actor, clock.monotonic()); !free)
            co_return Response::problem(free.error(), request);
    }
    if (match.route->access == Access::User && actor->user.isEmpty()) {
        co_return Response::problem(Error(Errc::Unauthenticated, u"Sign in and send the access token as a bearer."_s),
                                    request);
    }
    // Also where the handler shows only what belongs to the actor and decides nothing.
    if (match.route->access != Access::Public && !permissions.isInScope(*actor, match.route->action)) {
        co_return Response::problem(Error(Errc::Forbidden, u"The application token is not for this action."_s),
                                    request);
    }
    if (match.route->checkAction) {
        const Result<void> allowed = permissions.require(*actor, match.route->action, Identity::Object::none());
        if (!allowed)
            refuse(*actor, *match.route, request);
        if (!allowed)
            co_return Response::problem(allowed.error(), request);
    }
    request.args = match.args;

    const bool keyed =
        isWrite(request.method) && !actor->user.isEmpty() && !request.header("idempotency-key").isEmpty();
    if (keyed) {
        const Result<std::optional<Response>> known = idempotency.begin(actor->user, request);
        if (!known)
            co_return Response::problem(known.error(), request);
        if (*known) {
            Response repeated = **known;
            repeated.headers.emplaceBack("Idempotency-Replayed", "true");
            co_return repeated;
        }
    }
    const Request original = request;
    const UserId user = actor->user;
    Response response;
    if (isWrite(request.method) && !request.header("if-match").isEmpty())
        response = co_await writeIfMatch(match.route, std::move(request), std::move(encodedPath), *actor);
    else
        response = co_await callHandler(match.route, std::move(request), *actor);
    if (keyed)
        idempotency.store(user, original, response);
    if (response.status == 403)
        refuse(*actor, *match.route, original);
    if (original.method == "GET" || original.method == "HEAD")
        co_return Conditional::answer(original, std::move(response));
    co_return response;
}

//! For the audit log: who tried what.
void HttpServer::Private::refuse(const Actor &actor, const Route &route, const Request &request) const
{
    if (!settings.refusals)
        return;
    const QByteArray what = request.method + ' ' + request.path.left(100).toUtf8();
    const QByteArray action = Identity::actionName(route.action).toLatin1();
    settings.refusals->refused(Audit::draftFor(actor, action, "request", what, clock.now()));
}

//! Writes only if what the path shows to this actor is what the client has seen, so that no change of somebody else is
//! lost. Writes of this kind to one path wait for no other: the second is told to look again.
QCoro::Task<Response> HttpServer::Private::writeIfMatch(const Route *route, Request request, QByteArray encodedPath,
                                                        Actor actor)
{
    const QByteArray wanted = request.header("if-match");
    const Response refused =
        problemWithStatus(request, 412, u"Precondition failed"_s,
                          u"It was changed since you read it (If-Match). Read it again and decide anew."_s);
    const Router::Match shown = router.find("GET", encodedPath);
    if (!shown.route || writing.contains(encodedPath))
        co_return refused;
    if (shown.route->checkAction && !permissions.can(actor, shown.route->action, Identity::Object::none()))
        co_return refused;
    writing.insert(encodedPath);
    Request look = request;
    look.method = "GET";
    look.body.clear();
    look.query.clear();
    look.args = shown.args;
    const Response present = co_await callHandler(shown.route, std::move(look), actor);
    Response response = refused;
    if (Conditional::names(wanted, Conditional::tagOf(present), false))
        response = co_await callHandler(route, std::move(request), actor);
    writing.remove(encodedPath);
    co_return response;
}

QCoro::Task<Response> HttpServer::Private::callHandler(const Route *route, Request request, Actor actor)
{
    QString thrown;
    const Request forProblem = request;
    try {
        co_return co_await route->handler(std::move(request), std::move(actor));
    } catch (const std::exception &e) {
        thrown = QString::fromUtf8(e.what());
    } catch (...) {
        thrown = u"unknown exception"_s;
    }
    const Error error(Errc::Internal, u"Something went wrong; the request id helps to find it in the log."_s, thrown);
    co_return Response::problem(error, forProblem);
}

void HttpServer::Private::finish(const Net::ExchangeHandle &exchange, const Request &request, Response response)
{
    Net::HeaderList headers = std::move(response.headers);
    if (!response.contentType.isEmpty())
        headers.emplaceBack("Content-Type", response.contentType);
    headers.emplaceBack("X-Request-Id", request.requestId);
    headers.emplaceBack("X-Content-Type-Options", "nosniff");
    headers.emplaceBack("Referrer-Policy", "no-referrer");
    headers.emplaceBack("Cross-Origin-Resource-Policy", "same-origin");
    const auto has = [&headers](QByteArrayView name) {
        return std::any_of(headers.begin(), headers.end(),
                           [name](const auto &h) { return name.compare(h.first, Qt::CaseInsensitive) == 0; });
    };
    if (!has("Cache-Control"))
        headers.emplaceBack("Cache-Control", "no-store");
    if (!has("Content-Security-Policy"))
        headers.emplaceBack("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    const QByteArray origin = request.header("origin");
    if (!settings.corsOrigins.isEmpty())
        headers.emplaceBack("Vary", "Origin");
    if (!origin.isEmpty() && settings.corsOrigins.contains(QString::fromUtf8(origin))) {
        headers.emplaceBack("Access-Control-Allow-Origin", origin);
        headers.emplaceBack("Access-Control-Expose-Headers",
                            "ETag, Idempotency-Replayed, Retry-After, X-Next-Cursor, X-Request-Id");
        if (request.method == "OPTIONS") {
            headers.emplaceBack("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
            headers.emplaceBack("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id");
            headers.emplaceBack("Access-Control-Max-Age", "600");
        }
    }
    if (response.file)
        exchange.stream(response.status, headers, std::make_shared<FileBody>(std::move(response.file)));
    else
        exchange.finish(response.status, headers, response.body);
}

} // namespace Atom::Http
