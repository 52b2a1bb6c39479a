// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/intentsendpoint.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

IntentsEndpoint::IntentsEndpoint(const AssistantView &assistant) : m_assistant(assistant) {}

QList<Route> IntentsEndpoint::routes()
{
    // What the assistant can be asked is no secret: everybody with an account may talk with it.
    return {checkedRoute("GET", u"/api/v1/intents"_s, Action::ChatWithAssistant, bind(this, &IntentsEndpoint::list))};
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

} // namespace Atom::HttpEndpoints
