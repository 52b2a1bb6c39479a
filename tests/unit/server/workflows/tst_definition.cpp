// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitionreader.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
const QByteArray head = "document: {dsl: '1.0.3', namespace: t, name: n, version: 0.1.0}\n";

QByteArray withTask(const QByteArray &task)
{
    return head + "do:\n  - one:\n      " + QByteArray(task).replace("\n", "\n      ") + "\n";
}
QByteArray withCall(const QByteArray &arguments)
{
    return withTask("call: http\nwith: {method: get, endpoint: 'http://h/'" + arguments + "}");
}
QByteArray withCatch(const QByteArray &clause)
{
    return withTask("try:\n  - a: {set: {x: 1}}\ncatch: " + clause);
}
QString text(const QList<DefinitionIssue> &issues)
{
    QStringList lines;
    for (const DefinitionIssue &i : issues)
        lines.append(u"%1:%2 %3 %4"_s.arg(i.line).arg(i.column).arg(i.pointer, i.message));
    return lines.join(u'\n');
}
} // namespace

class TestDefinition : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void accepts_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::newRow("set") << withTask("set: {a: 1, b: '${ .c }', on: yes}");
        QTest::newRow("set expression") << withTask("set: ${ $workflow.input }");
        QTest::newRow("common") << withTask(
            "if: .go\ninput: {from: .x}\nset: {a: '${ $input }'}\noutput: {as: '${ .a }'}\n"
            "export: {as: {all: '${ $output }', old: '${ $context }'}}\nthen: end\n"
            "timeout: {after: PT5S}\nmetadata: {x: {y: 1}}");
        QTest::newRow("switch") << withTask("switch:\n  - a: {when: .x == 1, then: exit}\n  - b: {when: '${ .x > 2 and "
                                            "$context.y }', then: one}\n  - c: {then: continue}");
        QTest::newRow("call") << withCall(
            ", headers: {A: '${ .a }', B: 5}, query: '${ .q }', output: response, redirect: true");
        QTest::newRow("call post") << withTask(
            "call: http\nwith: {method: POST, endpoint: {uri: 'https://h/{id}'}, body: {a: ['${ .a }']}}");
        QTest::newRow("call expression") << withTask(
            "call: http\nwith: {method: get, endpoint: '${ \"http://h/\\(.x)\" }'}");
        QTest::newRow("try") << withCatch(
            "{errors: {with: {type: x, status: 503}}, as: oops, when: $oops.status == 503, exceptWhen: '.x', retry: "
            "{delay: {seconds: 3}, backoff: {exponential: {}}, jitter: {from: {milliseconds: 1}, to: PT1S}, limit: "
            "{attempt: {count: 5, duration: PT9S}, duration: PT1M}}, do: [{b: {set: {e: '${ $oops.title }'}}}], then: "
            "end}");
        QTest::newRow("named retry") << QByteArray(withCatch("{retry: often}") +
                                                   "use: {retries: {often: {limit: {attempt: {count: 2}}}}}\n");
        QTest::newRow("workflow level")
            << withTask("set: {}") +
                   "input: {schema: {document: {type: object, properties: {x: {type: integer}}}}, from: .x}\noutput: "
                   "{as: '${ . }'}\ntimeout: {after: {minutes: 1}}\nevaluate: {language: jq, mode: strict}\n";
        const auto row = [](const char *name, const QByteArray &task, const QByteArray &more = {}) {
            QTest::newRow(name) << withTask(task) + more;
        };
        row("for", "for: {each: x, in: '${ .list }', at: i}\nwhile: $x > $i\ndo: [{a: {set: {v: '${ $x }'}}}]");
        row("for inline", "for: {in: [1, '${ .a }', {b: 2}]}\ndo: [{a: {set: {v: '${ [$item, $index] }'}}}]");
        row("fork", "fork: {compete: true, branches: [{a: {set: {v: 1}}}, {b: {wait: PT1S, then: exit}}]}");
        row("raise",
            "raise: {error: {type: 'https://e/x', status: 418, title: '${ .t }', detail: d, instance: /do/0}}");
        row("raise name", "raise: {error: teapot}", "use: {errors: {teapot: {type: 'https://e/x', status: 418}}}\n");
        row("wait", "wait: {hours: 1, milliseconds: 5}");
        row("wait computed", "wait: '${ .delay }'");
        row("emit", "emit: {event: {with: {type: a.b, source: 'https://s', data: {x: '${ .x }'}, myext: 5}}}");
        row("listen one", "listen: {to: {one: {with: {type: a.b, data: '${ .x > $input.y }'}}}, read: envelope}");
        row("listen any",
            "listen: {to: {any: [], until: '${ length > 3 }'}}\nforeach: {item: e, at: i, do: [{a: {set: {v: "
            "'${ $e }'}}}], output: {as: '${ $output.v + $i }'}, export: {as: '${ $e }'}}");
        row("listen until", "listen: {to: {any: [{with: {type: a}}], until: {one: {with: {type: b}}}}}");
        row("listen for ever", "listen: {to: {any: [{with: {type: a}}], until: false}}");
        row("listen all",
            "listen: {to: {all: [{with: {type: a}, correlate: {room: {from: .room, expect: '${ .room }'}}}, "
            "{with: {type: b}, correlate: {room: {from: .room}}}]}}");
        row("run workflow",
            "run: {workflow: {namespace: a, name: b, version: latest, input: {x: '${ .x }'}}, await: false}");
        row("function", "call: f\nwith: {x: '${ .y }'}",
            "use: {functions: {f: {input: {schema: {document: {type: object}}}, set: {a: '${ .x }'}}}}\n");
        row("server's function", "call: chat.reply:1.0.0@default\nwith: {text: hello}");
        row("catalog", "call: log@mine", "use: {catalogs: {mine: {endpoint: {uri: 'https://c/'}}}}\n");
        row("timeout", "set: {a: 1}\ntimeout: soon", "use: {timeouts: {soon: {after: PT1S}}}\ntimeout: soon\n");
        row("secrets", "set: {a: '${ $secrets.key, $secrets[\"other\"].x }'}", "use: {secrets: [key, other]}\n");
        row("basic",
            "call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {basic: {username: a, "
            "password: '${ $secrets.p }'}}}}",
            "use: {secrets: [p]}\n");
        row("basic of a secret",
            "call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {basic: {use: "
            "p}}}}\nexport: {as: '${ $authorization }'}",
            "use: {secrets: [p]}\n");
        row("named authentication",
            "call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {use: a}}}",
            "use: {authentications: {a: {digest: {username: u, password: p}}}}\n");
        row("connection", "call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {use: "
                          "'connection:slack-1'}}}");
        row("oauth2",
            "call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {oauth2: {authority: "
            "'http://a', grant: client_credentials, client: {id: x, secret: y, authentication: none}, scopes: [a], "
            "endpoints: {token: /t}}}}}");
        row("schemas",
            "set: {a: 1}\ninput: {schema: {document: {type: object}}}\noutput: {schema: {document: {$ref: '#/$defs/a', "
            "$defs: {a: {type: [object, 'null']}}}}}\nexport: {as: '${ . }', schema: {document: true}}",
            "output: {schema: {format: 'json:2020-12', document: {type: object}}}\n");
        row("backoff",
            "try: [{a: {set: {x: 1}}}]\ncatch: {retry: {delay: '${ .d }', backoff: {linear: {increment: PT1S, "
            "maxDelay: PT9S}}}}");
        row("cron", "set: {a: 1}", "schedule: {cron: '*/5 8-18 * * MON-FRI'}\n");
        row("every", "set: {a: 1}", "schedule: {every: {minutes: 5}}\n");
        row("after", "set: {a: 1}", "schedule: {after: PT1M}\n");
        row("on", "set: {a: '${ $workflow.input[0] }'}",
            "schedule: {read: envelope, on: {one: {with: {type: com.atomchat.message.created.v1, data: '${ .text | "
            "startswith(\"!deploy \") }'}}}}\n");
        QTest::newRow("hands over")
            << head + "do: [{a: {wait: PT1H}}, {b: {run: {workflow: {namespace: t, name: n, version: "
                      "0.1.0}, await: false}}}]\n";
        QTest::newRow("runs itself perhaps")
            << head + "do: [{b: {if: .more, run: {workflow: {namespace: t, name: n, version: latest}}}}]\n";
        QTest::newRow("every way")
            << head +
                   "do:\n  - a: {switch: [{x: {when: .x, then: c}}, {y: {then: d}}]}\n  - b: {set: {v: 1}, then: end}\n"
                   "  - c: {set: {v: 1}, then: b}\n  - d: {if: .d, raise: {error: {type: 'x:y', status: 500}}}\n"
                   "  - e: {set: {v: 1}}\n";
        QTest::newRow("JSON") << QByteArray("{\"document\":{\"dsl\":\"1.0.0\",\"namespace\":\"t\",\"name\":\"n\","
                                            "\"version\":\"1.0.0\"},\"do\":[{\"a\":{\"set\":{\"b\":1}}}]}");
    }
    void accepts()
    {
        QFETCH(QByteArray, source);
        const QList<DefinitionIssue> issues = WorkflowService::validate(source);
        QVERIFY2(issues.isEmpty(), qPrintable(text(issues)));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *name, const QByteArray &source, const char *pointer, const char *part) {
            QTest::newRow(name) << source << QString::fromUtf8(pointer) << QString::fromUtf8(part);
        };
        row("empty", "", "", "empty");
        row("text", "hello", "", "an object with `document` and `do`");
        row("no document", "do: [{a: {set: {}}}]", "", "`document` is missing");
        row("no do", head, "", "`do`, the list of tasks, is missing");
        row("dsl 2", QByteArray(withTask("set: {}")).replace("1.0.3", "2.0.0"), "/document/dsl", "DSL version 2.0.0");
        row("dsl text", QByteArray(withTask("set: {}")).replace("'1.0.3'", "one"), "/document/dsl", "semantic version");
        row("name", QByteArray(withTask("set: {}")).replace("name: n", "name: n_x"), "/document/name",
            "letters, digits or hyphens");
        row("version number", QByteArray(withTask("set: {}")).replace("0.1.0", "0.1"), "/document/version",
            "must be text, not number");
        row("missing version", QByteArray(withTask("set: {}")).replace(", version: 0.1.0", ""), "/document",
            "`document.version` is missing");
        row("top level typo", withTask("set: {}") + "outputs: {}\n", "/outputs",
            "Unknown property `outputs`. Did you mean `output`?");
        const auto top = [&](const char *name, const char *more, const char *pointer, const char *part) {
            row(name, withTask("set: {}") + more + "\n", pointer, part);
        };
        top("schedule empty", "schedule: {}", "/schedule", "needs one of every");
        top("cron", "schedule: {cron: '61 * * * *'}", "/schedule/cron", "field 1 (minute): `61` is not 0 to 59");
        top("every", "schedule: {every: PT0.5S}", "/schedule/every", "at least one second");
        top("every expression", "schedule: {every: '${ .x }'}", "/schedule/every", "fixed duration");
        top("schedule read", "schedule: {every: PT5S, read: raw}", "/schedule/read", "goes with `on`");
        top("schedule variable", "schedule: {on: {one: {with: {type: '${ $context.x }'}}}}",
            "/schedule/on/one/with/type", "`$context` is not defined here; no variables are");
        top("use typo", "use: {secret: [a]}", "/use/secret", "Did you mean `secrets`?");
        top("use secrets", "use: {secrets: [a, a, '', {}]}", "/use/secrets/1", "declared twice");
        top("use secret name", "use: {secrets: [a, {}]}", "/use/secrets/1", "a text of 1 to 128");
        top("use error", "use: {errors: {e: {type: x}}}", "/use/errors/e", "`status` is missing");
        top("use retry", "use: {retries: {r: often}}", "/use/retries/r", "must be an object");
        top("use timeout", "use: {timeouts: {t: {}}}", "/use/timeouts/t", "`after` is missing");
        top("use catalog", "use: {catalogs: {c: {}}}", "/use/catalogs/c", "needs `endpoint`");
        top("use function", "use: {functions: {f: {sett: {}}}}", "/use/functions/f", "Did you mean `set`?");
        top("use function name", "use: {functions: {http: {set: {}}}}", "/use/functions/http", "cannot be the name");
        top("function of itself", "use: {functions: {f: {do: [{a: {call: f}}]}}}", "/use/functions/f/do/0/a/call",
            "`f` calls itself");
        top("functions in a ring", "use: {functions: {f: {call: g}, g: {call: h}, h: {call: f}}}",
            "/use/functions/h/call", "`f` calls itself, directly or through others");
        top("function's variables", "use: {functions: {f: {set: {a: '${ $item }'}}}}", "/use/functions/f/set/a",
            "`$item` is not defined");
        top("extension", "use: {extensions: [{e: {extend: cal, before: []}}]}", "/use/extensions/0/e/extend",
            "Did you mean `call`?");
        top("extension task", "use: {extensions: [{e: {extend: all, before: [{a: {st: {}}}]}}]}",
            "/use/extensions/0/e/before/0/a", "does nothing");
        top("authentication kind", "use: {authentications: {a: {basc: {}}}}", "/use/authentications/a/basc",
            "Did you mean `basic`?");
        top("authentication fields", "use: {authentications: {a: {basic: {username: x}}}}",
            "/use/authentications/a/basic", "`password` is missing");
        top("authentication secret", "use: {secrets: [key], authentications: {a: {bearer: {use: kay}}}}",
            "/use/authentications/a/bearer/use", "Did you mean `key`?");
        top("oauth2 grant", "use: {authentications: {a: {oauth2: {authority: x, grant: none}}}}",
            "/use/authentications/a/oauth2/grant", "`grant` is one of");
        top("workflow timeout", "timeout: late", "/timeout", "use.timeouts has no `late`");
        top("output secret", "use: {secrets: [a]}\noutput: {as: '${ $secrets.a }'}", "/output/as",
            "`$secrets` is not defined here");
        row("loose", withTask("set: {}") + "evaluate: {mode: loose}\n", "/evaluate/mode", "`strict`");
        row("do object", head + "do: {a: {set: {}}}\n", "/do", "must be an array of one-key objects");
        row("do empty", head + "do: []\n", "/do", "empty");
        row("two keys", head + "do: [{a: {set: {}}, b: {set: {}}}]\n", "/do/0", "one key");
        row("task text", head + "do: [{a: x}]\n", "/do/0", "one key");
        row("same name", head + "do: [{a: {set: {}}}, {a: {set: {}}}]\n", "/do/1/a", "Two tasks");
        row("reserved name", head + "do: [{end: {set: {}}}]\n", "/do/0/end", "cannot be the name");
        row("nothing", withTask("sett: {}"), "/do/0/one", "Did you mean `set`?");
        row("two types", withTask("set: {}\nswitch: []"), "/do/0/one/switch", "one type");
        row("unknown property", withTask("set: {}\nthn: end"), "/do/0/one/thn", "Did you mean `then`?");
        row("for", withTask("for: {}\ndo: [{a: {set: {}}}]"), "/do/0/one/for", "`in` is missing");
        row("for without do", withTask("for: {in: .x}"), "/do/0/one", "`do` is missing");
        row("for each", withTask("for: {each: $x, in: .x}\ndo: [{a: {set: {}}}]"), "/do/0/one/for/each", "without `$`");
        row("for reserved", withTask("for: {each: input, in: .x}\ndo: [{a: {set: {}}}]"), "/do/0/one/for/each",
            "has a meaning already");
        row("for same", withTask("for: {each: x, at: x, in: .x}\ndo: [{a: {set: {}}}]"), "/do/0/one/for",
            "the same variable");
        row("for variable after", withTask("for: {in: .x}\ndo: [{a: {set: {}}}]\noutput: {as: '${ $item }'}"),
            "/do/0/one/output/as", "`$item` is not defined");
        row("fork", withTask("fork: {}"), "/do/0/one/fork", "`branches` is missing");
        row("fork compete", withTask("fork: {compete: maybe, branches: [{a: {set: {}}}]}"), "/do/0/one/fork/compete",
            "true or false");
        row("fork then", withTask("fork: {branches: [{a: {set: {}, then: b}}, {b: {set: {}}}]}"),
            "/do/0/one/fork/branches/0/a/then", "side by side");
        row("raise", withTask("raise: {}"), "/do/0/one/raise", "`error` is missing");
        row("raise name", withTask("raise: {error: taepot}") + "use: {errors: {teapot: {type: a, status: 418}}}\n",
            "/do/0/one/raise/error", "Did you mean `teapot`?");
        row("raise status", withTask("raise: {error: {type: a, status: 42}}"), "/do/0/one/raise/error/status",
            "from 100 to 599");
        row("wait", withTask("wait: {}"), "/do/0/one/wait", "a duration is");
        row("wait fraction", withTask("wait: {seconds: 0.5}"), "/do/0/one/wait", "whole number");
        row("emit", withTask("emit: {}"), "/do/0/one/emit", "`event` is missing");
        row("emit type", withTask("emit: {event: {with: {source: a}}}"), "/do/0/one/emit/event/with",
            "`type` is missing");
        row("listen", withTask("listen: {}"), "/do/0/one/listen", "`to` is missing");
        row("listen two", withTask("listen: {to: {one: {with: {type: a}}, all: []}}"), "/do/0/one/listen/to",
            "one of `one`");
        row("listen all", withTask("listen: {to: {all: []}}"), "/do/0/one/listen/to/all", "at least one event");
        row("listen with", withTask("listen: {to: {one: {with: {}}}}"), "/do/0/one/listen/to/one",
            "at least one attribute");
        row("listen data", withTask("listen: {to: {one: {with: {data: {x: '${ .y }'}}}}}"),
            "/do/0/one/listen/to/one/with/data", "one expression over the whole attribute");
        row("listen until", withTask("listen: {to: {one: {with: {type: a}}, until: .x}}"), "/do/0/one/listen/to/until",
            "goes with `any`");
        row("listen correlate", withTask("listen: {to: {one: {with: {type: a}, correlate: {k: {}}}}}"),
            "/do/0/one/listen/to/one/correlate/k", "`from` is missing");
        row("listen read", withTask("listen: {to: {any: []}, read: datta}"), "/do/0/one/listen/read",
            "Did you mean `data`?");
        row("foreach", withTask("listen: {to: {any: []}}\nforeach: {itme: x}"), "/do/0/one/foreach/itme",
            "Did you mean `item`?");
        row("run", withTask("run: {}"), "/do/0/one/run", "needs one of workflow");
        row("run two", withTask("run: {shell: {command: a}, script: {language: js, code: x}}"), "/do/0/one/run/shell",
            "runs one thing");
        row("run workflow", withTask("run: {workflow: {name: a, version: 1.0.0}}"), "/do/0/one/run/workflow",
            "`namespace` is missing");
        row("run version", withTask("run: {workflow: {namespace: a, name: a, version: newest}}"),
            "/do/0/one/run/workflow/version", "latest or a semantic version");
        row("runs itself",
            head + "do: [{a: {set: {}}}, {b: {do: [{c: {run: {workflow: {namespace: t, name: n, version: "
                   "latest}}}}]}}]\n",
            "/do/1/b/do/0/c/run/workflow", "runs itself without a condition");
        row("openapi", withTask("call: openapi\nwith: {document: {endpoint: x}, operationid: a}"),
            "/do/0/one/with/operationid", "Did you mean `operationId`?");
        row("openapi missing", withTask("call: openapi\nwith: {document: {endpoint: x}}"), "/do/0/one/with/operationId",
            "`operationId` is missing");
        row("grpc port",
            withTask("call: grpc\nwith: {proto: {endpoint: x}, method: m, service: {name: a, host: b, port: "
                     "70000}}"),
            "/do/0/one/with/service/port", "is too large: at most 65535");
        row("asyncapi", withTask("call: asyncapi\nwith: {document: {endpoint: x}, operation: a}"), "/do/0/one/with",
            "fits none of the 2 alternatives");
        row("mcp", withTask("call: mcp\nwith: {method: tools/list, transport: {}}"), "/do/0/one/with/transport",
            "fits none of the 2 alternatives");
        row("mcp timeout",
            withTask("call: mcp\nwith: {method: tools/list, timeout: soon, transport: {stdio: {command: a}}}"),
            "/do/0/one/with/timeout", "ISO 8601");
        row("container lifetime", withTask("run: {container: {image: a, lifetime: {cleanup: eventually}}}"),
            "/do/0/one/run/container/lifetime/after", "`after` is missing");
        row("script", withTask("run: {script: {language: js}}"), "/do/0/one/run/script", "alternatives");
        row("shell expression", withTask("run: {shell: {command: a, stdin: '${ . | }'}}"), "/do/0/one/run/shell/stdin",
            "ends too early");
        row("foreign authentication",
            withTask("call: openapi\nwith: {document: {endpoint: x}, operationId: a, authentication: {use: nobody}}"),
            "/do/0/one/with/authentication/use", "use.authentications has no `nobody`");
        row("function", withTask("call: lgo") + "use: {functions: {log: {set: {}}}}\n", "/do/0/one/call",
            "Did you mean `log`?");
        row("function form", withTask("call: a b@default"), "/do/0/one/call", "name@catalog");
        row("function catalog", withTask("call: log@defualt"), "/do/0/one/call", "Did you mean `default`?");
        row("protocol typo", withTask("call: htpp\nwith: {}"), "/do/0/one/call", "Did you mean `http`?");
        row("then target", withTask("set: {}\nthen: two"), "/do/0/one/then", "names no task");
        row("then number", withTask("set: {}\nthen: 5"), "/do/0/one/then", "must be text");
        row("if", withTask("set: {}\nif: 5"), "/do/0/one/if", "must be an expression");
        row("if expression", withTask("set: {}\nif: .a | lengths"), "/do/0/one/if",
            "`lengths/0` is not defined at column 6");
        row("set list", withTask("set: [1]"), "/do/0/one/set", "an object or one expression");
        row("set text", withTask("set: hello"), "/do/0/one/set", "an object or one expression");
        row("expression inside", withTask("set: {a: [{b: '${ .x + }'}]}"), "/do/0/one/set/a/0/b",
            "the expression ends too early at column");
        row("secrets", withTask("set: {a: '${ $secrets.x }'}"), "/do/0/one/set/a",
            "declare the names in `use.secrets`");
        row("secret", withTask("set: {a: '${ $secrets.kay }'}") + "use: {secrets: [key]}\n", "/do/0/one/set/a",
            "Did you mean `key`?");
        row("variable", withTask("set: {a: '${ $nobody }'}"), "/do/0/one/set/a", "`$nobody` is not defined here");
        row("output too early", withTask("set: {a: '${ $output }'}"), "/do/0/one/set/a",
            "`$output` is not defined here");
        row("error outside", withTask("set: {a: '${ $error }'}"), "/do/0/one/set/a", "`$error` is not defined here");
        row("authorization", withTask("set: {}\nexport: {as: '${ $authorization }'}"), "/do/0/one/export/as",
            "`$authorization` is not defined here");
        row("empty schema", withTask("set: {}\ninput: {schema: {}}"), "/do/0/one/input/schema", "needs `document`");
        row("external schema", withTask("set: {}\ninput: {schema: {resource: {endpoint: 'http://x'}}}"),
            "/do/0/one/input/schema/resource", "an external schema (`resource`) is not supported");
        row("schema keyword", withTask("set: {}\ninput: {schema: {document: {typ: object}}}"),
            "/do/0/one/input/schema/document/typ", "Did you mean `type`?");
        row("timeout name", withTask("set: {}\ntimeout: soon"), "/do/0/one/timeout", "use.timeouts has no `soon`");
        row("timeout value", withTask("set: {}\ntimeout: {after: {years: 1}}"), "/do/0/one/timeout/after",
            "no `years`");
        row("switch empty", withTask("switch: []"), "/do/0/one/switch", "list of cases");
        row("switch then", withTask("switch: [{a: {when: .x}}]"), "/do/0/one/switch/0/a", "needs `then`");
        row("switch target", withTask("switch: [{a: {when: .x, then: oen}}]"), "/do/0/one/switch/0/a/then",
            "Did you mean `one`?");
        row("two defaults", withTask("switch: [{a: {then: end}}, {b: {then: end}}]"), "/do/0/one/switch/1/b",
            "Only one case");
        row("no with", withTask("call: http"), "/do/0/one", "needs `with`");
        row("method", QByteArray(withCall("")).replace("get", "fetch"), "/do/0/one/with/method", "must be one of");
        row("endpoint scheme", QByteArray(withCall("")).replace("http://", "ftp://"), "/do/0/one/with/endpoint",
            "must begin with http://");
        row("endpoint template", QByteArray(withCall("")).replace("http://h/", "http://h/{+x}"),
            "/do/0/one/with/endpoint", "`{+x}`");
        row("no endpoint", withTask("call: http\nwith: {method: get}"), "/do/0/one/with", "`endpoint`");
        row("authentication",
            withTask("call: http\nwith: {method: get, endpoint: {uri: 'http://h/', authentication: {use: x}}}"),
            "/do/0/one/with/endpoint/authentication/use", "use.authentications has no `x`");
        row("headers", withCall(", headers: [a]"), "/do/0/one/with/headers", "an object or an expression");
        row("output", withCall(", output: json"), "/do/0/one/with/output", "`output` is one of content, raw, response");
        row("get body", withCall(", body: {}"), "/do/0/one/with/body", "has no body");
        row("with typo", withCall(", header: {}"), "/do/0/one/with/header", "Did you mean `headers`?");
        row("no catch", withTask("try:\n  - a: {set: {}}"), "/do/0/one", "`try` needs `catch`");
        row("catch as", withCatch("{as: $x}"), "/do/0/one/catch/as", "without `$`");
        row("catch variable", withCatch("{as: x, when: $error.status == 1}"), "/do/0/one/catch/when",
            "`$error` is not defined");
        row("filter", withCatch("{errors: {with: {status: '503'}}}"), "/do/0/one/catch/errors/with/status",
            "plain value");
        row("filter key", withCatch("{errors: {with: {state: 1}}}"), "/do/0/one/catch/errors/with/state",
            "Did you mean `status`?");
        row("retry name", withCatch("{retry: often}"), "/do/0/one/catch/retry", "use.retries has no `often`");
        row("retry backoff", withCatch("{retry: {backoff: {constant: {}, linear: {}}}}"),
            "/do/0/one/catch/retry/backoff", "one of");
        row("retry count", withCatch("{retry: {limit: {attempt: {count: -1}}}}"),
            "/do/0/one/catch/retry/limit/attempt/count", "whole number");
        row("retry jitter", withCatch("{retry: {jitter: {from: PT2S, to: PT1S}}}"), "/do/0/one/catch/retry/jitter",
            "from <= to");
        row("retry jitter expression", withCatch("{retry: {jitter: {from: '${ .x }', to: PT1S}}}"),
            "/do/0/one/catch/retry/jitter/from", "fixed duration");
        row("retry factor", withCatch("{retry: {backoff: {exponential: {factor: 0}}}}"),
            "/do/0/one/catch/retry/backoff/exponential/factor", "from 1 to 100");
        row("catch then", withCatch("{then: nobody}"), "/do/0/one/catch/then", "names no task");
        row("unreachable", head + "do: [{a: {set: {}, then: end}}, {b: {set: {}}}]\n", "/do/1/b", "`b` can never run");
        row("unreachable jump", head + "do: [{a: {set: {}, then: c}}, {b: {set: {}}}, {c: {set: {}}}]\n", "/do/1/b",
            "`b` can never run");
        row("unreachable switch",
            head +
                "do: [{a: {switch: [{x: {when: .x, then: c}}, {y: {then: exit}}]}}, {b: {set: {}}}, {c: {set: {}}}]\n",
            "/do/1/b", "`b` can never run");
        row("unreachable raise", head + "do: [{a: {raise: {error: {type: x, status: 500}}}}, {b: {set: {}}}]\n",
            "/do/1/b", "`b` can never run");
        QByteArray nested = "set: {}";
        QString inner = u"/do"_s;
        for (int i = 0; i < 33; ++i) {
            nested = "do: [{t: {" + nested + "}}]";
            inner += i < 32 ? u"/0/t/do"_s : QString();
        }
        row("nested", head + nested + "\n", qPrintable(inner), "nested deeper than 32");
        QByteArray many = head + "do:\n";
        for (int i = 0; i < 10'000; ++i)
            many += "- t" + QByteArray::number(i) + ": {wait: PT1S}\n";
        row("10,000 tasks", many, "/do/2000/t2000", "more than 2000 tasks");
        QByteArray grown = head + "use:\n  functions:\n    f0: {set: {a: 1}}\n";
        for (int i = 1; i < 14; ++i) {
            const QByteArray call = "{call: f" + QByteArray::number(i - 1) + "}";
            grown += "    f" + QByteArray::number(i) + ": {do: [{a: " + call + "}, {b: " + call + "}]}\n";
        }
        row("functions that double", grown + "do: [{a: {call: f13}}]\n", "/use/functions/f8/do/1/b/call",
            "more than 2000 tasks");
    }
    void refuses()
    {
        QFETCH(QByteArray, source);
        QFETCH(QString, pointer);
        QFETCH(QString, part);
        const QList<DefinitionIssue> issues = WorkflowService::validate(source);
        bool found = false;
        for (const DefinitionIssue &i : issues)
            found = found || (i.pointer == pointer && i.message.contains(part));
        QVERIFY2(found, qPrintable(text(issues)));
    }

    void reportsAllMistakesWithPlaces()
    {
        const QByteArray source =
            "document:\n  dsl: '1.0.3'\n  namespace: t\n  name: n\n  version: '0.1.0'\n"
            "do:\n  - a:\n      set: {x: '${ .y | kyes }'}\n      thne: end\n  - b:\n      wiat: PT1S\n"
            "  - c:\n      if: |\n        .x\n        and $y\n      set: {\"\u00e9\": \"\u00e9\\n${\", \"z\": \"${ "
            "\\\"\u00e9\\\" + q }\"}\n";
        const QList<DefinitionIssue> issues = WorkflowService::validate(source);
        QVERIFY2(issues.size() == 5, qPrintable(text(issues)));
        const auto at = [&](qsizetype i) { return std::pair(issues[i].line, issues[i].column); };
        QCOMPARE(at(0), std::pair(8, 25)); // kyes
        QCOMPARE(at(1), std::pair(9, 7));
        QCOMPARE(at(2), std::pair(10, 5));
        QCOMPARE(at(3), std::pair(15, 13)); // $y in the second line of a block
        QCOMPARE(at(4), std::pair(16, 44)); // q, after escapes
    }

    void refusesWhenRun_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QString>("part");
        QTest::newRow("grpc") << withTask(
                                     "call: grpc\nwith: {proto: {endpoint: x}, method: m, service: {name: a, host: b}}")
                              << u"gRPC"_s;
        QTest::newRow("shell") << withTask("run: {shell: {command: ls}}") << u"shell"_s;
        QTest::newRow("certificate") << withTask("call: http\nwith: {method: get, endpoint: {uri: 'http://h/', "
                                                 "authentication: {certificate: {}}}}")
                                     << u"certificate"_s;
        QTest::newRow("far function") << withTask("call: https://a/function.yaml") << u"https://a/function.yaml"_s;
        QTest::newRow("catalog") << withTask("call: log@mine") + "use: {catalogs: {mine: {endpoint: 'https://c/'}}}\n"
                                 << u"`mine`"_s;
        QTest::newRow("extension") << withTask("set: {}") + "use: {extensions: [{e: {extend: set}}]}\n" << u"`e`"_s;
    }
    void refusesWhenRun()
    {
        QFETCH(QByteArray, source);
        QFETCH(QString, part);
        QList<DefinitionIssue> issues;
        const auto definition = parseDefinition(source, issues);
        QVERIFY2(issues.isEmpty(), qPrintable(text(issues)));
        const Task &task = definition->tasks.at(0);
        QCOMPARE(task.kind, TaskKind::Unsupported);
        QVERIFY2(task.refusal.contains(part), qPrintable(task.refusal));
    }

    void readsTheModel()
    {
        QList<DefinitionIssue> issues;
        const auto definition = parseDefinition(
            head +
                "use: {secrets: [k], functions: {f: {do: [{inner: {set: {a: 1}}}]}}}\n"
                "schedule: {cron: '0 5 * * *', on: {any: [{with: {type: x, data: '${ .a }'}}], until: '${ false }'}, "
                "read: raw}\n"
                "do:\n  - one: {call: f, with: {x: 1}}\n  - two: {call: f}\n"
                "  - three: {for: {in: .x}, do: [{a: {wait: PT2S}}], timeout: {after: PT9S}}\n"
                "  - four: {fork: {compete: true, branches: [{a: {set: {v: 1}}}, {b: {set: {v: 2}}}]}}\n"
                "  - five: {call: 'a.b:1.0.0@default'}\n"
                "  - six: {wait: '${ .d }'}\n",
            issues);
        QVERIFY2(issues.isEmpty(), qPrintable(text(issues)));
        QCOMPARE(definition->secrets, QStringList{u"k"_s});
        QCOMPARE(definition->schedule.cron, u"0 5 * * *"_s);
        QCOMPARE(definition->schedule.read, EventRead::Raw);
        QVERIFY(definition->schedule.on->untilForever);
        QVERIFY(definition->schedule.on->filters.at(0).with.at(0).wanted); // data
        QCOMPARE(definition->schedule.on->filters.at(0).with.at(1).literal.toString(), u"x"_s);
        const TaskList &tasks = definition->tasks;
        QCOMPARE(tasks.size(), size_t(6));
        QCOMPARE(tasks[0].function.name, u"f"_s);
        QCOMPARE(tasks[0].tasks.at(0).reference, u"/do/0/one/f"_s);
        QCOMPARE(tasks[0].tasks.at(0).tasks.at(0).reference, u"/do/0/one/f/do/0/inner"_s);
        QCOMPARE(tasks[1].tasks.at(0).tasks.at(0).reference, u"/do/1/two/f/do/0/inner"_s);
        QCOMPARE(tasks[2].loop.each, u"item"_s);
        QCOMPARE(tasks[2].timeout->fixed, milliseconds(9000));
        QCOMPARE(tasks[2].tasks.at(0).wait.fixed, milliseconds(2000));
        QVERIFY(tasks[3].compete);
        QCOMPARE(tasks[3].tasks.at(1).reference, u"/do/3/four/fork/branches/1/b"_s);
        QCOMPARE(tasks[4].function.name, u"a.b:1.0.0"_s);
        QCOMPARE(tasks[4].function.catalog, u"default"_s);
        QVERIFY(tasks[5].wait.computed);
    }

    void isBoundedInWork()
    {
        // Thousands of mistakes, names and cases: each of them only looked at once.
        QByteArray names, cases, unknown;
        for (int i = 0; i < 3000; ++i) {
            const QByteArray n = QByteArray::number(i);
            names += "a-secret-with-a-long-name-" + n + ", ";
            cases += "{c" + n + ": {when: .x, then: one}}, ";
            unknown += "u" + n + ": '${ $secrets.a_secret_with_a_long_name }', ";
        }
        QElapsedTimer timer;
        timer.start();
        for (const QByteArray &source :
             {QByteArray(head + "use: {secrets: [" + names + "x]}\ndo: [{one: {set: {" + unknown + "a: 1}}}]\n"),
              withTask("switch: [" + cases + "{c: {then: end}}]"),
              QByteArray(head + unknown.replace(", ", "\n") + "do: []\n")})
            QVERIFY(WorkflowService::validate(source).size() <= 100);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void survivesDamage()
    {
        // Cut and bent at every place: always an answer, never an end.
        const QByteArray good = withCatch("{errors: {with: {status: 503}}, retry: {delay: PT1S, limit: {attempt: "
                                          "{count: 2}}}, do: [{b: {set: {e: '${ $error }'}}}]}");
        QVERIFY(WorkflowService::validate(good).isEmpty());
        for (qsizetype i = 0; i < good.size(); ++i) {
            (void)WorkflowService::validate(good.left(i));
            for (const char c : {'{', '[', ':', '\0', '\xff', '*', '&', '\t', '"'}) {
                QByteArray bent = good;
                bent[i] = c;
                (void)WorkflowService::validate(bent);
            }
        }
    }

    void examplesOfTheSpecification_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(ATOM_SOURCE_DIR "/tests/data/workflow-spec/examples"));
        const QStringList names = folder.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
        QCOMPARE(names.size(), 68);
        for (const QString &name : names)
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
    }
    void examplesOfTheSpecification()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<DefinitionIssue> issues = WorkflowService::validate(file.readAll());
        QVERIFY2(issues.isEmpty(), qPrintable(text(issues)));
    }
};

QTEST_GUILESS_MAIN(TestDefinition)
#include "tst_definition.moc"
