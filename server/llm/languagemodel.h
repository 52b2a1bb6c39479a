// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/llm/chattypes.h"
#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"

#include <QCoro/QCoroTask>

namespace Atom::Llm {

//! \brief A model that writes answers and turns texts into vectors. Main thread.
class LanguageModel
{
public:
    virtual ~LanguageModel() = default;
    //! \brief Asks for an answer; `sink` gets its text as it comes (may be empty). Repeats what may help as long as
    //! nothing was delivered. Never throws, always ends: see the time-outs of the settings.
    virtual QCoro::Task<ChatOutcome> chat(ChatRequest request, TextSink sink, Deadline deadline,
                                          CancellationToken token) = 0;
    //! \brief Vectors for 1 to 2048 texts, none empty, asked for in batches. \return ValidationFailed (texts),
    //! UpstreamFailed, RateLimited, Unavailable, DeadlineExceeded, PayloadTooLarge (a text), Cancelled.
    virtual QCoro::Task<Result<Embeddings>> embed(QStringList texts, Deadline deadline, CancellationToken token) = 0;
    //! \brief It failed too often and is not asked now: answer without it.
    virtual bool isDown() const = 0;
};

} // namespace Atom::Llm
