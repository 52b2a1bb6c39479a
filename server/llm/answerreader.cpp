// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/answerreader.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>

#include <cmath>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype objectBytes = 64 << 20; // the connection has the bound; this one only replaces the default

ModelError webPage()
{
    return malformedError(u"with a web page instead of JSON; check llm.url, it mostly ends with /v1"_s);
}
} // namespace

void ChatReader::begin(const Connectors::HttpHead &head, CancellationToken token)
{
    m_token = std::move(token);
    m_form = Form::Unknown;
    m_type = head.header("content-type").toLower();
    m_body.clear();
    m_parser = SseParser();
    m_assembler = ChatAssembler();
    m_begun = true;
    m_done = false;
}

std::optional<ModelError> ChatReader::feed(const QByteArray &piece)
{
    if (m_form == Form::Events)
        return readEvents(piece);
    m_body += piece;
    if (m_form == Form::Object)
        return std::nullopt;
    if (std::optional<ModelError> error = detect())
        return error;
    return m_form == Form::Events ? readEvents(std::exchange(m_body, {})) : std::nullopt;
}

//! By the first character rather than by the content type alone: servers answer with one object although a stream was
//! asked for, or with a stream of type text/plain.
std::optional<ModelError> ChatReader::detect()
{
    if (m_type.startsWith("text/html"))
        return webPage();
    QByteArrayView start(m_body);
    if (start.startsWith("\xef\xbb\xbf"))
        start = start.sliced(3);
    start = start.trimmed();
    if (start.isEmpty())
        return std::nullopt;
    static constexpr QByteArrayView firstOfFields("deir:"); // data, event, id, retry, comment
    if (start.front() == '{')
        m_form = Form::Object;
    else if (start.front() == '<')
        return webPage();
    else if (firstOfFields.contains(start.front()) || m_type.startsWith("text/event-stream"))
        m_form = Form::Events;
    else
        return malformedError(u"it is neither JSON nor a stream of events"_s);
    return std::nullopt;
}

std::optional<ModelError> ChatReader::readEvents(const QByteArray &bytes)
{
    const Result<QList<SseEvent>> events = m_parser.feed(bytes);
    if (!events)
        return malformedError(events.error().detail);
    for (const SseEvent &event : *events) {
        if (m_token.isCancelled()) // perhaps by the one who was given the text before
            return cancelledError();
        if (m_done)
            break;
        if (event.data.trimmed() == "[DONE]") {
            deliver(m_assembler.takeRest());
            m_done = true;
        } else if (std::optional<ModelError> error = readObject(event.data)) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<ModelError> ChatReader::readObject(const QByteArray &text)
{
    const Result<QJsonObject> object = parseJsonObject(text, {objectBytes, 32});
    if (!object)
        return malformedError(u"it is not JSON"_s);
    if (const QJsonValue error = object->value(u"error"_s); error.isObject())
        return errorFromObject(error.toObject(), m_model, m_mask);
    else if (error.isString())
        return errorFromObject(QJsonObject{{u"message"_s, error}}, m_model, m_mask);
    Result<QString> delta = m_assembler.apply(*object);
    if (!delta)
        return ModelError{ModelFault::Malformed, std::move(delta.error()), milliseconds(0), false};
    deliver(*delta);
    return std::nullopt;
}

void ChatReader::deliver(const QString &text)
{
    if (text.isEmpty())
        return;
    m_delivered = true;
    if (m_sink)
        m_sink(text);
}

std::optional<ModelError> ChatReader::end()
{
    if (m_form == Form::Object) {
        if (std::optional<ModelError> error = readObject(m_body))
            return error;
        deliver(m_assembler.takeRest());
        m_done = true;
        return std::nullopt;
    }
    if (m_form == Form::Unknown)
        return malformedError(u"with nothing"_s);
    if (!isComplete()) {
        return ModelError{ModelFault::CutOff,
                          Error(Errc::UpstreamFailed, u"The answer of the language model was cut off."_s),
                          milliseconds(0), false};
    }
    deliver(m_assembler.takeRest());
    return std::nullopt;
}

void EmbeddingReader::begin(const Connectors::HttpHead &, CancellationToken)
{
    m_body.clear();
    m_vectors.clear();
    m_inputTokens.reset();
}

std::optional<ModelError> EmbeddingReader::feed(const QByteArray &piece)
{
    m_body += piece;
    return std::nullopt;
}

std::optional<ModelError> EmbeddingReader::end()
{
    const Result<QJsonObject> object = parseJsonObject(std::exchange(m_body, {}), {objectBytes, 8});
    if (!object)
        return malformedError(u"it is not JSON"_s);
    if (const QJsonValue error = object->value(u"error"_s); error.isObject())
        return errorFromObject(error.toObject(), m_model, m_mask);
    const QJsonArray list = object->value(u"data"_s).toArray();
    if (list.size() != m_texts)
        return malformedError(u"with %1 vectors for %2 texts"_s.arg(list.size()).arg(m_texts));
    m_vectors.resize(m_texts);
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (std::optional<ModelError> error = readVector(list.at(i).toObject(), i))
            return error;
    }
    const qint64 tokens = object->value(u"usage"_s).toObject().value(u"prompt_tokens"_s).toInteger(-1);
    if (tokens >= 0)
        m_inputTokens = tokens;
    return std::nullopt;
}

std::optional<ModelError> EmbeddingReader::readVector(const QJsonObject &entry, qsizetype position)
{
    const qint64 index = entry.value(u"index"_s).toInteger(position);
    if (index < 0 || index >= m_texts || !m_vectors.at(index).isEmpty())
        return malformedError(u"the numbers of the vectors are wrong"_s);
    const QJsonArray numbers = entry.value(u"embedding"_s).toArray();
    qsizetype wanted = m_dimensions;
    if (wanted == 0) // all as the first one read
        wanted = position == 0 ? numbers.size() : m_vectors.at(m_firstIndex).size();
    if (numbers.isEmpty() || numbers.size() != wanted)
        return malformedError(u"with vectors of %1 dimensions instead of %2"_s.arg(numbers.size()).arg(wanted));
    if (position == 0)
        m_firstIndex = index;
    QList<float> vector;
    vector.reserve(numbers.size());
    for (const QJsonValue &number : numbers) {
        const float value = float(number.toDouble(std::nan("")));
        if (!std::isfinite(value))
            return malformedError(u"a vector holds something that is not a number"_s);
        vector.append(value);
    }
    m_vectors[index] = std::move(vector);
    return std::nullopt;
}

} // namespace Atom::Llm
