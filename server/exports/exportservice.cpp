// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/exportservice.h"

#include "server/exports/logging.h"
#include "shared/core/uuid.h"

#include <QCoro/QCoroFuture>
#include <QtConcurrent/QtConcurrentRun>

#include <QtCore/QDir>

#include <algorithm>

namespace Atom::Exports {
using namespace Qt::StringLiterals;
using Identity::Action;
using Rooms::RoomState;

namespace {
constexpr int pageEvents = 200;
constexpr milliseconds jobsKept = std::chrono::days(30);

Error noSuchJob()
{
    return Error(Errc::NotFound, u"There is no such export."_s);
}

bool isUnfinished(const ExportJob &job)
{
    return job.state == ExportState::Queued || job.state == ExportState::Running;
}

Audit::Draft auditOf(const Actor &actor, QByteArray action, const ExportJob &job, Timestamp now)
{
    Audit::Draft audit = Audit::draftFor(actor, std::move(action), "room", job.room.bytes(), now);
    audit.after.insert(u"export"_s, QString::fromLatin1(job.id));
    if (job.withHeld)
        audit.after.insert(u"with_held"_s, true);
    return audit;
}
} // namespace

ExportService::ExportService(Settings settings, ExportRepository &repository, Rooms::RoomService &rooms, Signer signer,
                             Clock &clock, MetricRegistry &metrics)
    : m_settings(std::move(settings)), m_repository(repository), m_rooms(rooms), m_sign(std::move(signer)),
      m_clock(clock), m_made(metrics.counter("atom_room_exports_total", "Archives of rooms that were made"))
{
    m_pool.setObjectName(u"exports"_s);
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(10'000);
}

ExportService::~ExportService()
{
    m_pool.waitForDone();
}

QString ExportService::pathOf(const QByteArray &id) const
{
    return m_settings.folder + u'/' + QString::fromLatin1(id) + u".zip"_s;
}

ExportJob *ExportService::jobOf(const QByteArray &id)
{
    const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&id](const ExportJob &j) { return j.id == id; });
    return job == m_jobs.end() ? nullptr : &*job;
}

int ExportService::unfinished(const UserId &user) const
{
    return int(std::count_if(m_jobs.cbegin(), m_jobs.cend(), [&user](const ExportJob &job) {
        return isUnfinished(job) && (user.isEmpty() || job.requestedBy == user);
    }));
}

QCoro::Task<Result<void>> ExportService::load()
{
    Result<QList<ExportJob>> all = co_await m_repository.all();
    if (!all)
        co_return std::move(all.error());
    m_jobs = std::move(*all);
    if (!QDir().mkpath(m_settings.folder))
        co_return Error(Errc::Internal, u"The folder for exports, %1, cannot be made."_s.arg(m_settings.folder));
    QFile::setPermissions(m_settings.folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    // What no job stands for: of a crash, or of a database that was restored.
    QDir folder(m_settings.folder);
    const QFileInfoList left = folder.entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden);
    for (const QFileInfo &entry : left) {
        const ExportJob *const job = jobOf(entry.completeBaseName().toLatin1());
        if (entry.isDir())
            QDir(entry.filePath()).removeRecursively();
        else if (!job || job->state != ExportState::Ready || entry.suffix() != "zip"_L1)
            QFile::remove(entry.filePath());
    }
    for (ExportJob &job : m_jobs) {
        if (job.state == ExportState::Running)
            job.state = ExportState::Queued;
    }
    co_await sweepExpired();
    scheduleSweep();
    startNext();
    co_return Result<void>();
}

QCoro::Task<void> ExportService::close()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    co_await m_scope.close();
}

QCoro::Task<Result<ExportJob>> ExportService::request(Actor actor, RoomId room, bool withHeld)
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomExport, "export"); !allowed)
        co_return std::move(allowed.error());
    if (withHeld) {
        if (Result<void> allowed = m_rooms.requireOfServer(actor, Action::LegalHoldManage); !allowed)
            co_return std::move(allowed.error());
    }
    if (m_rooms.find(room)->room.persistence == RoomPersistence::Ephemeral)
        co_return Error(Errc::Conflict, u"A room that is not stored cannot be exported."_s);
    if (unfinished(actor.user) >= m_settings.jobsPerUser || unfinished({}) >= m_settings.jobs) {
        Error error(Errc::RateLimited, u"Other exports are under way: wait until they are ready."_s);
        error.retryAfter = seconds(30);
        co_return error;
    }
    ExportJob job;
    job.createdAt = m_clock.now();
    job.id = newUuidV7(job.createdAt);
    job.room = room;
    job.requestedBy = actor.user;
    job.withHeld = withHeld;
    job.fileName = archiveName(m_rooms.find(room)->room, job.createdAt);
    QList<Audit::Draft> audits;
    audits.append(auditOf(actor, "room.export_requested", job, job.createdAt));
    m_jobs.append(job); // counts from here on
    Result<void> stored = co_await m_repository.store(job, std::move(audits));
    if (!stored) {
        m_jobs.removeIf([&job](const ExportJob &j) { return j.id == job.id; });
        co_return std::move(stored.error());
    }
    startNext();
    co_return Result<ExportJob>(job);
}

