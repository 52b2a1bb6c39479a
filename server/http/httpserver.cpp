// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/httpserver.h"

#include "server/http/idempotencycache.h"
#include "server/http/logging.h"
#include "server/http/problem.h"
#include "server/http/requestpolicy.h"
#include "server/http/routetable.h"
#include "server/net/httpgrammar.h"
#include "server/net/portguard.h"
#include "shared/core/taskscope.h"
#include "shared/core/uuid.h"

#include <QtCore/QCryptographicHash>
#include <QtHttpServer/QHttpServer>

#include <array>
#include <exception>
#include <unordered_set>

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds sweepInterval{500};
constexpr const char *htmlPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
constexpr const char *otherPolicy = "default-src 'none'; frame-ancestors 'none'";

//! One request on its way. Shared by the coroutine that handles it and the deadline sweep.
struct Call
{
    Net::ExchangeHandle exchange;
    Request request;
    QByteArray rawPath; //!< encoded, without query
    QByteArray target;  //!< with query
    Actor actor;
    const Route *route = nullptr;
    Monotonic started{};
    quint64 idempotencyTicket = 0;
    bool answered = false;
};
using CallPtr = std::shared_ptr<Call>;

bool hasHeader(const Response &response, QByteArrayView name)
{
    for (const auto &header : response.headers) {
        if (Net::sameName(header.first, name))
            return true;
    }
    return false;
}
} // namespace

struct HttpServer::Private
{
    Private(HttpSettings httpSettings, HttpGate httpGate, Clock &serverClock, MetricRegistry &metrics)
        : settings(std::move(httpSettings)), gate(std::move(httpGate)), clock(serverClock),
          requests(metrics.counter("atom_http_requests_total", "Requests given to the router")),
          durations(metrics.histogram("atom_http_request_seconds", "From the complete request to its answer")),
          idempotency({settings.idempotencyLifetime, settings.idempotencyEntries}, serverClock)
    {
        for (size_t i = 0; i < responses.size(); ++i) {
            responses[i] = &metrics.counter("atom_http_responses_total", "Answers by class of status",
                                            "class=\"" + QByteArray::number(int(i) + 1) + "xx\"");
        }
    }

    void accept(const QHttpServerRequest &qtRequest);
    void decide(const CallPtr &call);
    std::optional<Response> refusalByForm(const Call &call) const;
    std::optional<Response> refusalByIdentity(Call &call) const;
    std::optional<Response> answerByKey(Call &call);
    Response options(const Call &call, const QByteArrayList &allowed) const;
    static QCoro::Task<void> run(Private *d, CallPtr call);
    void answer(const CallPtr &call, Response response);
    void addCommonHeaders(const Call &call, Response &response) const;
    void sweep();

    HttpSettings settings;
    HttpGate gate;
    Clock &clock;
    Counter &requests;
    Histogram &durations;
    std::array<Counter *, 5> responses{};
    RouteTable table;
    IdempotencyCache idempotency;
    QHttpServer server;
    std::unordered_set<CallPtr> running; //!< handlers that did not answer at once
    bool sweeping = false;
    TaskScope scope{u"http"_s};
};

HttpServer::HttpServer(HttpSettings settings, HttpGate gate, Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(std::move(settings), std::move(gate), clock, metrics))
{
}

HttpServer::~HttpServer() = default;

void HttpServer::addRoute(Route route)
{
    d->table.add(std::move(route));
}

void HttpServer::addRoutes(const QList<Route> &routes)
{
    for (const Route &route : routes)
        addRoute(route);
}

const std::deque<Route> &HttpServer::routes() const
{
    return d->table.routes();
}

void HttpServer::start()
{
    // Everything goes to our table: Qt's router decodes before it matches and knows no 405, HEAD or OPTIONS. Neither
    // the request nor the responder is used after the call; answers go through the exchange.
    const auto accept = [this](const QHttpServerRequest &request, QHttpServerResponder &&) { d->accept(request); };
    d->server.route(u".*"_s, accept);
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    d->server.setMissingHandler(
        this, [this](const QHttpServerRequest &request, QHttpServerResponder &) { d->accept(request); });
#else
    d->server.setMissingHandler(accept);
#endif
}

void HttpServer::bind(Net::PortGuard &guard)
{
    QObject *owner = guard.parent();
    d->server.bind(&guard);
    guard.setParent(owner); // bind() takes it; whoever made it keeps it
}

QCoro::Task<void> HttpServer::close()
{
    co_await d->scope.close();
}

