// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/answerreader.h"
#include "server/llm/callqueue.h"
#include "server/llm/languagemodel.h"
#include "server/llm/llmsettings.h"
#include "shared/core/metrics.h"

#include <QtCore/QMap>

#include <random>

namespace Atom::Llm {

//! \brief A service that speaks the chat completions and embeddings of the OpenAI API: OpenAI itself, vLLM, llama.cpp,
//! Ollama and most gateways. Source: the API reference, "Chat Completions" and "Embeddings".
//!
//! Failed attempts are repeated only before the first text was delivered, and only where that may help: no connection,
//! 429, 502, 503, 504. Waits double, with jitter, and are at least as long as the service asks; a wait beyond the
//! deadline is not begun. After too many failures a CircuitBreaker refuses at once. The texts of the service never
//! reach Error::detail, and the key reaches neither detail nor cause.
//!
//! Destroying it ends all calls with Cancelled. The EgressClient must outlive it.
class OpenAiModel final : public QObject, public LanguageModel
{
    Q_OBJECT
public:
    using Random = std::function<double()>; //!< 0 to 1, for the jitter
    //! `egress` should be made with egressSettings(). An empty `random`: one of its own.
    OpenAiModel(LlmSettings settings, Connectors::EgressClient &egress, Clock &clock, MetricRegistry &metrics,
                Random random = {});
    ~OpenAiModel() override;

    QCoro::Task<ChatOutcome> chat(ChatRequest request, TextSink sink, Deadline deadline,
                                  CancellationToken token) override;
    QCoro::Task<Result<Embeddings>> embed(QStringList texts, Deadline deadline, CancellationToken token) override;
    bool isDown() const override { return m_chatBreaker.state() == CircuitBreaker::State::Open; }
    int running() const { return m_queue.running(); }

private:
    struct Request
    {
        QString path;
        QByteArray body;
        QString model;
        std::shared_ptr<AnswerReader> reader;
        CircuitBreaker *breaker = nullptr;
    };
    struct Ended
    {
        std::optional<ModelError> error;
        int attempts = 0;
    };
    using Attempt = std::optional<ModelError>;

    QCoro::Task<Ended> run(Request request, Deadline deadline, CancellationToken token);
    QCoro::Task<Ended> runInTurn(Request request, Deadline deadline, CancellationToken token);
    QCoro::Task<Ended> repeat(Request request, Deadline deadline, CancellationToken token);
    QCoro::Task<Attempt> attempt(Request request, Deadline deadline, CancellationToken token);
    QCoro::Task<Attempt> read(std::shared_ptr<Connectors::EgressStream> stream, std::shared_ptr<AnswerReader> reader);
    Connectors::HttpCall makeCall(const Request &request) const;
    milliseconds waitBefore(int nextAttempt, const ModelError &error);
    void note(const Ended &ended, CircuitBreaker &breaker, CircuitBreaker::Ticket ticket);
    void noteUsage(const TokenUsage &usage);

    const LlmSettings m_settings;
    const KeyMask m_mask;
    Connectors::EgressClient &m_egress;
    Clock &m_clock;
    MetricRegistry &m_metrics;
    Random m_random;
    std::mt19937 m_generator;
    CircuitBreaker m_chatBreaker;
    CircuitBreaker m_embeddingBreaker;
    CallQueue m_queue;
    QMap<quint64, std::shared_ptr<CancellationSource>> m_calls;
    quint64 m_nextCall = 1;
    Histogram &m_durations;
    Counter &m_inputTokens;
    Counter &m_outputTokens;
};

} // namespace Atom::Llm
