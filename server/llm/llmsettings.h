// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/llm/circuitbreaker.h"
#include "server/llm/llmbudget.h"

namespace Atom::Llm {

//! \brief How to reach the language model and what it may cost. Plain values.
struct LlmSettings
{
    QString url;       //!< base, for example "https://api.example.org/v1"; empty: there is no language model
    QByteArray apiKey; //!< sent as "Authorization: Bearer"; empty: none is sent. Never logged, never in an Error
    QString caFile;    //!< PEM certificates trusted besides the system's
    QString model;
    QString embeddingModel;
    int embeddingDimensions = 0; //!< what vectors must have; 0: whatever the first one has
    int embeddingBatch = 16;     //!< texts in one request
    int maxTokens = 1'024;       //!< of one answer
    int parallel = 6;            //!< requests at the same time; 1 to 96
    int waiting = 100;           //!< calls that wait for their turn; more are refused
    qint64 answerBytes = 4 << 20;
    struct Timeouts
    {
        milliseconds connect{5'000};
        milliseconds firstByte{30'000};
        milliseconds idle{20'000};
        milliseconds total{120'000}; //!< of a call with all its attempts
    } timeouts;
    struct Retries
    {
        int attempts = 3;
        milliseconds first{500}; //!< doubled each time, up to `most`
        milliseconds most{8'000};
    } retries;
    CircuitBreaker::Settings breaker;
    LlmBudget::Settings budget;
    QString prompts; //!< folder with prompts that replace those that come with the server

    bool isOn() const { return !url.isEmpty(); }
};

//! \brief What is wrong with the settings; ValidationFailed with pointers "/url", "/model", "/api_key".
Result<void> checkLlmSettings(const LlmSettings &settings);

//! \brief Of an EgressClient of its own for the language model: its host and port may have a private address, because
//! the operator named them; workflows keep their own list.
Connectors::EgressClient::Settings egressSettings(const LlmSettings &settings);

//! \brief Reads a key from a file: one line of printable ASCII, at most 4 KiB. Blocks (start-up).
//! \return ValidationFailed with "/api_key_file"; never with what is in the file.
Result<QByteArray> readApiKeyBlocking(const QString &file);

} // namespace Atom::Llm
