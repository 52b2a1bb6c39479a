// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/intentsendpoint.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

IntentsEndpoint::IntentsEndpoint(const AssistantView &assistant) : m_assistant(assistant) {}

QList<Route> IntentsEndpoint::routes()
{
    // What the assistant can be asked is no secret: everybody with an account may talk with it.
    return {
        checkedRoute("GET", u"/api/v1/intents"_s, Action::ChatWithAssistant, bind(this, &IntentsEndpoint::list)),
        // How good it is helps those who write intents; it quotes their examples.
        checkedRoute("GET", u"/api/v1/intents/report"_s, Action::WorkflowRead, bind(this, &IntentsEndpoint::report))};
}

Response IntentsEndpoint::list(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const Assistant::IntentSummary &intent : m_assistant.intents()) {
        QJsonObject json{{u"name"_s, intent.name},
                         {u"description"_s, intent.description},
                         {u"example_count"_s, intent.exampleCount}};
        if (!intent.workflow.isEmpty())
            json.insert(u"workflow"_s, intent.workflow.toString());
        items.append(json);
    }
    return Response::json(listOf(items));
}

Response IntentsEndpoint::report(const Request &, const Actor &) const
{
    const auto [report, isUnderWay] = m_assistant.training();
    QJsonArray confusions;
    for (const Assistant::IntentConfusion &confusion : report.confusions) {
        QJsonObject json{
            {u"intent"_s, confusion.intent}, {u"count"_s, confusion.count}, {u"example"_s, confusion.example}};
        json.insert(u"taken_for"_s, confusion.taken.isEmpty() ? QJsonValue() : QJsonValue(confusion.taken));
        confusions.append(json);
    }
    QJsonObject json{{u"training"_s, isUnderWay},
                     {u"training_ms"_s, qint64(report.training.count())},
                     {u"intents"_s, report.intents},
                     {u"examples"_s, report.examples},
                     {u"ordinary_lines"_s, report.ordinaryLines},
                     {u"judged_examples"_s, report.judgedExamples},
                     {u"judged_ordinary_lines"_s, report.judgedOrdinaryLines},
                     {u"confusions"_s, confusions}};
    // Nothing judged says nothing, which is not the same as 0.
    const bool isJudged = report.judgedExamples > 0;
    json.insert(u"accuracy"_s, isJudged ? QJsonValue(report.accuracy) : QJsonValue());
    json.insert(u"understood"_s, isJudged ? QJsonValue(report.understood) : QJsonValue());
    json.insert(u"false_triggers_per_1000"_s,
                report.judgedOrdinaryLines > 0 ? QJsonValue(report.falseTriggersPerThousand) : QJsonValue());
    return Response::json(json);
}

} // namespace Atom::HttpEndpoints
