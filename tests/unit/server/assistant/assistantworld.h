// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/assistantservice.h"
#include "server/assistant/modelreply.h"
#include "server/connectors/egressclient.h"
#include "tests/support/fakeclock.h"
#include "tests/support/memoryrooms.h"
#include "tests/support/memorytraces.h"
#include "tests/support/memoryworkflows.h"

#include <QtTest/QTest>

namespace Atom::Test {
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

//! Fails as often as it is told to.
class Conversations final : public AssistantRepository
{
public:
    QCoro::Task<Result<QList<PendingTurn>>> pendingTurns() override { co_return QList<PendingTurn>(); }
    QCoro::Task<Result<void>> finishTurn(TurnEnd end) override
    {
        finished.append(end.message);
        state = end.state.value_or(state);
        co_return Result<void>();
    }
    QCoro::Task<Result<StoredMessages>> messagesAfter(qint64 after, int) override
    {
        StoredMessages page;
        if (after == 0 && !said.isEmpty()) {
            page.messages = said;
            page.last = 1;
        }
        co_return page;
    }
    QCoro::Task<Result<QJsonObject>> conversation(RoomId, UserId) override
    {
        if (failures-- > 0)
            co_return Error(Errc::Unavailable, u"busy"_s);
        co_return state;
    }
    int failures = 0;
    QJsonObject state;
    QList<MessageId> finished;
    QList<RoomEvent> said;
};

class Facts final : public Memory::FactRepository
{
public:
    QCoro::Task<Result<QList<Memory::Fact>>> facts(UserId user) override
    {
        QList<Memory::Fact> own;
        for (const Memory::Fact &fact : std::as_const(kept)) {
            if (fact.user == user)
                own.append(fact);
        }
        co_return own;
    }
    QCoro::Task<Result<Memory::Fact>> add(Memory::Fact fact, Memory::FactId) override
    {
        kept.append(fact);
        co_return fact;
    }
    QCoro::Task<Result<int>> forget(UserId, QList<Memory::FactId> gone, Timestamp) override
    {
        co_return int(kept.removeIf([&gone](const Memory::Fact &fact) { return gone.contains(fact.id); }));
    }
    QList<Memory::Fact> kept;
};

//! Keeps what is written to it.
class Intents final : public IntentRepository
{
public:
    QCoro::Task<Result<QList<StoredIntent>>> intents() override { co_return stored; }
    QCoro::Task<Result<void>> saveIntent(StoredIntent intent, Audit::Draft audit) override
    {
        stored.append(intent);
        acts.append(audit.action);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> removeIntent(QString name, Audit::Draft audit) override
    {
        stored.removeIf([&name](const StoredIntent &one) { return one.name == name; });
        acts.append(audit.action);
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> saveFeedback(Feedback one) override
    {
        feedback.append(one);
        co_return Result<void>();
    }
    QCoro::Task<Result<QList<FeedbackCount>>> feedbackCounts() override { co_return QList<FeedbackCount>(); }
    QCoro::Task<Result<QStringList>> rejectedTexts(int) override { co_return rejected; }
    QCoro::Task<Result<QStringList>> ordinaryTexts(int) override { co_return talk; }
    QList<StoredIntent> stored;
    QByteArrayList acts;
    QList<Feedback> feedback;
    QStringList rejected, talk;
};

struct World
{
    explicit World(bool enabled = true, ModelReply *model = nullptr)
    {
        auto made = Connectors::EgressClient::create({}, resolver, clock, metrics);
        egress = std::move(made.value());
        workflows = std::make_unique<Workflows::WorkflowService>(runs, *egress, traces, clock, metrics);
        Rooms::RoomLimits limits;
        limits.assistant = enabled;
        rooms = std::make_unique<Rooms::RoomService>(store, permissions, traces, clock, metrics, limits);
        catalog = std::make_unique<IntentCatalog>(intents, *rooms, permissions, clock);
        AssistantService::Settings settings;
        settings.enabled = enabled;
        const auto act = [this](ActionCall call) -> QCoro::Task<Result<ActionResult>> {
            calls.append(call);
            if (call.input.value("name"_L1).toString() == u"forbidden"_s)
                co_return Error(Errc::Forbidden, u"not you"_s);
            const ActionResult done{u"I did it."_s, {}};
            co_return done;
        };
        const auto people = [this](const UserId &user) {
            Person person;
            person.actor.user = user;
            person.actor.role = user == ann.user ? Role::Member : Role::Guest;
            person.zone = QTimeZone("Asia/Tokyo");
            return person;
        };
        memory = std::make_unique<RoomMemory>(conversations, facts, *rooms, permissions, people, clock);
        service = std::make_unique<AssistantService>(
            settings, AssistantService::Parts{conversations, *rooms, *workflows, *catalog, *memory, act, people, traces,
                                              clock, metrics, model, [this](const ReplyProgress &piece) {
                                                  progress.append(piece);
                                                  if (const auto told = onProgress)
                                                      told(piece);
                                              }});
        QObject::connect(rooms.get(), &Rooms::RoomService::assistantTurnDue, service.get(),
                         &AssistantService::takeTurn);
        isReady = QCoro::waitFor(rooms->load()).isOk() && QCoro::waitFor(service->load({})).isOk();
        ann.user = UserId("ann");
        ann.role = Role::Member;
    }
    ~World()
    {
        QCoro::waitFor(service->close());
        QCoro::waitFor(workflows->close());
        QCoro::waitFor(rooms->close());
    }
    QString lastAnswer() const { return store.rooms.value("talk").events.constLast().text; }
    //! Somebody says something in a room of people; made with these members.
    void say(const char *room, const char *who, const QString &text, const QList<UserId> &members)
    {
        Actor actor;
        actor.user = UserId(who);
        actor.role = Role::Member;
        Rooms::RoomDraft draft;
        draft.id = RoomId(room);
        draft.name = QString::fromLatin1(room);
        draft.visibility = RoomVisibility::Private;
        draft.members = members;
        if (!rooms->find(draft.id))
            isReady = isReady && QCoro::waitFor(rooms->create(actor, draft)).isOk();
        Rooms::MessageDraft message;
        message.room = RoomId(room);
        message.text = text;
        isReady = isReady && QCoro::waitFor(rooms->postTask(actor, message)).isOk();
    }
    MessageId ask(const QString &text = u"xyzzy"_s)
    {
        Rooms::RoomDraft draft;
        draft.id = RoomId("talk");
        draft.kind = RoomKind::Assistant;
        if (!rooms->find(draft.id))
            isReady = isReady && QCoro::waitFor(rooms->create(ann, draft)).isOk();
        Rooms::MessageDraft message;
        message.room = RoomId("talk");
        message.text = text;
        return QCoro::waitFor(rooms->postTask(ann, message))->event.message;
    }
    int replies() const
    {
        const QList<RoomEvent> events = store.rooms.value("talk").events;
        return int(std::count_if(events.begin(), events.end(),
                                 [](const RoomEvent &event) { return event.messageType == u"assistant"_s; }));
    }

    FakeClock clock;
    Identity::Permissions permissions{clock};
    MetricRegistry metrics;
    Connectors::SystemResolver resolver;
    MemoryTraces traces;
    MemoryRooms store;
    MemoryWorkflowRepository runs;
    Conversations conversations;
    Intents intents;
    Facts facts;
    std::unique_ptr<Connectors::EgressClient> egress;
    std::unique_ptr<Workflows::WorkflowService> workflows;
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<IntentCatalog> catalog;
    std::unique_ptr<RoomMemory> memory;
    std::unique_ptr<AssistantService> service;
    Actor ann;
    QList<ActionCall> calls;
    QList<ReplyProgress> progress;
    OnProgress onProgress; //!< besides
    bool isReady = false;
};

} // namespace Atom::Test
