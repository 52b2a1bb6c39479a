// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/monitoring/alertservice.h"

#include "server/monitoring/logging.h"
#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Monitoring {
using namespace Qt::StringLiterals;

namespace {
constexpr int keptAlerts = 200;

bool isBeyond(const AlertRule &rule, double value)
{
    return rule.above ? value > rule.threshold : value < rule.threshold;
}

//! Hysteresis: back within the threshold by a tenth, so that an alert does not flap around it.
bool isWellWithin(const AlertRule &rule, double value)
{
    const double margin = std::abs(rule.threshold) * 0.1;
    return rule.above ? value <= rule.threshold - margin : value >= rule.threshold + margin;
}
} // namespace

AlertService::AlertService(QList<AlertRule> rules, MetricReader reader, AlertRepository &repository, Clock &clock)
    : m_rules(std::move(rules)), m_reader(std::move(reader)), m_repository(repository), m_clock(clock)
{
}

AlertService::~AlertService() = default;

QCoro::Task<Result<void>> AlertService::load()
{
    Result<QList<Alert>> stored = co_await m_repository.recent(keptAlerts);
    if (!stored)
        co_return stored.error();
    for (Alert &alert : *stored) {
        if (alert.state != AlertState::Resolved) {
            // The process that watched it is gone; if the cause still holds, a new alert says so in a moment.
            alert.state = AlertState::Resolved;
            alert.resolvedAt = m_clock.now();
            const Result<void> saved = co_await m_repository.save(alert);
            if (!saved)
                co_return saved.error();
        }
        m_past.append(alert);
    }
    co_return Result<void>();
}

QCoro::Task<void> AlertService::close()
{
    co_await m_scope.close();
}

void AlertService::evaluate(const MetricSample &sample)
{
    for (const AlertRule &rule : m_rules) {
        const std::optional<double> value = m_reader(sample, rule.metric);
        if (!value)
            continue;
        Watch &watch = m_watches[rule.name];
        if (watch.open) {
            watch.open->value = *value;
            if (!isWellWithin(rule, *value)) {
                watch.withinSince.reset();
                continue;
            }
            if (!watch.withinSince)
                watch.withinSince = sample.at;
            if (sample.at - *watch.withinSince < resolveAfter)
                continue;
            Alert resolved = *watch.open;
            resolved.state = AlertState::Resolved;
            resolved.resolvedAt = sample.at;
            watch = Watch{};
            remember(resolved);
            change(resolved);
            continue;
        }
        if (!isBeyond(rule, *value)) {
            watch.beyondSince.reset();
            continue;
        }
        if (!watch.beyondSince)
            watch.beyondSince = sample.at;
        if (sample.at - *watch.beyondSince < rule.holdFor)
            continue;
        Alert alert;
        alert.id = AlertId(newUuidV7(m_clock.now()));
        alert.rule = rule.name;
        alert.metric = rule.metric;
        alert.severity = rule.severity;
        alert.state = AlertState::Firing;
        alert.summary = rule.summary;
        alert.value = *value;
        alert.threshold = rule.threshold;
        alert.since = *watch.beyondSince;
        watch.open = alert;
        change(alert);
    }
}

void AlertService::remember(const Alert &alert)
{
    m_past.prepend(alert);
    if (m_past.size() > keptAlerts)
        m_past.removeLast();
}

void AlertService::change(Alert alert)
{
    qCInfo(lcMonitoring) << "alert" << alert.rule << alertStateName(alert.state) << "value" << alert.value
                         << "threshold" << alert.threshold;
    m_scope.spawn(store(alert), "store alert");
    Q_EMIT alertChanged(alert);
}

QCoro::Task<void> AlertService::store(Alert alert)
{
    const Result<void> saved = co_await m_repository.save(alert);
    if (!saved)
        qCWarning(lcMonitoring) << "alert" << alert.rule << "could not be stored:" << saved.error().detail;
}

QList<Alert> AlertService::alerts() const
{
    QList<Alert> list;
    for (const Watch &watch : m_watches) {
        if (watch.open)
            list.append(*watch.open);
    }
    std::sort(list.begin(), list.end(), [](const Alert &a, const Alert &b) { return a.since > b.since; });
    list.append(m_past);
    return list.first(std::min<qsizetype>(list.size(), keptAlerts));
}

QCoro::Task<Result<Alert>> AlertService::acknowledge(AlertId id, Actor actor)
{
    for (Watch &watch : m_watches) {
        if (!watch.open || watch.open->id != id)
            continue;
        if (watch.open->state == AlertState::Acknowledged)
            co_return Result<Alert>(*watch.open);
        watch.open->state = AlertState::Acknowledged;
        watch.open->acknowledgedAt = m_clock.now();
        watch.open->acknowledgedBy = actor.user;
        const Alert acknowledged = *watch.open;
        const Result<void> saved = co_await m_repository.save(acknowledged);
        if (!saved)
            co_return saved.error();
        Q_EMIT alertChanged(acknowledged);
        co_return acknowledged;
    }
    for (const Alert &alert : std::as_const(m_past)) {
        if (alert.id == id)
            co_return Error(Errc::Conflict, u"This alert is resolved already."_s);
    }
    co_return Error(Errc::NotFound, u"There is no such alert."_s);
}

} // namespace Atom::Monitoring
