// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/pages.h"

#include "server/http/endpoints/apireference.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>

static void initPageResources()
{
    Q_INIT_RESOURCE(atom_http_endpoints);
}

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
Result<QString> resource(const QString &name)
{
    QFile file(u":/atom/http/"_s + name);
    if (!file.open(QIODevice::ReadOnly))
        return Error(Errc::Internal, u"The built-in page %1 is missing."_s.arg(name));
    return QString::fromUtf8(file.readAll());
}
} // namespace

Result<Pages> Pages::load()
{
    initPageResources();
    const Result<QString> landing = resource(u"landing.html"_s);
    const Result<QString> api = resource(u"api.html"_s);
    const Result<QString> style = resource(u"page.css"_s);
    for (const Result<QString> *part : {&landing, &api, &style}) {
        if (!*part)
            return part->error();
    }
    Pages pages;
    pages.m_landing = *landing;
    pages.m_api = *api;
    pages.m_style = *style;
    const QByteArray hash = QCryptographicHash::hash(style->toUtf8(), QCryptographicHash::Sha256).toBase64();
    pages.m_policy = "default-src 'none'; style-src 'sha256-" + hash +
                     "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return pages;
}

Http::Response Pages::page(const QString &pageTemplate, const QHash<QString, QString> &values) const
{
    QString html = pageTemplate;
    html.replace(u"{{style}}"_s, m_style); // first: what is put in below is never looked at again as a template
    for (auto it = values.constBegin(); it != values.constEnd(); ++it)
        html.replace(u"{{"_s + it.key() + u"}}"_s, it.value());
    Http::Response response;
    response.contentType = QByteArrayLiteral("text/html; charset=utf-8");
    response.body = html.toUtf8();
    response.headers.append({QByteArrayLiteral("Content-Security-Policy"), m_policy});
    return response;
}

Http::Response Pages::landing(const QString &name, const QString &version) const
{
    return page(m_landing, {{u"name"_s, name.toHtmlEscaped()}, {u"version"_s, version.toHtmlEscaped()}});
}

Http::Response Pages::api(const OpenApiDocument &document) const
{
    const ApiReference reference(document);
    return page(m_api, {{u"title"_s, reference.title()},
                        {u"introduction"_s, reference.introduction()},
                        {u"contents"_s, reference.contents()},
                        {u"operations"_s, reference.operations()},
                        {u"schemas"_s, reference.schemas()}});
}

} // namespace Atom::HttpEndpoints
