// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/load.h"

#include <QtCore/QJsonObject>

#include <map>
#include <optional>

namespace Atom::Bench {

//! \brief One line of the report: a scenario on one server. Figures that do not apply are left out.
struct Row
{
    std::string scenario;
    std::string server;
    //! Name with its unit ("cpu_us_per_delivery") -> value.
    std::map<std::string, double> figures;
    std::string note; //!< what is wrong: loss, duplicates, errors
};

Row rowOf(const std::string &scenario, const std::string &server, const LoadResult &result);

//! \brief Collects rows, prints each as it comes, knows ratios to the reference of the same scenario.
class Report
{
public:
    void add(Row row);
    //! \brief The table of all rows with the ratio of CPU per delivery to the coalescing reference.
    std::string table() const;
    QJsonObject toJson() const;
    //! \brief The change of each figure against an earlier toJson(), in percent.
    std::string comparison(const QJsonObject &earlier) const;

private:
    std::optional<double> ratio(const Row &row, const std::string &figure) const;
    std::vector<Row> m_rows;
};

} // namespace Atom::Bench
