// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/auditlog.h"

#include "server/audit/checkpointfile.h"
#include "server/audit/logging.h"

#include <QCoro/QCoroFuture>
#include <QtConcurrent/QtConcurrentRun>

namespace Atom::Audit {
using namespace Qt::StringLiterals;

namespace {
constexpr milliseconds watchEvery{5000};
constexpr int pageRows = 500; //!< of a verification: a few milliseconds of hashing each
} // namespace

struct AuditLog::Private
{
    Private(Settings s, AuditRepository &r, Clock &c, MetricRegistry &m)
        : settings(std::move(s)), repository(r), clock(c), refusals(settings.refusalKeys),
          recorded(m.gauge("atom_audit_records", "Records of the audit log")),
          signedUpTo(m.gauge("atom_audit_checkpoint_record", "The last record that a signed checkpoint covers")),
          refusedActs(m.counter("atom_audit_refused_total", "Refused acts, before equal ones are joined")),
          lost(m.counter("atom_audit_lost_total", "Refused acts that could not be recorded")),
          alarms(m.counter("atom_audit_alarms_total", "Times the audit log did not fit its checkpoints or itself"))
    {
        pool.setObjectName(u"audit-checkpoints"_s);
        pool.setMaxThreadCount(1);
    }

    void raiseAlarm(const QString &what)
    {
        alarms.add();
        qCCritical(lcAudit).noquote() << "the audit log was tampered with, or an older copy was put in its place:"
                                      << what;
    }

