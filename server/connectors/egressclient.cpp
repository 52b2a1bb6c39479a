// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressclient.h"

#include "server/connectors/egressexchange.h"
#include "server/connectors/egressurl.h"
#include "server/connectors/logging.h"

#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkCookie>
#include <QtNetwork/QNetworkCookieJar>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>

#include <algorithm>
#include <vector>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

namespace {
constexpr int headerBytes = 16 * 1024; // all request headers together

//! Accepts no cookie and gives none.
class NoCookies final : public QNetworkCookieJar
{
public:
    using QNetworkCookieJar::QNetworkCookieJar;
    QList<QNetworkCookie> cookiesForUrl(const QUrl &) const override { return {}; }
    bool setCookiesFromUrl(const QList<QNetworkCookie> &, const QUrl &) override { return false; }
};

bool isToken(QByteArrayView text)
{
    static constexpr QByteArrayView others("!#$%&'*+-.^_`|~");
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
    });
}

Result<void> checkCall(const HttpCall &call)
{
    static const QByteArrayList methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    if (!methods.contains(call.method)) {
        return Error(Errc::ValidationFailed,
                     u"The HTTP method %1 is not possible."_s.arg(QString::fromLatin1(call.method.left(32))));
    }
    static const QByteArrayList ours{
        "host",       "connection",       "content-length",      "transfer-encoding", "te",    "upgrade", "trailer",
        "keep-alive", "proxy-connection", "proxy-authorization", "accept-encoding",   "expect"};
    qsizetype size = 0;
    for (const auto &[name, value] : call.headers) {
        const QString shown = QString::fromLatin1(name.left(64));
        if (!isToken(name) || ours.contains(name.toLower()))
            return Error(Errc::ValidationFailed, u"The header %1 cannot be set."_s.arg(shown));
        if (std::any_of(value.begin(), value.end(), [](char c) { return (uchar(c) < 0x20 && c != '\t') || c == 0x7f; }))
            return Error(Errc::ValidationFailed, u"The value of header %1 holds a control character."_s.arg(shown));
        size += name.size() + value.size() + 4;
    }
    if (size > headerBytes)
        return Error(Errc::ValidationFailed, u"The headers are larger than %1 bytes."_s.arg(headerBytes));
    return {};
}

// As custom verbs on purpose: Qt repeats its built-in GET, PUT and DELETE by itself when a connection breaks. HEAD must
// be the built-in one, or Qt waits for a body.
QNetworkReply *startRequest(QNetworkAccessManager &network, const QNetworkRequest &request, const HttpCall &call)
{
    if (call.method == "HEAD")
        return network.head(request);
    const bool mayHaveBody = call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
    if (call.body.isEmpty() && !mayHaveBody)
        return network.sendCustomRequest(request, call.method, static_cast<QIODevice *>(nullptr));
    return network.sendCustomRequest(request, call.method, call.body);
}

//! The address to call: all addresses of the name must be allowed.
Result<QHostAddress> checkedAddress(const AddressPolicy &policy, const QList<QHostAddress> &addresses,
                                    const EgressUrl &target)
{
    for (const QHostAddress &address : addresses) {
        if (Result<void> ok = policy.check(address, target.host, target.port); !ok) {
            qCWarning(lcConnectors) << "refused a call to" << target.host << "port" << target.port;
            return std::move(ok.error());
        }
    }
    // IPv4 first: a host without a route to IPv6 would otherwise fail on names that have both.
    const auto v4 = std::find_if(addresses.begin(), addresses.end(),
                                 [](const QHostAddress &a) { return a.protocol() == QAbstractSocket::IPv4Protocol; });
    return v4 != addresses.end() ? *v4 : addresses.first();
}

