// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/dialogue.h"
#include "shared/core/taskscope.h"

#include <QtCore/QThreadPool>

#include <atomic>
#include <memory>
#include <optional>

namespace Atom::Assistant {

//! \brief Which intents there are and how they are recognised: exchanged as a whole, so that a turn never meets the
//! names of one set in the other. Never null.
struct IntentRules
{
    std::shared_ptr<const Dialogue> dialogue;
    std::shared_ptr<const IntentMatcher> matcher;
};

//! \brief Keeps the rules in force and trains new ones beside them, in a thread of its own. Main thread.
//!
//! The old rules stay in force until the new ones are trained. A change during a training lets it end and trains again:
//! stopping it instead would leave the assistant behind for as long as changes come.
class IntentTrainer
{
public:
    //! \param threshold least confidence (0..1) that triggers, where an intent does not say otherwise
    explicit IntentTrainer(double threshold);

    //! \brief Begins to learn. \return ValidationFailed above the limits of IntentMatcher; then nothing changes.
    Result<void> learn(QList<IntentDefinition> intents, QStringList background);
    //! \brief What learn() was given last, trained or not.
    const QList<IntentDefinition> &intents() const { return m_intents; }
    //! \brief Those trained last; before that, rules without intents.
    const IntentRules &rules() const { return m_rules; }
    bool isTraining() const { return m_isTraining; }
    //! \brief Resumes when the first training has ended, at once if none is under way or rules are in force already.
    //! \return false when close() came before there were rules.
    QCoro::Task<bool> ready();
    //! \brief Ends a training at the next occasion and waits for it.
    QCoro::Task<void> close();

private:
    struct Wanted
    {
        QList<IntentDefinition> intents;
        QStringList background;
    };
    QCoro::Task<void> train();
    void resumeWaiting(bool isReady);

    const double m_threshold;
    QList<IntentDefinition> m_intents;
    IntentRules m_rules;
    std::optional<Wanted> m_wanted;
    bool m_isTraining = false;
    bool m_isTrained = false;
    QList<OneShot<bool>> m_waiting;
    std::shared_ptr<std::atomic<bool>> m_stop = std::make_shared<std::atomic<bool>>(false);
    QThreadPool m_pool;
    TaskScope m_scope{QStringLiteral("intent training")};
};

} // namespace Atom::Assistant