void HttpServer::Private::accept(const QHttpServerRequest &qtRequest)
{
    auto call = std::make_shared<Call>();
    call->exchange = Net::PortGuard::currentExchange();
    if (!call->exchange.isAlive())
        return;
    call->started = clock.monotonic();
    requests.add();

    const Net::RequestHead head = call->exchange.head();
    call->target = head.target;
    call->rawPath = head.path();
    Request &request = call->request;
    request.method = head.method;
    request.path = QString::fromUtf8(QByteArray::fromPercentEncoding(call->rawPath));
    QByteArray query = head.target.mid(call->rawPath.size() + 1);
    request.query = QUrlQuery(QString::fromUtf8(query.replace('+', "%20"))); // as HTML forms write spaces
    for (const auto &[name, value] : head.headers) {
        QByteArray &slot = request.headers[name.toLower()];
        slot = slot.isEmpty() ? value : slot + ", " + value;
    }
    request.body = qtRequest.body();
    request.peer = call->exchange.peerAddress();
    const QByteArray wished = request.header("x-request-id");
    request.requestId = isRequestId(wished) ? wished : newUuidV7(clock.now());
    decide(call);
}

void HttpServer::Private::decide(const CallPtr &call)
{
    const Request &request = call->request;
    RouteTable::Match match = table.find(request.method, call->rawPath);
    if (match.allowed.isEmpty()) {
        answer(call, Response::problem(Error(Errc::NotFound, u"there is nothing at this path"_s), request));
        return;
    }
    if (!match.route && request.method == "OPTIONS") {
        answer(call, options(*call, match.allowed));
        return;
    }
    if (!match.route) {
        Response refusal =
            problemWithStatus(405, Error(Errc::MalformedRequest, u"this path has no such method"_s), request);
        refusal.headers.emplace_back("Allow", match.allowed.join(", "));
        answer(call, std::move(refusal));
        return;
    }
    call->route = match.route;
    call->request.args = std::move(match.args);
    std::optional<Response> early =
        scope.isClosing() ? Response::problem(Error(Errc::Unavailable, u"the server is shutting down"_s), request)
                          : refusalByForm(*call);
    if (!early)
        early = refusalByIdentity(*call);
    if (!early)
        early = answerByKey(*call);
    if (early) {
        answer(call, std::move(*early));
        return;
    }
    running.insert(call);
    scope.spawn(run(this, call), "request");
    if (!running.empty() && !sweeping) {
        sweeping = true;
        clock.callAfter(sweepInterval, &server, [this] { sweep(); });
    }
}

Response HttpServer::Private::options(const Call &call, const QByteArrayList &allowed) const
{
    Response response = Response::noContent();
    response.headers.emplace_back("Allow", allowed.join(", "));
    const bool preflight = !call.request.header("access-control-request-method").isEmpty();
    if (preflight && settings.corsOrigins.contains(call.request.header("origin"))) {
        response.headers.emplace_back("Access-Control-Allow-Methods", allowed.join(", "));
        response.headers.emplace_back("Access-Control-Allow-Headers",
                                      "Authorization, Content-Type, Idempotency-Key, X-Request-Id");
        response.headers.emplace_back("Access-Control-Max-Age", "600");
    }
    return response;
}

std::optional<Response> HttpServer::Private::refusalByForm(const Call &call) const
{
    const Request &request = call.request;
    if (!isMutation(request.method))
        return std::nullopt;
    // A browser tells where a script comes from: a foreign page may not act, not even where no identity is needed.
    const QByteArray origin = request.header("origin");
    if (!origin.isEmpty() && !isSameOrigin(origin, request.header("host")) && !settings.corsOrigins.contains(origin))
        return Response::problem(Error(Errc::Forbidden, u"this origin may not use the server"_s), request);
    if (request.body.isEmpty())
        return std::nullopt;
    if (!request.header("content-encoding").isEmpty()) {
        Response refusal =
            problemWithStatus(415, Error(Errc::MalformedRequest, u"encoded bodies are not accepted"_s), request);
        refusal.headers.emplace_back("Accept-Encoding", "identity");
        return refusal;
    }
    if (!isJsonContentType(request.header("content-type")))
        return problemWithStatus(415, Error(Errc::MalformedRequest, u"the body must be application/json"_s), request);
    return std::nullopt;
}

std::optional<Response> HttpServer::Private::refusalByIdentity(Call &call) const
{
    const Request &request = call.request;
    const QByteArray authorization = request.header("authorization");
    if (call.route->access == Access::Public || (call.route->access == Access::Guest && authorization.isEmpty()))
        return std::nullopt;
    if (authorization.isEmpty())
        return Response::problem(Error(Errc::Unauthenticated, u"an access token is needed"_s), request);
    const auto token = bearerToken(authorization);
    if (!token)
        return Response::problem(Error(Errc::Unauthenticated, u"the Authorization header holds no bearer token"_s),
                                 request);
    Result<Actor> actor = gate.authenticate(*token);
    if (!actor)
        return Response::problem(actor.error(), request);
    call.actor = std::move(*actor);
    if (call.route->checkAction) {
        if (const Result<void> allowed = gate.authorize(call.actor, call.route->action); !allowed)
            return Response::problem(allowed.error(), request);
    }
    return std::nullopt;
}

