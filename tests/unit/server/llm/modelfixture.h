// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/openaimodel.h"
#include "tests/support/fakeclock.h"
#include "tests/support/fakemodelserver.h"

#include <QtTest/QTest>

namespace Atom::Test {

//! \brief A model with its own egress client against a FakeModelServer, at a standing clock.
struct ModelFixture
{
    class NoResolver final : public Connectors::HostResolver
    {
    public:
        void resolve(const QString &, QObject *, Connectors::ResolveDone) override {}
    };
    struct Asked
    {
        std::optional<Llm::ChatOutcome> outcome;
        QStringList deltas;
        QString text() const { return deltas.join(QString()); }
    };

    FakeClock clock;
    MetricRegistry metrics;
    NoResolver resolver;
    FakeModelServer server;
    Llm::LlmSettings settings;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<Llm::OpenAiModel> model;
    double random = 1; //!< the whole wait, without luck

    ModelFixture()
    {
        settings.url = server.baseUrl();
        settings.apiKey = "sk-secret-key-0123456789";
        settings.model = QStringLiteral("fake");
        settings.embeddingModel = QStringLiteral("fake-embedding");
    }
    ~ModelFixture()
    {
        model.reset();
        egress.reset();
    }
    void start()
    {
        model.reset();
        auto made = Connectors::EgressClient::create(Llm::egressSettings(settings), resolver, clock, metrics);
        if (!made)
            qFatal("no egress client");
        egress = std::move(*made);
        model = std::make_unique<Llm::OpenAiModel>(settings, *egress, clock, metrics, [this] { return random; });
    }
    static Llm::ChatRequest request(const QString &text = QStringLiteral("Hi"))
    {
        Llm::ChatRequest request;
        request.messages = {Llm::ChatMessage::system(QStringLiteral("Be brief.")), Llm::ChatMessage::user(text)};
        return request;
    }
    //! \brief Asks; the outcome comes later, and may come after the caller went.
    std::shared_ptr<Asked> ask(Llm::ChatRequest request, CancellationToken token = {}, Deadline deadline = {})
    {
        auto asked = std::make_shared<Asked>();
        model
            ->chat(
                std::move(request), [asked](const QString &delta) { asked->deltas.append(delta); }, deadline,
                std::move(token))
            .then([asked](Llm::ChatOutcome outcome) { asked->outcome = std::move(outcome); });
        return asked;
    }
    std::shared_ptr<Asked> askAndWait(Llm::ChatRequest what = request())
    {
        auto asked = ask(std::move(what));
        if (!QTest::qWaitFor([&] { return asked->outcome.has_value(); }, 10'000))
            qFatal("the call never ended");
        return asked;
    }
};

} // namespace Atom::Test
