// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/llmconfig.h"

#include <cmath>

namespace Atom::App {

namespace {
qint64 toMicros(double amount)
{
    return qint64(std::llround(amount * 1e6));
}
} // namespace

Result<Llm::LlmSettings> llmSettingsBlocking(const ServerConfig &config)
{
    const ServerConfig::Llm &c = config.llm;
    Llm::LlmSettings settings;
    settings.url = c.url;
    if (!settings.isOn())
        return settings;
    if (!c.apiKeyFile.isEmpty()) {
        Result<QByteArray> key = Llm::readApiKeyBlocking(c.apiKeyFile);
        if (!key)
            return std::move(key.error());
        settings.apiKey = std::move(*key);
    }
    settings.caFile = c.caFile;
    settings.model = c.model;
    settings.embeddingModel = c.embeddingModel;
    settings.embeddingDimensions = c.embeddingDimensions;
    settings.maxTokens = c.maxTokens;
    settings.parallel = c.parallel;
    settings.answerBytes = c.maxBytes;
    settings.timeouts = {seconds(c.connectSeconds), seconds(c.firstByteSeconds), seconds(c.idleSeconds),
                         seconds(c.totalSeconds)};
    settings.retries.attempts = c.attempts;
    settings.breaker.failures = c.breakerFailures;
    settings.breaker.first = seconds(c.breakerSeconds);
    settings.budget.user = {c.userTokensPerDay, toMicros(c.userCostPerDay)};
    settings.budget.room = {c.roomTokensPerDay, toMicros(c.roomCostPerDay)};
    settings.budget.server = {c.tokensPerDay, toMicros(c.costPerDay)};
    settings.budget.warnPercent = c.warnPercent;
    settings.budget.inputPrice = toMicros(c.inputPrice);
    settings.budget.outputPrice = toMicros(c.outputPrice);
    settings.prompts = c.prompts;
    if (Result<void> ok = Llm::checkLlmSettings(settings); !ok)
        return std::move(ok.error());
    return settings;
}

} // namespace Atom::App
