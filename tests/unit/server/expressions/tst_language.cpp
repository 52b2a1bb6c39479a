// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The language by groups: program, input, all results. What jq's own cases check is left to jq_conformance.
#include "server/expressions/expression.h"
#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

namespace {
QJsonValue json(const QByteArray &text)
{
    return QJsonDocument::fromJson("[" + text + "]").array().first();
}

void row(const char *program, const char *input, const char *results)
{
    QTest::newRow(program) << QString::fromUtf8(program) << QByteArray(input) << QByteArray(results);
}

void columns()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("results");
}

void check()
{
    QFETCH(QString, program);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, results);
    const Result<Expression> e = Expression::compile(program);
    QVERIFY2(e.isOk(), e ? "" : qPrintable(e.error().detail));
    const Result<QList<QJsonValue>> all = e->evaluateAll(json(input), {}, 1000);
    QVERIFY2(all.isOk(), all ? "" : qPrintable(all.error().detail));
    QByteArray lines;
    for (const QJsonValue &v : *all)
        lines += (lines.isEmpty() ? "" : " ") + toJsonText(v);
    QCOMPARE(lines, results);
}
} // namespace

class TestLanguage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void paths_data()
    {
        columns();
        row(".[] , ..", "[1]", "1 [1] 1");
        row(".[1:][0], .[:-1], .[1:2]", "[1,2,3]", "2 [1,2] [2]");
        row(".a[\"b\",\"c\"]", "{\"a\":{\"b\":1,\"c\":2}}", "1 2");
        row("[path(..)]", "{\"a\":[0]}", "[[],[\"a\"],[\"a\",0]]");
        row("path(.a | select(.b) | .c)", "{\"a\":{\"b\":true}}", "[\"a\",\"c\"]");
        row("[paths(type == \"number\")]", "[1,[2,\"x\"]]", "[[0],[1,0]]");
        row("path(first(.a, .b)), path(limit(2; .[]))", "{\"a\":1,\"b\":2,\"c\":3}", "[\"a\"] [\"a\"] [\"b\"]");
        row("path(if .a then .b else .c end)", "{\"a\":0}", "[\"b\"]");
        row("path(.a // .b)", "{\"b\":1}", "[\"b\"]");
        row("path(getpath([\"a\",\"b\"]) | .c)", "null", "[\"a\",\"b\",\"c\"]");
        row("del(.[1,2]), del(.[-1]), del(.[0:2])", "[1,2,3]", "[1] [1,2] [3]");
        row("delpaths([[\"a\",0],[\"b\"]])", "{\"a\":[1,2],\"b\":1}", "{\"a\":[2]}");
        row("pick(.a, .b.c)", "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"a\":1,\"b\":{\"c\":2}}");
        row("to_entries, with_entries(.value += 1)", "{\"a\":1}", "[{\"key\":\"a\",\"value\":1}] {\"a\":2}");
        row("tostream", "{\"a\":[1,2]}", "[[\"a\",0],1] [[\"a\",1],2] [[\"a\",1]] [[\"a\"]]");
        row("fromstream(tostream)", "{\"a\":[1,{\"b\":2}]}", "{\"a\":[1,{\"b\":2}]}");
    }
    void paths() { check(); }

    void assignments_data()
    {
        columns();
        row(".a.b[2] = 1", "null", "{\"a\":{\"b\":[null,null,1]}}");
        row(".[] |= . * 2", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":4}");
        row(".a |= empty", "{\"a\":1,\"b\":2}", "{\"b\":2}");
        row(".[] |= (., .)", "[1,2]", "[1,2]");
        row(".a += (1,2)", "{\"a\":1}", "{\"a\":2} {\"a\":3}");
        row(".a //= 5 | .b //= 6", "{\"a\":false,\"b\":1}", "{\"a\":5,\"b\":1}");
        row(".a = .b", "{\"b\":7}", "{\"a\":7,\"b\":7}");
        row("(.a, .b) = (1,2)", "{}", "{\"a\":1,\"b\":1} {\"a\":2,\"b\":2}");
        row("(.. | numbers) |= -.", "[1,[2]]", "[-1,[-2]]");
        row(".[1:] |= map(. + 1)", "[1,2,3]", "[1,3,4]");
        row("reduce range(3) as $i (.; .[$i | tostring] += $i)", "{\"1\":5}", "{\"0\":0,\"1\":6,\"2\":2}");
        row("def f: .a; f |= 3 | f", "{}", "3");
    }
    void assignments() { check(); }

    void control_data()
    {
        columns();
        row("if . then 1 end, if 0 then 2 elif 1 then 3 else 4 end", "false", "false 2");
        row("[.[] | try error catch .]", "[1,null]", "[1,null]");
        row("try error(\"x\") catch ., (try (1, error(\"y\"), 2) catch .)", "null", "\"x\" 1 \"y\"");
        row("(try 1 catch 2) | try error(\"after\") catch .", "null", "\"after\"");
        row("try ((try (1,2)) | if . == 2 then error(\"out\") else . end) catch .", "null", "1 \"out\"");
        row("[.[] | (1 / .)?]", "[1,0,2]", "[1,0.5]");
        row("(false, null, 1) // 2, (empty // 3), (try (error(\"x\") // 4) catch .)", "null", "1 3 \"x\"");
        row("reduce .[] as [$a, $b] (0; . + $a * $b)", "[[1,2],[3,4]]", "14");
        row("foreach .[] as $x (0; . + $x; [$x, .])", "[1,2]", "[1,1] [2,3]");
        row("foreach range(3) as $x (0; empty; .)", "null", "");
        row("reduce range(3) as $x (0; empty)", "null", "null");
        row("label $out | 1, 2, break $out, 3", "null", "1 2");
        row("label $a | label $b | 1, break $a, 2", "null", "1");
        row("[limit(2; range(10))], [limit(0; error(\"no\"))], [first(range(5))], [until(. > 3; . + 1)]", "0",
            "[0,1] [] [0] [4]");
        row("[while(. < 4; . * 2)], [recurse(if . < 3 then . + 1 else empty end)]", "1", "[1,2] [1,2,3]");
        row("[range(0; 10; 4)], [range(3; 0; -2)], [range(0; 1; 0.5)]", "null", "[0,4,8] [3,1] [0,0.5]");
        row("first(range(10; 0; -1)), last(range(5)), nth(2; range(5)), isempty(empty)", "null", "10 4 2 true");
        row("any(.[]; . > 2), all(.[]; . > 0), any, all", "[1,2,3]", "true true true true");
    }
    void control() { check(); }

    void bindings_data()
    {
        columns();
        row("1 as $x | 2 as $y | [$x, $y, (3 as $x | $x), $x]", "null", "[1,2,3,1]");
        row(". as [$a, {b: $c, $d}] | [$a, $c, $d]", "[1,{\"b\":2,\"d\":3}]", "[1,2,3]");
        row(". as {(\"a\",\"b\"): $x} | $x", "{\"a\":1,\"b\":2}", "1 2");
        row(". as {$a: [$b]} | [$a, $b]", "{\"a\":[7]}", "[[7],7]");
        row(".[] as [$a] ?// $a | [$a]", "[[1],2]", "[1] [2]");
        row("[[3]] | .[] as [$a] ?// [$b] | if $a != null then error(\"no\") else {$a, $b} end", "null",
            "{\"a\":null,\"b\":3}");
        row("def f(g; $x): g + $x; f(., 10; 1, 2)", "5", "6 11 7 12");
        row("def fac: if . < 2 then 1 else . * (. - 1 | fac) end; fac", "20", "2432902008176640000");
        row("def f(x): x * 2; def g(x): f(x + 1); g(.)", "3", "8");
        row("def f: def g: 3; g; def g: 4; f + g", "null", "7");
        row("{a, \"b\", $__loc__, (\"c\"): 1, @base64 \"d\": 2} | keys", "{}", "[\"__loc__\",\"a\",\"b\",\"c\",\"d\"]");
        row("5 as $v | {$v, x: $v | . + 1}", "null", "{\"v\":5,\"x\":6}");
        row("[.[] as $x | $x] | . as [$first] | $first", "[9,8]", "9");
        row("$ENV, env", "null", "{} {}");
    }
    void bindings() { check(); }

    void numbers_data()
    {
        columns();
        row(". + 1, . - 1, . * 1, -.", "9007199254740993",
            "9007199254740994 9007199254740992 9007199254740993 -9007199254740993");
        row("9223372036854775807 + 1 > 9223372036854775807", "null", "true");
        row("[7 % 3, -7 % 3, 7 % -3, 5.9 % 2.9, 10 / 4, 10 / 5]", "null", "[1,-1,1,1,2.5,2]");
        row("[1e17, 1e-5, 0.1, 3.0, 1e300, 1.5] | map(tojson)", "null",
            "[\"1e+17\",\"1e-05\",\"0.1\",\"3\",\"1e+300\",\"1.5\"]");
        row("nan < nan, ([nan] | sort), (nan | isnan), infinite, -infinite", "null",
            "true [null] true 1.7976931348623157e+308 -1.7976931348623157e+308");
        row("[floor, ceil, round, sqrt, fabs, trunc]", "2.25", "[2,3,2,1.5,2.25,2]");
        row("pow(2; 10), log2, exp10", "8", "1024 3 100000000");
        row("[frexp, modf, significand, logb]", "10", "[[0.625,4],[0,10],1.25,3]");
        row("abs, (\"12\" | tonumber), (tostring | tonumber), toarray", "-3", "3 12 -3 [-3]");
        row("[.[] | length]", "[-5, null, \"\\ud83d\\ude00\", [1], {\"a\":1}]", "[5,0,1,1,1]");
        row("[.[] | try tonumber catch \"no\"]", "[\"0x10\", \" 1\", \"1e2\", \"nan\", \"--1\", \"1e\", \"\"]",
            "[\"no\",1,100,null,\"no\",\"no\",\"no\"]");
        row("-9223372036854775808 / -1, -9223372036854775808 % -1, (-9223372036854775808 | fabs)", "null",
            "9223372036854776000 0 9223372036854776000");
    }
    void numbers() { check(); }

    void texts_data()
    {
        columns();
        row("\"a\\(1 + 1)b\\(.x)\", @json \"v=\\(.)\", @uri \"?q=\\(.x)\"", "{\"x\":\"ä b\"}",
            "\"a2bä b\" \"v={\\\"x\\\":\\\"ä b\\\"}\" \"?q=%C3%A4%20b\"");
        row("\"\\(1,2)\\(3,4)\"", "null", "\"13\" \"23\" \"14\" \"24\"");
        row("@csv, @tsv, @sh", "[1,\"a\\\"b\",null,true]",
            "\"1,\\\"a\\\"\\\"b\\\",,true\" \"1\\ta\\\"b\\t\\ttrue\" \"1 'a\\\"b' null true\"");
        row("@base64, (@base64 | @base64d), @base32, (@base32 | @base32d)", "\"héy\"",
            "\"aMOpeQ==\" \"héy\" \"NDB2S6I=\" \"héy\"");
        row("split(\", \"), join(\"-\")?, (split(\"\") | join(\"-\"))", "\"a, b\"", "[\"a\",\"b\"] \"a-,- -b\"");
        row("ltrimstr(\"a\"), rtrimstr(\"c\"), trim, ascii_upcase, explode, (explode | implode)", "\"abc\"",
            "\"bc\" \"ab\" \"abc\" \"ABC\" [97,98,99] \"abc\"");
        row("index(\"b\"), rindex(\"b\"), indices(\"b\"), .[1:3], contains(\"bc\"), startswith(\"a\")", "\"abcb\"",
            "1 3 [1,3] \"bc\" true true");
        row(".[0:1], .[1:], length, utf8bytelength", "\"\\ud83d\\ude00x\"", "\"\xf0\x9f\x98\x80\" \"x\" 2 5");
        row("tojson, (tojson | fromjson), (\"[1,{\\\"a\\\":2.5}]\" | fromjson)", "{\"a\":[1,null]}",
            "\"{\\\"a\\\":[1,null]}\" {\"a\":[1,null]} [1,{\"a\":2.5}]");
        row(". * 3, . * 0, reverse", "\"ab\"", "\"ababab\" \"\" \"ba\"");
        row("ascii_downcase, test(\"B\"), test(\"B\"; \"i\")", "\"Ab\"", "\"ab\" false true");
    }
    void texts() { check(); }

    void collections_data()
    {
        columns();
        row("sort, unique, min, max, add, reverse", "[3,1,3]", "[1,3,3] [1,3] 1 3 7 [3,1,3]");
        row("sort_by(.a, .b), group_by(.a), unique_by(.a), min_by(.b), max_by(.b)",
            "[{\"a\":2,\"b\":1},{\"a\":1,\"b\":2}]",
            "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1}] [[{\"a\":1,\"b\":2}],[{\"a\":2,\"b\":1}]] "
            "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1}] {\"a\":2,\"b\":1} {\"a\":1,\"b\":2}");
        row("flatten, flatten(1), (map(type) | unique), transpose?", "[1,[2,[3]]]",
            "[1,2,3] [1,2,[3]] [\"array\",\"number\"]");
        row("transpose, [combinations]", "[[1,2],[3]]", "[[1,3],[2,null]] [[1,3],[2,3]]");
        row("keys, length, has(\"a\"), (.a | in({\"1\":0}))?, map_values(. + 1), add", "{\"b\":2,\"a\":1}",
            "[\"a\",\"b\"] 2 true {\"a\":2,\"b\":3} 3");
        row("contains([\"b\"]), inside([\"abc\",\"b\",\"c\"]), index(\"b\"), bsearch(\"b\"), . - [\"b\"]",
            "[\"abc\",\"b\"]", "true true 1 1 [\"abc\"]");
        row("INDEX(.id), IN(.[]; .[0]), [.[] | IN({\"id\":1})]", "[{\"id\":1}]", "{\"1\":{\"id\":1}} true [true]");
        row("walk(if type == \"number\" then . + 1 else . end), [.. | numbers], [leaf_paths]", "[1,{\"a\":2}]",
            "[2,{\"a\":3}] [1,2] [[0],[1,\"a\"]]");
        row("getpath([\"a\",0]), setpath([\"a\",1]; 5), [splits(\"x\")?]", "{\"a\":[1]}", "1 {\"a\":[1,5]} []");
        row("contains({\"a\":\"x\"}), (try (true | contains(false)) catch \"no\")", "{\"a\":1}", "false \"no\"");
        row("from_entries", "[{\"name\":\"a\",\"v\":1},{\"k\":false,\"value\":2}]", "{\"a\":1,\"false\":2}");
        row("limit(1; .[] | select(.ok)) | .n", "[{\"ok\":false},{\"ok\":true,\"n\":7}]", "7");
        row("debug, stderr, (builtins | length > 150), input_line_number, have_literal_numbers", "1",
            "1 1 true 0 true");
    }
    void collections() { check(); }

    void times_data()
    {
        columns();
        row("todate, gmtime, (gmtime | mktime), (todate | fromdate)", "1425599507",
            "\"2015-03-05T23:51:47Z\" [2015,2,5,23,51,47,4,63] 1425599507 1425599507");
        row("strftime(\"%A, %B %d, %Y\"), strflocaltime(\"%H:%M %Z\"), strftime(\"\")", "1435677542.8",
            "\"Tuesday, June 30, 2015\" \"15:19 UTC\" \"\"");
        row("strptime(\"%Y-%m-%dT%H:%M:%SZ\"), (strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime)", "\"2015-03-05T23:51:47Z\"",
            "[2015,2,5,23,51,47,4,63] 1425599507");
        row("dateadd(\"seconds\"; 60) | date", "0", "\"1970-01-01T00:01:00Z\"");
        row("try strptime(\"%Y\") catch \"no\", try mktime catch \"no\", try (1e300 | gmtime) catch \"no\"", "\"x\"",
            "\"no\" \"no\" \"no\"");
        row("(now | . > 1700000000), (-1 | todate)", "null", "true \"1969-12-31T23:59:59Z\"");
    }
    void times() { check(); }
};

QTEST_GUILESS_MAIN(TestLanguage)
#include "tst_language.moc"
