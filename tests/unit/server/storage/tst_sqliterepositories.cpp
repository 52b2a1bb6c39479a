// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every other repository: what goes in comes out, also after a restart.
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QRegularExpression>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Identity::StoredSession;
using Identity::StoredUser;
using Monitoring::StoredSpan;
using Workflows::StoredDefinition;
using Workflows::StoredRun;

class TestSqliteRepositories : public QObject
{
    Q_OBJECT

    std::unique_ptr<StorageFixture> f;

    StoredUser user(const QByteArray &id) const
    {
        StoredUser u;
        u.user.id = UserId(id);
        u.user.displayName = u"Zoë"_s;
        u.user.role = Role::Operator;
        u.user.createdAt = f->clock.now();
        u.passwordHash = "$argon2id$x";
        u.credentialVersion = 3;
        return u;
    }
    StoredRun run(const QByteArray &id, const QByteArray &key = {}) const
    {
        StoredRun r;
        r.snapshot.id = RunId(id);
        r.snapshot.workflow = WorkflowId("demo.pets");
        r.snapshot.version = u"1.0.0"_s;
        r.snapshot.status = RunStatus::Running;
        r.snapshot.input = QJsonObject{{u"pet"_s, 7}};
        r.snapshot.output = QJsonValue(QJsonValue::Undefined);
        r.snapshot.room = RoomId("lobby");
        r.snapshot.startedBy = UserId("alice");
        r.snapshot.trace = TraceId("0123456789abcdef0123456789abcdef");
        r.snapshot.startedAt = f->clock.now();
        r.definition = R"({"do":[]})";
        r.dedupeKey = key;
        r.cursor = {{u"at"_s, u"/do/0"_s}};
        return r;
    }
    static void compareRuns(const StoredRun &a, const StoredRun &b)
    {
        QCOMPARE(a.snapshot, b.snapshot);
        QCOMPARE(a.definition, b.definition);
        QCOMPARE(a.dedupeKey, b.dedupeKey);
        QCOMPARE(a.cursor, b.cursor);
    }
    StoredSpan span(const TraceId &trace, const QByteArray &id, const QByteArray &parent, qint64 start) const
    {
        StoredSpan s;
        s.span.trace = trace;
        s.span.id = SpanId(id);
        s.span.parent = SpanId(parent);
        s.span.name = u"stage"_s;
        s.span.startMicros = start;
        s.span.durationMicros = 100;
        s.span.attributes = {{u"k"_s, true}};
        s.room = RoomId("lobby");
        s.message = MessageId("m-" + trace.bytes().left(4));
        return s;
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
    }
    void cleanup() { f.reset(); }

    void users()
    {
        StoredUser zoe = user("zoe");
        QVERIFY(QCoro::waitFor(f->storage->users().insert(zoe, {})));
        QVERIFY(QCoro::waitFor(f->storage->users().insert(user("adam"), {})));
        QCOMPARE(QCoro::waitFor(f->storage->users().insert(zoe, {})).error().code, Errc::Conflict);
        zoe.user.role = Role::Owner;
        zoe.user.disabled = true;
        zoe.user.displayName = u"Z"_s;
        zoe.passwordHash = "other";
        zoe.credentialVersion = 4;
        QVERIFY(QCoro::waitFor(f->storage->users().update(zoe, {})));
        QCOMPARE(QCoro::waitFor(f->storage->users().update(user("nobody"), {})).error().code, Errc::NotFound);
        QVERIFY(f->open());
        const auto all = QCoro::waitFor(f->storage->users().all());
        QCOMPARE(all->size(), 2);
        QCOMPARE(all->at(0).user.id, UserId("adam"));
        QCOMPARE(all->at(1).user, zoe.user);
        QCOMPARE(all->at(1).passwordHash, zoe.passwordHash);
        QCOMPARE(all->at(1).credentialVersion, 4);
    }