Result<QList<ExportJob>> ExportService::list(const Actor &actor, const RoomId &room) const
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomExport, "export"); !allowed)
        return std::move(allowed.error());
    QList<ExportJob> mine;
    for (auto job = m_jobs.crbegin(); job != m_jobs.crend(); ++job) {
        if (job->requestedBy == actor.user && job->room == room)
            mine.append(*job);
    }
    return mine;
}

Result<ExportJob> ExportService::find(const Actor &actor, const RoomId &room, const QByteArray &id) const
{
    if (Result<void> allowed = m_rooms.require(actor, room, Action::RoomExport, "export"); !allowed)
        return std::move(allowed.error());
    for (const ExportJob &job : m_jobs) {
        if (job.id == id && job.room == room && job.requestedBy == actor.user)
            return job;
    }
    return noSuchJob();
}

QCoro::Task<Result<std::shared_ptr<QFile>>> ExportService::open(Actor actor, RoomId room, QByteArray id)
{
    const Result<ExportJob> job = find(actor, room, id);
    if (!job)
        co_return job.error();
    if (job->withHeld) {
        if (Result<void> allowed = m_rooms.requireOfServer(actor, Action::LegalHoldManage); !allowed)
            co_return std::move(allowed.error());
    }
    if (job->state != ExportState::Ready) {
        Error error(Errc::Conflict, u"The archive is not there: it is %1."_s.arg(exportStateName(job->state)));
        if (isUnfinished(*job))
            error.retryAfter = seconds(2);
        co_return error;
    }
    QList<Audit::Draft> audits;
    audits.append(auditOf(actor, "room.export_downloaded", *job, m_clock.now()));
    Result<void> recorded = co_await m_repository.store(*job, std::move(audits));
    if (!recorded)
        co_return std::move(recorded.error());
    auto file = std::make_shared<QFile>(pathOf(id));
    if (!file->open(QIODevice::ReadOnly))
        co_return Error(Errc::Conflict, u"The archive is not there any more."_s, file->errorString());
    co_return Result<std::shared_ptr<QFile>>(file);
}

QCoro::Task<Result<void>> ExportService::remove(Actor actor, RoomId room, QByteArray id)
{
    const Result<ExportJob> job = find(actor, room, id);
    if (!job)
        co_return job.error();
    ExportJob outcome;
    co_await setState(id, ExportState::Expired, outcome, QString());
    QFile::remove(pathOf(id));
    co_return Result<void>();
}

// --- the work

void ExportService::startNext()
{
    if (!m_running.isEmpty() || m_scope.isClosing())
        return;
    const auto next = std::find_if(m_jobs.cbegin(), m_jobs.cend(),
                                   [](const ExportJob &job) { return job.state == ExportState::Queued; });
    if (next == m_jobs.cend())
        return;
    m_running = next->id;
    m_scope.spawn(work(next->id), "export");
}

QCoro::Task<void> ExportService::setState(QByteArray id, ExportState state, ExportJob outcome, QString error)
{
    ExportJob *const job = jobOf(id);
    if (!job)
        co_return;
    job->state = state;
    job->error = error;
    if (state == ExportState::Ready) {
        job->bytes = outcome.bytes;
        job->sha256 = outcome.sha256;
        job->events = outcome.events;
        job->expiresAt = m_clock.now() + m_settings.lifetime;
    }
    if (state == ExportState::Ready || state == ExportState::Failed)
        job->finishedAt = m_clock.now();
    const ExportJob changed = *job;
    QList<Audit::Draft> none;
    const Result<void> stored = co_await m_repository.store(changed, std::move(none));
    if (!stored)
        qCWarning(lcExports).noquote() << "the state of an export was not stored:" << stored.error().detail;
    Q_EMIT jobChanged(changed);
}

QCoro::Task<void> ExportService::work(QByteArray id)
{
    ExportJob outcome;
    co_await setState(id, ExportState::Running, outcome, QString());
    const ExportJob *const present = jobOf(id);
    if (present && present->state == ExportState::Running) {
        Result<ExportJob> built = co_await build(*present);
        const ExportJob *const after = jobOf(id);
        const bool isWanted = after && after->state == ExportState::Running;
        if (m_scope.isClosing()) {
            QFile::remove(pathOf(id)); // it begins anew with the next start
        } else if (!isWanted) {
            QFile::remove(pathOf(id));
        } else if (built) {
            outcome = *built;
            m_made.add();
            co_await setState(id, ExportState::Ready, outcome, QString());
        } else {
            qCWarning(lcExports).noquote()
                << "export" << id << "failed:" << built.error().detail << built.error().cause;
            co_await setState(id, ExportState::Failed, outcome, built.error().detail);
        }
    }
    m_running.clear();
    startNext();
}

