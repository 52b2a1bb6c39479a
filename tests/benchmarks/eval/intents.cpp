// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/eval/evaluation.h"
#include "tests/support/intentquality.h"

namespace Atom::Evaluation {
using namespace Test::IntentQuality;

namespace {
void show(Table &table, const QString &name, const Figures &figures)
{
    table.line(name + u", accuracy"_s, figures.accuracy);
    table.line(name + u", right and triggered"_s, figures.triggeredRight);
    table.line(name + u", out of scope kept quiet"_s, figures.unrelatedKept);
    table.line(name + u", out of scope AUROC"_s, figures.auroc);
    table.line(name + u", training"_s, double(figures.trainMs), u"ms"_s, 0);
    table.line(name + u", classify"_s, figures.classifyUs, u"us"_s, 0);
}
} // namespace

void measureIntents(const QString &folder, Table &table)
{
    table.section(u"Intents (CLINC150, subset; 150 intents)"_s);
    const Data data = Data::load(folder + u"/intent"_s);
    if (data.train.isEmpty()) {
        table.note(u"no data in intent/"_s);
        return;
    }
    show(table, u"50 examples"_s, data.measure(intentsOf(data.train, 50)));
    show(table, u"10 examples, mean of 3 draws"_s, data.meanOfDraws(10));
    show(table, u"5 examples, mean of 3 draws"_s, data.meanOfDraws(5));
    table.line(u"first 10 examples of the sorted file, accuracy"_s, data.measure(intentsOf(data.train, 10)).accuracy);
    table.line(u"first 5 examples of the sorted file, accuracy"_s, data.measure(intentsOf(data.train, 5)).accuracy);
    for (const int half : {0, 2}) {
        qsizetype tested = 0;
        const QStringList wrong = data.falseTriggers(50, half, &tested);
        table.line(half == 2 ? u"ordinary chat that triggers, server's own lines as background"_s
                             : u"ordinary chat that triggers, other half as background"_s,
                   100 * share(wrong.size(), tested), u"%"_s, 2);
    }
}

} // namespace Atom::Evaluation
