// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/eval/evaluation.h"
#include "tests/support/entityrates.h"

namespace Atom::Evaluation {
using namespace Qt::StringLiterals;

void measureEntities(const QString &folder, Table &table)
{
    table.section(u"Entities (Duckling's English corpora, subset)"_s);
    const auto measured = Test::EntityRates::measure(folder + u"/entities/duckling_dev.jsonl"_s, false);
    if (measured.rates.isEmpty()) {
        table.note(u"no data in entities/"_s);
        return;
    }
    for (auto it = measured.rates.cbegin(); it != measured.rates.cend(); ++it)
        table.line(u"%1, of %2"_s.arg(it.key()).arg(it->all), it->percent(), u"%"_s, 1);
    table.line(u"time for an expression"_s, measured.microseconds, u"us"_s, 1);
}

} // namespace Atom::Evaluation