    const Settings settings;
    AuditRepository &repository;
    Clock &clock;
    RefusalBuffer refusals;
    std::unique_ptr<CheckpointSigner> signer;
    QByteArray lastLine; //!< of the file of checkpoints
    qint64 lastSigned = 0;
    Timestamp newsSince{}; //!< when the watch first saw records that are not signed; the epoch: there are none
    bool isWindowOpen = false;
    bool isSigning = false;
    bool isVerifying = false;
    Gauge &recorded;
    Gauge &signedUpTo;
    Counter &refusedActs;
    Counter &lost;
    Counter &alarms;
    QThreadPool pool;
    TaskScope scope{u"audit"_s};
};

AuditLog::AuditLog(Settings settings, AuditRepository &repository, Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(std::move(settings), repository, clock, metrics))
{
}

AuditLog::~AuditLog()
{
    d->pool.waitForDone();
}

QByteArray AuditLog::publicKey() const
{
    return d->signer ? d->signer->publicKey() : QByteArray();
}

QCoro::Task<Result<void>> AuditLog::load()
{
    Result<QByteArray> seed = co_await d->repository.signingSeed();
    if (!seed)
        co_return seed.error();
    if (seed->size() != CheckpointSigner::seedBytes) {
        co_return Error(Errc::Internal, u"The stored key of the audit log is damaged. Restore the database from a "
                                        "backup, or delete the secret \"audit-key\": a new key signs from then on."_s);
    }
    d->signer = std::make_unique<CheckpointSigner>(*seed);
    Result<QByteArray> last = CheckpointFile::lastLineBlocking(d->settings.checkpointFile); // start-up may block
    if (!last)
        co_return last.error();
    d->lastLine = *last;
    if (!last->isEmpty()) {
        // Only the last line is read here, so its link to the one before is left to verify().
        CheckpointReader reader(d->signer->publicKey());
        const Result<Checkpoint> checkpoint = reader.read(*last);
        if (!checkpoint) {
            d->raiseAlarm(u"the last checkpoint "_s + checkpoint.error().detail);
        } else {
            d->lastSigned = checkpoint->seq;
            const Result<QList<ChainRow>> rows = co_await d->repository.rows(checkpoint->seq - 1, 1);
            if (!rows)
                co_return rows.error();
            if (rows->isEmpty() || rows->constFirst().seq != checkpoint->seq)
                d->raiseAlarm(u"record %1 was signed and is not there"_s.arg(checkpoint->seq));
            else if (rows->constFirst().hash != checkpoint->hash)
                d->raiseAlarm(u"record %1 is not the one that was signed"_s.arg(checkpoint->seq));
        }
    }
    d->signedUpTo.set(d->lastSigned);
    scheduleWatch();
    co_return Result<void>();
}

QCoro::Task<void> AuditLog::close()
{
    const QList<Draft> joined = d->refusals.flush(d->clock.now());
    co_await d->scope.close();
    if (!joined.isEmpty())
        co_await append(joined);
    const Result<void> done = co_await writeCheckpoint();
    if (!done)
        qCWarning(lcAudit) << "no last checkpoint:" << done.error().detail;
}

QCoro::Task<Result<void>> AuditLog::record(Draft draft)
{
    const QList<Draft> drafts{std::move(draft)};
    co_return co_await d->repository.append(drafts);
}

QCoro::Task<void> AuditLog::append(QList<Draft> drafts)
{
    quint64 acts = 0;
    for (const Draft &draft : std::as_const(drafts))
        acts += quint64(draft.count);
    const Result<void> done = co_await d->repository.append(std::move(drafts));
    if (!done) {
        d->lost.add(acts);
        qCWarning(lcAudit) << acts << "refused acts could not be recorded:" << done.error().detail;
    }
}

void AuditLog::refused(Draft draft)
{
    d->refusedActs.add();
    if (draft.at == Timestamp())
        draft.at = d->clock.now();
    std::optional<Draft> now = d->refusals.take(std::move(draft));
    if (now) {
        QList<Draft> drafts{std::move(*now)};
        d->scope.spawn(append(std::move(drafts)), "record a refused act");
    }
    openWindow();
}

void AuditLog::endWindow()
{
    d->isWindowOpen = false;
    QList<Draft> joined = d->refusals.endWindow(d->clock.now());
    if (!joined.isEmpty())
        d->scope.spawn(append(std::move(joined)), "record joined refused acts");
    if (!d->refusals.isEmpty())
        openWindow();
}

void AuditLog::openWindow()
{
    if (!std::exchange(d->isWindowOpen, true))
        d->clock.callAfter(d->settings.refusalWindow, this, [this] { endWindow(); });
}

QCoro::Task<Result<RecordPage>> AuditLog::list(Query query)
{
    return d->repository.list(std::move(query));
}

void AuditLog::scheduleWatch()
{
    d->clock.callAfter(watchEvery, this, [this] {
        if (!d->scope.isClosing())
            d->scope.spawn(watch(), "watch for news to sign");
    });
}

QCoro::Task<void> AuditLog::watch()
{
    const Result<Head> head = co_await d->repository.head();
    if (head) {
        const Timestamp now = d->clock.now();
        d->recorded.set(head->seq);
        if (head->seq <= d->lastSigned)
            d->newsSince = Timestamp();
        else if (d->newsSince == Timestamp())
            d->newsSince = now;
        const bool isOld =
            d->newsSince != Timestamp() && now - d->newsSince >= d->settings.checkpointEvery - watchEvery;
        if (isOld || head->seq - d->lastSigned >= d->settings.checkpointRows) {
            const Result<void> done = co_await writeCheckpoint();
            if (!done)
                qCCritical(lcAudit) << "the audit log could not be signed:" << done.error().detail;
        }
    }
    scheduleWatch();
}

QCoro::Task<Result<void>> AuditLog::writeCheckpoint()
{
    if (!d->signer || d->isSigning)
        co_return Result<void>();
    d->isSigning = true;
    const Result<Head> head = co_await d->repository.head();
    if (!head || head->seq <= d->lastSigned) {
        d->isSigning = false;
        if (!head)
            co_return head.error();
        co_return Result<void>();
    }
    const QByteArray line = d->signer->line(*head, d->clock.now(), d->lastLine);
    const auto work = [file = d->settings.checkpointFile, line] { return CheckpointFile::appendBlocking(file, line); };
    const QFuture<Result<void>> future = QtConcurrent::run(&d->pool, work);
    const Result<void> written = co_await future;
    if (written) {
        d->lastLine = line;
        d->lastSigned = head->seq;
        d->newsSince = Timestamp();
        d->signedUpTo.set(head->seq);
    }
    d->isSigning = false;
    co_return written;
}

QCoro::Task<Result<Report>> AuditLog::verify()
{
    if (d->isVerifying)
        co_return Error(Errc::Conflict, u"The log is being verified already."_s);
    d->isVerifying = true;
    const auto work = [file = d->settings.checkpointFile] { return CheckpointFile::readBlocking(file); };
    const QFuture<Result<QList<QByteArray>>> future = QtConcurrent::run(&d->pool, work);
    const Result<QList<QByteArray>> lines = co_await future;
    if (!lines) {
        d->isVerifying = false;
        co_return lines.error();
    }
    Verifier verifier;
    verifier.addCheckpoints(*lines, publicKey());
    qint64 after = Verifier::beginning;
    for (bool goOn = true; goOn;) {
        const Result<QList<ChainRow>> rows = co_await d->repository.rows(after, pageRows);
        if (!rows) {
            d->isVerifying = false;
            co_return rows.error();
        }
        goOn = !rows->isEmpty();
        for (const ChainRow &row : *rows) {
            after = row.seq;
            goOn = goOn && verifier.add(row);
        }
    }
    d->isVerifying = false;
    const Report report = verifier.finish();
    if (!report.isIntact())
        d->raiseAlarm(report.explanation);
    co_return report;
}

} // namespace Atom::Audit