    void sessions()
    {
        QVERIFY(QCoro::waitFor(f->storage->users().insert(user("zoe"), {})));
        StoredSession s;
        s.id = SessionId("s1");
        s.user = UserId("zoe");
        s.device = u"phone \U0001f4f1"_s;
        s.refreshHash = QByteArray("\0\xff\x01", 3);
        s.previousHash = "p";
        s.sealedSuccessor = QByteArray(40, '\0');
        s.rotatedAt = f->clock.now();
        s.createdAt = f->clock.now() - seconds(5);
        s.expiresAt = f->clock.now() + seconds(60);
        Identity::SessionRepository &repository = f->storage->sessions();
        QVERIFY(QCoro::waitFor(repository.save(s)));
        s.refreshHash = "new";
        QVERIFY(QCoro::waitFor(repository.save(s)));
        StoredSession other = s;
        other.id = SessionId("s2");
        other.revoked = true;
        QVERIFY(QCoro::waitFor(repository.save(other)));
        other.id = SessionId("s3");
        other.user = UserId("nobody");
        QCOMPARE(QCoro::waitFor(repository.save(other)).error().code, Errc::Conflict);
        const auto active = QCoro::waitFor(repository.active(f->clock.now()));
        QCOMPARE(active->size(), 1);
        const StoredSession &found = active->constFirst();
        QCOMPARE(found.id, s.id);
        QCOMPARE(found.user, s.user);
        QCOMPARE(found.device, s.device);
        QCOMPARE(found.refreshHash, QByteArray("new"));
        QCOMPARE(found.previousHash, s.previousHash);
        QCOMPARE(found.sealedSuccessor, s.sealedSuccessor);
        QCOMPARE(found.rotatedAt, s.rotatedAt);
        QCOMPARE(found.createdAt, s.createdAt);
        QCOMPARE(found.expiresAt, s.expiresAt);
        QVERIFY(QCoro::waitFor(repository.active(s.expiresAt))->isEmpty());
        QVERIFY(QCoro::waitFor(repository.secret("none"))->isEmpty());
    }

    void definitions()
    {
        StoredDefinition d;
        d.summary.id = WorkflowId("demo.pets");
        d.summary.version = u"1.0.0"_s;
        d.summary.title = u"Pets"_s;
        d.canonical = "{}";
        d.source = "a: 1";
        d.storedAt = f->clock.now();
        Workflows::WorkflowRepository &repository = f->storage->workflows();
        QVERIFY(QCoro::waitFor(repository.saveDefinition(d)));
        d.summary.version = u"1.1.0"_s;
        d.storedAt += seconds(1);
        QVERIFY(QCoro::waitFor(repository.saveDefinition(d)));
        d.source = "a: 2";
        d.summary.enabled = false;
        QVERIFY(QCoro::waitFor(repository.saveDefinition(d)));
        const auto all = QCoro::waitFor(repository.definitions());
        QCOMPARE(all->size(), 1);
        QCOMPARE(all->constFirst().summary, d.summary);
        QCOMPARE(all->constFirst().source, d.source);
        QCOMPARE(all->constFirst().canonical, d.canonical);
        QCOMPARE(all->constFirst().storedAt, d.storedAt);
    }

