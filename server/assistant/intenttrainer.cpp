// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/intenttrainer.h"

#include "server/assistant/logging.h"

#include <QCoro/QCoroFuture>

#include <QtConcurrent/QtConcurrentRun>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
// A shared pointer: what comes out of a future is copied, and a matcher may have some ten MB.
using Trained = Result<std::shared_ptr<const IntentMatcher>>;

Trained trainBlocking(const QList<IntentDefinition> &intents, const QStringList &background,
                      const std::atomic<bool> &stop)
{
    // Half of the processors: the others go on with the chat.
    Result<IntentMatcher> matcher =
        IntentMatcher::train(intents, background, std::max(1, QThread::idealThreadCount() / 2), stop);
    if (!matcher)
        return matcher.error();
    return std::shared_ptr<const IntentMatcher>(std::make_shared<IntentMatcher>(std::move(matcher.value())));
}
} // namespace

IntentTrainer::IntentTrainer(double threshold)
    : m_threshold(threshold), m_rules{std::make_shared<Dialogue>(QList<IntentDefinition>(), threshold),
                                      std::make_shared<IntentMatcher>()}
{
    m_pool.setObjectName(u"intent-training"_s);
    m_pool.setMaxThreadCount(1);
}

Result<void> IntentTrainer::learn(QList<IntentDefinition> intents, QStringList background)
{
    if (Result<void> fits = IntentMatcher::checkLimits(intents); !fits)
        return fits;
    m_intents = intents;
    m_wanted = Wanted{std::move(intents), std::move(background)};
    if (!m_isTraining && !m_scope.isClosing()) {
        m_isTraining = true;
        m_scope.spawn(train(), "training");
    }
    return {};
}

QCoro::Task<void> IntentTrainer::train()
{
    while (m_wanted && !m_scope.isClosing()) {
        const Wanted wanted = std::move(*m_wanted);
        m_wanted.reset();
        const auto work = [wanted, stop = m_stop] { return trainBlocking(wanted.intents, wanted.background, *stop); };
        const QFuture<Trained> future = QtConcurrent::run(&m_pool, work);
        const Trained trained = co_await future;
        if (!trained) {
            if (trained.error().code != Errc::Cancelled)
                qCWarning(lcAssistant) << "intents were not learned:" << trained.error().detail;
            continue;
        }
        m_rules.dialogue = std::make_shared<Dialogue>(wanted.intents, m_threshold);
        m_rules.matcher = *trained;
        m_isTrained = true;
        const IntentReport &report = m_rules.matcher->report();
        qCInfo(lcAssistant) << "intents:" << report.intents << "examples:" << report.examples
                            << "ordinary lines:" << report.ordinaryLines << "learned in" << report.training.count()
                            << "ms";
        resumeWaiting(true);
    }
    m_isTraining = false;
    resumeWaiting(m_isTrained);
}

QCoro::Task<bool> IntentTrainer::ready()
{
    if (m_isTrained)
        co_return true;
    if (!m_isTraining)
        co_return !m_scope
            .isClosing(); // closed before it knew anything: nobody shall be told that there are no intents
    const OneShot<bool> waiting;
    m_waiting.append(waiting);
    co_return co_await waiting;
}

void IntentTrainer::resumeWaiting(bool isReady)
{
    const auto waiting = std::exchange(m_waiting, {});
    for (const OneShot<bool> &one : waiting)
        one.resolve(isReady);
}

QCoro::Task<void> IntentTrainer::close()
{
    *m_stop = true;
    co_await m_scope.close();
}

} // namespace Atom::Assistant
