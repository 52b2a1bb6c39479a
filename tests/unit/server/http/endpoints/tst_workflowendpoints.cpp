// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
const QByteArray greet = R"(document: {dsl: '1.0.0', namespace: tests, name: greet, version: '1.0.0'}
do:
  - greet:
      set:
        greeting: ${ .name }
)";

struct Fixture : Test::ApiFixture
{
    Http::Response importGreet()
    {
        return caller->withHeader("content-type", "application/yaml").call("POST", u"/api/v1/workflows"_s, greet);
    }
    QJsonObject finishedRun(const QString &id)
    {
        must(QCoro::waitFor(workflows->wait(RunId::fromString(id), Deadline())));
        return Test::jsonOf(caller->get(u"/api/v1/runs/"_s + id));
    }
};
} // namespace

class WorkflowEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void definitionsAreStoredAndShown()
    {
        Fixture f;
        f.caller->as("olga", Role::Owner);
        const Http::Response stored = f.importGreet();
        QCOMPARE(stored.status, 201);
        QCOMPARE(Test::headerOf(stored, "Location"), QByteArray("/api/v1/workflows/tests.greet"));
        const QJsonObject shown = Test::jsonOf(f.caller->get(u"/api/v1/workflows/tests.greet"_s));
        QCOMPARE(shown.value(u"source"_s).toString().toUtf8(), greet);
        QCOMPARE(shown.value(u"version"_s).toString(), u"1.0.0"_s);
        const QJsonObject list = Test::jsonOf(f.caller->get(u"/api/v1/workflows"_s));
        QCOMPARE(list.value(u"items"_s).toArray().size(), 1);
        QCOMPARE(f.caller->get(u"/api/v1/workflows/tests.unknown"_s).status, 404);
        const QJsonObject asJson{{u"source"_s, QString::fromUtf8(greet).replace(u"greet,"_s, u"other,"_s)}};
        QCOMPARE(f.caller->post(u"/api/v1/workflows"_s, asJson).status, 201);
    }

    void mistakesAreNamed()
    {
        Fixture f;
        f.caller->as("olga", Role::Owner);
        const QString path = u"/api/v1/workflows/validate"_s;
        const QJsonObject good{{u"source"_s, QString::fromUtf8(greet)}};
        QCOMPARE(Test::jsonOf(f.caller->post(path, good)).value(u"valid"_s).toBool(), true);
        const QJsonObject bad{{u"source"_s, QString::fromUtf8(greet).replace(u"set:"_s, u"dance:"_s)}};
        const QJsonObject checked = Test::jsonOf(f.caller->post(path, bad));
        QCOMPARE(checked.value(u"valid"_s).toBool(true), false);
        const QJsonObject issue = checked.value(u"issues"_s).toArray().first().toObject();
        QVERIFY(issue.value(u"line"_s).toInt() > 0 && !issue.value(u"message"_s).toString().isEmpty());
        const Http::Response refused = f.caller->post(u"/api/v1/workflows"_s, bad);
        QCOMPARE(refused.status, 422);
        QVERIFY(!Test::pointersOf(refused).isEmpty());

        const auto yaml = [&f](const QByteArray &body) {
            return f.caller->withHeader("content-type", "application/yaml").call("POST", u"/api/v1/workflows"_s, body);
        };
        QCOMPARE(yaml("\xff\xfe").status, 400);
        QCOMPARE(yaml("   ").status, 422);
        QCOMPARE(yaml(QByteArray(300 * 1024, 'a')).status, 413);
        QCOMPARE(yaml("{{{{").status, 422);
    }

    void runsStartOnceAndFinish()
    {
        Fixture f;
        f.caller->as("olga", Role::Owner);
        QCOMPARE(f.importGreet().status, 201);
        const QString path = u"/api/v1/workflows/tests.greet/runs"_s;
        const QByteArray body = R"({"input":{"name":"Ada"}})";
        const Http::Response started = f.caller->withHeader("idempotency-key", "k1").call("POST", path, body);
        QCOMPARE(started.status, 202);
        const QString id = Test::jsonOf(started).value(u"id"_s).toString();
        const Http::Response again = f.caller->withHeader("idempotency-key", "k1").call("POST", path, body);
        QCOMPARE(Test::jsonOf(again).value(u"id"_s).toString(), id);
        const QJsonObject run = f.finishedRun(id);
        QCOMPARE(run.value(u"status"_s).toString(), u"completed"_s);
        QCOMPARE(run.value(u"output"_s).toObject().value(u"greeting"_s).toString(), u"Ada"_s);
        QCOMPARE(f.caller->post(u"/api/v1/workflows/tests.unknown/runs"_s, {}).status, 404);
        QCOMPARE(f.caller->call("POST", u"/api/v1/runs/unknown/cancel"_s).status, 404);
        QCOMPARE(f.caller->get(u"/api/v1/runs/unknown"_s).status, 404);
    }

    void listIsPagedAndFiltered()
    {
        Fixture f;
        f.caller->as("olga", Role::Owner);
        QCOMPARE(f.importGreet().status, 201);
        for (int i = 0; i < 3; ++i) {
            const QJsonObject body{{u"input"_s, QJsonObject{{u"name"_s, i}}}};
            const Http::Response started = f.caller->post(u"/api/v1/workflows/tests.greet/runs"_s, body);
            (void)f.finishedRun(Test::jsonOf(started).value(u"id"_s).toString());
            f.clock.advance(milliseconds(10));
        }
        QStringList seen;
        QString target = u"/api/v1/runs?workflow=tests.greet&limit=2"_s;
        for (int pages = 0; pages < 5 && !target.isEmpty(); ++pages) {
            const QJsonObject page = Test::jsonOf(f.caller->get(target));
            for (const QJsonValue &run : page.value(u"items"_s).toArray())
                seen.append(run.toObject().value(u"id"_s).toString());
            const QString next = page.value(u"next"_s).toString();
            target = next.isEmpty() ? QString() : u"/api/v1/runs?workflow=tests.greet&limit=2&before="_s + next;
        }
        QCOMPARE(seen.size(), 3);
        QCOMPARE(QSet<QString>(seen.cbegin(), seen.cend()).size(), 3);
        QVERIFY(
            Test::jsonOf(f.caller->get(u"/api/v1/runs?workflow=tests.other"_s)).value(u"items"_s).toArray().isEmpty());
        QCOMPARE(f.caller->get(u"/api/v1/runs?before=a%20b"_s).status, 422);
        QCOMPARE(f.caller->get(u"/api/v1/runs?limit=1000"_s).status, 422);
    }

    void contentsAreHiddenFromThoseOutside()
    {
        Fixture f;
        f.makeRoom("secret", RoomVisibility::Private);
        f.caller->as("olga", Role::Owner);
        QCOMPARE(f.importGreet().status, 201);
        Workflows::StartRequest start;
        start.workflow = WorkflowId("tests.greet");
        start.input = QJsonObject{{u"name"_s, u"my secret"_s}};
        start.actor = Test::RoomFixture::member("ann");
        start.room = RoomId("secret");
        const Result<RunSnapshot> run = QCoro::waitFor(f.workflows->start(start));
        QVERIFY(run.isOk());
        Fixture::must(QCoro::waitFor(f.workflows->wait(run->id, Deadline())));
        const QString path = u"/api/v1/runs/"_s + run->id.toString();
        const Http::Response hidden = f.caller->get(path);
        QCOMPARE(hidden.status, 200);
        QVERIFY(!hidden.body.contains("my secret"));
        QVERIFY(Test::jsonOf(hidden).value(u"content_hidden"_s).toBool());
        QVERIFY(!f.caller->get(u"/api/v1/runs"_s).body.contains("my secret"));
        // Who started it and holds the permission sees all of it.
        QVERIFY(f.caller->as("ann", Role::Operator).get(path).body.contains("my secret"));
        QCOMPARE(f.caller->as("ann").get(path).status, 403);
    }
};

QTEST_GUILESS_MAIN(WorkflowEndpointsTest)
#include "tst_workflowendpoints.moc"
