// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/intentsendpoint.h"

#include "server/http/endpoints/definitionbody.h"
#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype textUnits = 4'000;
constexpr int rankedShown = 10;

QJsonObject summaryOf(const Assistant::IntentEntry &entry)
{
    const Assistant::IntentDefinition &intent = entry.definition;
    QJsonObject json{
        {u"name"_s, intent.name}, {u"description"_s, intent.description}, {u"example_count"_s, intent.examples.size()}};
    if (!intent.workflow.isEmpty())
        json.insert(u"workflow"_s, intent.workflow.toString());
    if (!intent.action.isEmpty())
        json.insert(u"action"_s, intent.action);
    return json;
}

QJsonObject toJson(const Assistant::IntentEntry &entry)
{
    QJsonObject json = summaryOf(entry);
    json.insert(u"enabled"_s, entry.definition.enabled);
    json.insert(u"origin"_s, entry.isStored ? u"stored"_s : u"file"_s);
    json.insert(u"hides_file"_s, entry.hidesFile);
    json.insert(u"source"_s, QString::fromUtf8(entry.source));
    if (entry.isStored) {
        json.insert(u"changed_by"_s, entry.changedBy.toString());
        json.insert(u"changed_at"_s, toIso(entry.changedAt));
    }
    return json;
}
} // namespace

IntentsEndpoint::IntentsEndpoint(AssistantView &assistant) : m_assistant(assistant) {}

QList<Route> IntentsEndpoint::routes()
{
    const QString one = u"/api/v1/intents/{intent_name}"_s;
    // What the assistant can be asked is no secret: everybody with an account may talk with it.
    return {
        checkedRoute("GET", u"/api/v1/intents"_s, Action::ChatWithAssistant, bind(this, &IntentsEndpoint::list)),
        // How good it is helps those who write intents; it quotes their examples.
        checkedRoute("GET", u"/api/v1/intents/report"_s, Action::WorkflowRead, bind(this, &IntentsEndpoint::report)),
        checkedRoute("POST", u"/api/v1/intents/classify"_s, Action::WorkflowRead,
                     bind(this, &IntentsEndpoint::classify)),
        checkedRoute("GET", one, Action::WorkflowRead, bind(this, &IntentsEndpoint::show)),
        checkedRoute("PUT", one, Action::WorkflowManage, bind(this, &IntentsEndpoint::save)),
        checkedRoute("DELETE", one, Action::WorkflowManage, bind(this, &IntentsEndpoint::remove)),
        userRoute("PUT", u"/api/v1/messages/{message_id}/feedback"_s, Action::ChatWithAssistant,
                  bind(this, &IntentsEndpoint::judge))};
}

Response IntentsEndpoint::list(const Request &, const Actor &) const
{
    QJsonArray items;
    for (const Assistant::IntentEntry &entry : m_assistant.catalog().entries()) {
        if (entry.definition.enabled)
            items.append(summaryOf(entry));
    }
    return Response::json(listOf(items));
}

QCoro::Task<Response> IntentsEndpoint::report(Request request, Actor)
{
    const Result<QList<Assistant::FeedbackCount>> counts = co_await m_assistant.catalog().feedbackCounts();
    if (!counts)
        co_return Response::problem(counts.error(), request);
    QJsonArray feedback;
    for (const Assistant::FeedbackCount &count : *counts) {
        feedback.append(QJsonObject{{u"intent"_s, count.intent.isEmpty() ? QJsonValue() : QJsonValue(count.intent)},
                                    {u"up"_s, count.up},
                                    {u"down"_s, count.down},
                                    {u"not_this"_s, count.notThis}});
    }
    QJsonArray disabled;
    for (const Assistant::IntentEntry &entry : m_assistant.catalog().entries()) {
        if (!entry.definition.enabled)
            disabled.append(entry.definition.name);
    }
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
                     {u"confusions"_s, confusions},
                     {u"disabled"_s, disabled},
                     {u"feedback"_s, feedback}};
    // Nothing judged says nothing, which is not the same as 0.
    const bool isJudged = report.judgedExamples > 0;
    json.insert(u"accuracy"_s, isJudged ? QJsonValue(report.accuracy) : QJsonValue());
    json.insert(u"understood"_s, isJudged ? QJsonValue(report.understood) : QJsonValue());
    json.insert(u"false_triggers_per_1000"_s,
                report.judgedOrdinaryLines > 0 ? QJsonValue(report.falseTriggersPerThousand) : QJsonValue());
    co_return Response::json(json);
}

Response IntentsEndpoint::show(const Request &request, const Actor &) const
{
    for (const Assistant::IntentEntry &entry : m_assistant.catalog().entries()) {
        if (entry.definition.name == request.args.value(0))
            return Response::json(toJson(entry));
    }
    return Response::problem(noSuch(u"intent"_s), request);
}

Response IntentsEndpoint::classify(const Request &request, const Actor &) const
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString text = reader.string(u"text"_s, 1, textUnits);
    if (const Result<void> read = reader.finish(); !read)
        return Response::problem(read.error(), request);
    QJsonArray ranked;
    for (const Assistant::IntentScore &score : m_assistant.rank(text, rankedShown)) {
        ranked.append(QJsonObject{{u"intent"_s, score.name.isEmpty() ? QJsonValue() : QJsonValue(score.name)},
                                  {u"confidence"_s, score.confidence}});
    }
    return Response::json(QJsonObject{{u"ranked"_s, ranked}});
}

QCoro::Task<Response> IntentsEndpoint::save(Request request, Actor actor)
{
    const Result<QByteArray> source = definitionSource(request, Assistant::IntentCatalog::sourceBytes);
    if (!source)
        co_return Response::problem(source.error(), request);
    const Result<Assistant::IntentEntry> saved =
        co_await m_assistant.catalog().save(actor, request.args.value(0), *source);
    if (!saved)
        co_return Response::problem(saved.error(), request);
    co_return Response::json(toJson(*saved));
}

QCoro::Task<Response> IntentsEndpoint::remove(Request request, Actor actor)
{
    const Result<void> removed = co_await m_assistant.catalog().remove(actor, request.args.value(0));
    if (!removed)
        co_return Response::problem(removed.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> IntentsEndpoint::judge(Request request, Actor actor)
{
    const Result<MessageId> message = pathId<MessageId>(request, 0, u"message"_s);
    if (!message)
        co_return Response::problem(message.error(), request);
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const std::optional<Assistant::Verdict> verdict = Assistant::verdictFromName(reader.string(u"verdict"_s, 1, 16));
    if (!verdict)
        reader.reject(u"verdict"_s, u"must be one of: up, down, not_this"_s);
    const QString reason = reader.optionalString(u"reason"_s, 0, 500).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Assistant::Feedback> judged = co_await m_assistant.catalog().judge(actor, *message, *verdict, reason);
    if (!judged)
        co_return Response::problem(judged.error(), request);
    co_return Response::json(QJsonObject{{u"question_id"_s, judged->question.toString()},
                                         {u"verdict"_s, Assistant::verdictName(judged->verdict)},
                                         {u"at"_s, toIso(judged->at)}});
}

} // namespace Atom::HttpEndpoints
