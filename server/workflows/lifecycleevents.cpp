// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/lifecycleevents.h"

#include <QtCore/QSet>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
class Events
{
public:
    explicit Events(const RunTransition &transition) : m_run(transition.run.snapshot), m_at(transition.at) {}
    void add(const QString &what, const QString &idPart, QJsonObject data)
    {
        data.insert(u"name"_s, m_run.id.toString());
        const QString type = u"io.serverlessworkflow."_s + what + u".v1"_s;
        m_all.append({{u"specversion"_s, u"1.0"_s},
                      {u"id"_s, m_run.id.toString() + u':' + idPart},
                      {u"source"_s, u"/workflows/"_s + m_run.workflow.toString()},
                      {u"subject"_s, m_run.id.toString()},
                      {u"type"_s, type},
                      {u"time"_s, toIso(m_at)},
                      {u"datacontenttype"_s, u"application/json"_s},
                      {u"data"_s, data}});
    }
    void addTask(const StepRecord &step, const QString &what, QJsonObject data)
    {
        const QString idPart = u"%1#%2:%3"_s.arg(step.reference).arg(step.attempt).arg(what);
        add(u"task."_s + what, idPart,
            QJsonObject{{u"workflow"_s, m_run.id.toString()},
                        {u"task"_s, step.reference},
                        {what + u"At"_s, toIso(m_at)},
                        {u"detail"_s, data}});
    }
    QList<QJsonObject> m_all;

private:
    const RunSnapshot &m_run;
    Timestamp m_at;
};

void addStep(Events &events, const StepRecord &step, bool begins)
{
    if (begins) {
        if (step.attempt > 1)
            events.addTask(step, u"retried"_s, {});
        events.addTask(step, u"created"_s, {});
        events.addTask(step, u"started"_s, {});
    }
    if (step.status == RunStatus::Completed)
        events.addTask(step, u"completed"_s, {{u"output"_s, step.output}});
    else if (step.status == RunStatus::Faulted)
        events.addTask(step, u"faulted"_s, {{u"error"_s, step.error}});
    else if (step.status == RunStatus::Cancelled)
        events.addTask(step, u"cancelled"_s, {});
}
} // namespace

QList<QJsonObject> lifecycleEvents(std::optional<RunStatus> before, const RunTransition &transition)
{
    const RunSnapshot &run = transition.run.snapshot;
    const QJsonObject definition{{u"id"_s, run.workflow.toString()}, {u"version"_s, run.version}};
    Events events(transition);
    const auto addRun = [&](const QString &what, QJsonObject data) {
        data.insert(u"definition"_s, definition);
        data.insert(what + u"At"_s, toIso(transition.at));
        // A run is suspended and resumed many times, everything else happens once.
        const bool many = what == u"suspended" || what == u"resumed";
        events.add(u"workflow."_s + what, many ? what + QString::number(toMillis(transition.at)) : what, data);
    };
    if (!before && run.status != RunStatus::Pending)
        addRun(u"started"_s, {});
    if (before == RunStatus::Suspended && run.status != RunStatus::Suspended && run.status != RunStatus::Cancelled)
        addRun(u"resumed"_s, {});
    QSet<QString> begun;
    for (const StepRecord &step : transition.steps) {
        // A step that ended in the transition in which it began stands there once or twice.
        const QString key = step.reference + u'#' + QString::number(step.attempt);
        const bool begins =
            !begun.contains(key) && (step.status == RunStatus::Running || step.startedAt == step.endedAt);
        begun.insert(key);
        addStep(events, step, begins);
    }
    if (before != run.status) {
        if (run.status == RunStatus::Suspended)
            addRun(u"suspended"_s, {});
        else if (run.status == RunStatus::Completed)
            addRun(u"completed"_s, {{u"output"_s, run.output}});
        else if (run.status == RunStatus::Faulted)
            addRun(u"faulted"_s, {{u"error"_s, run.error}});
        else if (run.status == RunStatus::Cancelled)
            addRun(u"cancelled"_s, {});
    }
    return events.m_all;
}

} // namespace Atom::Workflows