QNetworkRequest makeRequest(const HttpCall &call, const EgressUrl &target, const QHostAddress &goal,
                            const QSslConfiguration &tls)
{
    QUrl url = target.url;
    url.setHost(goal.toString());
    QNetworkRequest request(url);
    for (const auto &[name, value] : call.headers)
        request.setRawHeader(name, value);
    request.setRawHeader("Host", target.hostHeader);
    request.setRawHeader("Accept-Encoding", "identity"); // also keeps Qt from decompressing without a bound
    if (!request.hasRawHeader("User-Agent"))
        request.setRawHeader("User-Agent", "AtomChat");
    if (!call.body.isEmpty() && !request.hasRawHeader("Content-Type"))
        request.setRawHeader("Content-Type", "application/octet-stream");
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false); // :authority would be the address
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    if (target.isTls) {
        request.setSslConfiguration(tls);
        request.setPeerVerifyName(target.host); // certificate check and SNI by the name
    }
    return request;
}

Error timeoutError(const QString &host)
{
    return Error(Errc::DeadlineExceeded, u"%1 did not answer in time."_s.arg(host));
}
Error cancelledError()
{
    return Error(Errc::Cancelled, u"The call was cancelled."_s);
}
} // namespace

struct EgressClient::Private
{
    Private(Settings s, AddressPolicy p, HostResolver &r, Clock &c, MetricRegistry &m)
        : settings(std::move(s)), policy(std::move(p)), resolver(r), clock(c),
          requests(m.counter("atom_egress_requests_total", "Outgoing HTTP requests tried")),
          failures(m.counter("atom_egress_failures_total", "Outgoing HTTP requests without an HTTP answer")),
          durations(m.histogram("atom_egress_seconds", "Duration of outgoing HTTP requests"))
    {
        for (int i = 0; i < std::clamp(settings.lanes, 1, 16); ++i) {
            auto network = std::make_unique<QNetworkAccessManager>();
            network->setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
            network->setCookieJar(new NoCookies(network.get()));
            network->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
            network->setAutoDeleteReplies(false);
            lanes.push_back(Lane{std::move(network)});
        }
    }
    //! Qt opens six connections to one host for each of these, and lets all further calls wait.
    struct Lane
    {
        std::unique_ptr<QNetworkAccessManager> network;
        int running = 0;
    };
    size_t freestLane() const
    {
        const auto least = std::min_element(lanes.begin(), lanes.end(),
                                            [](const Lane &a, const Lane &b) { return a.running < b.running; });
        return size_t(least - lanes.begin());
    }

    Settings settings;
    AddressPolicy policy;
    HostResolver &resolver;
    Clock &clock;
    Counter &requests;
    Counter &failures;
    Histogram &durations;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    std::vector<Lane> lanes;
    QHash<quint64, std::weak_ptr<EgressExchange>> exchanges; //!< those that have not ended
    quint64 nextExchange = 1;
};

Result<std::unique_ptr<EgressClient>> EgressClient::create(Settings settings, HostResolver &resolver, Clock &clock,
                                                           MetricRegistry &metrics)
{
    Result<AddressPolicy> policy = AddressPolicy::create(settings.allow);
    if (!policy)
        return std::move(policy.error());
    QList<QSslCertificate> extra;
    if (!settings.caFile.isEmpty()) {
        QFile file(settings.caFile);
        if (file.open(QIODevice::ReadOnly))
            extra = QSslCertificate::fromDevice(&file, QSsl::Pem);
        if (extra.isEmpty())
            return Error::invalid(u"/ca_file"_s, u"No PEM certificate could be read from %1."_s.arg(settings.caFile));
    }
    auto data = std::make_unique<Private>(std::move(settings), std::move(*policy), resolver, clock, metrics);
    data->tls.addCaCertificates(extra);
    return std::unique_ptr<EgressClient>(new EgressClient(std::move(data)));
}

EgressClient::EgressClient(std::unique_ptr<Private> data) : d(std::move(data)) {}

EgressClient::~EgressClient()
{
    const auto exchanges = std::exchange(d->exchanges, {});
    for (const auto &weak : exchanges) {
        if (const auto exchange = weak.lock())
            exchange->end(cancelledError());
    }
}

int EgressClient::running() const
{
    return int(d->exchanges.size());
}

