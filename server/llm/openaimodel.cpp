// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/openaimodel.h"

#include "server/llm/logging.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;
using Connectors::EgressStream;

namespace {
constexpr qsizetype errorBytes = 64 * 1024; // what is read of an answer that is an error
constexpr qsizetype mostTexts = 2'048;
constexpr qsizetype textBytes = 256 * 1024;

CircuitBreaker::Outcome outcomeFor(ModelFault fault)
{
    switch (fault) {
    case ModelFault::None:
        return CircuitBreaker::Outcome::Succeeded;
    case ModelFault::Unreachable:
    case ModelFault::Timeout:
    case ModelFault::KeyRefused:
    case ModelFault::ModelUnknown:
    case ModelFault::RateLimited:
    case ModelFault::QuotaUsedUp:
    case ModelFault::ServerFailed:
    case ModelFault::Malformed:
    case ModelFault::CutOff:
        return CircuitBreaker::Outcome::Failed;
    case ModelFault::BadRequest:
    case ModelFault::Refused: // of this request; the next may be fine
    case ModelFault::TooLong:
    case ModelFault::Filtered:
    case ModelFault::Down:
    case ModelFault::Busy:
    case ModelFault::Cancelled:
        return CircuitBreaker::Outcome::Unknown;
    }
    return CircuitBreaker::Outcome::Unknown;
}

Result<void> checkTexts(const QStringList &texts)
{
    if (texts.isEmpty() || texts.size() > mostTexts)
        return Error::invalid(QString(), u"There must be 1 to %1 texts."_s.arg(mostTexts));
    for (qsizetype i = 0; i < texts.size(); ++i) {
        if (texts.at(i).trimmed().isEmpty())
            return Error::invalid(u"/%1"_s.arg(i), u"The text is empty."_s);
        if (texts.at(i).size() > textBytes)
            return Error(Errc::PayloadTooLarge, u"Text %1 is too long for a vector."_s.arg(i + 1));
    }
    return {};
}
} // namespace

OpenAiModel::OpenAiModel(LlmSettings settings, Connectors::EgressClient &egress, Clock &clock, MetricRegistry &metrics,
                         Random random)
    : m_settings(std::move(settings)), m_mask(m_settings.apiKey), m_egress(egress), m_clock(clock), m_metrics(metrics),
      m_random(std::move(random)), m_generator(std::random_device()()), m_chatBreaker(m_settings.breaker, clock),
      m_embeddingBreaker(m_settings.breaker, clock), m_queue(m_settings.parallel, m_settings.waiting),
      m_durations(metrics.histogram("atom_llm_seconds", "Duration of calls of the language model, with all attempts")),
      m_inputTokens(metrics.counter("atom_llm_tokens_total", "Tokens of the language model", "kind=\"input\"")),
      m_outputTokens(metrics.counter("atom_llm_tokens_total", "Tokens of the language model", "kind=\"output\""))
{
    if (!m_random)
        m_random = [this] { return std::uniform_real_distribution<double>(0, 1)(m_generator); };
}

OpenAiModel::~OpenAiModel()
{
    const auto calls = std::exchange(m_calls, {});
    for (const auto &call : calls)
        call->cancel(); // each ends here and now
}

QCoro::Task<ChatOutcome> OpenAiModel::chat(ChatRequest request, TextSink sink, Deadline deadline,
                                           CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    ChatOutcome out;
    if (request.model.isEmpty())
        request.model = m_settings.model;
    if (request.maxTokens == 0)
        request.maxTokens = m_settings.maxTokens;
    Result<QByteArray> body = encodeChatRequest(request);
    if (!body) {
        out.fault = body.error().code == Errc::PayloadTooLarge ? ModelFault::TooLong : ModelFault::BadRequest;
        out.error = std::move(body.error());
        co_return out;
    }
    const auto reader = std::make_shared<ChatReader>(std::move(sink), request.model, m_mask);
    Request outgoing;
    outgoing.path = u"/chat/completions"_s;
    outgoing.body = std::move(*body);
    outgoing.model = request.model;
    outgoing.reader = reader;
    outgoing.breaker = &m_chatBreaker;
    Ended ended = co_await run(std::move(outgoing), deadline, std::move(token));
    out.attempts = ended.attempts;
    Result<ChatAnswer> answer = reader->assembler().finish(request);
    out.answer = answer ? std::move(*answer) : reader->assembler().partial();
    if (ended.error) {
        out.answer.toolCalls.clear(); // half a call is none
        out.fault = ended.error->fault;
        out.error = std::move(ended.error->error);
    } else if (!answer) {
        out.fault = ModelFault::Malformed;
        out.error = std::move(answer.error());
    } else if (out.answer.finish == FinishReason::ContentFilter) {
        out.fault = ModelFault::Filtered;
        out.error = Error(Errc::Forbidden, u"The provider of the language model refused the content."_s);
    }
    if (!reader->hasBegun()) // nothing was answered, so nothing is charged
        out.answer.usage = TokenUsage();
    if (self)
        noteUsage(out.answer.usage);
    co_return out;
}