    void runsAndSteps()
    {
        Workflows::WorkflowRepository &repository = f->storage->workflows();
        StoredRun first = run("r1", "message-1");
        compareRuns(*QCoro::waitFor(repository.insertRun(first)), first);
        compareRuns(*QCoro::waitFor(repository.insertRun(run("r2", "message-1"))), first); // known key: the first run
        QVERIFY(QCoro::waitFor(repository.insertRun(run("r3"))));
        QVERIFY(QCoro::waitFor(repository.insertRun(run("r4")))); // no key is never a duplicate
        QCOMPARE(QCoro::waitFor(repository.unfinished())->size(), 3);

        StepRecord step;
        step.reference = u"/do/0/getPet"_s;
        step.name = u"getPet"_s;
        step.input = u"text"_s;
        step.output = QJsonValue(QJsonValue::Undefined);
        step.startedAt = f->clock.now();
        QVERIFY(QCoro::waitFor(repository.saveTransition(first, step)));
        step.status = RunStatus::Faulted;
        step.error = {{u"status"_s, 503}};
        step.endedAt = f->clock.now() + seconds(1);
        QVERIFY(QCoro::waitFor(repository.saveTransition(first, step)));
        StepRecord retry = step;
        retry.attempt = 2;
        retry.status = RunStatus::Completed;
        retry.error = {};
        retry.output = QJsonValue::Null;
        first.snapshot.status = RunStatus::Completed;
        first.snapshot.output = 42.5;
        first.snapshot.endedAt = f->clock.now() + seconds(2);
        first.cursor = {};
        QVERIFY(QCoro::waitFor(repository.saveTransition(first, retry)));
        QCOMPARE(QCoro::waitFor(repository.saveTransition(run("none"), step)).error().code, Errc::NotFound);

        QVERIFY(f->open());
        Workflows::WorkflowRepository &later = f->storage->workflows();
        RunSnapshot expected = first.snapshot;
        expected.steps = {step, retry};
        QCOMPARE(*QCoro::waitFor(later.run(RunId("r1"))), expected);
        QCOMPARE(QCoro::waitFor(later.run(RunId("none"))).error().code, Errc::NotFound);
        const auto unfinished = QCoro::waitFor(later.unfinished());
        QCOMPARE(unfinished->size(), 2);
        compareRuns(unfinished->constFirst(), run("r3"));

        const auto newest = QCoro::waitFor(later.runs({}, {}, 2));
        QCOMPARE(newest->size(), 2);
        QCOMPARE(newest->at(0).id, RunId("r4"));
        QCOMPARE(newest->at(1).id, RunId("r3"));
        const auto older = QCoro::waitFor(later.runs(WorkflowId("demo.pets"), RunId("r3"), 10));
        QCOMPARE(older->size(), 1);
        QCOMPARE(older->constFirst(), first.snapshot);
        QVERIFY(QCoro::waitFor(later.runs(WorkflowId("demo.other"), {}, 10))->isEmpty());
    }

