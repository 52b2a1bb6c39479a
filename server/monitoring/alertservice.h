// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/monitoring/tracerepository.h"
#include "shared/core/taskscope.h"
#include "shared/model/user.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <functional>

namespace Atom::Monitoring {

//! \brief Threshold alerts over the samples of each second.
//!
//! A rule whose metric is beyond its threshold becomes pending, fires after `holdFor`, may be acknowledged, and
//! resolves after the metric stayed within the threshold (less 10 %: hysteresis) for `resolveAfter`. A resolved alert
//! never comes back; the next time is a new one. Alerts are stored at each change from firing on; those that a former
//! process left open are resolved at load(). Main thread.
class AlertService : public QObject
{
    Q_OBJECT
public:
    static constexpr seconds resolveAfter{10};
    //! \brief Reads a metric of a sample by its wire name; nullopt when there is none such.
    using MetricReader = std::function<std::optional<double>(const MetricSample &, const QString &)>;

    AlertService(QList<AlertRule> rules, MetricReader reader, AlertRepository &repository, Clock &clock);
    ~AlertService() override;

    //! \brief Reads the stored history and closes what a former process left open.
    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    void evaluate(const MetricSample &sample);
    QList<AlertRule> rules() const { return m_rules; }
    //! \brief Open ones first, then the newest of the past; at most 200.
    QList<Alert> alerts() const;
    //! \return NotFound; Conflict when it is resolved already. Acknowledging twice is a success. Durable when it
    //! resumes.
    QCoro::Task<Result<Alert>> acknowledge(AlertId id, Actor actor);

Q_SIGNALS:
    void alertChanged(const Atom::Alert &alert); //!< firing, acknowledged, resolved; not pending

private:
    struct Watch
    {
        std::optional<Timestamp> beyondSince;
        std::optional<Timestamp> withinSince;
        std::optional<Alert> open;
    };
    void change(Alert alert);
    QCoro::Task<void> store(Alert alert);
    void remember(const Alert &alert);

    QList<AlertRule> m_rules;
    MetricReader m_reader;
    AlertRepository &m_repository;
    Clock &m_clock;
    QHash<QString, Watch> m_watches; //!< by rule name
    QList<Alert> m_past;             //!< resolved, newest first
    TaskScope m_scope{QStringLiteral("alerts")};
};

} // namespace Atom::Monitoring