QCoro::Task<Result<Embeddings>> OpenAiModel::embed(QStringList texts, Deadline deadline, CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    if (Result<void> ok = checkTexts(texts); !ok)
        co_return std::move(ok.error());
    deadline = deadline.earlier(m_clock, m_settings.timeouts.total);
    const qsizetype batch = std::max(1, m_settings.embeddingBatch);
    int dimensions = m_settings.embeddingDimensions;
    Embeddings out;
    for (qsizetype from = 0; from < texts.size(); from += batch) {
        const QStringList part = texts.mid(from, batch);
        const QJsonObject body{{u"model"_s, m_settings.embeddingModel},
                               {u"input"_s, QJsonArray::fromStringList(part)},
                               {u"encoding_format"_s, u"float"_s}};
        const auto reader =
            std::make_shared<EmbeddingReader>(part.size(), dimensions, m_settings.embeddingModel, m_mask);
        Request outgoing;
        outgoing.path = u"/embeddings"_s;
        outgoing.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
        outgoing.model = m_settings.embeddingModel;
        outgoing.reader = reader;
        outgoing.breaker = &m_embeddingBreaker;
        Ended ended = co_await run(std::move(outgoing), deadline, token);
        if (ended.error)
            co_return std::move(ended.error->error);
        if (!self)
            co_return cancelledError().error;
        dimensions = int(reader->vectors().constFirst().size());
        out.vectors += reader->vectors();
        TokenUsage usage;
        usage.estimated = !reader->inputTokens();
        for (const QString &text : part)
            usage.input += usage.estimated ? estimateTokens(text) : 0;
        usage.input += reader->inputTokens().value_or(0);
        noteUsage(usage);
        out.usage.input += usage.input;
        out.usage.estimated = out.usage.estimated || usage.estimated;
    }
    co_return out;
}

//! One call with all its attempts: admitted, in its turn, counted, and cancelled when this object goes.
QCoro::Task<OpenAiModel::Ended> OpenAiModel::run(Request request, Deadline deadline, CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    Ended ended;
    CircuitBreaker &breaker = *request.breaker;
    Result<CircuitBreaker::Ticket> ticket = breaker.admit();
    if (!ticket) {
        ended.error = ModelError{ModelFault::Down, std::move(ticket.error()), milliseconds(0), false};
        co_return ended;
    }
    const quint64 id = m_nextCall++;
    const auto source = std::make_shared<CancellationSource>();
    m_calls.insert(id, source);
    token.onCancelled([weak = std::weak_ptr(source)] {
        if (const auto alive = weak.lock())
            alive->cancel();
    });
    const Monotonic began = m_clock.monotonic();
    deadline = deadline.earlier(m_clock, m_settings.timeouts.total);
    ended = co_await runInTurn(std::move(request), deadline, source->token());
    if (!self)
        co_return ended;
    m_calls.remove(id);
    m_durations.record(quint64(std::max<qint64>(0, (m_clock.monotonic() - began).count())));
    note(ended, breaker, *ticket);
    co_return ended;
}

QCoro::Task<OpenAiModel::Ended> OpenAiModel::runInTurn(Request request, Deadline deadline, CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    Ended ended;
    Result<void> turn = co_await m_queue.enter(m_clock, this, deadline, token);
    if (!turn) {
        const Errc code = turn.error().code;
        const ModelFault fault = code == Errc::Cancelled ? ModelFault::Cancelled : ModelFault::Busy;
        ended.error = ModelError{fault, std::move(turn.error()), milliseconds(0), false};
        co_return ended;
    }
    ended = co_await repeat(std::move(request), deadline, std::move(token));
    if (self)
        m_queue.leave();
    co_return ended;
}

QCoro::Task<OpenAiModel::Ended> OpenAiModel::repeat(Request request, Deadline deadline, CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    Ended ended;
    while (true) {
        ++ended.attempts;
        ended.error = co_await attempt(request, deadline, token);
        if (!self || !ended.error || !ended.error->mayRetry || request.reader->hasDelivered() ||
            ended.attempts >= m_settings.retries.attempts)
            break;
        const milliseconds wait = waitBefore(ended.attempts + 1, *ended.error);
        if (wait >= deadline.remaining(m_clock))
            break;
        qCInfo(lcLlm) << "attempt" << ended.attempts << "failed:" << modelFaultName(ended.error->fault) << "- again in"
                      << wait.count() << "ms";
        Result<void> paused = co_await pauseFor(m_clock, this, wait, token);
        if (!paused || !self) {
            ended.error = cancelledError();
            break;
        }
    }
    co_return ended;
}

