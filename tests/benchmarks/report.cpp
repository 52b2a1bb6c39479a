// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/report.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QSysInfo>

#include <cstdio>

namespace Atom::Bench {

namespace {

std::string formatted(const char *format, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string describe(const Row &row)
{
    std::string line = row.scenario + " | " + row.server + " |";
    for (const auto &[name, value] : row.figures)
        line += ' ' + name + '=' + formatted(value >= 1'000 ? "%.0f" : "%.3g", value);
    return row.note.empty() ? line : line + " | " + row.note;
}

std::string padded(std::string text, size_t width)
{
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

} // namespace

Row rowOf(const std::string &scenario, const std::string &server, const LoadResult &r)
{
    Row row{scenario, server, {}, {}};
    row.figures["messages_per_s"] = double(r.acked) / r.seconds;
    if (r.expected > 0) {
        row.figures["deliveries_per_s"] = double(r.delivered) / r.seconds;
        if (r.cpuNanos > 0)
            row.figures["cpu_us_per_delivery"] = r.cpuMicrosPerDelivery();
        row.figures["p50_ms"] = r.deliveryTime.percentileMillis(0.5);
        row.figures["p95_ms"] = r.deliveryTime.percentileMillis(0.95);
        row.figures["p99_ms"] = r.deliveryTime.percentileMillis(0.99);
        row.figures["p999_ms"] = r.deliveryTime.percentileMillis(0.999);
    }
    if (r.cpuNanos > 0) { // else the process was another at the end than at the beginning
        row.figures["cpu_us_per_message"] = r.cpuMicrosPerMessage();
        row.figures["cpu_percent"] = double(r.cpuNanos) / 1e7 / r.seconds;
    }
    row.figures["ack_p50_ms"] = r.ackTime.percentileMillis(0.5);
    row.figures["ack_p99_ms"] = r.ackTime.percentileMillis(0.99);
    const auto count = [&row](const char *what, int64_t n) {
        if (n != 0)
            row.note += std::string(row.note.empty() ? "" : ", ") + std::to_string(n) + ' ' + what;
    };
    count("lost", r.lost());
    count("not acknowledged", r.sent - r.acked);
    count("duplicated", r.duplicates);
    count("out of order", r.disordered);
    count("errors", r.errors);
    count("connections closed", r.closed);
    if (!r.firstError.empty())
        row.note += ": " + r.firstError;
    return row;
}

void Report::add(Row row)
{
    std::printf("%s\n", describe(row).c_str());
    std::fflush(stdout);
    m_rows.push_back(std::move(row));
}

std::optional<double> Report::ratio(const Row &row, const std::string &figure) const
{
    const auto mine = row.figures.find(figure);
    if (mine == row.figures.end() || !row.server.starts_with("atom"))
        return std::nullopt;
    // "rooms durable" and "rooms ephemeral" share the reference "rooms".
    const std::string load = row.scenario.substr(0, row.scenario.find(' '));
    for (const Row &other : m_rows) {
        if ((other.scenario != load && other.scenario != row.scenario) || !other.server.starts_with("bare") ||
            other.server.ends_with("no coalescing"))
            continue;
        const auto theirs = other.figures.find(figure);
        if (theirs != other.figures.end() && theirs->second > 0)
            return mine->second / theirs->second;
    }
    return std::nullopt;
}

std::string Report::table() const
{
    const std::vector<std::pair<std::string, std::string>> columns = {{"messages_per_s", "msg/s"},
                                                                      {"deliveries_per_s", "deliv/s"},
                                                                      {"cpu_us_per_delivery", "us/deliv"},
                                                                      {"cpu_us_per_message", "us/msg"},
                                                                      {"cpu_percent", "cpu %"},
                                                                      {"p50_ms", "p50 ms"},
                                                                      {"p95_ms", "p95 ms"},
                                                                      {"p99_ms", "p99 ms"},
                                                                      {"p999_ms", "p99.9 ms"},
                                                                      {"ack_p99_ms", "ack p99"}};
    std::string text = padded("scenario", 25) + padded("server", 27);
    for (const auto &[name, title] : columns)
        text += padded(title, 10);
    text += "ratio\n";
    for (const Row &row : m_rows) {
        text += padded(row.scenario, 25) + padded(row.server, 27);
        std::string others;
        for (const auto &[name, title] : columns) {
            const auto it = row.figures.find(name);
            text +=
                padded(it == row.figures.end() ? "-" : formatted(it->second >= 100 ? "%.0f" : "%.2f", it->second), 10);
        }
        for (const auto &[name, value] : row.figures) {
            const bool isShown = std::any_of(columns.begin(), columns.end(),
                                             [&name = name](const auto &column) { return column.first == name; });
            if (!isShown && name != "ack_p50_ms")
                others += "  " + name + '=' + formatted("%.4g", value);
        }
        const std::optional<double> times = ratio(row, "cpu_us_per_delivery");
        text += (times ? formatted("%.2f x", *times) : "-") + others;
        text += row.note.empty() ? "\n" : "  !! " + row.note + '\n';
    }
    return text;
}

QJsonObject Report::toJson() const
{
    QJsonArray rows;
    for (const Row &row : m_rows) {
        QJsonObject figures;
        for (const auto &[name, value] : row.figures)
            figures.insert(QString::fromStdString(name), value);
        if (const std::optional<double> times = ratio(row, "cpu_us_per_delivery"))
            figures.insert(QStringLiteral("cpu_ratio"), *times);
        rows.append(QJsonObject{{QStringLiteral("scenario"), QString::fromStdString(row.scenario)},
                                {QStringLiteral("server"), QString::fromStdString(row.server)},
                                {QStringLiteral("figures"), figures},
                                {QStringLiteral("note"), QString::fromStdString(row.note)}});
    }
    return {{QStringLiteral("at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)},
            {QStringLiteral("system"), QSysInfo::prettyProductName()},
            {QStringLiteral("rows"), rows}};
}

std::string Report::comparison(const QJsonObject &earlier) const
{
    std::string text;
    const QJsonArray before = earlier.value(QStringLiteral("rows")).toArray();
    const QJsonArray now = toJson().value(QStringLiteral("rows")).toArray();
    for (const QJsonValue &row : now) {
        for (const QJsonValue &old : before) {
            if (old[u"scenario"] != row[u"scenario"] || old[u"server"] != row[u"server"])
                continue;
            text += row[u"scenario"].toString().toStdString() + " | " + row[u"server"].toString().toStdString() + '\n';
            const QJsonObject figures = row[u"figures"].toObject();
            for (auto it = figures.begin(); it != figures.end(); ++it) {
                const double was = old[u"figures"][it.key()].toDouble();
                if (was > 0)
                    text += "    " + padded(it.key().toStdString(), 22) + formatted("%12.4g", was) + " -> " +
                            formatted("%-12.4g", it->toDouble()) +
                            formatted("%+.1f %%", (it->toDouble() / was - 1) * 100) + '\n';
            }
        }
    }
    return text;
}

} // namespace Atom::Bench
