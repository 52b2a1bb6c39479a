// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QString>

#include <optional>

namespace Atom {

//! \brief What the server looked like during one second. Sent on topic "metrics" once a second.
struct MetricSample
{
    Timestamp at{};
    int connections = 0; //!< open realtime connections
    int users = 0;       //!< distinct users online
    int rooms = 0;
    double messagesPerSecond = 0;   //!< messages committed
    double deliveriesPerSecond = 0; //!< frames handed to sockets
    double requestsPerSecond = 0;   //!< HTTP requests answered
    double errorsPerSecond = 0;     //!< error frames and responses >= 500
    double ackP50Millis = 0;        //!< message received -> committed, over this second
    double ackP95Millis = 0;
    double ackP99Millis = 0;
    double cpuPercent = 0;      //!< of one core, may exceed 100
    double memoryMegabytes = 0; //!< resident set
    int runningWorkflows = 0;
    int storageQueue = 0; //!< jobs waiting for the writer
    bool operator==(const MetricSample &) const = default;
};

enum class AlertState { Pending, Firing, Acknowledged, Resolved };
enum class AlertSeverity { Warning, Critical };
QString alertStateName(AlertState state);
std::optional<AlertState> alertStateFromName(const QString &name);
QString alertSeverityName(AlertSeverity severity);
std::optional<AlertSeverity> alertSeverityFromName(const QString &name);

//! \brief A threshold on one field of MetricSample: fires when `metric` `above/below` `threshold` for `holdFor`.
struct AlertRule
{
    QString name;   //!< unique, `[a-z0-9-]{1,64}`
    QString metric; //!< JSON name of a MetricSample field, for example "cpu_percent"
    bool above = true;
    double threshold = 0;
    seconds holdFor{0};
    AlertSeverity severity = AlertSeverity::Warning;
    QString summary; //!< words for the administrator
    bool operator==(const AlertRule &) const = default;
};

//! \brief One life of an alert, from pending to resolved.
struct Alert
{
    AlertId id;
    QString rule;
    QString metric;
    AlertSeverity severity = AlertSeverity::Warning;
    AlertState state = AlertState::Firing;
    QString summary;
    double value = 0; //!< newest value
    double threshold = 0;
    Timestamp since{};
    std::optional<Timestamp> acknowledgedAt;
    UserId acknowledgedBy;
    std::optional<Timestamp> resolvedAt;
    bool operator==(const Alert &) const = default;
};

} // namespace Atom
