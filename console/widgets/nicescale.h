// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Atom::Console {

//! \brief The upper end of a value axis from zero: a round number above the data that stays put. It grows at once when
//! a value does not fit, and shrinks only after the data stayed below 40 % of it for `patience` fits, so that the
//! axis does not jump with every sample.
class NiceScale
{
public:
    explicit NiceScale(double floor = 1.0, int patience = 10);
    //! \brief Takes the largest value now shown. True when max() changed.
    bool fit(double largest);
    //! \brief Fits at once, without patience: for another range or source.
    bool refit(double largest);
    double max() const { return m_max; }
    int ticks() const; //!< of the axis from 0 to max(), both included: 4..6
    //! \brief The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten that is >= value (> 0).
    static double roundUp(double value);

private:
    double m_floor;
    int m_patience;
    double m_max;
    int m_small = 0;
};

} // namespace Atom::Console
