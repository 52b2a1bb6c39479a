// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArrayList>

#include <algorithm>
#include <random>

namespace Atom::Test {

//! \brief Gives `run` inputs made of `seeds` by one to four changes each: a piece put in, something removed, copied
//! from another seed or from itself, a byte changed. The same ones each time. ATOM_FUZZ_ROUNDS in place of `rounds`.
//! \param reach most bytes that are copied or, a third of it, removed at a time
template <typename Run>
void forMutations(const QByteArrayList &seeds, const QByteArrayList &pieces, int rounds, qsizetype reach, Run run)
{
    std::mt19937 random(20260101);
    const auto below = [&](qsizetype n) { return qsizetype(random() % std::size_t(std::max<qsizetype>(1, n))); };
    if (const int wanted = qEnvironmentVariableIntValue("ATOM_FUZZ_ROUNDS"); wanted > 0)
        rounds = wanted;
    for (int i = 0; i < rounds; ++i) {
        QByteArray data = seeds[below(seeds.size())];
        for (qsizetype n = 1 + below(4); n > 0; --n) {
            const qsizetype at = below(data.size());
            switch (below(5)) {
            case 0:
                data.insert(at, pieces[below(pieces.size())]);
                break;
            case 1:
                data.remove(at, 1 + below(reach / 3));
                break;
            case 2: {
                const QByteArray &other = seeds[below(seeds.size())];
                data.insert(at, other.mid(below(other.size()), 1 + below(reach)));
                break;
            }
            case 3:
                data.insert(at, data.mid(below(data.size()), 1 + below(reach)));
                break;
            default:
                if (!data.isEmpty())
                    data[at] = char(random() & 0xff);
            }
        }
        run(data);
    }
}

} // namespace Atom::Test
