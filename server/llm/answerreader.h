// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/chatcodec.h"
#include "server/llm/modelerrors.h"
#include "server/llm/sseparser.h"
#include "shared/core/cancellation.h"

namespace Atom::Llm {

//! \brief Takes the body of an answer of 2xx piece by piece. One attempt after the other; see OpenAiModel.
class AnswerReader
{
public:
    virtual ~AnswerReader() = default;
    //! \brief A new attempt: forgets the one before. Once `token` is cancelled nothing more is delivered.
    virtual void begin(const Connectors::HttpHead &head, CancellationToken token) = 0;
    virtual std::optional<ModelError> feed(const QByteArray &piece) = 0;
    virtual std::optional<ModelError> end() = 0;  //!< the body is complete
    virtual bool isDone() const { return false; } //!< no need to read on
    //! \brief What was read is a whole answer, even if the connection ends badly from here on.
    virtual bool isComplete() const { return false; }
    virtual bool hasDelivered() const { return false; } //!< somebody has seen a part of it: no second attempt
};

//! \brief A chat answer: a stream of events, or one JSON object although a stream was asked for.
class ChatReader final : public AnswerReader
{
public:
    ChatReader(TextSink sink, QString model, KeyMask mask)
        : m_sink(std::move(sink)), m_model(std::move(model)), m_mask(std::move(mask))
    {
    }
    void begin(const Connectors::HttpHead &head, CancellationToken token) override;
    std::optional<ModelError> feed(const QByteArray &piece) override;
    std::optional<ModelError> end() override;
    bool isDone() const override { return m_done; }
    bool isComplete() const override { return m_done || m_assembler.isFinished(); }
    bool hasDelivered() const override { return m_delivered; }
    bool hasBegun() const { return m_begun; }
    const ChatAssembler &assembler() const { return m_assembler; }

private:
    enum class Form { Unknown, Events, Object };
    std::optional<ModelError> detect();
    std::optional<ModelError> readEvents(const QByteArray &bytes);
    std::optional<ModelError> readObject(const QByteArray &text);
    void deliver(const QString &text);

    TextSink m_sink;
    const QString m_model;
    const KeyMask m_mask;
    CancellationToken m_token;
    Form m_form = Form::Unknown;
    QByteArray m_type;
    QByteArray m_body;
    SseParser m_parser;
    ChatAssembler m_assembler;
    bool m_begun = false;
    bool m_done = false;
    bool m_delivered = false;
};

//! \brief An answer of `POST /embeddings`: one JSON object with a vector for each text.
class EmbeddingReader final : public AnswerReader
{
public:
    //! `dimensions`: what each vector must have; 0: as the first one.
    EmbeddingReader(qsizetype texts, int dimensions, QString model, KeyMask mask)
        : m_texts(texts), m_dimensions(dimensions), m_model(std::move(model)), m_mask(std::move(mask))
    {
    }
    void begin(const Connectors::HttpHead &head, CancellationToken token) override;
    std::optional<ModelError> feed(const QByteArray &piece) override;
    std::optional<ModelError> end() override;
    const QList<QList<float>> &vectors() const { return m_vectors; }
    std::optional<qint64> inputTokens() const { return m_inputTokens; }

private:
    std::optional<ModelError> readVector(const QJsonObject &entry, qsizetype position);

    const qsizetype m_texts;
    const int m_dimensions;
    const QString m_model;
    const KeyMask m_mask;
    QByteArray m_body;
    QList<QList<float>> m_vectors;
    std::optional<qint64> m_inputTokens;
    qint64 m_firstIndex = 0; //!< of the vector that came first
};

} // namespace Atom::Llm
