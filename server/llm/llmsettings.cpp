// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/llmsettings.h"

#include "server/connectors/egressurl.h"

#include <QtCore/QFile>

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 keyBytes = 4'096;
constexpr int connectionsPerLane = 6; // what Qt opens to one host

bool isPrintable(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}
} // namespace

Result<void> checkLlmSettings(const LlmSettings &settings)
{
    Error error(Errc::ValidationFailed, u"The settings of the language model have mistakes."_s);
    const auto wrong = [&error](const QString &pointer, const QString &text) {
        error.fields.append(FieldError{pointer, text});
    };
    const Result<Connectors::EgressUrl> url = Connectors::parseEgressUrl(settings.url);
    if (!url)
        wrong(u"/url"_s, url.error().detail);
    else if (url->url.hasQuery() || settings.url.contains(u'#'))
        wrong(u"/url"_s, u"The address must end with its path, without ? and #."_s);
    if (settings.model.isEmpty() && settings.embeddingModel.isEmpty())
        wrong(u"/model"_s, u"Neither a model nor an embedding model is named."_s);
    if (!isPrintable(settings.apiKey))
        wrong(u"/api_key"_s, u"The key holds characters that no key has."_s);
    if (error.fields.isEmpty())
        return {};
    return error;
}

Connectors::EgressClient::Settings egressSettings(const LlmSettings &settings)
{
    Connectors::EgressClient::Settings egress;
    if (const Result<Connectors::EgressUrl> url = Connectors::parseEgressUrl(settings.url)) {
        const QString host = url->host.contains(u':') ? u'[' + url->host + u']' : url->host;
        egress.allow = {u"%1:%2"_s.arg(host).arg(url->port)};
    }
    egress.timeout = settings.timeouts.total;
    egress.replyBytes = settings.answerBytes;
    egress.caFile = settings.caFile;
    egress.lanes = (std::max(1, settings.parallel) + connectionsPerLane - 1) / connectionsPerLane;
    return egress;
}

Result<QByteArray> readApiKeyBlocking(const QString &file)
{
    const auto bad = [](const QString &text) { return Error::invalid(u"/api_key_file"_s, text); };
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return bad(u"The key file %1 cannot be read: %2."_s.arg(file, source.errorString()));
    const QByteArray text = source.read(keyBytes + 1);
    const QByteArray key = text.trimmed();
    if (text.size() > keyBytes || key.isEmpty() || !isPrintable(key))
        return bad(u"The key file %1 does not hold one key on one line."_s.arg(file));
    return key;
}

} // namespace Atom::Llm
