// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/suggestions.h"

#include <algorithm>
#include <vector>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype longestWord = 40;
constexpr qsizetype mostCandidates = 200; // a hostile definition may have thousands of names

int editDistance(const QString &a, const QString &b)
{
    std::vector<int> row(size_t(b.size()) + 1);
    for (size_t j = 0; j < row.size(); ++j)
        row[j] = int(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = int(i);
        for (size_t j = 1; j < row.size(); ++j) {
            const int substitute = diagonal + (a[i - 1].toLower() != b[qsizetype(j) - 1].toLower());
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
        }
    }
    return row.back();
}
} // namespace

QString didYouMean(const QString &word, const QStringList &known)
{
    if (word.size() > longestWord)
        return {};
    QString best;
    int bestDistance = std::max(2, int(word.size()) / 3) + 1;
    for (const QString &candidate : known.first(std::min(known.size(), mostCandidates))) {
        if (candidate.size() > longestWord)
            continue;
        const int distance = editDistance(word, candidate);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best.isEmpty() ? QString() : u" Did you mean `%1`?"_s.arg(best);
}

} // namespace Atom::Workflows