    void waitingRunsAndEvents()
    {
        Workflows::WorkflowRepository &repository = f->storage->workflows();
        Workflows::RunTransition waits(run("w1", "await:x"));
        waits.run.snapshot.status = RunStatus::Waiting;
        waits.run.snapshot.parent = RunId("p1");
        waits.run.snapshot.reason = u"lunch"_s;
        waits.parked = true;
        waits.dueAt = f->clock.now() + seconds(5);
        waits.interests = {{u"door.opened"_s, {}, u"ada"_s}};
        waits.at = f->clock.now();
        const QJsonObject e1{{u"source"_s, u"/s"_s}, {u"id"_s, u"1"_s}, {u"type"_s, u"t"_s}};
        waits.emitted = {e1};
        waits.consumed = {u"/s 1"_s};
        StepRecord step;
        step.reference = u"/do/0/a"_s;
        step.name = u"a"_s;
        step.startedAt = f->clock.now();
        StepRecord ended = step;
        ended.status = RunStatus::Completed;
        ended.endedAt = f->clock.now();
        waits.steps = {step, ended};
        QVERIFY(QCoro::waitFor(repository.insertRun(waits)));
        StoredRun pending = run("w2");
        pending.snapshot.status = RunStatus::Pending;
        QVERIFY(QCoro::waitFor(repository.insertRun(pending)));
        StoredRun suspended = run("w3");
        suspended.snapshot.status = RunStatus::Suspended;
        QVERIFY(QCoro::waitFor(repository.insertRun(suspended)));
        QVERIFY(QCoro::waitFor(repository.insertRun(run("w4"))));
        QCOMPARE(*QCoro::waitFor(repository.insertEvent(e1, f->clock.now())), false); // known
        QJsonObject e2 = e1;
        e2.insert(u"id"_s, u"2"_s);
        QCOMPARE(*QCoro::waitFor(repository.insertEvent(e2, f->clock.now())), true);

        QVERIFY(f->open());
        Workflows::WorkflowRepository &later = f->storage->workflows();
        const auto unfinished = QCoro::waitFor(later.unfinished());
        QCOMPARE(unfinished->size(), 1);
        QCOMPARE(unfinished->first().snapshot.id, RunId("w4"));
        const auto dormant = QCoro::waitFor(later.dormant());
        QCOMPARE(dormant->size(), 2);
        QCOMPARE(dormant->at(0).id, RunId("w1"));
        QCOMPARE(dormant->at(0).workflow, WorkflowId("demo.pets"));
        QCOMPARE(dormant->at(0).dueAt, waits.dueAt);
        QCOMPARE(dormant->at(0).interests, waits.interests);
        QCOMPARE(dormant->at(1).status, RunStatus::Pending);
        StoredRun loaded = waits.run;
        loaded.snapshot.steps = {ended};
        compareRuns(*QCoro::waitFor(later.load(RunId("w1"))), loaded);
        QCOMPARE(*QCoro::waitFor(later.openChildren(RunId("p1"))), QList<RunId>{RunId("w1")});
        QVERIFY(QCoro::waitFor(later.openChildren({}))->isEmpty());
        const auto events = QCoro::waitFor(later.undeliveredEvents());
        QCOMPARE(events->size(), 2);
        QCOMPARE(events->at(0).event, e1);
        QCOMPARE(events->at(0).consumers, QList<RunId>{RunId("w1")});
        QVERIFY(events->at(1).consumers.isEmpty());
        for (const QString &identity : {u"/s 1"_s, u"/s 2"_s})
            QVERIFY(QCoro::waitFor(later.eventDelivered(identity)));
        QVERIFY(QCoro::waitFor(later.undeliveredEvents())->isEmpty());
        QCOMPARE(*QCoro::waitFor(later.insertEvent(e2, f->clock.now())), false); // its identity stays
        QVERIFY(QCoro::waitFor(later.forgetEvents(f->clock.now() + seconds(1))));
        QCOMPARE(*QCoro::waitFor(later.insertEvent(e2, f->clock.now())), true);
        // It goes on: no longer among those that only wait.
        QVERIFY(QCoro::waitFor(later.saveTransition(run("w1", "await:x"), std::nullopt)));
        QCOMPARE(QCoro::waitFor(later.dormant())->size(), 1);
        QCOMPARE(QCoro::waitFor(later.unfinished())->size(), 2);
    }

    void conversations()
    {
        Assistant::AssistantRepository &repository = f->storage->assistant();
        const RoomId room("lobby");
        const UserId alice("alice");
        QVERIFY(QCoro::waitFor(repository.conversation(room, alice))->isEmpty());
        const QJsonObject state{{u"question"_s, u"which?"_s}, {u"slots"_s, QJsonObject{{u"n"_s, 1}}}};
        QVERIFY(QCoro::waitFor(repository.finishTurn({MessageId("m1"), room, alice, QJsonObject{{u"x"_s, 1}}})));
        QVERIFY(QCoro::waitFor(repository.finishTurn({MessageId("m2"), room, alice, state})));
        QVERIFY(QCoro::waitFor(repository.finishTurn({MessageId("m3"), room, alice, std::nullopt})));
        QVERIFY(QCoro::waitFor(repository.finishTurn({MessageId("m4"), room, UserId("bob"), QJsonObject()})));
        QCOMPARE(*QCoro::waitFor(repository.conversation(room, alice)), state);
        QVERIFY(QCoro::waitFor(repository.conversation(room, UserId("bob")))->isEmpty());
    }

