// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/workflowservice.h"

#include <QtCore/QDir>
#include <QtCore/QRegularExpression>
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
        row("schedule", withTask("set: {}") + "schedule: {cron: '* * * * *'}\n", "/schedule",
            "`schedule` is not supported yet");
        row("use.secrets", withTask("set: {}") + "use: {secrets: [a]}\n", "/use/secrets",
            "`secrets` is not supported yet");
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
        for (const char *kind : {"for", "fork", "raise", "wait", "emit", "listen", "run"}) {
            QTest::newRow(kind) << withTask(QByteArray(kind) + ": {}\n" + (qstrcmp(kind, "for") ? "" : "do: []"))
                                << u"/do/0/one/"_s + QLatin1StringView(kind)
                                << u"The task type `%1` is not supported yet"_s.arg(QLatin1StringView(kind));
        }
        for (const char *protocol : {"openapi", "grpc", "asyncapi", "a2a", "mcp"}) {
            QTest::newRow(protocol) << withTask(QByteArray("call: ") + protocol + "\nwith: {}") << u"/do/0/one/call"_s
                                    << u"`call: %1` is not supported yet"_s.arg(QLatin1StringView(protocol));
        }
        row("function", withTask("call: log:1.0.0@default"), "/do/0/one/call", "function `log:1.0.0@default`");
        row("then target", withTask("set: {}\nthen: two"), "/do/0/one/then", "names no task");
        row("then number", withTask("set: {}\nthen: 5"), "/do/0/one/then", "must be text");
        row("if", withTask("set: {}\nif: 5"), "/do/0/one/if", "must be an expression");
        row("if expression", withTask("set: {}\nif: .a | lengths"), "/do/0/one/if",
            "`lengths/0` is not defined at column 6");
        row("set list", withTask("set: [1]"), "/do/0/one/set", "an object or one expression");
        row("set text", withTask("set: hello"), "/do/0/one/set", "an object or one expression");
        row("expression inside", withTask("set: {a: [{b: '${ .x + }'}]}"), "/do/0/one/set/a/0/b",
            "the expression ends too early at column");
        row("secrets", withTask("set: {a: '${ $secrets.x }'}"), "/do/0/one/set/a", "`$secrets` is not supported yet");
        row("variable", withTask("set: {a: '${ $nobody }'}"), "/do/0/one/set", "`$nobody` is not defined here");
        row("output too early", withTask("set: {a: '${ $output }'}"), "/do/0/one/set", "`$output` is not defined here");
        row("error outside", withTask("set: {a: '${ $error }'}"), "/do/0/one/set", "`$error` is not defined here");
        row("input schema of a task", withTask("set: {}\ninput: {schema: {}}"), "/do/0/one/input/schema",
            "`schema` is not supported yet");
        row("timeout name", withTask("set: {}\ntimeout: soon"), "/do/0/one/timeout", "named timeout");
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
            "/do/0/one/with/endpoint/authentication", "`authentication` is not supported yet");
        row("headers", withCall(", headers: [a]"), "/do/0/one/with/headers", "an object or an expression");
        row("output", withCall(", output: json"), "/do/0/one/with/output", "raw, content or response");
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
        row("retry delay", withCatch("{retry: {delay: '${ .x }'}}"), "/do/0/one/catch/retry/delay",
            "not supported yet");
        row("catch then", withCatch("{then: nobody}"), "/do/0/one/catch/then", "names no task");
        row("schema keyword",
            withTask("set: {}") + "input: {schema: {document: {type: object, properties: {x: {pattern: a}}}}}\n",
            "/input/schema/document/properties/x/pattern", "`pattern` is not supported yet");
        QByteArray nested = "set: {}";
        for (int i = 0; i < 14; ++i)
            nested = "do: [{t: {" + nested + "}}]";
        row("nested", head + nested + "\n",
            "/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do/0/t/do", "nested deeper");
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
            "do:\n  - a:\n      set: {x: '${ .y | kyes }'}\n      thne: end\n  - b:\n      wait: PT1S\n";
        const QList<DefinitionIssue> issues = WorkflowService::validate(source);
        QCOMPARE(issues.size(), 3);
        QCOMPARE(issues[0].line, 8);
        QCOMPARE(issues[0].column, 16);
        QCOMPARE(issues[1].line, 9);
        QCOMPARE(issues[1].column, 7);
        QCOMPARE(issues[2].line, 11);
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
        const QDir folder(qEnvironmentVariable("ATOM_WORKFLOW_EXAMPLES",
                                               QStringLiteral(ATOM_SOURCE_DIR "/../shared/workflow-spec/examples")));
        const QStringList names = folder.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
        for (const QString &name : names)
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
        if (names.isEmpty())
            QTest::newRow("not there") << QString();
    }
    void examplesOfTheSpecification()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the specification's examples are not beside the repository");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<DefinitionIssue> issues = WorkflowService::validate(file.readAll());
        static const QRegularExpression named(
            u"(`[^`]+` is not supported yet|`[^`]+` is not defined here|\"?(named timeout|external schema|expression as duration)\"?.* not supported yet)"_s);
        for (const DefinitionIssue &i : issues) {
            QVERIFY2(named.match(i.message).hasMatch() || i.message.contains(u"not supported yet"),
                     qPrintable(text({i})));
            QVERIFY(i.line > 0);
        }
        static const QStringList good = {u"call-http-endpoint-interpolation-shorthand.yaml"_s,
                                         u"call-http-endpoint-interpolation.yaml"_s,
                                         u"call-http-query-headers-expressions.yaml"_s,
                                         u"call-http-query-parameters.yaml"_s,
                                         u"call-http-redirect.yaml"_s,
                                         u"do-multiple.yaml"_s,
                                         u"do-single.yaml"_s,
                                         u"star-wars-homeworld.yaml"_s,
                                         u"switch-then-string.yaml"_s,
                                         u"try-catch.yaml"_s,
                                         u"try-catch-retry-inline.yaml"_s,
                                         u"try-catch-retry-reusable.yaml"_s,
                                         u"try-catch-then-directive.yaml"_s};
        QVERIFY2(issues.isEmpty() == good.contains(QFileInfo(path).fileName()), qPrintable(text(issues)));
    }
};

QTEST_GUILESS_MAIN(TestDefinition)
#include "tst_definition.moc"
