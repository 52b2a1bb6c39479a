// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What reading and checking a workflow definition costs, and a check of a value by its schema.
#include "server/workflows/definitionreader.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <benchmark/benchmark.h>

using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

namespace {
const QByteArray head = "document: {dsl: '1.0.3', namespace: bench, name: orders, version: 1.0.0}\n"
                        "use:\n  retries:\n    often: {delay: {seconds: 1}, limit: {attempt: {count: 3}}}\ndo:\n";

// One call with a retry and a branch: 0.5 KB.
QByteArray part(int i)
{
    const QByteArray n = QByteArray::number(i);
    return "  - fetch" + n +
           ":\n      try:\n        - get:\n            call: http\n            with:\n              method: get\n"
           "              endpoint: https://api.example.org/orders/{orderId}\n"
           "              headers: {Accept: application/json}\n      catch:\n        errors: {with: {status: 503}}\n"
           "        retry: often\n  - shape" +
           n +
           ":\n      set:\n        total: ${ [.lines[].price] | add }\n        customer: ${ .customer.name }\n"
           "      output: {as: '${ . + {at: $workflow.startedAt} }'}\n";
}

QByteArray definition(qsizetype bytes)
{
    QByteArray out = head;
    for (int i = 0; out.size() < bytes; ++i)
        out += part(i);
    return out;
}

void parse(benchmark::State &state)
{
    const QByteArray source = definition(state.range(0));
    for (auto _ : state) {
        QList<DefinitionIssue> issues;
        benchmark::DoNotOptimize(parseDefinition(source, issues));
        if (!issues.isEmpty())
            state.SkipWithError(qPrintable(issues.first().message));
    }
    state.SetBytesProcessed(state.iterations() * source.size());
    state.counters["bytes"] = double(source.size());
}
BENCHMARK(parse)->Name("definition/parse")->Arg(200)->Arg(77'000)->Unit(benchmark::kMicrosecond);

// The part of it that is YAML: text into JSON with places.
void readSource(benchmark::State &state)
{
    const QByteArray source = definition(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(SourceDocument::parse(source));
}
BENCHMARK(readSource)->Name("definition/yaml")->Arg(77'000)->Unit(benchmark::kMicrosecond);

void check(benchmark::State &state)
{
    QList<Atom::FieldError> issues;
    const QJsonObject document =
        QJsonDocument::fromJson("{\"type\":\"object\",\"required\":[\"lines\"],\"properties\":{\"lines\":{\"items\":{"
                                "\"type\":\"object\",\"properties\":{\"sku\":{\"pattern\":\"^[A-Z]{2}-[0-9]+$\"},"
                                "\"price\":{\"type\":\"number\",\"minimum\":0}},\"additionalProperties\":false}}}}")
            .object();
    const Schema schema = Schema::compile(document, {}, issues);
    QJsonArray lines;
    for (int i = 0; i < 50; ++i)
        lines.append(QJsonObject{{u"sku"_s, u"AB-%1"_s.arg(i)}, {u"price"_s, i * 0.5}});
    const QJsonValue value = QJsonObject{{u"lines"_s, lines}};
    for (auto _ : state) {
        if (!schema.check(value))
            state.SkipWithError("the value does not fit");
    }
}
BENCHMARK(check)->Name("schema/check, 50 lines")->Unit(benchmark::kMicrosecond);
} // namespace
