// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/assistantservice.h"

#include "server/assistant/intenttrainer.h"
#include "server/assistant/logging.h"
#include "server/assistant/turnrunner.h"

#include <algorithm>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int contextMessages = 20;
constexpr qsizetype maxQueuedPerRoom = 1'000; //!< beyond: turns stay owed in storage and are taken up at the next start
constexpr int maxRetries = 5;                 // after 2, 4, 8, 16 and 32 seconds

} // namespace

struct AssistantService::Private
{
    struct Turn
    {
        RoomEvent message;
        Actor actor;
        int failures = 0;
        std::shared_ptr<RunningTurn> state = std::make_shared<RunningTurn>();
    };
    using ReplyGate = OneShot<Result<Reply>>;

    Private(AssistantService &service, Settings s, Parts parts)
        : q(service), settings(s), repository(parts.repository), rooms(parts.rooms), workflows(parts.workflows),
          clock(parts.clock), intents(parts.intents), memory(parts.memory), people(parts.people),
          turns(parts.metrics.counter("atom_assistant_turns_total", "Messages the assistant took a turn for")),
          replies(parts.metrics.counter("atom_assistant_replies_total", "Replies posted")),
          failures(parts.metrics.counter("atom_assistant_failures_total", "Turns that ended in an error")),
          replyTime(parts.metrics.histogram("atom_assistant_reply_seconds", "Message committed to reply committed")),
          runner(parts, settings.turnBudget), trainer(s.threshold)
    {
    }

    Result<void> learn() { return trainer.learn(intents.definitions(), intents.ordinaryTalk()); }
    QCoro::Task<void> runTurns(RoomId room);
    //! Waits a while before the turn is taken again; false: not worth it, or tried often enough.
    QCoro::Task<bool> mayTryAgain(Turn turn, Error error);
    QCoro::Task<bool> isDeleted(RoomEvent message);
    void giveUp(const MessageId &message, const Error &error);
    void answerWaiter(const MessageId &message, Result<Reply> reply);
    Result<RoomId> findContext(const Actor &actor) const;
    QCoro::Task<Result<RoomId>> openContext(Actor actor, RoomId wanted);

    AssistantService &q;
    Settings settings;
    AssistantRepository &repository;
    Rooms::RoomService &rooms;
    Workflows::WorkflowService &workflows;
    Clock &clock;
    IntentCatalog &intents;
    RoomMemory &memory;
    People people;
    Counter &turns;
    Counter &replies;
    Counter &failures;
    Histogram &replyTime;
    TurnRunner runner;
    IntentTrainer trainer;
    QHash<RoomId, QList<Turn>> queues; //!< an entry exists while the room's turns run: one at a time, in order
    QHash<MessageId, std::shared_ptr<RunningTurn>> running; //!< and those that wait for their turn
    QHash<MessageId, ReplyGate> waiters;
    QSet<OneShot<bool> *> pauses; //!< of turns that wait to be taken again
    bool isStopping = false;
    TaskScope scope{QStringLiteral("assistant")};
};

AssistantService::AssistantService(Settings settings, Parts parts)
    : d(std::make_unique<Private>(*this, settings, std::move(parts)))
{
    connect(&d->intents, &IntentCatalog::changed, this, [this] {
        if (const Result<void> learning = d->learn(); !learning)
            qCWarning(lcAssistant) << "intents are not learned:" << learning.error().detail;
    });
}

AssistantService::~AssistantService() = default;

QCoro::Task<Result<QStringList>> AssistantService::load(QString directory)
{
    Result<QStringList> loaded = co_await d->intents.load(directory);
    if (!loaded)
        co_return loaded;
    QStringList mistakes = *loaded;
    if (!d->intents.definitions().isEmpty()) {
        if (const Result<void> learning = d->learn(); !learning)
            mistakes.append(u"%1: %2"_s.arg(directory, learning.error().detail));
    }

    if (!d->settings.enabled)
        co_return Result<QStringList>(mistakes); // what is owed waits until it is turned on again
    d->memory.start();
    const Result<QList<PendingTurn>> owed = co_await d->repository.pendingTurns();
    if (!owed)
        co_return owed.error();
    for (const PendingTurn &turn : *owed) {
        Actor actor;
        actor.user = turn.message.actor;
        takeTurn(turn.message, actor);
    }
    if (!owed->isEmpty())
        qCInfo(lcAssistant) << "took up" << owed->size() << "owed turns";
    co_return Result<QStringList>(mistakes);
}

