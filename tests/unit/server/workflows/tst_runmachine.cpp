// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/jsonvalues.h"
#include "server/workflows/definitionreader.h"
#include "tests/unit/server/workflows/handmachine.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
const QByteArray head = "document: {dsl: '1.0.3', namespace: t, name: n, version: 0.1.0}\n";

const QByteArray retrying =
    head +
    "do:\n  - guard:\n      try:\n        - pre: {set: {id: '${ .id }'}}\n        - ask:\n            call: http\n"
    "            with: {method: post, endpoint: 'http://h/{id}', body: {a: '${ .id }'}}\n"
    "      catch:\n        errors: {with: {type: 'https://serverlessworkflow.io/dsl/errors/types/communication'}}\n"
    "        retry: {delay: {seconds: 1}, backoff: {exponential: {}}, limit: {attempt: {count: 3}}}\n"
    "  - after: {set: {got: '${ .value }'}}\n";
} // namespace

class TestRunMachine : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void followsTheDataFlow_data()
    {
        QTest::addColumn<QByteArray>("rest");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("completed");
        const auto row = [](const char *name, const QByteArray &rest, const char *input, const char *output,
                            const char *done) {
            QTest::newRow(name) << rest << QByteArray(input) << QByteArray(output) << QString::fromLatin1(done);
        };
        row("set replaces", "do: [{a: {set: {x: '${ .y }', z: 1}}}]", "{\"y\":9007199254740993}",
            "{\"x\":9007199254740993,\"z\":1}", "a");
        row("chain", "do: [{a: {set: {x: '${ .y }'}}}, {b: {set: {w: '${ .x }', old: '${ .y }'}}}]", "{\"y\":5}",
            "{\"old\":null,\"w\":5}", "a b");
        row("input from",
            "do: [{a: {input: {from: .deep}, set: {v: '${ .x }', i: '${ $input.x }', w: '${ $workflow.input.deep.x "
            "}'}}}]",
            "{\"deep\":{\"x\":1}}", "{\"i\":1,\"v\":1,\"w\":1}", "a");
        row("output as", "do: [{a: {set: {x: 7}, output: {as: {only: '${ .x }', in: '${ $input.y }'}}}}]", "{\"y\":2}",
            "{\"in\":2,\"only\":7}", "a");
        row("export",
            "do: [{a: {set: {x: 7}, output: {as: .x}, export: {as: {kept: '${ . }', o: '${ $output }'}}}}, {b: {set: "
            "'${ $context }'}}]",
            "{}", "{\"kept\":7,\"o\":7}", "a b");
        row("if skips", "do: [{a: {if: .no, set: {x: 1}}}, {b: {if: '${ .yes }', set: {y: '${ .yes }'}}}]",
            "{\"yes\":true}", "{\"y\":true}", "b");
        row("skipped keeps data", "do: [{a: {if: .no, set: {x: 1}, then: end}}]", "{\"k\":1}", "{\"k\":1}", "");
        row("nested do",
            "do: [{a: {do: [{b: {set: {x: 1}}}, {c: {set: {y: '${ .x }'}}}]}}, {d: {set: {z: '${ .y }'}}}]", "{}",
            "{\"z\":1}", "a b c d");
        row("exit",
            "do: [{a: {do: [{b: {if: true, set: {x: 1}, then: exit}}, {c: {set: {y: 1}}}]}}, {d: {set: {z: '${ .x "
            "}'}}}]",
            "{}", "{\"z\":1}", "a b d");
        row("end", "do: [{a: {do: [{b: {if: true, set: {x: 1}, then: end}}, {c: {set: {y: 1}}}]}}, {d: {set: {z: 1}}}]",
            "{}", "{\"x\":1}", "a b");
        row("name", "do: [{a: {if: true, set: {x: 1}, then: c}}, {b: {set: {y: 1}}}, {c: {set: {z: '${ .x }'}}}]", "{}",
            "{\"z\":1}", "a c");
        const QByteArray sw = "do: [{s: {switch: [{e: {when: '.k == \"e\"', then: two}}, {p: {when: .k == 5, then: "
                              "end}}, {d: {then: three}}]}}, {two: {set: {r: 2}, then: end}}, {three: {set: {r: 3}}}]";
        row("switch first", sw, "{\"k\":\"e\"}", "{\"r\":2}", "s two");
        row("switch end", sw, "{\"k\":5}", "{\"k\":5}", "s");
        row("switch default", sw, "{\"k\":null}", "{\"r\":3}", "s three");
        row("switch none", "do: [{s: {switch: [{e: {when: .k, then: end}}]}}, {b: {set: {r: '${ .x }'}}}]", "{\"x\":1}",
            "{\"r\":1}", "s b");
        row("workflow level",
            "input: {from: .in}\noutput: {as: {out: '${ .x }', c: '${ $context }'}}\ndo: [{a: {set: {x: '${ .v }'}, "
            "export: {as: .x}}}]",
            "{\"in\":{\"v\":3}}", "{\"c\":3,\"out\":3}", "a");
        row("data is not code", "do: [{a: {set: {x: '${ .evil }'}}}, {b: {set: {y: '${ .x }'}}}]",
            "{\"evil\":\"${ $workflow }\"}", "{\"y\":\"${ $workflow }\"}", "a b");
        row("task variable",
            "do: [{a: {set: {n: '${ $task.name }', r: '${ $task.reference }', v: '${ "
            "$workflow.definition.document.version }'}}}]",
            "{}", "{\"n\":\"a\",\"r\":\"/do/0/a\",\"v\":\"0.1.0\"}", "a");
        row("caught",
            "do: [{t: {try: [{bad: {set: {x: '${ .s.x }'}}}], catch: {as: oops, do: [{c: {set: {status: '${ "
            "$oops.status }', at: '${ $oops.instance }'}}}]}}}]",
            "{\"s\":\"text\"}", "{\"at\":\"/do/0/t/try/0/bad\",\"status\":400}", "t c");
        row("swallowed", "do: [{t: {try: [{bad: {set: {x: '${ .s.x }'}}}], catch: {}}}, {n: {set: {k: '${ .s }'}}}]",
            "{\"s\":\"text\"}", "{\"k\":\"text\"}", "t n");
        row("catch then",
            "do: [{t: {try: [{bad: {set: {x: '${ .s.x }'}}}], catch: {then: z}}}, {n: {set: {n: 1}}}, {z: {set: {z: "
            "1}}}]",
            "{\"s\":\"text\"}", "{\"z\":1}", "t z");
        row("outer catch",
            "do: [{t: {try: [{u: {try: [{bad: {set: {x: '${ .s.x }'}}}], catch: {errors: {with: {status: 503}}}}}], "
            "catch: {do: [{c: {set: {w: '${ $error.instance }'}}}]}}}]",
            "{\"s\":\"text\"}", "{\"w\":\"/do/0/t/try/0/u/try/0/bad\"}", "t c");
        row("catch when",
            "do: [{t: {try: [{u: {try: [{bad: {set: {x: '${ .s.x }'}}}], catch: {when: $error.status == 1}}}], catch: "
            "{exceptWhen: $error.status == 1}}}]",
            "{\"s\":\"text\"}", "{\"s\":\"text\"}", "t");
    }
    void followsTheDataFlow()
    {
        QFETCH(QByteArray, rest);
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, output);
        QFETCH(QString, completed);
        for (const bool restarts : {false, true}) {
            Hand hand(head + rest + "\n", input);
            hand.restarts = restarts;
            hand.run();
            QVERIFY2(hand.status() == RunStatus::Completed, QJsonDocument(hand.error()).toJson().constData());
            QCOMPARE(hand.output(), output);
            if (!restarts)
                QCOMPARE(hand.completed().join(u' '), completed);
        }
    }

    void faults()
    {
        Hand hand(head + "do: [{t: {do: [{bad: {set: {x: '${ .s.x }'}}}]}}]\n", "{\"s\":\"text\"}");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Faulted);
        QCOMPARE(hand.error().value(u"status").toInt(), 400);
        QVERIFY(hand.error().value(u"type").toString().endsWith(u"/spec/1.0.0/errors/expression"));
        QCOMPARE(hand.error().value(u"instance").toString(), u"/do/0/t/do/0/bad"_s);
        QCOMPARE(hand.steps.size(), 2);
        for (const StepRecord &s : hand.steps)
            QCOMPARE(s.status, RunStatus::Faulted);
    }

    void retriesWithBackoffAndOneKey()
    {
        Hand hand(retrying, "{\"id\":7}");
        hand.restarts = true;
        hand.answer(503, "{}");
        hand.answers.append(Error(Errc::UpstreamFailed, u"refused"_s));
        hand.answer(200, "{\"value\":\"done\"}");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Completed);
        QCOMPARE(hand.output(), QByteArray("{\"got\":\"done\"}"));
        QCOMPARE(hand.waits, QList<qint64>({1000, 2000}));
        QCOMPARE(hand.calls.size(), 3);
        for (const auto &call : hand.calls) {
            QCOMPARE(keyOf(call), QByteArray("run:/do/0/guard/try/1/ask:1"));
            QCOMPARE(call.url, u"http://h/7"_s);
            QCOMPARE(call.body, QByteArray("{\"a\":7}"));
        }
        QCOMPARE(hand.steps.last().attempt, 1);
        int asks = 0;
        for (const StepRecord &s : hand.steps) {
            if (s.name == u"ask")
                QCOMPARE(s.attempt, ++asks);
        }
        QCOMPARE(asks, 3);
    }

    void givesUpAfterTheLimit()
    {
        Hand hand(retrying, "{\"id\":7}");
        for (int i = 0; i < 9; ++i)
            hand.answer(503, "{}");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Faulted);
        QCOMPARE(hand.calls.size(), 4);
        QCOMPARE(hand.waits, QList<qint64>({1000, 2000, 4000}));
        QCOMPARE(hand.error().value(u"status").toInt(), 503);
        Hand other(retrying, "{\"id\":7}");
        other.answers.append(Error(Errc::Forbidden, u"no"_s)); // not a communication error: not retried
        other.run();
        QCOMPARE(other.calls.size(), 1);
        QCOMPARE(other.error().value(u"status").toInt(), 403);
    }

    void retryLimitsInTime()
    {
        QByteArray source = retrying;
        source.replace("backoff: {exponential: {}}, limit: {attempt: {count: 3}}",
                       "backoff: {linear: {}}, limit: {duration: PT7S}");
        Hand hand(source, "{\"id\":7}");
        for (int i = 0; i < 9; ++i)
            hand.answer(503, "{}");
        hand.run();
        QCOMPARE(hand.waits, QList<qint64>({1000, 2000, 3000})); // the next, 4 s, would pass 7 s
        QCOMPARE(hand.status(), RunStatus::Faulted);
    }

    void aLoopHasNewKeys()
    {
        Hand hand(head + "do: [{ask: {call: http, with: {method: get, endpoint: 'http://h/'}}}, {s: {switch: [{more: "
                         "{when: .more, then: ask}}]}}]\n");
        hand.answer(200, "{\"more\":true}");
        hand.answer(200, "{\"more\":false}");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Completed);
        QCOMPARE(keyOf(hand.calls[0]), QByteArray("run:/do/0/ask:1"));
        QCOMPARE(keyOf(hand.calls[1]), QByteArray("run:/do/0/ask:2"));
    }

    void endlessLoopsEnd()
    {
        Hand hand(head + "do: [{a: {set: {x: 1}, then: a}}]\n");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Faulted);
        QVERIFY(hand.error().value(u"type").toString().endsWith(u"runtime"));
        QCOMPARE(int(hand.steps.size()), RunLimits::steps);
    }

    void timeLimits_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QString>("outcome"); // output, or the fault's instance
        const QByteArray call = "call: http, with: {method: get, endpoint: 'http://h/'}";
        QTest::newRow("call") << head + "do: [{a: {" + call + ", timeout: {after: PT1S}}}]\n" << u"/do/0/a"_s;
        QTest::newRow("do") << head + "do: [{b: {do: [{a: {" + call + "}}], timeout: {after: PT1S}}}]\n"
                            << u"/do/0/b"_s;
        QTest::newRow("workflow") << head + "timeout: {after: PT1S}\ndo: [{a: {" + call + "}}]\n" << u""_s;
        QTest::newRow("attempt, caught") << head + "do: [{t: {try: [{a: {" + call +
                                                "}}], catch: {errors: {with: {status: 408}}, retry: {limit: {attempt: "
                                                "{count: 1, duration: PT1S}}}, do: [{c: {set: {late: true}}}]}}}]\n"
                                         << u"{\"late\":true}"_s;
        QTest::newRow("try itself") << head + "do: [{t: {try: [{a: {" + call +
                                           "}}], timeout: {after: PT1S}, catch: {do: [{c: {set: {late: true}}}]}}}]\n"
                                    << u"/do/0/t"_s;
        QTest::newRow("try outside")
            << head + "do: [{o: {try: [{b: {do: [{a: {" + call +
                   "}}], timeout: {after: PT1S}}}], catch: {do: [{c: {set: {at: '${ $error.instance }'}}}]}}}]\n"
            << u"{\"at\":\"/do/0/o/try/0/b\"}"_s;
        QTest::newRow("while waiting") << head + "do: [{t: {try: [{a: {set: {x: '${ .s.x }'}}}], timeout: {after: "
                                                 "PT1S}, catch: {retry: {delay: PT1H}}}}]\n"
                                       << u"/do/0/t"_s;
    }
    void timeLimits()
    {
        QFETCH(QByteArray, source);
        QFETCH(QString, outcome);
        Hand hand(source, "{\"s\":\"text\"}");
        for (int i = 0; i < 5; ++i)
            hand.answers.append(Error(Errc::DeadlineExceeded, u"late"_s));
        hand.run();
        if (outcome.startsWith(u'{')) {
            QCOMPARE(hand.status(), RunStatus::Completed);
            QCOMPARE(QString::fromUtf8(hand.output()), outcome);
        } else {
            QCOMPARE(hand.status(), RunStatus::Faulted);
            QCOMPARE(hand.error().value(u"status").toInt(), 408);
            QCOMPARE(hand.error().value(u"instance").toString(), outcome);
        }
        for (const StepRecord &s : hand.steps)
            QVERIFY(s.endedAt.has_value());
    }

    void readsAnswers_data()
    {
        QTest::addColumn<QByteArray>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("output"); // or a status when it faults
        QTest::newRow("object") << QByteArray() << 200 << QByteArray("application/json")
                                << QByteArray("{\"id\":9007199254740993}") << QByteArray("{\"id\":9007199254740993}");
        QTest::newRow("scalar") << QByteArray() << 200 << QByteArray("application/problem+json; charset=utf-8")
                                << QByteArray("5") << QByteArray("5");
        QTest::newRow("text") << QByteArray() << 201 << QByteArray("text/plain") << QByteArray("hi")
                              << QByteArray("\"hi\"");
        QTest::newRow("bytes") << QByteArray() << 200 << QByteArray("image/png") << QByteArray("\x01\x02")
                               << QByteArray("\"AQI=\"");
        QTest::newRow("empty") << QByteArray() << 204 << QByteArray("application/json") << QByteArray()
                               << QByteArray("null");
        QTest::newRow("raw") << QByteArray(", output: raw") << 200 << QByteArray("application/json") << QByteArray("{}")
                             << QByteArray("\"e30=\"");
        QTest::newRow("broken JSON") << QByteArray() << 200 << QByteArray("application/json") << QByteArray("{")
                                     << QByteArray("502");
        QTest::newRow("two values") << QByteArray() << 200 << QByteArray("application/json") << QByteArray("1,2")
                                    << QByteArray("502");
        QTest::newRow("deep") << QByteArray() << 200 << QByteArray("application/json") << QByteArray(500, '[')
                              << QByteArray("502");
        QTest::newRow("large") << QByteArray() << 200 << QByteArray("text/plain") << QByteArray(300'000, 'x')
                               << QByteArray("502");
        QTest::newRow("404") << QByteArray() << 404 << QByteArray("text/plain") << QByteArray("no")
                             << QByteArray("404");
        QTest::newRow("302") << QByteArray() << 302 << QByteArray("text/plain") << QByteArray("there")
                             << QByteArray("302");
        QTest::newRow("302 wanted") << QByteArray(", redirect: true") << 302 << QByteArray("text/plain")
                                    << QByteArray("there") << QByteArray("\"there\"");
    }
    void readsAnswers()
    {
        QFETCH(QByteArray, arguments);
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, output);
        Hand hand(head + "do: [{a: {call: http, with: {method: get, endpoint: 'http://h/'" + arguments + "}}}]\n");
        hand.answer(status, body, type);
        hand.run();
        if (hand.status() == RunStatus::Completed)
            QCOMPARE(hand.output(), output);
        else
            QCOMPARE(QByteArray::number(hand.error().value(u"status").toInt()), output);
    }

    void buildsRequests()
    {
        Hand hand(
            head + "do: [{a: {call: http, with: {method: put, endpoint: 'http://h/x?a=1#f', query: {q: '${ .q }', n: "
                   "5, none: null, list: [1, x]}, "
                   "headers: {X-A: '${ .q }', Content-Type: text/markdown}, body: '${ .text }', output: response}}}]\n",
            "{\"q\":\"a b&c\",\"text\":\"# hi\"}");
        hand.answer(200, "{}");
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Completed);
        const auto &call = hand.calls.first();
        QCOMPARE(call.method, QByteArray("PUT"));
        QCOMPARE(call.url, u"http://h/x?a=1&list=1&list=x&n=5&q=a%20b%26c"_s);
        QCOMPARE(call.body, QByteArray("# hi"));
        QVERIFY(call.headers.contains(qMakePair(QByteArray("X-A"), QByteArray("a b&c"))));
        const QJsonObject response = hand.machine().output().toObject();
        QCOMPARE(response.value(u"statusCode").toInt(), 200);
        QVERIFY(response.value(u"content").isObject());
        for (const char *bad :
             {"query: {q: '${ .o }'}", "headers: {q: '${ .o }'}", "query: '${ .t }'", "headers: '${ .t }'"}) {
            Hand wrong(head + "do: [{a: {call: http, with: {method: get, endpoint: 'http://h/', " + bad + "}}}]\n",
                       "{\"o\":{},\"t\":\"x\"}");
            wrong.run();
            QCOMPARE(wrong.status(), RunStatus::Faulted);
            QVERIFY(wrong.calls.isEmpty());
        }
    }

    void cancels()
    {
        Hand hand(retrying, "{\"id\":7}");
        const RunAdvance first = hand.machine().advance(hand.now);
        QCOMPARE(first.start.size(), 1);
        QCOMPARE(first.open, 1);
        hand.machine().cancel(hand.now);
        hand.run();
        QCOMPARE(hand.status(), RunStatus::Cancelled);
        QCOMPARE(hand.aborted, QStringList{u"/do/0/guard/try/1/ask:1"_s});
        QCOMPARE(hand.steps.size(), 2);
        for (const StepRecord &s : hand.steps)
            QCOMPARE(s.status, RunStatus::Cancelled);
    }

    void foreignCursorsAreRefused()
    {
        QList<DefinitionIssue> issues;
        const auto definition = parseDefinition(retrying, issues);
        RunMachine machine(definition, RunId("run"), json("{\"id\":1}"), fromMillis(0));
        (void)machine.advance(fromMillis(0));
        const QJsonObject good = machine.cursor();
        const auto accepted = [&](const QJsonObject &cursor) {
            return RunMachine::restore(definition, RunId("run"), {}, fromMillis(0), cursor).isOk();
        };
        QVERIFY(accepted(good));
        QVERIFY(!accepted({}));
        const auto bentChild = [&](const QString &key, const QJsonValue &value) {
            QJsonObject root = good.value(u"root").toObject();
            QJsonArray children = root.value(u"children").toArray();
            QJsonObject child = children.first().toObject();
            child.insert(key, value);
            children[0] = child;
            root.insert(u"children"_s, children);
            return QJsonValue(root);
        };
        const QJsonValue twice = QJsonArray{QJsonObject{{u"place"_s, 0}}, QJsonObject{{u"place"_s, 0}}};
        for (const auto &[key, value] :
             {std::pair(u"version"_s, QJsonValue(9)), std::pair(u"root"_s, QJsonValue()),
              std::pair(u"root"_s, QJsonValue(QJsonObject{{u"children"_s, twice}})),
              std::pair(u"root"_s, QJsonValue(QJsonObject{{u"phase"_s, 3}})),
              std::pair(u"root"_s, bentChild(u"place"_s, 9)), std::pair(u"root"_s, bentChild(u"place"_s, -1)),
              std::pair(u"root"_s, bentChild(u"phase"_s, 4)), std::pair(u"root"_s, bentChild(u"phase"_s, 77)),
              std::pair(u"root"_s, bentChild(u"branch"_s, 1)), std::pair(u"root"_s, bentChild(u"index"_s, -1)),
              std::pair(u"end"_s, QJsonValue(QJsonObject{{u"status"_s, u"running"_s}}))}) {
            QJsonObject bent = good;
            bent.insert(key, value);
            QVERIFY(!accepted(bent));
        }
    }
};

QTEST_GUILESS_MAIN(TestRunMachine)
#include "tst_runmachine.moc"
