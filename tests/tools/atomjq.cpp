// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// atom-jq [-c] [-n] [-r] PROGRAM: our evaluator behind the command line of jq, for the cases written for jq. Never
// installed. One JSON value on the input (NaN and infinities are read, too); errors end with 5, as jq's, bad
// programs 3.
#include "server/expressions/expression.h"
#include "server/expressions/jsontext.h"
#include "server/expressions/machine.h"
#include "server/expressions/parser.h"

#include <QtCore/QFile>

#include <cstdio>

using namespace Atom::Expressions;
using namespace Qt::StringLiterals;

namespace {
void print(FILE *to, const QString &line)
{
    std::fputs((line + u'\n').toUtf8().constData(), to);
}

// jq's cases hold Infinity and NaN as some JSON writers make them.
QString readInput()
{
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(in.readAll());
}

Value parseInput(Work &work, QString text)
{
    Value value = parseJson(work, text);
    if (work.failed && !work.spent) {
        work.clearError();
        text.replace(u"NaN"_s, u"nan"_s).replace(u"Infinity"_s, u"1e1000"_s);
        value = parseJson(work, text);
    }
    return value;
}
} // namespace

int main(int argc, char **argv)
{
    bool noInput = false;
    bool raw = false;
    QString program;
    for (int i = 1; i < argc; ++i) {
        const QString argument = QString::fromUtf8(argv[i]);
        if (argument == u"-n")
            noInput = true;
        else if (argument == u"-r")
            raw = true;
        else if (argument != u"-c" && program.isEmpty())
            program = argument;
    }
    const auto parsed = parseExpression(program);
    if (!parsed) {
        print(stderr, u"atom-jq: "_s + parsed.error().detail);
        return 3;
    }
    Work work(Budget{});
    const Bindings bindings;
    Machine machine(work, bindings);
    Value value = noInput ? Value() : parseInput(work, readInput());
    if (!work.failed)
        machine.start(*parsed->root, std::move(value));
    Value out;
    while (!work.failed && machine.next(&out) == Machine::Outcome::Value) {
        Work printing(Budget{});
        print(stdout, raw && out.isString() ? out.text() : jsonText(printing, out));
    }
    if (!work.failed)
        return 0;
    print(stderr, u"atom-jq: "_s + (work.spent              ? work.spentText
                                    : work.error.isString() ? work.error.text()
                                                            : shortJson(work.error, 1000) + u" (not a string)"_s));
    return 5;
}
