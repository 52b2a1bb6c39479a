// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Hostile programs: each must end at a bound, with an error that names it, and within a C++ stack of 1 MB.
#include "server/expressions/expression.h"
#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QThread>
#include <QtTest/QTest>

#include <memory>

using namespace Atom;
using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

namespace {
// The time is not what these are about: a busy machine must not decide which bound is met first.
Budget patient()
{
    Budget b;
    b.time = std::chrono::minutes(5);
    return b;
}

Result<QList<QJsonValue>> run(const QString &program, const Budget &budget = patient())
{
    const Result<Expression> e = Expression::compile(program);
    return e ? e->evaluateAll(QJsonValue(QJsonValue::Null), {}, 10'000, budget) : e.error();
}

QString outcome(const Result<QList<QJsonValue>> &r)
{
    return r ? u"%1 results"_s.arg(r->size()) : r.error().detail;
}
} // namespace

class TestBudgets : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ends_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("bound");
        const auto row = [](const char *program, const char *bound) {
            QTest::newRow(program) << QString::fromUtf8(program) << QString::fromUtf8(bound);
        };
        row("def f: f; f", "steps");
        row("def f: [f]; f", "recurses deeper");
        row("def f: f | .; f", "recurses deeper");
        row("def f: 1 + f; f", "recurses deeper");
        row("def f(g): f(g | g); f(.)", "memory");
        row("def f: reduce f as $x (0; 1); f", "recurses deeper");
        row("def f: try f catch .; f", "recurses deeper");
        row("def f: f // 1; f", "recurses deeper");
        row("def f: .a |= f; f", "recurses deeper");
        row("def f: path(f); f", "recurses deeper");
        row("try (def f: f; f) catch 1", "steps");
        row("[range(1e12)]", "steps");
        row("last(range(1e12))", "steps");
        row("[limit(1e9; repeat(1))]", "steps");
        row("limit(1e9; repeat(1)) | select(false)", "steps");
        row("reduce range(1e9) as $i (0; . + 1)", "steps");
        row("[range(300)] | [.[] as $a | .[] as $b | .[] as $c | 1]", "steps");
        row("[range(100)] | [combinations(4)?]", "steps");
        row("[1,2,3,4] | [.,.,.,.,.,.,.,.,.,.,.,.] | [combinations]", "steps");
        row("\"x\" * 1e9", "memory");
        row("[\"x\" * 1e6 | ., ., ., .] | [.[] * 100]", "memory");
        row("def d: \"\\(.)\\(.)\" | d; \"x\" | d", "memory");
        row("def d: . + . | d; [1] | d", "steps");
        row("def d: [., .] | tojson | d; 1 | d", "memory");
        row("\"x\" * 1e7 | @base64 | @base64 | @base64", "memory");
        row("reduce range(1e6) as $i (null; [.])", "nested deeper");
        row("reduce range(1e6) as $i (null; {a: .})", "nested deeper");
        row(".[536870911] = 1", "memory");
        row(".[1e9] = 1", "Array index too large");
        row("setpath([range(2000) | \"a\"]; 1)", "longer than");
        row("path(def f: .a | f; f)", "longer than");
        row("(\"[\" * 5000) | fromjson", "depth limit");
        row("\"a\" * 40 | test(\"(a+)+$b\")", "steps");
        row("\"a\" * 20000 | test(\"(.*)(.*)(.*)(.*)[0-9]x\")", "steps");
        row("\"a\" * 30 | test(\"(a|a)*b\")", "steps");
        row("\"a\" * 5000 | test(\"(?<=(a*)*c)\")", "steps");
        row("\"a\" | test(\"((a{1000}){1000}){1000}\")", "too big");
        row("\"a\" | test(\"(\" * 1000)", "nested too deep");
        row("[range(50000)] | sort_by(-.) | sort | sort | sort | sort | sort | sort | sort | sort | sort", "steps");
        row("[range(3000)] | . - . | [range(3000)] - [range(3000;6000)]", "steps");
        row("[limit(100000; repeat(\"abcdefgh\" * 1000))]", "");
    }
    void ends()
    {
        QFETCH(QString, program);
        QFETCH(QString, bound);
        const auto result = run(program);
        QVERIFY2(!result.isOk(), qPrintable(outcome(result)));
        QCOMPARE(result.error().code, Errc::ValidationFailed);
        QVERIFY2(result.error().detail.contains(bound), qPrintable(outcome(result)));
    }

    void fits_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *program, const char *expected) {
            QTest::newRow(program) << QString::fromUtf8(program) << QByteArray(expected);
        };
        row("[recurse(if . < 20000 then . + 1 else empty end; true)] | length", "20001");
        row("0 | [recurse(if . < 20000 then . + 1 else empty end)] | length", "20001");
        row("def r: if . == 0 then 0 else (. - 1 | r) + 1 end; 3000 | r", "3000");
        row("def f: if . >= 50000 then . else . + 1 | f end; 0 | f", "50000");
        row("reduce range(60000) as $i ([]; .[$i] = $i) | length", "60000");
        row("reduce range(30000) as $i ({}; .[\"k\\($i)\"] = $i) | length", "30000");
        row("reduce range(60000) as $i ([]; . + [$i]) | length", "60000");
        row("reduce range(900) as $i (null; [.]) | flatten", "[null]");
        row("(\"[\" * 900 + \"]\" * 900) | fromjson | tojson | length", "1800");
        row("(reduce range(990) as $i (0; [.])) | [., .] | .[0] == .[1], (sort | length), ([..] | length)", "true");
        row("[-1, 1114112, 55296, 1e300] | implode", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
        row("\"1e1000000000\" | fromjson", "1.7976931348623157e+308");
        row("\"a\" * 20000 | test(\"^a*$\")", "true");
        row("\"a\" * 30000 + \"b\" | test(\"b\")", "true");
        row("[limit(5; repeat(1))] | length", "5");
    }
    void fits()
    {
        QFETCH(QString, program);
        QFETCH(QByteArray, expected);
        const auto result = run(program);
        QVERIFY2(result.isOk(), qPrintable(outcome(result)));
        QCOMPARE(toJsonText(result->first()), expected);
    }

    void boundsAreParameters()
    {
        Budget few = patient();
        few.steps = 2000;
        QVERIFY(!run(u"[range(10000)]"_s, few).isOk());
        Budget shallow = patient();
        shallow.depth = 50;
        QVERIFY(outcome(run(u"def r: if . == 0 then 0 else (. - 1 | r) + 1 end; 100 | r"_s, shallow))
                    .contains(u"50 levels"));
        Budget small = patient();
        small.memoryBytes = 100'000;
        QVERIFY(outcome(run(u"\"x\" * 100000"_s, small)).contains(u"memory"));
        Budget quick;
        quick.steps = std::numeric_limits<qint64>::max();
        quick.time = std::chrono::milliseconds(5);
        QVERIFY(outcome(run(u"def f: f; f"_s, quick)).contains(u"5 ms"));
    }

    // What a step into recursion costs in C++ stack is bounded: all of it runs on 1 MB.
    void needsLittleStack()
    {
#ifdef __SANITIZE_ADDRESS__
        QSKIP("the sanitizer makes frames several times larger");
#endif
        const QStringList programs{u"def f: [f]; f"_s,
                                   u"reduce range(990) as $i (null; [.]) | [tojson, ., (. == .)] | sort"_s,
                                   u"(\"[\" * 990 + \"]\" * 990) | fromjson | [paths] | length"_s,
                                   u"\"a\" | test(\"(?=\" * 49 + \"a\" + \")\" * 49)"_s,
                                   u"reduce range(990) as $i (null; {a: .}) | . * . | contains(.)"_s,
                                   QString(95, u'[') + u'1' + QString(95, u']'),
                                   u"1"_s + u"+1"_s.repeated(4000)};
        int done = 0;
        std::unique_ptr<QThread> thread(QThread::create([&] {
            for (const QString &program : programs) {
                (void)run(program);
                ++done;
            }
        }));
        thread->setStackSize(1024 * 1024);
        thread->start();
        QVERIFY(thread->wait());
        QCOMPARE(done, int(programs.size()));
    }

    void manyThreadsShareOneExpression()
    {
        const Result<Expression> e =
            Expression::compile(u"[.[] | select(. > 2) | \"n\\(.)\" | ascii_upcase] | join($sep)"_s);
        QVERIFY(e.isOk());
        std::vector<std::unique_ptr<QThread>> threads;
        std::atomic<int> right = 0;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back(QThread::create([&] {
                for (int i = 0; i < 200; ++i) {
                    const auto r = e->evaluate(QJsonArray{1, 3, 5}, {{u"sep"_s, u"-"_s}}, patient());
                    right += r && r->toString() == u"N3-N5" ? 1 : 0;
                }
            }));
            threads.back()->start();
        }
        for (const auto &t : threads)
            QVERIFY(t->wait());
        QCOMPARE(right.load(), 800);
    }
};

QTEST_GUILESS_MAIN(TestBudgets)
#include "tst_budgets.moc"
