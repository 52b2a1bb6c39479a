// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/linearmodel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

namespace Atom::Assistant {

namespace {
//! Small and the same everywhere; the order of a descent needs no better one.
class Random
{
public:
    explicit Random(quint64 seed) : m_state(seed * 2 + 1) {}
    //! 0 to `limit` - 1
    size_t below(size_t limit)
    {
        m_state = m_state * 6364136223846793005u + 1442695040888963407u;
        return size_t((m_state >> 33) * limit >> 31);
    }

private:
    quint64 m_state;
};

//! All rows one behind the other: the descent runs through them many times.
struct Rows
{
    std::vector<size_t> begin;
    std::vector<Coordinate> entries;
    std::vector<float> squares; //!< length² of each, with the 1 of the bias

    explicit Rows(const std::vector<SparseVector> &rows)
    {
        for (const SparseVector &row : rows) {
            begin.push_back(entries.size());
            entries.insert(entries.end(), row.begin(), row.end());
            float sum = 1;
            for (const Coordinate &entry : row)
                sum += entry.value * entry.value;
            squares.push_back(sum);
        }
        begin.push_back(entries.size());
    }
    size_t size() const { return squares.size(); }
};

//! The border between one class and all others; `weights` has one element for each feature, the bias comes last.
class Descent
{
public:
    Descent(const Rows &rows, const std::vector<int> &classes, const LinearModel::Options &options, qsizetype dimension)
        : m_rows(rows), m_classes(classes), m_options(options), m_ridge(0.5f / options.cost),
          m_weights(size_t(dimension) + 1), m_alpha(rows.size()), m_active(rows.size())
    {
    }

    const std::vector<float> &solve(int positive, const std::atomic<bool> &stop)
    {
        std::fill(m_weights.begin(), m_weights.end(), 0.0f);
        std::fill(m_alpha.begin(), m_alpha.end(), 0.0f);
        std::iota(m_active.begin(), m_active.end(), 0u);
        Random random{quint64(positive) + 1};
        constexpr float endless = std::numeric_limits<float>::infinity();
        size_t active = m_rows.size();
        float bound = endless;
        for (int pass = 0; pass < m_options.passes && !stop; ++pass) {
            float highest = -endless;
            float lowest = endless;
            for (size_t i = 0; i < active; ++i)
                std::swap(m_active[i], m_active[i + random.below(active - i)]);
            for (size_t i = 0; i < active; ++i) {
                const quint32 row = m_active[i];
                const float sign = m_classes[row] == positive ? 1.0f : -1.0f;
                const float gradient = sign * value(row) - 1 + m_alpha[row] * m_ridge;
                float projected = gradient;
                if (m_alpha[row] <= 0) {
                    if (gradient > bound) { // stays at its bound, very likely: left out until the end
                        std::swap(m_active[i--], m_active[--active]);
                        continue;
                    }
                    projected = std::min(gradient, 0.0f);
                }
                highest = std::max(highest, projected);
                lowest = std::min(lowest, projected);
                if (std::abs(projected) > 1e-6f)
                    move(row, sign, gradient);
            }
            bound = highest <= 0 ? endless : highest;
            if (highest - lowest > m_options.tolerance && active > 0)
                continue;
            if (active == m_rows.size())
                break;
            active = m_rows.size(); // once more with those that were left out
            bound = endless;
        }
        return m_weights;
    }

private:
    float value(quint32 row) const
    {
        float sum = m_weights.back();
        for (size_t k = m_rows.begin[row]; k < m_rows.begin[row + 1]; ++k)
            sum += m_weights[m_rows.entries[k].index] * m_rows.entries[k].value;
        return sum;
    }
    void move(quint32 row, float sign, float gradient)
    {
        const float before = m_alpha[row];
        m_alpha[row] = std::max(before - gradient / (m_rows.squares[row] + m_ridge), 0.0f);
        const float step = (m_alpha[row] - before) * sign;
        for (size_t k = m_rows.begin[row]; k < m_rows.begin[row + 1]; ++k)
            m_weights[m_rows.entries[k].index] += step * m_rows.entries[k].value;
        m_weights.back() += step;
    }

    const Rows &m_rows;
    const std::vector<int> &m_classes;
    const LinearModel::Options &m_options;
    const float m_ridge; //!< of the squared loss, on the diagonal
    std::vector<float> m_weights;
    std::vector<float> m_alpha;
    std::vector<quint32> m_active;
};
} // namespace

LinearModel LinearModel::train(const std::vector<SparseVector> &rows, const std::vector<int> &classes, int classCount,
                               qsizetype dimension, const Options &options, const std::atomic<bool> &stop)
{
    LinearModel model;
    model.m_bias.resize(size_t(classCount));
    const Rows packed(rows);
    std::vector<SparseVector> kept{size_t(classCount)};
    std::atomic<int> next = 0;
    const auto work = [&] {
        Descent descent(packed, classes, options, dimension);
        for (int c = next++; c < classCount && !stop; c = next++) {
            const std::vector<float> &weights = descent.solve(c, stop);
            model.m_bias[size_t(c)] = weights.back();
            for (quint32 i = 0; i + 1 < weights.size(); ++i) {
                if (std::abs(weights[i]) >= options.smallest)
                    kept[size_t(c)].push_back(Coordinate{i, weights[i]});
            }
        }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < std::min(options.threads, classCount); ++i)
        others.emplace_back(work);
    work();
    for (std::thread &other : others)
        other.join();

    model.m_begin.assign(size_t(dimension) + 1, 0);
    for (const SparseVector &ofClass : kept) {
        for (const Coordinate &weight : ofClass)
            ++model.m_begin[weight.index + 1];
    }
    std::partial_sum(model.m_begin.begin(), model.m_begin.end(), model.m_begin.begin());
    model.m_weights.resize(model.m_begin.back());
    std::vector<size_t> place(model.m_begin.begin(), model.m_begin.end() - 1);
    for (size_t c = 0; c < kept.size(); ++c) {
        for (const Coordinate &weight : kept[c])
            model.m_weights[place[weight.index]++] = Weight{quint32(c), weight.value};
    }
    return model;
}

std::vector<float> LinearModel::margins(const SparseVector &vector) const
{
    std::vector<float> sums = m_bias;
    for (const Coordinate &entry : vector) {
        for (size_t k = m_begin[entry.index]; k < m_begin[entry.index + 1]; ++k)
            sums[m_weights[k].classIndex] += m_weights[k].value * entry.value;
    }
    return sums;
}

} // namespace Atom::Assistant
