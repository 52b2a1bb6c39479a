// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an expression costs to compile and to evaluate.
#include "server/expressions/expression.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <benchmark/benchmark.h>

using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

namespace {
QJsonValue document()
{
    QJsonArray items;
    for (int i = 0; i < 50; ++i)
        items.append(QJsonObject{{u"id"_s, i}, {u"group"_s, i % 7}, {u"name"_s, u"item %1"_s.arg(i)}});
    return QJsonObject{{u"a"_s, QJsonObject{{u"b"_s, QJsonObject{{u"c"_s, 42}}}}},
                       {u"text"_s, u"!deploy main"_s},
                       {u"items"_s, items}};
}

void compile(benchmark::State &state, const char *text)
{
    const QString source = QString::fromUtf8(text);
    (void)Expression::compile(source); // the library is read once
    for (auto _ : state)
        benchmark::DoNotOptimize(Expression::compile(source).isOk());
}

void evaluate(benchmark::State &state, const char *text)
{
    const Expression e = *Expression::compile(QString::fromUtf8(text));
    const QJsonValue input = document();
    const Bindings bindings{{u"input"_s, input}};
    for (auto _ : state)
        benchmark::DoNotOptimize(e.evaluate(input, bindings).isOk());
}
} // namespace

#define ATOM_EXPRESSION(name, text)                                                                                    \
    BENCHMARK_CAPTURE(compile, name, text);                                                                            \
    BENCHMARK_CAPTURE(evaluate, name, text);
ATOM_EXPRESSION(path, ".a.b.c")
ATOM_EXPRESSION(comparison, ".a.b.c == 42 and .text != null")
ATOM_EXPRESSION(variable, "$input.a.b.c > 3")
ATOM_EXPRESSION(interpolation, "\"c is \\(.a.b.c), text \\(.text)\"")
ATOM_EXPRESSION(startswith, ".text | startswith(\"!deploy \")")
ATOM_EXPRESSION(mapSelect, "[.items[] | select(.id > 10) | {id, label: \"\\(.name)!\"}]")
ATOM_EXPRESSION(groupBy, ".items | group_by(.group) | map(length)")
ATOM_EXPRESSION(update, ".items[].id |= . + 1")
ATOM_EXPRESSION(regex, ".text | test(\"^!deploy +[a-z]+$\")")
ATOM_EXPRESSION(reduceLoop, "reduce range(1000) as $i (0; . + $i)")
#undef ATOM_EXPRESSION