    void traces()
    {
        const TraceId one(QByteArray(32, 'a'));
        const TraceId two(QByteArray(32, 'b'));
        Monitoring::TraceRepository &repository = f->storage->traces();
        StoredSpan failed = span(one, "s2", "s1", 1050);
        failed.span.status = SpanStatus::Error;
        failed.span.error = u"no"_s;
        failed.span.durationMicros = 500;
        StoredSpan open = span(one, "s3", "s1", 1060);
        open.span.status = SpanStatus::Unset;
        repository.append({failed, open, span(one, "s1", {}, 1000)});
        repository.append({span(two, "t1", {}, 2000)});
        repository.append({span(two, "t2", {}, 2100)}); // a second root is not a second trace
        repository.append({});
        open.span.status = SpanStatus::Ok;
        repository.append({open});                    // ended now
        QVERIFY(QCoro::waitFor(f->storage->probe())); // everything before is committed

        const auto trace = QCoro::waitFor(repository.trace(one));
        QVERIFY(trace);
        QCOMPARE(trace->room, RoomId("lobby"));
        QCOMPARE(trace->message, MessageId("m-aaaa"));
        QCOMPARE(trace->spans, (QList<Span>{span(one, "s1", {}, 1000).span, failed.span, open.span}));
        QCOMPARE(QCoro::waitFor(repository.traceOfMessage(MessageId("m-aaaa")))->spans, trace->spans);
        QCOMPARE(QCoro::waitFor(repository.trace(TraceId("none"))).error().code, Errc::NotFound);
        QCOMPARE(QCoro::waitFor(repository.traceOfMessage(MessageId("none"))).error().code, Errc::NotFound);

        auto list = QCoro::waitFor(repository.traces({}, 0, 10));
        QCOMPARE(list->size(), 2);
        QCOMPARE(list->at(0).id, two);
        QCOMPARE(list->at(0).spans, 2);
        QCOMPARE(list->at(0).durationMicros, 200);
        QCOMPARE(list->at(1).id, one);
        QCOMPARE(list->at(1).message, MessageId("m-aaaa"));
        QCOMPARE(list->at(1).startMicros, 1000);
        QCOMPARE(list->at(1).durationMicros, 550);
        QCOMPARE(list->at(1).spans, 3);
        QCOMPARE(list->at(1).errors, 1);
        list = QCoro::waitFor(repository.traces(RoomId("lobby"), 2000, 10));
        QCOMPARE(list->size(), 1);
        QCOMPARE(list->constFirst().id, one);
        QVERIFY(QCoro::waitFor(repository.traces(RoomId("other"), 0, 10))->isEmpty());
    }

