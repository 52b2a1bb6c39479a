// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressclient.h"

#include "server/connectors/egressurl.h"
#include "server/connectors/logging.h"
#include "shared/core/oneshot.h"

#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkCookie>
#include <QtNetwork/QNetworkCookieJar>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>

#include <algorithm>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

namespace {
constexpr int headerBytes = 16 * 1024; // all request headers together

using Addresses = Result<QList<QHostAddress>>;
using Finished = OneShot<Result<HttpReply>>;

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

Error timeoutError(const QString &host)
{
    return Error(Errc::DeadlineExceeded, u"%1 did not answer in time."_s.arg(host));
}
Error cancelledError()
{
    return Error(Errc::Cancelled, u"The call was cancelled."_s);
}
} // namespace

QByteArray HttpReply::header(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return value;
    }
    return {};
}

struct EgressClient::Private
{
    Private(Settings s, AddressPolicy p, HostResolver &r, Clock &c, MetricRegistry &m)
        : settings(std::move(s)), policy(std::move(p)), resolver(r), clock(c),
          requests(m.counter("atom_egress_requests_total", "Outgoing HTTP requests tried")),
          failures(m.counter("atom_egress_failures_total", "Outgoing HTTP requests without an HTTP answer")),
          durations(m.histogram("atom_egress_seconds", "Duration of outgoing HTTP requests"))
    {
        network.setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
        network.setCookieJar(new NoCookies(&network));
        network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
        network.setAutoDeleteReplies(false);
    }
    Settings settings;
    AddressPolicy policy;
    HostResolver &resolver;
    Clock &clock;
    Counter &requests;
    Counter &failures;
    Histogram &durations;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    QNetworkAccessManager network;
    QHash<quint64, std::function<void(Error)>> stops; //!< how to end each running call
    quint64 nextCall = 1;
    int running = 0;
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
    const auto stops = std::exchange(d->stops, {});
    for (const auto &stop : stops)
        stop(cancelledError());
}

int EgressClient::running() const
{
    return d->running;
}

QCoro::Task<Result<HttpReply>> EgressClient::send(HttpCall call, Deadline deadline, CancellationToken token)
{
    const QPointer<EgressClient> self(this);
    d->requests.add();
    ++d->running;
    const Monotonic began = d->clock.monotonic();
    Result<HttpReply> reply = co_await sendChecked(std::move(call), deadline, std::move(token));
    if (!self)
        co_return reply;
    --d->running;
    d->durations.record(quint64(std::max<qint64>(0, (d->clock.monotonic() - began).count())));
    if (!reply)
        d->failures.add();
    co_return reply;
}

QCoro::Task<Result<HttpReply>> EgressClient::sendChecked(HttpCall call, Deadline deadline, CancellationToken token)
{
    const QPointer<EgressClient> self(this);
    if (Result<void> ok = checkCall(call); !ok)
        co_return std::move(ok.error());
    Result<EgressUrl> parsed = parseEgressUrl(call.url);
    if (!parsed)
        co_return std::move(parsed.error());
    const EgressUrl target = *parsed;
    if (token.isCancelled())
        co_return cancelledError();
    deadline = deadline.earlier(d->clock, d->settings.timeout);
    if (deadline.hasPassed(d->clock))
        co_return timeoutError(target.host);

    // One way to stop, whichever phase the call is in: `stop` resolves the phase's OneShot.
    const quint64 id = d->nextCall++;
    auto phase = std::make_shared<std::function<void(Error)>>();
    const auto stop = [phase](Error error) {
        if (*phase)
            (*phase)(std::move(error));
    };
    d->stops.insert(id, stop);
    token.onCancelled([weak = std::weak_ptr(phase)] {
        if (const auto alive = weak.lock(); alive && *alive)
            (*alive)(cancelledError());
    });
    const Clock::TimerId timer = d->clock.callAfter(deadline.remaining(d->clock), this,
                                                    [stop, host = target.host] { stop(timeoutError(host)); });
    const auto finish = [self, id, timer, phase] {
        *phase = {};
        if (self) {
            self->d->stops.remove(id);
            self->d->clock.cancel(timer);
        }
    };

    Addresses addresses;
    if (const QHostAddress literal(target.host); !literal.isNull()) {
        addresses = QList<QHostAddress>{literal};
    } else {
        OneShot<Addresses> resolved;
        *phase = [resolved](Error error) { resolved.resolve(Addresses(std::move(error))); };
        d->resolver.resolve(target.host, this, [resolved](Addresses r) { resolved.resolve(std::move(r)); });
        addresses = co_await resolved;
        if (!self) {
            finish();
            co_return cancelledError();
        }
    }
    if (!addresses) {
        finish();
        co_return std::move(addresses.error());
    }
    for (const QHostAddress &address : *addresses) {
        if (Result<void> ok = d->policy.check(address, target.host, target.port); !ok) {
            qCWarning(lcConnectors) << "refused a call to" << target.host << "port" << target.port;
            finish();
            co_return std::move(ok.error());
        }
    }
    // IPv4 first: a host without a route to IPv6 would otherwise fail on names that have both.
    const auto v4 = std::find_if(addresses->begin(), addresses->end(),
                                 [](const QHostAddress &a) { return a.protocol() == QAbstractSocket::IPv4Protocol; });
    const QHostAddress goal = v4 != addresses->end() ? *v4 : addresses->first();

    QUrl url = target.url;
    url.setHost(goal.toString());
    QNetworkRequest request(url);
    for (const auto &[name, value] : std::as_const(call.headers))
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
        request.setSslConfiguration(d->tls);
        request.setPeerVerifyName(target.host); // certificate check and SNI by the name
    }

    const Finished done;
    QNetworkReply *reply = startRequest(d->network, request, call);
    reply->setReadBufferSize(256 * 1024);
    auto body = std::make_shared<QByteArray>();
    const qint64 limit = d->settings.replyBytes;
    const auto take = [reply, body, limit, done] {
        *body += reply->read(std::max<qint64>(0, limit + 1 - body->size()));
        if (body->size() > limit) {
            done.resolve(Error(Errc::PayloadTooLarge, u"The answer is larger than %1 bytes."_s.arg(limit)));
            return false;
        }
        return true;
    };
    connect(reply, &QNetworkReply::readyRead, this, [take] { take(); });
    connect(reply, &QNetworkReply::finished, this, [reply, body, take, done, host = target.host] {
        if (done.isResolved() || !take())
            return;
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        // QNetworkReply makes errors of 4xx and 5xx; a broken connection keeps the status but is no answer.
        const QNetworkReply::NetworkError error = reply->error();
        if (status == 0 || (error != QNetworkReply::NoError && error < QNetworkReply::ContentAccessDenied)) {
            done.resolve(Error(Errc::UpstreamFailed, u"%1 could not be reached."_s.arg(host), reply->errorString()));
            return;
        }
        HttpReply out;
        out.status = status;
        out.reason = reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray();
        for (const auto &[name, value] : reply->rawHeaderPairs())
            out.headers.append({name.toLower(), value});
        out.body = *body;
        done.resolve(std::move(out));
    });
    *phase = [done](Error error) { done.resolve(Result<HttpReply>(std::move(error))); };
    Result<HttpReply> result = co_await done;
    finish();
    if (self) {
        // Not inside one of the reply's own signals only by luck: cut the wires first, then abort, delete later.
        disconnect(reply, nullptr, this, nullptr);
        reply->abort();
        reply->deleteLater();
    }
    co_return result;
}

} // namespace Atom::Connectors
