// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Each kind of task over the pure machine. See tst_runmachine for the order of tasks, calls and retries.
#include "tests/unit/server/workflows/handmachine.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
const QByteArray head = "document: {dsl: '1.0.3', namespace: t, name: n, version: 0.1.0}\n";
const QByteArray get = "call: http, with: {method: get, endpoint: 'http://h/";

QJsonObject cloudEvent(const QByteArray &text)
{
    QJsonObject e = json(text).toObject();
    for (const auto &[key, value] : {std::pair(u"id"_s, u"1"_s), {u"source"_s, u"/s"_s}, {u"type"_s, u"t"_s}}) {
        if (!e.contains(key))
            e.insert(key, value);
    }
    return e;
}
//! Answers with the last part of the path, as JSON.
Result<Connectors::HttpReply> echo(const Connectors::HttpCall &call)
{
    const QString last = call.url.section(u'/', -1);
    if (last == u"fail")
        return Hand::reply(503, "{}");
    return Hand::reply(200, "{\"name\":\"" + last.toUtf8() + "\"}");
}
QByteArray type(const Hand &hand)
{
    return hand.error().value(u"type").toString().section(u'/', -1).toUtf8();
}
} // namespace

class TestRunTasks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tasks_data()
    {
        QTest::addColumn<QByteArray>("rest");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("output"); // or "type at instance" of the error
        QTest::addColumn<QString>("completed");
        const auto row = [](const char *name, const QByteArray &rest, const char *input, const char *output,
                            const char *done) {
            QTest::newRow(name) << rest << QByteArray(input) << QByteArray(output) << QString::fromLatin1(done);
        };
        row("for",
            "do: [{l: {for: {each: x, in: '${ .list }', at: i}, do: [{a: {set: {sum: '${ (.sum // 0) + $x }', at: '${ "
            "$i }'}}}]}}]",
            "{\"list\":[1,2,3]}", "{\"at\":2,\"sum\":6}", "l a a a");
        row("for: empty", "do: [{l: {for: {in: '${ .list }'}, do: [{a: {set: {x: 1}}}]}}]", "{\"list\":[]}",
            "{\"list\":[]}", "l");
        row("for: while",
            "do: [{l: {for: {in: '${ .list }'}, while: '${ (.n // 0) < 2 }', do: [{a: {set: {n: '${ (.n // 0) + 1 "
            "}'}}}]}}]",
            "{\"list\":[1,2,3,4]}", "{\"n\":2}", "l a a");
        row("for: inline",
            "do: [{l: {for: {in: [a, '${ .x }']}, do: [{a: {set: {all: '${ (.all // []) + [$item] }'}}}]}}]",
            "{\"x\":7}", "{\"all\":[\"a\",7]}", "l a a");
        row("for: nested",
            "do: [{o: {for: {each: a, in: [1, 2]}, do: [{i: {for: {each: b, in: [10, 20]}, do: [{s: {set: {all: '${ "
            "(.all // []) + [$a * $b] }'}}}]}}]}}]",
            "{}", "{\"all\":[10,20,20,40]}", "o i s s i s s");
        row("for: an object", "do: [{l: {for: {in: '${ . }'}, do: [{a: {set: {x: 1}}}]}}]", "{\"x\":1}",
            "expression at /do/0/l", "");
        row("for: output and export",
            "do: [{l: {for: {in: [1]}, do: [{a: {set: {n: 5}}}], output: {as: .n}, export: {as: '${ {got: .} }'}}}, "
            "{b: {set: '${ $context }'}}]",
            "{}", "{\"got\":5}", "l a b");
        row("for: end",
            "do: [{l: {for: {in: [1, 2]}, do: [{a: {set: {n: '${ $item }'}, then: end}}]}}, {z: {set: {}}}]", "{}",
            "{\"n\":1}", "l a");
        row("for: error", "do: [{l: {for: {in: [1, 2]}, do: [{a: {set: {n: '${ .x.y }'}}}]}}]", "{\"x\":\"text\"}",
            "expression at /do/0/l/do/0/a", "");
        row("fork",
            "do: [{f: {fork: {branches: [{a: {set: {x: 1}}}, {b: {do: [{c: {set: {y: 2}}}, {d: {set: {z: '${ .y "
            "}'}}}]}}]}}}]",
            "{}", "[{\"x\":1},{\"z\":2}]", "f a b c d");
        row("fork: waits",
            "do: [{f: {fork: {branches: [{a: {do: [{w: {wait: PT5S}}, {s: {set: {x: 1}}}]}}, {b: {wait: PT1S}}]}}}]",
            "{\"i\":1}", "[{\"x\":1},{\"i\":1}]", "f a w b s");
        row("fork: race",
            "do: [{f: {fork: {compete: true, branches: [{a: {do: [{w: {wait: PT5S}}, {s: {set: {x: 1}}}]}}, {b: {wait: "
            "PT1S}}]}}}]",
            "{\"i\":1}", "{\"i\":1}", "f b");
        row("fork: calls",
            "do: [{f: {fork: {branches: [{a: {" + get + "one'}}}, {b: {" + get +
                "two'}}}]}, output: {as: '${ map(.name) }'}}}]",
            "{}", "[\"one\",\"two\"]", "f a b");
        row("fork: one fails", "do: [{f: {fork: {branches: [{a: {wait: PT5S}}, {b: {" + get + "fail'}}}]}}}]", "{}",
            "communication at /do/0/f/fork/branches/1/b", "");
        row("fork: caught inside",
            "do: [{f: {fork: {branches: [{t: {try: [{b: {" + get +
                "fail'}}}], catch: {do: [{c: {set: {status: '${ $error.status }'}}}]}}}, {x: {set: {x: 1}}}]}}}]",
            "{}", "[{\"status\":503},{\"x\":1}]", "f t x c");
        row("fork: end",
            "do: [{f: {fork: {branches: [{a: {wait: PT5S}}, {b: {set: {x: 1}, then: end}}]}}}, {z: {set: {}}}]", "{}",
            "{\"x\":1}", "f b");
        row("fork in for",
            "do: [{l: {for: {in: [1, 2]}, do: [{f: {fork: {branches: [{a: {set: '${ $item }'}}, {b: {set: '${ $index "
            "}'}}]}}}]}}]",
            "{}", "[2,1]", "l f a b f a b");
        row("wait", "do: [{w: {wait: {seconds: 3}}}, {s: {set: {was: '${ .k }'}}}]", "{\"k\":1}", "{\"was\":1}", "w s");
        row("wait: computed", "do: [{w: {wait: '${ .d }'}}]", "{\"d\":\"PT2S\"}", "{\"d\":\"PT2S\"}", "w");
        row("wait: nonsense", "do: [{w: {wait: '${ .d }'}}]", "{\"d\":\"soon\"}", "expression at /do/0/w", "");
        row("wait: time limit", "do: [{w: {wait: PT1H, timeout: {after: PT1S}}}]", "{}", "timeout at /do/0/w", "");
        row("raise",
            "do: [{o: {do: [{r: {raise: {error: {type: 'https://example.com/errors/full', status: 507, title: Full, "
            "detail: '${ \"no \\(.what)\" }'}}}}]}}]",
            "{\"what\":\"room\"}", "full at /do/0/o/do/0/r", "");
        row("raise: caught",
            "do: [{t: {try: [{r: {raise: {error: {type: 'https://example.com/e', status: 418}}}}], catch: {errors: "
            "{with: {status: 418}}, as: e, do: [{c: {set: '${ $e.instance }'}}]}}}]",
            "{}", "\"/do/0/t/try/0/r\"", "t c");
        row("schema: input", "do: [{a: {input: {schema: {document: {type: object, required: [x]}}}, set: {}}}]", "{}",
            "validation at /do/0/a", "");
        row("schema: raw input first",
            "do: [{a: {input: {schema: {document: {type: object, required: [x]}}, from: .x}, set: '${ . }'}}]",
            "{\"x\":5}", "5", "a");
        row("schema: output", "do: [{a: {set: {x: text}, output: {as: .x, schema: {document: {type: number}}}}}]", "{}",
            "validation at /do/0/a", "");
        row("schema: export", "do: [{a: {set: {x: text}, export: {as: .x, schema: {document: {type: number}}}}}]", "{}",
            "validation at /do/0/a", "");
        row("schema: output of the run", "output: {schema: {document: {type: array}}}\ndo: [{a: {set: {}}}]", "{}",
            "validation at /output", "");
        row("unsupported", "do: [{a: {run: {shell: {command: ls}}}}]", "{}", "configuration at /do/0/a", "");
        row("own function",
            "use: {functions: {pet: {" + get +
                "{id}'}, output: {as: .name}}}}\ndo: [{a: {call: pet, with: {id: '${ .x }'}}}, {b: {call: pet, with: "
                "{id: 9}, output: {as: '${ {b: .} }'}}}]",
            "{\"x\":7}", "{\"b\":\"9\"}", "a pet b pet");
        row("own function: time limit",
            "use: {functions: {slow: {wait: PT1H}}}\ndo: [{a: {call: slow, timeout: {after: PT1S}}}]", "{}",
            "timeout at /do/0/a", "");
        row("listen: nobody", "do: [{l: {listen: {to: {one: {with: {type: x}}}}, timeout: {after: PT1S}}}]", "{}",
            "timeout at /do/0/l", "");
    }
    void tasks()
    {
        QFETCH(QByteArray, rest);
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, output);
        QFETCH(QString, completed);
        for (const bool restarts : {false, true}) {
            Hand hand(head + rest + "\n", input);
            hand.restarts = restarts;
            hand.service = echo;
            QVERIFY(hand.run());
            if (hand.status() == RunStatus::Faulted) {
                const QString outcome =
                    QString::fromUtf8(type(hand)) + u" at "_s + hand.error().value(u"instance").toString();
                QCOMPARE(outcome.toUtf8(), output);
            } else {
                QCOMPARE(hand.output(), output);
                QStringList wanted = completed.split(u' ');
                QStringList got = hand.completed();
                QCOMPARE(got, wanted);
            }
            for (const StepRecord &step : hand.steps)
                QVERIFY2(step.endedAt, qPrintable(step.reference));
        }
    }

    void keysNameTheIteration()
    {
        Hand hand(head + "do: [{o: {for: {each: a, in: [1, 2]}, do: [{c: {" + get +
                  "x'}}}, {i: {for: {each: b, in: [1, 2]}, do: [{d: {" + get + "y'}}}]}}]}}]\n");
        hand.service = echo;
        QVERIFY(hand.run());
        QByteArrayList keys;
        for (const auto &call : std::as_const(hand.calls))
            keys.append(keyOf(call).mid(4));
        QCOMPARE(keys, QByteArrayList({"/do/0/o/do/0/c:1", "/do/0/o/do/1/i/do/0/d:1", "/do/0/o/do/1/i/do/0/d:2.1",
                                       "/do/0/o/do/0/c:2.1", "/do/0/o/do/1/i/do/0/d:2.1.1.1",
                                       "/do/0/o/do/1/i/do/0/d:2.1.2.1"}));
        QCOMPARE(QSet<QByteArray>(keys.begin(), keys.end()).size(), keys.size());
    }

    void aRaceAbortsTheLosers()
    {
        Hand hand(head + "do: [{f: {fork: {compete: true, branches: [{a: {" + get + "one'}}}, {b: {" + get +
                  "two'}}}]}}}]\n");
        hand.service = echo;
        hand.choose = [](const QList<RunEffect> &open) { return int(open.size()) - 1; };
        QVERIFY(hand.run());
        QCOMPARE(hand.output(), QByteArray("{\"name\":\"two\"}"));
        QCOMPARE(hand.aborted, QStringList{u"/do/0/f/fork/branches/0/a:1"_s});
        QCOMPARE(hand.named(RunStatus::Cancelled), QStringList{u"a"_s});
        QCOMPARE(hand.calls.size(), 1);
    }

    void emits()
    {
        Hand hand(head + "do: [{e: {emit: {event: {with: {type: com.example.done, subject: '${ .who }', data: {n: "
                         "1}}}}}}, {s: {set: '${ .type }'}}]\n",
                  "{\"who\":\"ada\"}");
        QVERIFY(hand.run());
        QCOMPARE(hand.output(), QByteArray("\"com.example.done\""));
        QCOMPARE(hand.emitted.size(), 1);
        const QJsonObject e = hand.emitted.first();
        QCOMPARE(e.value(u"subject").toString(), u"ada"_s);
        QCOMPARE(e.value(u"source").toString(), u"/workflows/t.n"_s);
        QCOMPARE(e.value(u"specversion").toString(), u"1.0"_s);
        QCOMPARE(e.value(u"time").toString(), u"1970-01-01T00:00:01.000Z"_s);
        QCOMPARE(e.value(u"id").toString().size(), 36);
        Hand again(head + "do: [{e: {emit: {event: {with: {type: com.example.done, subject: '${ .who }', data: {n: "
                          "1}}}}}}, {s: {set: '${ .type }'}}]\n",
                   "{\"who\":\"ada\"}");
        QVERIFY(again.run());
        QCOMPARE(again.emitted.first(), e); // the same after a crash
        Hand bad(head + "do: [{e: {emit: {event: {with: {type: '${ .nothing }'}}}}}]\n");
        QVERIFY(bad.run());
        QCOMPARE(type(bad), QByteArray("validation"));
    }

    void listens_data()
    {
        QTest::addColumn<QByteArray>("listen");
        QTest::addColumn<QByteArrayList>("events");
        QTest::addColumn<QByteArray>("output"); // empty: it still listens
        QTest::addColumn<QByteArray>("taken");  // a letter for each event: y n
        const auto row = [](const char *name, const QByteArray &listen, const QByteArrayList &events,
                            const char *output, const char *taken) {
            QTest::newRow(name) << listen << events << QByteArray(output) << QByteArray(taken);
        };
        const QByteArray a = "{\"type\":\"a\",\"data\":1}", b = "{\"type\":\"b\",\"data\":2}",
                         c = "{\"type\":\"c\",\"data\":3}";
        row("one", "listen: {to: {one: {with: {type: b}}}}", {a, b, c}, "[2]", "ny");
        row("any of two", "listen: {to: {any: [{with: {type: b}}, {with: {type: c}}]}}", {a, c}, "[3]", "ny");
        row("any at all", "listen: {to: {any: []}}", {a}, "[1]", "y");
        row("all", "listen: {to: {all: [{with: {type: b}}, {with: {type: a}}]}}", {a, a, c, b}, "[1,2]", "ynny");
        row("until an expression", "listen: {to: {any: [{with: {type: a}}], until: '${ length >= 3 }'}}", {a, b, a, a},
            "[1,1,1]", "ynyy");
        row("until an event", "listen: {to: {any: [{with: {type: a}}], until: {one: {with: {type: c}}}}}", {a, a, b, c},
            "[1,1]", "yyny");
        row("until never", "listen: {to: {any: [{with: {type: a}}], until: false}}", {a, a}, "", "yy");
        row("envelope", "listen: {to: {one: {with: {type: a}}}, read: envelope}", {"{\"type\":\"a\"}"},
            "[{\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\"}]", "y");
        row("raw", "listen: {to: {one: {with: {type: a}}}, read: raw}", {"{\"type\":\"a\",\"data\":{\"x\":1}}"},
            "[\"{\\\"x\\\":1}\"]", "y");
        row("regular expression", "listen: {to: {one: {with: {type: '(a|b)[0-9]+'}}}}",
            {a, "{\"type\":\"b7x\"}", "{\"type\":\"b7\",\"data\":4}"}, "[4]", "nny");
        row("dots are dots", "listen: {to: {one: {with: {type: a.b}}}}",
            {"{\"type\":\"axb\"}", "{\"type\":\"a.b\",\"data\":5}"}, "[5]", "ny");
        row("expression on data", "listen: {to: {one: {with: {type: a, data: '${ . > 5 }'}}}}",
            {a, "{\"type\":\"a\",\"data\":9}"}, "[9]", "ny");
        row("expression that fails", "listen: {to: {one: {with: {type: a, data: '${ .x.y }'}}}}",
            {a, "{\"type\":\"a\",\"data\":{\"x\":{\"y\":1}}}"}, "[{\"x\":{\"y\":1}}]", "ny");
        row("extension", "listen: {to: {one: {with: {type: a, roomid: r1}}}}",
            {a, "{\"type\":\"a\",\"roomid\":\"r1\",\"data\":6}"}, "[6]", "ny");
        row("correlate with each other",
            "listen: {to: {all: [{with: {type: a}, correlate: {k: {from: .data.k}}}, {with: {type: b}, correlate: {k: "
            "{from: .data.k}}}]}, output: {as: '${ map(.v) }'}}",
            {"{\"type\":\"a\",\"data\":{\"k\":1,\"v\":1}}", "{\"type\":\"b\",\"data\":{\"k\":2,\"v\":2}}",
             "{\"type\":\"b\",\"data\":{\"k\":1,\"v\":3}}"},
            "[1,3]", "yny");
        row("correlate with the run",
            "listen: {to: {one: {with: {type: a}, correlate: {k: {from: .data.k, expect: '${ .thread }'}}}}}",
            {"{\"type\":\"a\",\"data\":{\"k\":1}}", "{\"type\":\"a\",\"data\":{\"k\":\"x\"}}"}, "[{\"k\":\"x\"}]",
            "ny");
        row("foreach",
            "listen: {to: {any: [{with: {type: a}}], until: '${ length >= 2 }'}}, foreach: {item: e, at: i, do: [{w: "
            "{wait: PT1S}}, {s: {set: {v: '${ $e }', i: '${ $i }'}}}], output: {as: .v}}",
            {"{\"type\":\"a\",\"data\":4}", "{\"type\":\"a\",\"data\":5}"}, "[4,5]", "yy");
    }
    void listens()
    {
        QFETCH(QByteArray, listen);
        QFETCH(QByteArrayList, events);
        QFETCH(QByteArray, output);
        QFETCH(QByteArray, taken);
        if (listen.contains("output: {as: '${ map(.v) }'}}")) { // of the task, not of listen
            listen.replace(", output: {as: '${ map(.v) }'}}", "}, output: {as: '${ map(.v) }'}");
        }
        for (const bool restarts : {false, true}) {
            Hand hand(head + "do: [{l: {" + listen + "}}]\n", "{\"thread\":\"x\"}");
            hand.restarts = restarts;
            for (const QByteArray &one : events)
                hand.events.append(cloudEvent(one));
            const bool ends = hand.run();
            QByteArray got;
            for (const bool one : std::as_const(hand.taken))
                got += one ? 'y' : 'n';
            QCOMPARE(got, taken);
            QCOMPARE(ends, !output.isEmpty());
            if (ends) {
                QVERIFY2(hand.status() == RunStatus::Completed, QJsonDocument(hand.error()).toJson().constData());
                QCOMPARE(hand.output(), output);
            } else {
                QCOMPARE(hand.status(), RunStatus::Waiting);
                QCOMPARE(hand.machine().interests().size(), 1);
                QCOMPARE(hand.machine().interests().first().type, u"a"_s);
            }
        }
    }

    void interestsTellWhatATableCan()
    {
        Hand hand(head + "do: [{f: {fork: {branches: [{a: {listen: {to: {one: {with: {type: com.x.y, source: '${ . == "
                         "\"/a\" }'}}}}}}, {b: {listen: {to: {all: [{with: {type: 'com[.]x', subject: s}}, "
                         "{with: {data: 5}}]}}}}]}}}]\n");
        QVERIFY(!hand.run());
        const QList<EventInterest> wanted = {{u"com.x.y"_s, {}, {}}, {{}, {}, u"s"_s}, {{}, {}, {}}};
        QCOMPARE(hand.machine().interests(), wanted);
    }

    void functionsOfTheServer()
    {
        const QByteArray source = head + "do: [{t: {try: [{a: {call: 'chat.reply@default', with: {text: '${ .t }'}}}], "
                                         "catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}}}}]\n";
        Hand hand(source, "{\"t\":\"hi\"}");
        hand.restarts = true;
        int n = 0;
        hand.function = [&](const RunEffect &effect) -> EffectOutcome {
            if (++n == 1)
                return QJsonObject{{u"type"_s, u"https://example.com/busy"_s}, {u"status"_s, 500}};
            return QJsonValue(effect.arguments.toObject().value(u"text").toString() + u'!');
        };
        QVERIFY(hand.run());
        QCOMPARE(hand.output(), QByteArray("\"hi!\""));
        QCOMPARE(hand.asked.size(), 2);
        QCOMPARE(hand.asked[0].function, u"chat.reply"_s);
        QCOMPARE(hand.asked[0].catalog, u"default"_s);
        QCOMPARE(hand.asked[0].idempotencyKey, hand.asked[1].idempotencyKey);
        QCOMPARE(hand.asked[1].attempt, 2);
        QCOMPARE(hand.waits, QList<qint64>{1000});
    }

    void otherWorkflows()
    {
        const QByteArray source =
            head +
            "do: [{a: {run: {workflow: {namespace: t, name: child, version: '1.0.0', input: {x: '${ .x }'}}}}}]\n";
        Hand hand(source, "{\"x\":1}");
        hand.function = [](const RunEffect &effect) { return EffectOutcome(effect.arguments); };
        QVERIFY(hand.run());
        QCOMPARE(hand.output(), QByteArray("{\"x\":1}"));
        QCOMPARE(hand.asked.first().kind, RunEffect::Kind::Subflow);
        QCOMPARE(hand.asked.first().subflow.name, u"child"_s);
        Hand bad(source, "{\"x\":1}");
        bad.function = [](const RunEffect &) {
            return EffectOutcome(QJsonObject{{u"type"_s, u"x/runtime"_s}, {u"status"_s, 500}});
        };
        QVERIFY(bad.run());
        QCOMPARE(bad.status(), RunStatus::Faulted);
        QCOMPARE(bad.error().value(u"instance").toString(), u"/do/0/a"_s);
    }

    void proofsWhoCalls()
    {
        const auto header = [](const Hand &hand) {
            for (const auto &[name, value] : hand.calls.value(0).headers) {
                if (name == "Authorization")
                    return value;
            }
            return QByteArray();
        };
        const auto source = [](const QByteArray &authentication) {
            return head + "use: {secrets: [door]}\ndo: [{a: {call: http, with: {method: get, output: response" +
                   ", endpoint: {uri: 'http://h/', authentication: " + authentication + "}}}}]\n";
        };
        const QJsonObject door{
            {u"door"_s,
             QJsonObject{{u"username"_s, u"ada"_s}, {u"password"_s, u"opensesame"_s}, {u"token"_s, u"tokentoken"_s}}}};
        struct
        {
            QByteArray authentication, header;
        } const rows[] = {
            {"{basic: {username: ada, password: '${ $secrets.door.password }'}}",
             "Basic " + QByteArray("ada:opensesame").toBase64()},
            {"{basic: {use: door}}", "Basic " + QByteArray("ada:opensesame").toBase64()},
            {"{bearer: {token: '${ $secrets.door.token }'}}", "Bearer tokentoken"},
            {"{bearer: {use: door}}", "Bearer tokentoken"},
        };
        for (const auto &row : rows) {
            Hand hand(source(row.authentication));
            hand.secrets = door;
            hand.begin();
            hand.service = echo;
            QVERIFY(hand.run());
            QVERIFY2(hand.status() == RunStatus::Completed, QJsonDocument(hand.error()).toJson().constData());
            QCOMPARE(header(hand), row.header);
            QVERIFY(!hand.output().contains("uthorization")); // no credentials in what is recorded
            Hand none(source(row.authentication));
            none.service = echo;
            QVERIFY(none.run());
            QCOMPARE(none.error().value(u"status").toInt(), 403);
            QVERIFY(none.calls.isEmpty());
        }
        Hand asks(source("{oauth2: {authority: 'http://id/', grant: client_credentials, client: {id: me, secret: '${ "
                         "$secrets.door.password }'}}}"));
        asks.secrets = door;
        asks.begin();
        const RunAdvance next = asks.machine().advance(asks.now);
        QCOMPARE(next.start.size(), 1);
        QCOMPARE(next.start.first().authentication, Authentication::Kind::OAuth2);
        QCOMPARE(next.start.first().authenticationFields.value(u"client").toObject().value(u"secret").toString(),
                 u"opensesame"_s);
    }

    void secretsAreNotRecorded()
    {
        Hand hand(
            head +
            "use: {secrets: [key]}\ndo: [{a: {set: {k: '${ \"Token \" + $secrets.key }'}}}, {w: {wait: PT5S}}, {b: {" +
            get +
            "x', headers: {X-Key: '${ .k }'}}, input: {from: '${ . }'}}}, {c: {raise: {error: {type: "
            "'https://example.com/x', status: 500, detail: '${ $secrets.key }'}}}}]\n");
        hand.secrets = {{u"key"_s, u"very secret"_s}};
        hand.begin();
        hand.restarts = true;
        hand.service = echo;
        QVERIFY(hand.run());
        QCOMPARE(hand.status(), RunStatus::Faulted);
        QCOMPARE(hand.calls.size(), 1);
        QVERIFY(hand.calls.first().headers.contains(qMakePair(QByteArray("X-Key"), QByteArray("Token very secret"))));
        QCOMPARE(hand.error().value(u"detail").toString(), u"***"_s);
        for (const StepRecord &step : std::as_const(hand.steps)) {
            for (const QJsonValue &value : {step.input, step.output, QJsonValue(step.error)})
                QVERIFY(!Expressions::toJsonText(value).contains("very secret"));
        }
        QVERIFY(hand.cursors.size() >= 3);
        for (const QJsonObject &cursor : std::as_const(hand.cursors))
            QVERIFY(!QJsonDocument(cursor).toJson().contains("very secret"));
        QCOMPARE(hand.steps.first().output.toObject().value(u"k").toString(), u"Token ***"_s);
    }

    void backsOff_data()
    {
        QTest::addColumn<QByteArray>("policy");
        QTest::addColumn<QList<qint64>>("waits");
        const auto row = [](const char *name, const QByteArray &policy, const QList<qint64> &waits) {
            QTest::newRow(name) << policy << waits;
        };
        row("constant", "delay: PT2S, backoff: {constant: {}}, limit: {attempt: {count: 3}}", {2000, 2000, 2000});
        row("linear", "delay: PT2S, backoff: {linear: {increment: PT1S}}, limit: {attempt: {count: 3}}",
            {2000, 3000, 4000});
        row("exponential",
            "delay: PT1S, backoff: {exponential: {factor: 3, maxDelay: PT5S}}, limit: {attempt: {count: 4}}",
            {1000, 3000, 5000, 5000});
        row("computed", "delay: '${ .d }', limit: {attempt: {count: 1}}", {7000});
        row("none", "delay: PT1S, when: '${ $error.status == 1 }', limit: {attempt: {count: 4}}", {});
        row("no more", "delay: PT3S, limit: {duration: PT10S}", {3000, 3000, 3000});
    }
    void backsOff()
    {
        QFETCH(QByteArray, policy);
        QFETCH(QList<qint64>, waits);
        for (const bool restarts : {false, true}) {
            Hand hand(head + "do: [{t: {try: [{a: {" + get + "fail'}}}], catch: {retry: {" + policy +
                          "}, do: [{c: {set: {gave: up}}}]}}}]\n",
                      "{\"d\":\"PT7S\"}");
            hand.service = echo;
            hand.restarts = restarts;
            QVERIFY(hand.run());
            QCOMPARE(hand.waits, waits);
            QCOMPARE(hand.output(), QByteArray("{\"gave\":\"up\"}"));
            QCOMPARE(hand.calls.size(), waits.size() + 1);
        }
    }

    void jitterIsTheSameEachTime()
    {
        const QByteArray source = head + "do: [{t: {try: [{a: {" + get +
                                  "fail'}}}], catch: {retry: {delay: PT1S, jitter: {from: {milliseconds: 100}, to: "
                                  "{milliseconds: 900}}, limit: {attempt: {count: 5}}}, do: [{c: {set: {}}}]}}}]\n";
        QList<QList<qint64>> all;
        for (const bool restarts : {false, true}) {
            Hand hand(source);
            hand.service = echo;
            hand.restarts = restarts;
            QVERIFY(hand.run());
            QCOMPARE(hand.waits.size(), 5);
            for (const qint64 wait : std::as_const(hand.waits))
                QVERIFY(wait >= 1100 && wait <= 1900);
            QVERIFY(QSet<qint64>(hand.waits.begin(), hand.waits.end()).size() > 1);
            all.append(hand.waits);
        }
        QCOMPARE(all[0], all[1]);
    }

    void standsStill()
    {
        Hand hand(head + "do: [{f: {fork: {branches: [{a: {do: [{c: {" + get +
                  "x'}}}, {s: {set: {done: 1}}}]}}, {w: {wait: PT10S, timeout: {after: PT20S}}}]}}}]\n");
        hand.service = echo;
        RunAdvance next = hand.machine().advance(hand.now);
        QCOMPARE(next.start.size(), 1);
        hand.machine().suspend(hand.now);
        QCOMPARE(hand.status(), RunStatus::Suspended);
        hand.machine().callFinished(next.start.first().key, *echo(next.start.first().call), hand.now);
        next = hand.machine().advance(hand.now);
        QVERIFY(next.changed);
        QCOMPARE(next.open, 0);
        QVERIFY(!next.wakeAt);
        QCOMPARE(hand.machine().status(), RunStatus::Suspended);
        hand.restart(); // it stands still also after a crash
        hand.now += seconds(3600);
        next = hand.machine().advance(hand.now);
        QVERIFY(!next.changed && !next.ended && next.start.isEmpty());
        QVERIFY(!hand.machine().eventArrived(cloudEvent("{}"), hand.now));
        hand.machine().resume(hand.now);
        QVERIFY(hand.run()); // the time limit stood still, the time of the wait has come
        QCOMPARE(hand.status(), RunStatus::Completed);
        QCOMPARE(hand.output(), QByteArray("[{\"done\":1},{}]"));
    }

    void goesOnWhereItFailed()
    {
        const QByteArray source =
            head + "timeout: {after: PT1H}\ndo: [{a: {" + get +
            "once'}}}, {o: {do: [{b: {set: {id: '${ .name }'}, export: {as: '${ {kept: 1} }'}}}, {c: {" + get +
            "{id}'}}}]}}, {z: {set: {got: '${ .name }', kept: '${ $context.kept }'}}}]\n";
        Hand hand(source);
        bool broken = true;
        QStringList urls;
        const auto service = [&](const Connectors::HttpCall &call) -> Result<Connectors::HttpReply> {
            urls.append(call.url);
            return broken && urls.size() > 1 ? Result<Connectors::HttpReply>(Hand::reply(500, "")) : echo(call);
        };
        hand.service = service;
        QVERIFY(hand.run());
        QCOMPARE(hand.status(), RunStatus::Faulted);
        const QJsonObject cursor = hand.machine().retryCursor();
        QVERIFY(!cursor.isEmpty());
        broken = false;
        for (const bool edited : {false, true}) {
            urls.clear();
            const Timestamp later = hand.now + std::chrono::hours(24);
            QJsonObject from = cursor;
            if (edited)
                from = *RunMachine::withInput(cursor, QJsonObject{{u"id"_s, u"other"_s}});
            Result<RunMachine> machine =
                RunMachine::restore(hand.definition(), RunId("again"), json("{}"), later, from);
            QVERIFY(machine.isOk());
            machine->resume(later); // a day later the time limit of an hour begins anew
            RunAdvance next = machine->advance(later);
            QCOMPARE(next.start.size(), 1);
            machine->callFinished(next.start.first().key, service(next.start.first().call), later);
            next = machine->advance(later);
            QVERIFY(next.ended);
            QCOMPARE(urls, QStringList{edited ? u"http://h/other"_s : u"http://h/once"_s});
            QCOMPARE(machine->status(), RunStatus::Completed);
            QCOMPARE(machine->output().toObject().value(u"kept").toInt(), 1);
        }
        const auto at = [&](const QString &reference) {
            return RunMachine::cursorAt(*hand.definition(), reference, json("{\"id\":\"x\"}"), hand.now);
        };
        QVERIFY(at(u"/do/1/o/do/1/c"_s).isOk());
        QCOMPARE(at(u"/do/9/q"_s).error().code, Errc::NotFound);
        Result<RunMachine> machine =
            RunMachine::restore(hand.definition(), RunId("again"), {}, hand.now, *at(u"/do/1/o/do/1/c"_s));
        QVERIFY(machine.isOk());
        QCOMPARE(machine->advance(hand.now).start.first().call.url, u"http://h/x"_s);
    }

    void doesNotBlock()
    {
        Hand hand(head + "do: [{l: {for: {in: '${ [range(2000)] }'}, do: [{a: {set: {n: '${ (.n // 0) + 1 }'}}}]}}]\n");
        int rounds = 0;
        while (true) {
            const RunAdvance next = hand.machine().advance(hand.now);
            QVERIFY(next.steps.size() <= 2 * RunLimits::stepsAtOnce);
            ++rounds;
            if (next.ended)
                break;
            QVERIFY(next.more);
        }
        QCOMPARE(hand.output(), QByteArray("{\"n\":2000}"));
        QVERIFY(rounds > 10);
    }

    void ofTenThousandTasksNoneMore()
    {
        Hand hand(head + "do: [{l: {for: {in: '${ [range(9000)] }'}, do: [{a: {set: {n: 1}}}]}}]\n");
        QVERIFY(hand.run());
        QCOMPARE(hand.status(), RunStatus::Faulted);
        QCOMPARE(type(hand), QByteArray("runtime"));
    }

    // For each moment at which something was stored: a machine made from it ends the same, and asks for nothing that
    // was answered before (the hand sees to that).
    void anyMomentIsGoodEnough_data()
    {
        QTest::addColumn<QByteArray>("rest");
        QTest::newRow("calls in loops") << QByteArray(
            "do: [{l: {for: {in: [a, b, c]}, do: [{c: {" + get +
            "x', query: {q: '${ $item }'}}, export: {as: '${ {n: (($context.n // 0) + 1)} }'}}}, {w: {wait: PT2S}}]}}, "
            "{z: {set: '${ $context }'}}]");
        QTest::newRow("branches") << QByteArray("do: [{f: {fork: {branches: [{a: {do: [{a1: {" + get + "1'}}}, {a2: {" +
                                                get + "2'}}}]}}, {b: {for: {in: [1, 2]}, do: [{b1: {" + get +
                                                "3'}}}]}}, {c: {do: [{c1: {wait: PT1S}}, {c2: {" + get +
                                                "4'}}}]}}]}}}]");
        QTest::newRow("retries") << QByteArray(
            "do: [{t: {try: [{a: {" + get + "1'}}}, {b: {" + get +
            "fail'}}}], catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}, do: [{c: {" + get + "5'}}}]}}}]");
        QTest::newRow("events") << QByteArray(
            "do: [{l: {listen: {to: {any: [{with: {type: t}}], until: '${ length >= 3 }'}}, foreach: {item: e, do: "
            "[{c: {" +
            get + "x'}}}, {s: {set: '${ $e }'}}]}}}, {e: {emit: {event: {with: {type: done, data: '${ . }'}}}}}]");
        QTest::newRow("functions") << QByteArray(
            "use: {functions: {f: {do: [{x: {call: 'a@default', with: {n: '${ .n }'}}}, {y: {call: 'c@default'}}]}}}\ndo: [{a: "
            "{call: f, with: {n: 1}}}, {b: {call: f, with: {n: 2}}}, {r: {run: {workflow: {namespace: t, name: m, "
            "version: '1.0.0'}}}}]");
        QTest::newRow("race") << QByteArray("do: [{f: {fork: {compete: true, branches: [{a: {do: [{a1: {" + get +
                                            "1'}}}, {a2: {wait: PT9S}}]}}, {b: {do: [{b1: {" + get +
                                            "2'}}}, {b2: {wait: PT3S}}]}}]}}}]");
    }
    void anyMomentIsGoodEnough()
    {
        QFETCH(QByteArray, rest);
        const auto prepare = [](Hand &hand) {
            hand.service = echo;
            hand.function = [](const RunEffect &effect) { return EffectOutcome(QJsonValue(effect.key)); };
            for (int i = 0; i < 3; ++i)
                hand.events.append(
                    cloudEvent("{\"id\":\"" + QByteArray::number(i) + "\",\"data\":" + QByteArray::number(i) + "}"));
        };
        Hand whole(head + rest + "\n");
        prepare(whole);
        QVERIFY(whole.run());
        QCOMPARE(whole.status(), RunStatus::Completed);
        QVERIFY(whole.transitions >= 4);
        for (int moment = 1; moment < whole.transitions; ++moment) {
            Hand hand(whole.definition(), "{}");
            prepare(hand);
            hand.crashAt = moment;
            QVERIFY(hand.run());
            QCOMPARE(hand.status(), RunStatus::Completed);
            QCOMPARE(hand.output(), whole.output());
            QCOMPARE(hand.asked.size(), whole.asked.size());
            // Effects that are open at the same time may come in another order.
            const auto keys = [](const Hand &h) {
                QByteArrayList list;
                for (const RunEffect &effect : h.asked)
                    list.append(effect.idempotencyKey + '#' + QByteArray::number(effect.attempt));
                list.sort();
                return list;
            };
            QCOMPARE(keys(hand), keys(whole));
            QCOMPARE(hand.emitted, whole.emitted);
            QCOMPARE(hand.completed(), whole.completed());
        }
    }
};

QTEST_GUILESS_MAIN(TestRunTasks)
#include "tst_runtasks.moc"
