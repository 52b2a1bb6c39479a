// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/homeendpoint.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
//! The weight 0..1 that `accept` gives to `type`/`subtype`: the most specific range that fits decides.
double weightOf(const QByteArray &accept, const QByteArray &type, const QByteArray &subtype)
{
    double weight = 0;
    int specificity = -1;
    for (const QByteArray &range : accept.toLower().split(',')) {
        const QList<QByteArray> parts = range.split(';');
        const QByteArray name = parts.constFirst().trimmed();
        int fit = -1;
        if (name == type + '/' + subtype)
            fit = 2;
        else if (name == type + "/*")
            fit = 1;
        else if (name == "*/*")
            fit = 0;
        if (fit <= specificity)
            continue;
        specificity = fit;
        weight = 1;
        for (const QByteArray &parameter : parts.mid(1)) {
            if (parameter.trimmed().startsWith("q="))
                weight = parameter.trimmed().mid(2).toDouble();
        }
    }
    return weight;
}
} // namespace

bool prefersHtml(const QByteArray &accept)
{
    return weightOf(accept, "text", "html") > weightOf(accept, "application", "json");
}

Result<std::unique_ptr<HomeEndpoint>> HomeEndpoint::create(ServerFacts facts)
{
    Result<OpenApiDocument> document = OpenApiDocument::load();
    if (!document)
        return document.error();
    Result<Pages> pages = Pages::load();
    if (!pages)
        return pages.error();
    return std::unique_ptr<HomeEndpoint>(new HomeEndpoint(std::move(facts), std::move(*document), std::move(*pages)));
}

HomeEndpoint::HomeEndpoint(ServerFacts facts, OpenApiDocument document, Pages pages)
    : m_facts(std::move(facts)), m_document(std::move(document)), m_pages(std::move(pages)),
      m_apiPage(m_pages.api(m_document))
{
}

QList<Route> HomeEndpoint::routes()
{
    return {
        publicRoute("GET", u"/"_s, bind(this, &HomeEndpoint::home)),
        publicRoute("GET", u"/api/v1/openapi.json"_s, bind(this, &HomeEndpoint::openApiJson)),
        publicRoute("GET", u"/api/v1/openapi.yaml"_s, bind(this, &HomeEndpoint::openApiYaml)),
        publicRoute("GET", u"/api/docs"_s, bind(this, &HomeEndpoint::apiPage)),
    };
}

Response HomeEndpoint::home(const Request &request, const Actor &) const
{
    Response response;
    if (prefersHtml(request.header("accept"))) {
        response = m_pages.landing(m_facts.name, m_facts.version);
    } else {
        QJsonObject realtime{{u"path"_s, u"/ws"_s}};
        if (const int port = m_facts.realtimePort ? m_facts.realtimePort() : 0; port > 0)
            realtime.insert(u"port"_s, port);
        response = Response::json(QJsonObject{
            {u"name"_s, m_facts.name},
            {u"version"_s, m_facts.version},
            {u"documentation"_s, u"/api/docs"_s},
            {u"openapi"_s, u"/api/v1/openapi.json"_s},
            {u"health"_s, u"/health"_s},
            {u"realtime"_s, realtime},
        });
    }
    response.headers.append({QByteArrayLiteral("Vary"), QByteArrayLiteral("Accept")});
    return response;
}

Response HomeEndpoint::openApiJson(const Request &, const Actor &) const
{
    Response response;
    response.body = m_document.json();
    return response;
}

Response HomeEndpoint::openApiYaml(const Request &, const Actor &) const
{
    Response response;
    response.contentType = QByteArrayLiteral("application/yaml; charset=utf-8");
    response.body = m_document.yaml();
    return response;
}

Response HomeEndpoint::apiPage(const Request &, const Actor &) const
{
    return m_apiPage;
}

} // namespace Atom::HttpEndpoints