QCoro::Task<OpenAiModel::Attempt> OpenAiModel::attempt(Request request, Deadline deadline, CancellationToken token)
{
    const QPointer<OpenAiModel> self(this);
    Connectors::StreamLimits limits;
    limits.connect = m_settings.timeouts.connect;
    limits.firstByte = m_settings.timeouts.firstByte;
    limits.idle = m_settings.timeouts.idle;
    limits.replyBytes = m_settings.answerBytes;
    Connectors::HttpCall call = makeCall(request);
    auto opened = co_await m_egress.open(std::move(call), limits, deadline, token);
    if (!opened)
        co_return errorFromEgress(opened.error(), false);
    const std::shared_ptr<EgressStream> stream = std::move(*opened);
    const Connectors::HttpHead head = stream->head();
    if (head.status >= 200 && head.status < 300) {
        request.reader->begin(head, token);
        Attempt ended = co_await read(stream, request.reader);
        co_return ended;
    }
    QByteArray body;
    while (body.size() < errorBytes) {
        const Result<QByteArray> piece = co_await stream->next();
        if (!piece && piece.error().code == Errc::Cancelled)
            co_return cancelledError();
        if (!piece || piece->isEmpty())
            break;
        body += *piece;
    }
    if (!self)
        co_return cancelledError();
    co_return errorFromAnswer(head, body, request.model, m_mask, m_clock.now());
}

QCoro::Task<OpenAiModel::Attempt> OpenAiModel::read(std::shared_ptr<EgressStream> stream,
                                                    std::shared_ptr<AnswerReader> reader)
{
    // Nothing of this object is used here: the receiver of a text may destroy it.
    while (!reader->isDone()) {
        const Result<QByteArray> piece = co_await stream->next();
        if (!piece) {
            if (reader->isComplete() && piece.error().code != Errc::Cancelled)
                break; // the answer is whole, only its end is late
            co_return errorFromEgress(piece.error(), true);
        }
        if (piece->isEmpty()) {
            Attempt ended = reader->end();
            co_return ended;
        }
        if (Attempt failed = reader->feed(*piece))
            co_return failed;
    }
    co_return std::nullopt;
}

Connectors::HttpCall OpenAiModel::makeCall(const Request &request) const
{
    Connectors::HttpCall call;
    call.method = "POST";
    QString base = m_settings.url;
    while (base.endsWith(u'/'))
        base.chop(1);
    call.url = base + request.path;
    call.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream, application/json"}};
    if (!m_settings.apiKey.isEmpty())
        call.headers.append({"Authorization", "Bearer " + m_settings.apiKey});
    call.body = request.body;
    return call;
}

//! Half of the wait is fixed, half is chance: those who failed together do not come back together.
milliseconds OpenAiModel::waitBefore(int nextAttempt, const ModelError &error)
{
    const int doublings = std::clamp(nextAttempt - 2, 0, 20);
    const auto full = std::min(m_settings.retries.most, m_settings.retries.first * (1 << doublings));
    const double share = 0.5 + 0.5 * std::clamp(m_random(), 0.0, 1.0);
    return std::max(error.wait, milliseconds(qint64(double(full.count()) * share)));
}

void OpenAiModel::note(const Ended &ended, CircuitBreaker &breaker, CircuitBreaker::Ticket ticket)
{
    const ModelFault fault = ended.error ? ended.error->fault : ModelFault::None;
    const bool wasOpen = breaker.state() != CircuitBreaker::State::Closed;
    breaker.report(ticket, outcomeFor(fault), ended.error ? ended.error->wait : milliseconds(0));
    m_metrics
        .counter("atom_llm_calls_total", "Calls of the language model by how they ended",
                 "fault=\"" + modelFaultName(fault).toLatin1() + "\"")
        .add();
    const bool isOpen = breaker.state() != CircuitBreaker::State::Closed;
    if (isOpen && !wasOpen)
        qCWarning(lcLlm) << "not asked for a while after" << breaker.failuresInRow()
                         << "failures, the last:" << modelFaultName(fault);
    else if (wasOpen && !isOpen)
        qCInfo(lcLlm) << "answers again";
}

void OpenAiModel::noteUsage(const TokenUsage &usage)
{
    m_inputTokens.add(quint64(usage.input));
    m_outputTokens.add(quint64(usage.output));
}

} // namespace Atom::Llm
