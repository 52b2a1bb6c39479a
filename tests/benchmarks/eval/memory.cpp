// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/eval/conversations.h"
#include "tests/benchmarks/eval/evaluation.h"

namespace Atom::Evaluation {
using namespace Qt::StringLiterals;

void measureMemory(const QString &data, Table &table)
{
    table.section(u"memory: questions about long conversations, each asked in its own"_s);
    Memory::MessageIndex index;
    QHash<QString, QDateTime> ends;
    if (!fillIndex(index, readJsonLines(data + u"/memory/messages.jsonl"_s), ends)) {
        table.note(u"no data in %1/memory"_s.arg(data));
        return;
    }
    RecallFigures figures = askAll(index, readJsonLines(data + u"/memory/questions.jsonl"_s), ends);
    table.line(u"questions"_s, figures.questions, {}, 0);
    table.line(u"recall@5"_s, figures.recall5);
    table.line(u"recall@10"_s, figures.recall10);
    table.line(u"hit@10"_s, figures.hit10);
    table.line(u"mean reciprocal rank"_s, figures.reciprocalRank);
    table.line(u"query p50"_s, percentile(figures.microseconds, 0.5), u"us"_s, 1);
    table.line(u"query p95"_s, percentile(figures.microseconds, 0.95), u"us"_s, 1);
    if (qEnvironmentVariableIsSet("ATOM_MEMORY_MISSES")) {
        for (const QJsonObject &miss : figures.misses)
            table.note(miss[u"question"_s].toString());
    }
}

} // namespace Atom::Evaluation