    void passages()
    {
        Monitoring::TraceRepository &repository = f->storage->traces();
        const RoomId lobby("lobby");
        QVERIFY(QCoro::waitFor(f->rooms().create(f->group(lobby, {UserId("alice")}, f->clock.now()))));
        QList<Passage> list;
        for (int i = 0; i < 5; ++i) {
            f->clock.advance(milliseconds(20));
            const Timestamp at = f->clock.now();
            Rooms::EventDraft draft = f->message(lobby, UserId("alice"), u"hi"_s, QByteArray::number(i));
            draft.event.at = at;
            draft.event.message = MessageId(newUuidV7(at));
            draft.event.trace = traceOf(draft.event.message);
            const Result<Rooms::Appended> stored = f->append(draft);
            QVERIFY(stored);
            Passage p;
            p.trace = stored->event.trace;
            p.room = lobby;
            p.message = stored->event.message;
            p.sender = UserId("alice");
            p.messageType = stored->event.messageType;
            p.seq = stored->event.seq;
            p.at = at;
            p.receivedMicros = toMillis(at) * 1000 + 7;
            p.queuedMicros = p.receivedMicros + 11;
            p.committedMicros = p.receivedMicros + 13;
            if (i != 3) {
                p.fanoutMicros = p.receivedMicros + 17;
                p.fanoutDuration = 19;
                p.recipients = 23;
                p.encodedBytes = 29;
            }
            list.append(p);
        }
        repository.appendPassages(QList<Passage>{list[0], list[1]});
        repository.appendPassages(QList<Passage>{list[2], list[3]}); // of the last one nothing was written down
        QVERIFY(QCoro::waitFor(f->storage->probe()));

        for (const int i : {0, 2, 3}) {
            const auto trace = QCoro::waitFor(repository.trace(list[i].trace));
            QVERIFY(trace);
            QCOMPARE(trace->spans, spansOf(list[i]));
            QCOMPARE(trace->room, lobby);
            QCOMPARE(QCoro::waitFor(repository.traceOfMessage(list[i].message))->spans, trace->spans);
        }
        const auto unknown = QCoro::waitFor(repository.trace(list[4].trace));
        QVERIFY(unknown);
        QCOMPARE(unknown->spans.size(), 1);
        QVERIFY(unknown->spans.constFirst().status == SpanStatus::Unset);
        QCOMPARE(QCoro::waitFor(repository.trace(TraceId(QByteArray(32, '0')))).error().code, Errc::NotFound);

        auto newest = QCoro::waitFor(repository.traces({}, 0, 3));
        QCOMPARE(newest->size(), 3);
        QCOMPARE(newest->at(0).id, list[4].trace);
        QCOMPARE(newest->at(1), summaryOf(list[3]));
        QCOMPARE(newest->at(2), summaryOf(list[2]));
        newest = QCoro::waitFor(repository.traces(lobby, newest->at(2).startMicros, 3));
        QCOMPARE(newest->size(), 2);
        QCOMPARE(newest->at(0), summaryOf(list[1]));
        QCOMPARE(newest->at(1), summaryOf(list[0]));
        QVERIFY(QCoro::waitFor(repository.traces(RoomId("other"), 0, 10))->isEmpty());
    }

    //! Ids are random within a millisecond: a page must neither skip nor repeat what another began with.
    void passagesOfOneMillisecondArePagedWhole()
    {
        Monitoring::TraceRepository &repository = f->storage->traces();
        const RoomId lobby("lobby");
        QVERIFY(QCoro::waitFor(f->rooms().create(f->group(lobby, {UserId("alice")}, f->clock.now()))));
        QList<Passage> list;
        for (int i = 0; i < 20; ++i) {
            const Result<Rooms::Appended> stored =
                f->append(f->message(lobby, UserId("alice"), u"hi"_s, QByteArray::number(i)));
            QVERIFY(stored);
            Passage p;
            p.trace = stored->event.trace;
            p.message = stored->event.message;
            p.at = stored->event.at;
            p.receivedMicros = toMillis(p.at) * 1000 + i;
            p.queuedMicros = p.committedMicros = p.receivedMicros + 1;
            list.append(p);
        }
        repository.appendPassages(list);
        QVERIFY(QCoro::waitFor(f->storage->probe()));
        for (const RoomId &room : {RoomId(), lobby}) {
            qint64 before = 0;
            for (int i = 19; i >= 0;) {
                const auto page = QCoro::waitFor(repository.traces(room, before, 3));
                QVERIFY(page && !page->isEmpty());
                for (const TraceSummary &summary : *page)
                    QCOMPARE(summary.id, list[i--].trace);
                before = page->constLast().startMicros;
            }
        }
    }