QCoro::Task<void> AssistantService::close()
{
    d->isStopping = true;
    for (const OneShot<bool> *pause : std::as_const(d->pauses)) {
        const OneShot<bool> waiting = *pause; // it goes with the frame that it resumes, in a later turn of the loop
        QMetaObject::invokeMethod(
            this, [waiting] { waiting.resolve(false); }, Qt::QueuedConnection);
    }
    const auto running = d->running.values();
    for (const std::shared_ptr<RunningTurn> &turn : running)
        turn->stop.cancel();
    co_await d->intents.close();
    co_await d->memory.close();
    co_await d->trainer.close();
    co_await d->scope.close();
    const auto waiters = std::exchange(d->waiters, {});
    for (const Private::ReplyGate &waiter : waiters)
        waiter.resolve(Error(Errc::Unavailable, u"The server is shutting down; the reply comes into the room."_s));
}

RoomMemory &AssistantService::memory()
{
    return d->memory;
}

IntentCatalog &AssistantService::catalog()
{
    return d->intents;
}

QList<IntentScore> AssistantService::rank(const QString &text, int count) const
{
    return d->trainer.rules().matcher->rank(text, count);
}

IntentTraining AssistantService::training() const
{
    return IntentTraining{d->trainer.rules().matcher->report(), d->trainer.isTraining()};
}

void AssistantService::takeTurn(const RoomEvent &message, const Actor &actor)
{
    if (d->scope.isClosing())
        return; // owed in storage
    const Private::Turn turn{message, actor};
    const auto queue = d->queues.find(message.room);
    if (queue != d->queues.end()) {
        if (queue->size() < maxQueuedPerRoom) {
            queue->append(turn);
            d->running.insert(message.message, turn.state);
        }
        return;
    }
    d->running.insert(message.message, turn.state);
    d->queues.insert(message.room, {turn});
    d->scope.spawn(d->runTurns(message.room), "turns of a room");
}

QCoro::Task<void> AssistantService::Private::runTurns(RoomId room)
{
    const bool isReady = co_await trainer.ready();
    while (isReady && !queues[room].isEmpty() && !scope.isClosing()) {
        Turn turn = queues[room].takeFirst();
        if (turn.failures == 0)
            turns.add();
        TurnRequest request;
        request.message = turn.message;
        request.person = people(turn.message.actor); // with the roles of now: they may have been taken away meanwhile
        request.person.actor.session = turn.actor.session;
        request.person.actor.device = turn.actor.device;
        request.person.actor.address = turn.actor.address;
        request.dialogue = trainer.rules().dialogue;
        request.matcher = trainer.rules().matcher;
        request.token = scope.token();
        request.turn = turn.state;
        Result<std::optional<Reply>> outcome = co_await runner.run(std::move(request));
        if (!outcome) {
            failures.add();
            qCWarning(lcAssistant) << "turn for message" << turn.message.message.toString() << "in room"
                                   << room.toString() << "failed:" << outcome.error().detail << outcome.error().cause;
            // The turns behind it wait: a conversation is answered in its order.
            ++turn.failures;
            const bool again = co_await mayTryAgain(turn, outcome.error());
            if (again && !co_await isDeleted(turn.message))
                queues[room].prepend(turn);
            else
                giveUp(turn.message.message, outcome.error());
            continue;
        }
        running.remove(turn.message.message);
        if (*outcome) {
            replies.add();
            const auto took = clock.now() - turn.message.at;
            replyTime.record(quint64(std::max<qint64>(0, took.count())) * 1000);
            answerWaiter(turn.message.message, **outcome);
        } else {
            answerWaiter(turn.message.message, Error(Errc::NotFound, u"The assistant has nothing to say to this."_s));
        }
    }
    queues.remove(room);
}

QCoro::Task<bool> AssistantService::Private::mayTryAgain(Turn turn, Error error)
{
    const bool mayPass =
        error.code == Errc::Unavailable || error.code == Errc::Internal || error.code == Errc::DeadlineExceeded;
    if (!mayPass || turn.failures > maxRetries || isStopping)
        co_return false;
    OneShot<bool> pause;
    pauses.insert(&pause);
    std::function<void()> timeUp = [pause] { pause.resolve(true); };
    const Clock::TimerId timer = clock.callAfter(seconds(1 << turn.failures), &q, std::move(timeUp));
    const bool isOver = co_await pause;
    pauses.remove(&pause);
    clock.cancel(timer);
    co_return isOver;
}

//! Its author may have taken the question back meanwhile.
QCoro::Task<bool> AssistantService::Private::isDeleted(RoomEvent message)
{
    const Actor assistant = internalActor(assistantUser());
    const Result<RoomEvent> present = co_await rooms.message(assistant, message.room, message.message);
    co_return present ? present->deleted : present.error().code == Errc::NotFound;
}

void AssistantService::Private::giveUp(const MessageId &message, const Error &error)
{
    running.remove(message);
    answerWaiter(message, error);
}

void AssistantService::Private::answerWaiter(const MessageId &message, Result<Reply> reply)
{
    if (const auto it = waiters.constFind(message); it != waiters.constEnd()) {
        const ReplyGate gate = *it;
        waiters.erase(it);
        gate.resolve(std::move(reply));
    }
}

