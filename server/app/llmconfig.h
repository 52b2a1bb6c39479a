// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/serverconfig.h"
#include "server/llm/llmsettings.h"

namespace Atom::App {

//! \brief Section [llm] as the client of the language model takes it, with the key read from its file; prices and costs
//! become millionths. Without llm.url all is as by default (LlmSettings::isOn() is false). Blocks (start-up).
//! \return ValidationFailed with a FieldError; never with what is in the key file.
Result<Llm::LlmSettings> llmSettingsBlocking(const ServerConfig &config);

} // namespace Atom::App