    void alerts()
    {
        Alert a;
        a.id = AlertId("a1");
        a.rule = u"cpu"_s;
        a.metric = u"cpu_percent"_s;
        a.severity = AlertSeverity::Critical;
        a.summary = u"busy"_s;
        a.value = 99.5;
        a.threshold = 90;
        a.since = f->clock.now();
        Monitoring::AlertRepository &repository = f->storage->alerts();
        QVERIFY(QCoro::waitFor(repository.save(a)));
        Alert later = a;
        later.id = AlertId("a2");
        later.since += seconds(1);
        QVERIFY(QCoro::waitFor(repository.save(later)));
        a.state = AlertState::Acknowledged;
        a.acknowledgedAt = f->clock.now();
        a.acknowledgedBy = UserId("alice");
        QVERIFY(QCoro::waitFor(repository.save(a)));
        QCOMPARE(*QCoro::waitFor(repository.recent(10)), (QList<Alert>{later, a}));
        QCOMPARE(*QCoro::waitFor(repository.recent(1)), (QList<Alert>{later}));
    }

    Memory::Fact fact(const QByteArray &id, const QString &text, const QByteArray &user = "alice") const
    {
        Memory::Fact made;
        made.id = Memory::FactId(id);
        made.user = UserId(user);
        made.text = text;
        made.room = RoomId("lobby");
        made.message = MessageId("m1");
        made.createdAt = f->clock.now();
        return made;
    }
    void facts()
    {
        const auto list = [this](const char *user) { return *QCoro::waitFor(f->storage->facts().facts(UserId(user))); };
        const auto add = [this](const Memory::Fact &made, const char *replaces = "") {
            return QCoro::waitFor(f->storage->facts().add(made, Memory::FactId(replaces)));
        };
        const Memory::Fact first = fact("f1", u"I like tea"_s), second = fact("f2", u"Das Café ist zu \U0001F375"_s);
        QCOMPARE(*add(first), first);
        QCOMPARE(*add(second), second);
        QVERIFY(add(fact("f3", u"I like tea"_s, "bob")).isOk()); // of another person: no repetition
        // Again, as a turn that is taken up after a crash; and the same said again.
        QCOMPARE(*add(first), first);
        QCOMPARE(*add(fact("f4", u"i like TEA"_s)), first);
        QCOMPARE(add(fact("f1", u"mine"_s, "bob")).error().code, Errc::Conflict);
        QVERIFY(f->open());
        QCOMPARE(list("alice"), (QList<Memory::Fact>{first, second}));
        QCOMPARE(list("bob").size(), 1);
        QVERIFY(list("nobody").isEmpty());

        QVERIFY(add(fact("f7", u"I like milk"_s), "f1").isOk());
        const Memory::Fact better = fact("f5", u"I like coffee"_s);
        QVERIFY(add(better, "f7").isOk());
        QCOMPARE(list("alice"), (QList<Memory::Fact>{second, better}));
        QVERIFY(add(fact("f6", u"I like cocoa"_s, "bob"), "f2").isOk()); // not his: it stays
        QCOMPARE(list("alice").size(), 2);

        const auto forget = [this](const char *user, const QList<Memory::FactId> &ids) {
            return *QCoro::waitFor(f->storage->facts().forget(UserId(user), ids, f->clock.now()));
        };
        QCOMPARE(forget("bob", {better.id, second.id}), 0);
        QCOMPARE(forget("alice", {better.id, Memory::FactId("never"), better.id}), 1);
        QCOMPARE(list("alice"), QList<Memory::Fact>{second});
        QCOMPARE(forget("alice", {}), 0);
        f->storage->closeBlocking();
        auto opened = Connection::openBlocking(f->folder() + u"/atom.db"_s, Connection::Access::ReadOnly, {});
        Statement texts(**opened, Sql("SELECT count(*), max(text) FROM facts WHERE text <> '' AND user_id = 'alice'"));
        QVERIFY(texts.step());
        // Neither what is forgotten nor what it had replaced.
        QCOMPARE(texts.integer(0), 1);
        QCOMPARE(texts.string(1), second.text);
    }

