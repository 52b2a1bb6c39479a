// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// edgeserver [head body idle]: serves GET /health and POST /echo on a free port of 127.0.0.1, prints the port, ends
// when standard input does. The arguments are deadlines in milliseconds.

#include "server/http/httpserver.h"
#include "server/net/eventdispatcher.h"
#include "server/net/portguard.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSocketNotifier>

#include <cstdio>

#include <unistd.h>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
QCoro::Task<Http::Response> health(Http::Request, Actor)
{
    co_return Http::Response::json(QJsonObject{{u"status"_s, u"ok"_s}});
}
QCoro::Task<Http::Response> echo(Http::Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Http::Response::problem(body.error(), request);
    co_return Http::Response::json(*body);
}
} // namespace

int main(int argc, char **argv)
{
    Net::installEventDispatcher();
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    Net::GuardLimits limits;
    if (arguments.size() == 4) {
        limits.headTimeout = milliseconds(arguments.at(1).toInt());
        limits.bodyTimeout = milliseconds(arguments.at(2).toInt());
        limits.idleTimeout = milliseconds(arguments.at(3).toInt());
    }
    SystemClock clock;
    MetricRegistry metrics;
    Http::HttpServer server({}, {}, clock, metrics);
    Net::PortGuard guard(limits, clock, metrics);
    server.addRoute({"GET", u"/health"_s, Http::Access::Public, {}, health});
    server.addRoute({"POST", u"/echo"_s, Http::Access::Public, {}, echo});
    server.start();
    const Result<quint16> port = guard.listenOn(QHostAddress(QHostAddress::LocalHost), 0);
    if (!port)
        return 1;
    server.bind(guard);
    std::printf("%d\n", int(*port));
    std::fflush(stdout);

    QSocketNotifier input(0, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [&app] {
        char scrap[64];
        if (::read(0, scrap, sizeof scrap) <= 0)
            app.quit();
    });
    return app.exec();
}