QCoro::Task<Result<ExportJob>> ExportService::build(ExportJob job)
{
    const RoomState *const state = m_rooms.find(job.room);
    if (!state)
        co_return Error(Errc::NotFound, u"The room is not there any more."_s);
    ExportHead head;
    head.room = state->room;
    head.members = state->members.values();
    std::sort(head.members.begin(), head.members.end(),
              [](const Member &a, const Member &b) { return a.user < b.user; });
    head.exportedBy = job.requestedBy;
    head.exportedAt = m_clock.now();
    head.upToSeq = state->room.lastSeq;
    head.server = m_settings.server;
    const qint64 upTo = head.upToSeq;
    const auto builder =
        std::make_shared<ArchiveBuilder>(m_settings.folder + u'/' + QString::fromLatin1(job.id), pathOf(job.id), head);
    const CancellationToken closing = m_scope.token();
    const auto isEnded = [this, &job, &closing] {
        const ExportJob *const present = jobOf(job.id);
        return closing.isCancelled() || !present || present->state != ExportState::Running;
    };
    const auto begin = [builder] { return builder->begin(); };
    const QFuture<Result<void>> begun = QtConcurrent::run(&m_pool, begin);
    Result<void> done = co_await begun;
    for (qint64 seq = 0; done && seq < upTo;) {
        if (isEnded())
            co_return Error(Errc::Cancelled, u"The export was stopped."_s);
        Result<RoomEventPage> page = co_await m_rooms.eventsAfter(job.room, seq, pageEvents);
        if (!page)
            co_return std::move(page.error());
        QList<RoomEvent> events = std::move(page->events);
        while (!events.isEmpty() && events.constLast().seq > upTo)
            events.removeLast();
        if (events.isEmpty())
            break;
        seq = events.constLast().seq;
        const auto add = [builder, events] { return builder->add(events); };
        const QFuture<Result<void>> added = QtConcurrent::run(&m_pool, add);
        done = co_await added;
    }
    for (qint64 key = 0; done && job.withHeld;) {
        if (isEnded())
            co_return Error(Errc::Cancelled, u"The export was stopped."_s);
        Result<QList<HeldText>> texts = co_await m_repository.heldTexts(job.room, key, pageEvents);
        if (!texts)
            co_return std::move(texts.error());
        if (texts->isEmpty())
            break;
        key = texts->constLast().key;
        const QList<HeldText> some = *texts;
        const auto add = [builder, some] { return builder->addHeld(some); };
        const QFuture<Result<void>> added = QtConcurrent::run(&m_pool, add);
        done = co_await added;
    }
    if (!done)
        co_return std::move(done.error());
    const Signer sign = m_sign;
    const auto finish = [builder, sign] { return builder->finish(sign); };
    const QFuture<Result<ExportJob>> finishing = QtConcurrent::run(&m_pool, finish);
    Result<ExportJob> finished = co_await finishing;
    co_return finished;
}

// --- what is over

void ExportService::scheduleSweep()
{
    m_timer = m_clock.callAfter(m_settings.sweep, this, [this] {
        m_timer = 0;
        m_scope.spawn(sweepExpired(), "sweep");
        scheduleSweep();
    });
}

QCoro::Task<void> ExportService::sweepExpired()
{
    const Timestamp now = m_clock.now();
    QList<QByteArray> over;
    QHash<UserId, int> kept;
    for (auto job = m_jobs.crbegin(); job != m_jobs.crend(); ++job) {
        if (job->state != ExportState::Ready)
            continue;
        if ((job->expiresAt && *job->expiresAt <= now) || ++kept[job->requestedBy] > m_settings.keptPerUser)
            over.append(job->id);
    }
    for (const QByteArray &id : std::as_const(over)) {
        QFile::remove(pathOf(id));
        ExportJob outcome;
        co_await setState(id, ExportState::Expired, outcome, QString());
    }
    const Timestamp forgotten = now - jobsKept;
    const auto removed =
        m_jobs.removeIf([&](const ExportJob &job) { return !isUnfinished(job) && job.createdAt < forgotten; });
    if (removed > 0) {
        const Result<void> done = co_await m_repository.forget(forgotten);
        if (!done)
            qCWarning(lcExports).noquote() << "old exports were not forgotten:" << done.error().detail;
    }
}

} // namespace Atom::Exports
