// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// ServerApp: its life from the start to the end.
#include "server/app/demodata.h"
#include "server/app/leaverooms.h"
#include "server/app/logging.h"
#include "server/app/serverapp_p.h"
#include "server/app/settings.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds drainSpread(5'000); //!< clients come back over this long
constexpr milliseconds drainLimit(5'000);

void warnAll(const QString &what, const QStringList &mistakes)
{
    for (const QString &mistake : mistakes)
        qCWarning(lcApp).noquote() << what << mistake;
}

QString urlOf(const char *scheme, const QString &address, quint16 port)
{
    const QHostAddress host(address);
    const QString name =
        host.protocol() == QAbstractSocket::IPv6Protocol ? u'[' + host.toString() + u']' : host.toString();
    return u"%1://%2:%3"_s.arg(QLatin1StringView(scheme), name).arg(port);
}
} // namespace

ServerApp::ServerApp(StartOptions options, LogSink &log) : d(std::make_unique<Private>(*this, std::move(options), log))
{
}

ServerApp::~ServerApp() = default;

const FirstStart &ServerApp::firstStart() const
{
    return d->firstStart;
}

UserId ownerUser()
{
    return UserId(QByteArrayLiteral("owner"));
}

QCoro::Task<Result<QString>> ensureOwner(Identity::UserService &users)
{
    if (!users.isEmpty())
        co_return Result<QString>(QString());
    const QString password = Identity::UserService::generatePassword();
    const Result<User> owner = co_await users.create(ownerUser(), u"Owner"_s, Role::Owner, password);
    if (!owner)
        co_return owner.error();
    co_return Result<QString>(password);
}

Result<void> ServerApp::Private::openStorage()
{
    Result<std::unique_ptr<Storage::Storage>> opened =
        Storage::Storage::openBlocking(config.dataFolder(), clock, metrics);
    if (!opened)
        return opened.error();
    storage = std::move(*opened);
    storage->onFatal([this](const Error &error) { Q_EMIT q.fatal(error.detail + u' ' + error.cause); });
    return {};
}

QCoro::Task<Result<BoundPorts>> ServerApp::start()
{
    if (const Result<void> opened = d->openStorage(); !opened)
        co_return opened.error();
    if (const Result<void> made = d->makeServices(); !made)
        co_return made.error();
    const Result<void> loaded = co_await d->loadServices();
    if (!loaded)
        co_return loaded.error();
    if (const Result<void> made = d->makeEdges(); !made)
        co_return made.error();
    d->wire();
    // Owed answers are taken up last: their replies must find the fan-out in place.
    const Result<QStringList> intents = co_await d->assistant->load(d->config.assistant.intents);
    if (!intents)
        co_return intents.error();
    // What was due meanwhile, for the same reason.
    if (const Result<void> kept = co_await d->personal->load(); !kept)
        co_return kept.error();
    warnAll(u"intents"_s, *intents);
    const Result<void> seeded = co_await d->seed();
    if (!seeded)
        co_return seeded.error();
    co_return d->listen();
}

QCoro::Task<Result<void>> ServerApp::Private::loadServices()
{
    Result<void> loaded = co_await audit->load();
    if (loaded)
        loaded = co_await users->load();
    if (loaded)
        loaded = co_await roles->load();
    if (loaded)
        loaded = co_await sessions->load();
    if (loaded)
        loaded = co_await accounts->load();
    if (loaded)
        loaded = co_await rooms->load();
    if (loaded)
        loaded = co_await breakGlass->load();
    if (loaded)
        loaded = co_await exports->load();
    if (loaded)
        loaded = co_await alerts->load();
    if (!loaded)
        co_return loaded;
    if (model.usage) {
        const Result<void> counted = co_await model.usage->start();
        if (!counted)
            co_return counted;
    }
    Result<QString> owner = co_await ensureOwner(*users);
    if (!owner)
        co_return owner.error();
    firstStart.ownerPassword = std::move(*owner);
    accounts->erasure.setLeaveRooms([this](UserId user) { return leaveAllRooms(rooms.get(), std::move(user)); });
    const Result<void> resumed = co_await accounts->resume();
    if (!resumed)
        co_return resumed.error();
    const Result<QStringList> definitions = co_await workflows->load(config.workflows.folder);
    if (!definitions)
        co_return definitions.error();
    warnAll(u"workflows"_s, *definitions);
    co_return Result<void>();
}

QCoro::Task<Result<void>> ServerApp::Private::seed()
{
    if (!withDemo)
        co_return Result<void>();
    Result<QList<DemoAccount>> people = co_await seedDemo(*users, *rooms);
    if (!people)
        co_return people.error();
    if (!firstStart.ownerPassword.isEmpty()) {
        DemoAccount owner{ownerUser(), firstStart.ownerPassword};
        people->prepend(std::move(owner));
    }
    co_return writeDemoCredentials(config.dataFolder(), *people);
}

Result<BoundPorts> ServerApp::Private::listen()
{
    const auto bind = [this](Net::PortGuard &port, const QString &address, int number) -> Result<quint16> {
        port.setUpgradeHandler([this](Net::UpgradeRequest request) { realtime->accept(std::move(request)); });
        Result<quint16> bound = port.listenOn(QHostAddress(address), quint16(number));
        if (bound)
            http->bind(port); // after listening: Qt warns about a server that does not
        return bound;
    };
    const Result<quint16> rest = bind(*httpPort, config.http.address, config.http.port);
    if (!rest)
        return rest.error();
    const Result<quint16> live = bind(*realtimePort, config.realtime.address, config.realtime.port);
    if (!live)
        return live.error();
    sampler->start();
    retention->start();
    BoundPorts ports;
    ports.httpUrl = urlOf("http", config.http.address, *rest);
    ports.realtimeUrl = urlOf("ws", config.realtime.address, *live);
    qCInfo(lcApp) << "ready on" << ports.httpUrl << "and" << ports.realtimeUrl << "data in" << config.dataFolder();
    return ports;
}

QCoro::Task<void> ServerApp::stop()
{
    qCInfo(lcApp) << "stopping";
    d->draining = true;
    d->httpPort->stopAccepting();
    d->realtimePort->stopAccepting();
    d->sampler->stop();
    co_await d->realtime->drain(drainSpread, drainLimit);
    co_await d->personal->close();
    co_await d->assistant->close();
    if (d->model.usage)
        co_await d->model.usage->close();
    co_await d->workflows->close();
    co_await d->http->close();
    co_await d->alerts->close();
    co_await d->retention->close();
    co_await d->exports->close();
    co_await d->search->close();
    co_await d->accounts->close(); // before rooms: an erasure under way leaves them
    co_await d->breakGlass->close();
    co_await d->rooms->close();
    co_await d->sessions->close();
    co_await d->users->close();
    co_await d->audit->close();
    d->traces->flush();
    d->storage->closeBlocking();
    qCInfo(lcApp) << "stopped";
}

} // namespace Atom::App
