// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/report.h"

namespace Atom::Bench {

struct Setting
{
    std::string binary; //!< of atom-server
    double seconds = 5; //!< of each measurement
    double scale = 1;   //!< of the number of clients and the rates: small for a try
    bool onlyAtom = false;
    std::string data;         //!< million: where its database is kept; empty: a temporary folder
    bool prepareOnly = false; //!< million: make the database, measure nothing
};

struct Scenario
{
    const char *name;
    const char *what;
    void (*run)(const Setting &setting, Report &report);
    bool onlyWhenNamed = false;
};

const std::vector<Scenario> &scenarios();

} // namespace Atom::Bench
