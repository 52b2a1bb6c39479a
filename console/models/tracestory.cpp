// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/tracestory.h"

#include "console/models/texts.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>

#include <algorithm>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
struct Story
{
    Q_DECLARE_TR_FUNCTIONS(Story)
};

constexpr double leastWorthTelling = 0.005; //!< below it a share would read "0 %"

QString attribute(const Span &span, QLatin1StringView key)
{
    return oneLine(span.attributes.value(key).toVariant().toString(), 160);
}

QString percent(double share)
{
    return Story::tr("%1 %").arg(qRound(share * 100));
}

QString intentLine(const Span &span)
{
    const QString chosen = attribute(span, "chosen"_L1);
    const QJsonValue threshold = span.attributes.value("threshold"_L1);
    QStringList others;
    QString confidence;
    for (const QJsonValue &value : span.attributes.value("top"_L1).toArray()) {
        const QJsonObject candidate = value.toObject();
        const QString name = oneLine(candidate.value("name"_L1).toString(), 80);
        const double sure = candidate.value("confidence"_L1).toDouble();
        const QString share = percent(sure);
        if (!chosen.isEmpty() && name == chosen && confidence.isEmpty())
            confidence = share;
        else if (others.size() < 2 && !name.isEmpty() && sure >= leastWorthTelling)
            others << u"%1 %2"_s.arg(name, share);
    }
    QString line;
    if (chosen.isEmpty())
        line = threshold.isDouble()
                   ? Story::tr("No intent was sure enough (at least %1 is needed)").arg(percent(threshold.toDouble()))
                   : Story::tr("No intent was recognised");
    else if (confidence.isEmpty())
        line = Story::tr("Understood as “%1”").arg(chosen);
    else
        line = Story::tr("Understood as “%1” with %2 confidence").arg(chosen, confidence);
    if (!chosen.isEmpty() && threshold.isDouble())
        line += Story::tr(" (needed %1)").arg(percent(threshold.toDouble()));
    if (!others.isEmpty())
        line += (chosen.isEmpty() ? Story::tr("; closest: %1") : Story::tr("; next: %1")).arg(others.join(u", "_s));
    return line + u'.';
}

QString decisionLine(const Span &span)
{
    const QString action = attribute(span, "action"_L1);
    const QString why = attribute(span, "why"_L1);
    QString line = Story::tr("Decided: %1.").arg(action.isEmpty() ? u"–"_s : action);
    if (!why.isEmpty())
        line += Story::tr(" Reason: %1").arg(why);
    return line.endsWith(u'.') ? line : line + u'.';
}

QString callLine(const Span &span)
{
    const QString where =
        oneLine(attribute(span, "method"_L1) + u' ' + attribute(span, "host"_L1) + attribute(span, "path"_L1), 200)
            .trimmed();
    const QString status = attribute(span, "status"_L1);
    QString line = Story::tr("Called %1").arg(where.isEmpty() ? Story::tr("a service") : where);
    if (const int attempt = span.attributes.value("attempt"_L1).toInt(1); attempt > 1)
        line += Story::tr(" (attempt %1)").arg(attempt);
    if (!status.isEmpty())
        line += Story::tr(": answered %1").arg(status);
    return line + Story::tr(" in %1.").arg(durationText(span.durationMicros));
}

//! One line for all attempts of one task; false when this attempt was told with the first.
bool stepLine(const Trace &trace, const Span &span, StoryLine &line)
{
    const QString reference = span.attributes.value("reference"_L1).toString();
    const Span *last = &span;
    int attempts = 0;
    for (const Span &other : trace.spans) {
        if (other.name != span.name || other.attributes.value("reference"_L1).toString() != reference ||
            other.parent != span.parent)
            continue;
        if (attempts == 0 && other.id != span.id)
            return false;
        ++attempts;
        last = &other;
    }
    const int attempt = std::max(attempts, last->attributes.value("attempt"_L1).toInt(1));
    const QString name = attribute(span, "name"_L1);
    QString status = attribute(*last, "status"_L1);
    if (status.isEmpty())
        status = last->status == SpanStatus::Ok ? Story::tr("completed") : Story::tr("failed");
    line.text = Story::tr("Step “%1” %2").arg(name.isEmpty() ? reference : name, status);
    line.text += attempt > 1 ? Story::tr(" at attempt %1.").arg(attempt) : u"."_s;
    line.span = last->id;
    line.status = last->status;
    return true;
}
} // namespace

QList<StoryLine> tellStory(const Trace &trace)
{
    QList<StoryLine> story;
    for (const Span &span : trace.spans) {
        StoryLine line{{}, span.id, span.status};
        const QString took = durationText(span.durationMicros);
        bool told = true;
        if (span.name == "persist"_L1)
            line.text = Story::tr("Stored in %1.").arg(took);
        else if (span.name == "intent"_L1)
            line.text = intentLine(span);
        else if (span.name == "context"_L1)
            line.text = Story::tr("Looked up the context in %1.").arg(took);
        else if (span.name == "decision"_L1)
            line.text = decisionLine(span);
        else if (span.name == "workflow"_L1) {
            const QString status = attribute(span, "status"_L1);
            line.text = Story::tr("Ran workflow “%1”").arg(attribute(span, "workflow"_L1));
            line.text += status.isEmpty() ? Story::tr(" in %1.").arg(took) : Story::tr(": %1 in %2.").arg(status, took);
        } else if (span.name == "workflow.step"_L1)
            told = stepLine(trace, span, line);
        else if (span.name == "connector.call"_L1)
            line.text = callLine(span);
        else if (span.name == "reply"_L1)
            line.text = Story::tr("Replied in the room.");
        else if (span.name == "fanout"_L1)
            line.text = Story::tr("Delivered to the room in %1.").arg(took);
        else
            told = false;

        if (span.status == SpanStatus::Error) {
            const QString reason = oneLine(span.error, 240);
            if (!told && span.name != "workflow.step"_L1) {
                line.text = reason.isEmpty() ? Story::tr("“%1” failed.").arg(oneLine(span.name, 80))
                                             : Story::tr("“%1” failed: %2").arg(oneLine(span.name, 80), reason);
                told = true;
            } else if (told && !reason.isEmpty() && line.status == SpanStatus::Error) {
                line.text += Story::tr(" It failed: %1").arg(reason);
            }
        }
        if (told)
            story << line;
    }
    return story;
}

} // namespace Atom::Console