std::optional<Response> HttpServer::Private::answerByKey(Call &call)
{
    const Request &request = call.request;
    const QByteArray key = request.header("idempotency-key");
    if (key.isEmpty() || !isMutation(request.method) || call.actor.user.isEmpty())
        return std::nullopt;
    if (!isIdempotencyKey(key)) {
        return Response::problem(
            Error(Errc::MalformedRequest, u"the Idempotency-Key is not 1 to 255 visible characters"_s), request);
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(request.method + ' ' + call.target + '\n');
    hash.addData(request.body);
    const IdempotencyCache::Claim claim = idempotency.claim(call.actor.user, key, hash.result());
    switch (claim.outcome) {
    case IdempotencyCache::Outcome::First:
        call.idempotencyTicket = claim.ticket;
        return std::nullopt;
    case IdempotencyCache::Outcome::Replay: {
        Response replay = claim.response;
        replay.headers.emplace_back("Idempotency-Replayed", "true");
        return replay;
    }
    case IdempotencyCache::Outcome::InProgress: {
        Error error(Errc::Conflict, u"the first request with this Idempotency-Key is still being carried out"_s);
        error.retryAfter = seconds(1);
        return Response::problem(error, request);
    }
    case IdempotencyCache::Outcome::Mismatch:
        return Response::problem(Error(Errc::ValidationFailed, u"this Idempotency-Key was used for another request"_s),
                                 request);
    case IdempotencyCache::Outcome::Full:
        return Response::problem(Error(Errc::Unavailable, u"too many requests with an Idempotency-Key at once"_s),
                                 request);
    }
    Q_UNREACHABLE();
}

QCoro::Task<void> HttpServer::Private::run(Private *d, CallPtr call)
{
    Response response;
    QString escaped;
    try {
        QCoro::Task<Response> task = call->route->handler(call->request, call->actor);
        response = co_await task;
    } catch (const std::exception &e) {
        escaped = QString::fromLocal8Bit(e.what());
    } catch (...) {
        escaped = u"an unknown exception"_s;
    }
    if (!escaped.isNull()) {
        const Error error(Errc::Internal, u"something went wrong on our side"_s, u"exception: "_s + escaped);
        response = Response::problem(error, call->request);
    }
    d->idempotency.finish(call->idempotencyTicket, response);
    d->answer(call, std::move(response));
    d->running.erase(call);
}

void HttpServer::Private::addCommonHeaders(const Call &call, Response &response) const
{
    auto &headers = response.headers;
    if (!response.contentType.isEmpty() && response.status != 204)
        headers.emplace_back("Content-Type", response.contentType);
    headers.emplace_back("X-Request-Id", call.request.requestId);
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    headers.emplace_back("Referrer-Policy", "no-referrer");
    headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    if (!hasHeader(response, "Content-Security-Policy"))
        headers.emplace_back("Content-Security-Policy",
                             response.contentType.startsWith("text/html") ? htmlPolicy : otherPolicy);
    if (!hasHeader(response, "Cache-Control"))
        headers.emplace_back("Cache-Control", "no-store");
    if (settings.corsOrigins.isEmpty())
        return;
    headers.emplace_back("Vary", "Origin");
    const QByteArray origin = call.request.header("origin");
    if (settings.corsOrigins.contains(origin)) {
        headers.emplace_back("Access-Control-Allow-Origin", origin);
        headers.emplace_back("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Location, ETag");
    }
}

void HttpServer::Private::answer(const CallPtr &call, Response response)
{
    if (call->answered)
        return;
    call->answered = true;
    addCommonHeaders(*call, response);
    call->exchange.finish(response.status, response.headers, response.body);

    const auto micros = std::max<qint64>(0, (clock.monotonic() - call->started).count());
    durations.record(quint64(micros));
    if (response.status >= 100 && response.status < 600)
        responses[size_t(response.status / 100 - 1)]->add();
    // The path without the query, which may hold what people typed.
    qCDebug(lcHttp) << call->request.requestId << call->request.method << call->request.path << response.status
                    << micros << "us" << call->request.peer << call->actor.user.bytes();
}

void HttpServer::Private::sweep()
{
    const Monotonic now = clock.monotonic();
    std::vector<CallPtr> late;
    for (const CallPtr &call : running) {
        if (!call->answered && now - call->started >= settings.handlerTimeout)
            late.push_back(call);
    }
    for (const CallPtr &call : late) {
        qCWarning(lcHttp) << call->request.requestId << call->request.method << call->request.path << "took too long";
        answer(call, Response::problem(Error(Errc::DeadlineExceeded, u"the request took too long"_s), call->request));
    }
    sweeping = !running.empty();
    if (sweeping)
        clock.callAfter(sweepInterval, &server, [this] { sweep(); });
}

} // namespace Atom::Http