std::shared_ptr<EgressExchange> EgressClient::makeExchange(const QString &host, StreamLimits limits, size_t lane)
{
    const quint64 id = d->nextExchange++;
    const Monotonic began = d->clock.monotonic();
    ++d->lanes[lane].running;
    const auto ended = [self = QPointer(this), id, lane, began](bool whole) {
        if (!self)
            return;
        self->d->exchanges.remove(id);
        --self->d->lanes[lane].running;
        const auto duration = std::max<qint64>(0, (self->d->clock.monotonic() - began).count());
        self->d->durations.record(quint64(duration));
        if (!whole)
            self->d->failures.add();
    };
    auto exchange = std::make_shared<EgressExchange>(d->clock, host, limits, ended);
    d->exchanges.insert(id, exchange);
    return exchange;
}

QCoro::Task<Result<HttpReply>> EgressClient::send(HttpCall call, Deadline deadline, CancellationToken token)
{
    Result<std::shared_ptr<EgressExchange>> started =
        co_await start(std::move(call), StreamLimits(), deadline, std::move(token));
    if (!started)
        co_return std::move(started.error());
    const std::shared_ptr<EgressExchange> exchange = *started;
    QByteArray body;
    while (true) {
        Result<QByteArray> piece = co_await EgressExchange::next(exchange);
        if (!piece)
            co_return std::move(piece.error());
        if (piece->isEmpty())
            break;
        body += *piece;
    }
    HttpReply reply{exchange->head(), std::move(body)};
    co_return reply;
}

QCoro::Task<Result<std::unique_ptr<EgressStream>>> EgressClient::open(HttpCall call, StreamLimits limits,
                                                                      Deadline deadline, CancellationToken token)
{
    Result<std::shared_ptr<EgressExchange>> started =
        co_await start(std::move(call), limits, deadline, std::move(token));
    if (!started)
        co_return std::move(started.error());
    auto stream = std::make_unique<EgressStream>(*started);
    co_return stream;
}

QCoro::Task<Result<std::shared_ptr<EgressExchange>>> EgressClient::start(HttpCall call, StreamLimits limits,
                                                                         Deadline deadline, CancellationToken token)
{
    const QPointer<EgressClient> self(this);
    d->requests.add();
    const auto refused = [this](Error error) {
        d->failures.add();
        return error;
    };
    if (Result<void> ok = checkCall(call); !ok)
        co_return refused(std::move(ok.error()));
    Result<EgressUrl> parsed = parseEgressUrl(call.url);
    if (!parsed)
        co_return refused(std::move(parsed.error()));
    const EgressUrl target = *parsed;
    if (token.isCancelled())
        co_return refused(cancelledError());
    const milliseconds total =
        limits.total.count() > 0 ? std::min(limits.total, d->settings.timeout) : d->settings.timeout;
    deadline = deadline.earlier(d->clock, total);
    if (deadline.hasPassed(d->clock))
        co_return refused(timeoutError(target.host));
    const qint64 most = d->settings.replyBytes;
    limits.replyBytes = limits.replyBytes > 0 ? std::min(limits.replyBytes, most) : most;

    const size_t lane = d->freestLane();
    const std::shared_ptr<EgressExchange> exchange = makeExchange(target.host, limits, lane);
    exchange->begin(deadline, token);
    Result<QList<QHostAddress>> addresses = co_await EgressExchange::resolve(exchange, d->resolver, target.host);
    if (!self)
        co_return cancelledError();
    if (!addresses) {
        exchange->end(addresses.error());
        co_return std::move(addresses.error());
    }
    Result<QHostAddress> goal = checkedAddress(d->policy, *addresses, target);
    if (!goal) {
        exchange->end(goal.error());
        co_return std::move(goal.error());
    }
    const QNetworkRequest request = makeRequest(call, target, *goal, d->tls);
    QNetworkReply *reply = startRequest(*d->lanes[lane].network, request, call);
    const Result<void> head = co_await EgressExchange::waitForHead(exchange, reply);
    if (!head)
        co_return Result<std::shared_ptr<EgressExchange>>(head.error());
    co_return exchange;
}

} // namespace Atom::Connectors