    void badFacts_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QString>("text");
        QTest::newRow("nobody's") << QByteArray() << QByteArray("f") << u"x"_s;
        QTest::newRow("no id") << QByteArray("alice") << QByteArray() << u"x"_s;
        QTest::newRow("empty") << QByteArray("alice") << QByteArray("f") << u""_s;
        QTest::newRow("space") << QByteArray("alice") << QByteArray("f") << u" \n\t "_s;
        QTest::newRow("too long") << QByteArray("alice") << QByteArray("f")
                                  << QString(Memory::Fact::longestText + 1, u'x');
    }
    void badFacts()
    {
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, id);
        QFETCH(QString, text);
        const auto added = QCoro::waitFor(f->storage->facts().add(fact(id, text, user), {}));
        QCOMPARE(added.error().code, Errc::ValidationFailed);
        QVERIFY(QCoro::waitFor(f->storage->facts().facts(UserId(user)))->isEmpty());
    }

    void factsOfAPersonAreLimited()
    {
        const auto add = [this](int number, const char *replaces = "") {
            return QCoro::waitFor(f->storage->facts().add(
                fact("f" + QByteArray::number(number), u"fact %1"_s.arg(number)), Memory::FactId(replaces)));
        };
        for (int i = 0; i < Memory::Fact::mostOfUser; ++i)
            QVERIFY(add(i).isOk());
        QCOMPARE(add(1'000).error().code, Errc::Conflict);
        QVERIFY(add(3).isOk());           // known
        QVERIFY(add(1'001, "f3").isOk()); // in the place of another
        QVERIFY(QCoro::waitFor(f->storage->facts().add(fact("other", u"fact"_s, "bob"), {})).isOk());
        // Replacing for ever leaves a bounded number of rows.
        QByteArray last = "f1001";
        for (int i = 2'000; i < 2'600; ++i) {
            QVERIFY(add(i, last.constData()).isOk());
            last = "f" + QByteArray::number(i);
        }
        QCOMPARE(QCoro::waitFor(f->storage->facts().facts(UserId("alice")))->size(), Memory::Fact::mostOfUser);
        f->storage->closeBlocking();
        auto opened = Connection::openBlocking(f->folder() + u"/atom.db"_s, Connection::Access::ReadOnly, {});
        Statement rows(**opened, Sql("SELECT count(*) FROM facts WHERE user_id = 'alice'"));
        QVERIFY(rows.step());
        QCOMPARE(rows.integer(0), Memory::Fact::mostOfUser + 500);
    }

    void usageOfTheLanguageModel()
    {
        using Llm::BudgetScope;
        using Llm::UsageRow;
        const UsageRow room{20'454, BudgetScope::Room, "lobby", 2, 30, 40, 50};
        const UsageRow server{20'454, BudgetScope::Server, {}, 3, 31, 41, 51};
        UsageRow user{20'454, BudgetScope::User, "alice", 1, 10, 20, 30};
        const UsageRow before{20'453, BudgetScope::User, "alice", 9, 9, 9, 9};
        QVERIFY(QCoro::waitFor(f->storage->llmUsage().save({room, server, user, before})));
        QVERIFY(f->open()); // a restart
        Llm::LlmUsageRepository &repository = f->storage->llmUsage();
        QCOMPARE(*QCoro::waitFor(repository.load(20'454)), (QList<UsageRow>{room, server, user}));
        user.calls = 2;
        user.costMicros = qint64(1) << 60;
        QVERIFY(QCoro::waitFor(repository.save({user})));
        QVERIFY(QCoro::waitFor(repository.save({user}))); // twice is once
        QCOMPARE(*QCoro::waitFor(repository.load(20'454)), (QList<UsageRow>{room, server, user}));
        QCOMPARE(*QCoro::waitFor(repository.load(20'453)), (QList<UsageRow>{before}));
        QVERIFY(QCoro::waitFor(repository.forgetBefore(20'454)));
        QVERIFY(QCoro::waitFor(repository.load(20'453))->isEmpty());
        QCOMPARE(QCoro::waitFor(repository.load(20'454))->size(), 3);
    }
};

QTEST_GUILESS_MAIN(TestSqliteRepositories)
#include "tst_sqliterepositories.moc"