//! The newest assistant room of the actor.
Result<RoomId> AssistantService::Private::findContext(const Actor &actor) const
{
    const Rooms::RoomState *newest = nullptr;
    for (const RoomId &id : rooms.roomsOf(actor.user)) {
        const Rooms::RoomState *state = rooms.find(id);
        if (state && state->room.kind == RoomKind::Assistant &&
            (!newest || newest->room.createdAt < state->room.createdAt))
            newest = state;
    }
    if (!newest)
        return Error(Errc::NotFound, u"This user never talked with the assistant."_s);
    return newest->room.id;
}

QCoro::Task<Result<RoomId>> AssistantService::Private::openContext(Actor actor, RoomId wanted)
{
    if (wanted.isEmpty()) {
        Result<RoomId> own = findContext(actor);
        if (own)
            co_return own;
    } else if (rooms.find(wanted)) {
        const Result<Room> known = rooms.room(actor, wanted);
        if (!known)
            co_return known.error();
        co_return Result<RoomId>(wanted);
    }
    Rooms::RoomDraft draft;
    draft.id = wanted;
    draft.name = u"Assistant"_s;
    draft.kind = RoomKind::Assistant;
    draft.visibility = RoomVisibility::Private;
    const Result<Room> made = co_await rooms.create(actor, draft);
    if (!made)
        co_return made.error();
    co_return Result<RoomId>(made->id);
}

QCoro::Task<Result<Reply>> AssistantService::chat(Actor actor, QString text, RoomId context, QJsonObject metadata,
                                                  milliseconds budget)
{
    if (!d->settings.enabled)
        co_return Error(Errc::Unavailable, u"The assistant is turned off on this server."_s);
    const Result<RoomId> room = co_await d->openContext(actor, context);
    if (!room)
        co_return room.error();
    // In a room of several people the message names the assistant, as it would have to there.
    const Rooms::RoomState *state = d->rooms.find(*room);
    const bool reads = state && (state->room.kind == RoomKind::Assistant || state->room.assistantEnabled);
    Rooms::MessageDraft draft;
    draft.room = *room;
    draft.text = reads ? text : u"@assistant "_s + text;
    draft.metadata = metadata;
    const Result<Rooms::Appended> posted = co_await d->rooms.postTask(actor, draft);
    if (!posted)
        co_return posted.error();
    const MessageId message = posted->event.message;
    Private::ReplyGate gate;
    d->waiters.insert(message, gate);
    const Clock::TimerId timer = d->clock.callAfter(budget, this, [this, message] {
        d->answerWaiter(message, Error(Errc::DeadlineExceeded,
                                       u"The reply takes longer; it comes into the room when it is ready."_s));
    });
    Clock &clock = d->clock;
    Result<Reply> reply = co_await gate;
    clock.cancel(timer);
    co_return reply;
}

QCoro::Task<Result<void>> AssistantService::stop(Actor actor, MessageId question)
{
    const Result<RoomEvent> asked = co_await d->rooms.locate(actor, question);
    if (!asked)
        co_return asked.error();
    if (Result<void> allowed = d->rooms.mayRemove(actor, *asked); !allowed)
        co_return std::move(allowed.error());
    const std::shared_ptr<RunningTurn> turn = d->running.value(question);
    if (!turn)
        co_return Error(Errc::Conflict, u"Nothing is being written in answer to this message."_s);
    turn->isStopped = true;
    turn->stop.cancel();
    if (!turn->run.isEmpty())
        (void)co_await d->workflows.cancel(turn->run); // it may have ended meanwhile
    co_return Result<void>();
}

QCoro::Task<Result<UserContext>> AssistantService::contextOf(Actor asker, UserId user, QString about)
{
    Actor actor;
    actor.user = user;
    const Result<RoomId> room = d->findContext(actor);
    if (!room)
        co_return room.error();
    UserContext context;
    context.user = user;
    context.context = *room;
    Result<QJsonObject> state = co_await d->repository.conversation(*room, user);
    if (!state)
        co_return state.error();
    context.state = std::move(*state);
    Result<RoomEventPage> page =
        co_await d->rooms.history(internalActor(assistantUser()), context.context, 0, 0, contextMessages);
    if (!page)
        co_return page.error();
    for (const RoomEvent &event : std::as_const(page->events)) {
        if (event.kind == RoomEventKind::Message)
            context.recent.append(event);
    }
    if (!about.isEmpty()) {
        RoomEvent question;
        question.room = context.context;
        question.actor = user;
        question.at = d->clock.now();
        Person person = d->people(user);
        person.actor = asker;
        if (!person.zone.isValid())
            person.zone = QTimeZone::utc();
        const Result<Recollection> found = co_await d->memory.recall(std::move(person), question, about);
        if (!found)
            co_return found.error();
        context.remembered = found->entries;
        context.isComplete = found->isComplete;
    }
    co_return Result<UserContext>(context);
}

} // namespace Atom::Assistant
