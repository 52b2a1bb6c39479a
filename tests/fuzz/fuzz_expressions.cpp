// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Programs and inputs nobody meant. The first line of the data is the program, the rest the input. Whatever comes: no
// crash, no hang, and never more than the budget. Built by clang with -fsanitize=fuzzer (ATOM_LIBFUZZER), or as an
// ordinary test that mutates a fixed set with a fixed seed.
#include "server/expressions/expression.h"
#include "server/expressions/jsontext.h"
#include "server/expressions/machine.h"
#include "server/expressions/parser.h"

#include <cstdlib>

using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(std::min<std::size_t>(size, 16 * 1024)));
    const qsizetype line = bytes.indexOf('\n');
    const auto parsed = parseExpression(QString::fromUtf8(bytes.left(line)));
    if (!parsed)
        return 0;
    Budget budget;
    budget.steps = 20'000;
    budget.depth = 2'000;
    budget.memoryBytes = 4 * 1024 * 1024;
    Work work(budget);
    {
        const Bindings bindings{{u"x"_s, 1}};
        Machine machine(work, bindings);
        Value value = line < 0 ? Value() : parseJson(work, QString::fromUtf8(bytes.mid(line + 1)));
        work.clearError();
        machine.start(*parsed->root, std::move(value));
        Value out;
        while (machine.next(&out) == Machine::Outcome::Value) {
            // One native may charge for what it has done, so the bounds are met with a margin.
            if (work.heap.live > 3 * budget.memoryBytes || work.steps() > 10 * budget.steps)
                std::abort();
            (void)out.toJson();
        }
    }
    work.error = Value();
    work.regex = nullptr;
    if (work.heap.live != 0) // something was not given back, or was counted wrongly
        std::abort();
    return 0;
}

#ifndef ATOM_LIBFUZZER
#include "tests/support/mutations.h"

#include <QtTest/QTest>

class FuzzExpressions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mutations()
    {
        const QList<QByteArray> seeds{
            "[.[] | select(.a > 1) | {b: .c, (.d | tostring): $x}]\n[{\"a\":2,\"c\":null,\"d\":5}]",
            "reduce .[] as [$a, {b: $c}] (0; . + $a * $c) | tojson\n[[1,{\"b\":2}]]",
            ". as [$a] ?// {$a} ?// $a | try error($a) catch (., 1)\n{\"a\":[1,2,{}]}",
            "def f($n; g): if $n < 1 then g else f($n - 1; g | g) end; f(3; .a |= empty, del(.[0,-1]))\n[1,2,3]",
            "[match(\"(?<n>[a-z&&[^b]]+?)(?=\\\\d{1,3})|\\\\bx*+$\"; \"gix\") | .captures[].name]\n\"abc12 x\"",
            "path(..), [paths(type == \"number\")], to_entries, (tostream | [.])\n{\"a\":[1,{\"b\":null}]}",
            "label $out | foreach range(0; 10; 3) as $i (.; . + $i; if . > 9 then break $out else ., -. end)\n0",
            "\"a\\(1 + 2, \"x\\(.)\")b\" | @base64, @base32, @uri, @csv \"\\([.])\", (.[1:-1] * 3 / \"x\")\n\"q\"",
            ".a[1:3] = [9] | .b += 1 | .c //= {} | .d |= (., .) | .[\"e\"]? // \"f\"\n{\"a\":[1,2,3,4]}",
            "strptime(\"%Y-%m-%d\") | mktime, strftime(\"%A %j\") | limit(3; repeat(1)), first(.), "
            "last(range(.))\n\"2020-01-02\"",
            "[sort_by(.a), group_by(.b), unique_by(length), min_by(.a), flatten(2), transpose?, add, any, "
            "all]\n[{\"a\":1},{\"b\":2}]",
            "[limit(5; [.[]|tojson|fromjson] | combinations, walk(.), (.. |= .)), splits(\"a+\")?, sub(\"(?<x>a)\"; "
            "\"\\(.x)\")?]\n[[1,2],[\"a\"]]"};
        const QByteArrayList pieces{
            "|",       ",",      "[",        "]",           "(",        ")",       "{",         "}",
            ".",       "..",     "?",        "//",          "|=",       "+=",      " as $y | ", "$y",
            "$x",      "1e300",  "-1",       "nan",         "infinite", "[]",      "{}",        "null",
            "\"a\"",   "empty",  "error",    "path(",       "try ",     " catch ", "reduce ",   "foreach ",
            "def f: ", ";",      "limit(",   "range(",      "*",        "%",       "\\(",       "test(\"",
            "sort",    "tojson", "fromjson", "implode",     "setpath(", "recurse", "getpath(",  "if ",
            " then ",  " else ", " end",     "label $o | ", "break $o", "@sh"};
        Atom::Test::forMutations(seeds, pieces, 40'000, 24, [](const QByteArray &data) {
            LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char *>(data.constData()), std::size_t(data.size()));
        });
    }
};

QTEST_GUILESS_MAIN(FuzzExpressions)
#include "fuzz_expressions.moc"
#endif
