// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/roommemory.h"

#include "server/assistant/actions.h"
#include "server/assistant/logging.h"
#include "shared/core/uuid.h"

#include <QtCore/QRegularExpression>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;
using Memory::ContextEntry;
using Memory::Fact;
using Memory::FactRequest;

namespace {
constexpr int readAtOnce = 300; // some 3 ms of the main thread
constexpr int hitsLooked = 10;
constexpr int factsTold = 20;
constexpr int tokenBudget = 1'500;
constexpr qsizetype linesAnswered = 3;
// Below, what was found shares a word with the question, not its subject.
constexpr double enoughByWords = 2.0;
constexpr double enoughByTwoWords = 1.2;

//! Something asked earlier answers nothing.
bool isQuestion(const QString &text)
{
    static const QRegularExpression asking(
        u"\\?\\s*\\z|\\A\\s*(@assistant\\b,?\\s*)?(what|when|where|who|whom|whose|which|why|how|is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)\\b"_s,
        QRegularExpression::CaseInsensitiveOption);
    return asking.match(text).hasMatch();
}

bool isEnough(const Memory::RecallReason &reason)
{
    return reason.words >= enoughByWords || (reason.terms.size() >= 2 && reason.words >= enoughByTwoWords);
}
} // namespace

RoomMemory::RoomMemory(AssistantRepository &repository, Memory::FactRepository &facts, Rooms::RoomService &rooms,
                       const Identity::Permissions &permissions, People people, Clock &clock)
    : m_repository(repository), m_facts(facts), m_rooms(rooms), m_permissions(permissions), m_people(std::move(people)),
      m_clock(clock)
{
}

RoomMemory::~RoomMemory() = default;

void RoomMemory::start()
{
    connect(&m_rooms, &Rooms::RoomService::eventCommitted, this, &RoomMemory::follow, Qt::UniqueConnection);
    m_scope.spawn(readStored(), "reading");
}

QCoro::Task<void> RoomMemory::close()
{
    co_await m_scope.close();
}

QCoro::Task<void> RoomMemory::readStored()
{
    qint64 after = 0;
    while (!m_scope.isClosing()) {
        const Result<StoredMessages> page = co_await m_repository.messagesAfter(after, readAtOnce);
        if (!page) {
            qCWarning(lcAssistant) << "what was said cannot be read:" << page.error().detail;
            co_return;
        }
        for (const RoomEvent &message : page->messages)
            add(message); // what came meanwhile is there already
        if (page->last == 0)
            break;
        after = page->last;
    }
    if (m_scope.isClosing())
        co_return;
    m_isComplete = true;
    qCInfo(lcAssistant) << "memory:" << m_index.size() << "messages," << m_index.bytes() / 1024 << "kB";
}

void RoomMemory::add(const RoomEvent &message)
{
    if (message.messageType != u"text"_s || message.deleted || message.seq <= 0 || message.actor == assistantUser())
        return;
    Memory::IndexedMessage entry;
    entry.room = message.room;
    entry.id = message.message;
    entry.seq = message.seq;
    entry.speaker = message.actor;
    entry.speakerName = m_people(message.actor).displayName;
    entry.at = message.at;
    entry.text = message.text;
    entry.replyTo = message.replyTo;
    const Result<void> added = m_index.append(entry);
    if (!added && added.error().code != Errc::Conflict)
        qCWarning(lcAssistant) << "a message is not remembered:" << added.error().detail;
}

void RoomMemory::follow(const RoomEvent &event)
{
    const Rooms::RoomState *const state = m_rooms.find(event.room);
    if (!state || state->room.persistence == RoomPersistence::Ephemeral)
        return;
    if (event.kind == RoomEventKind::Message) {
        add(event);
    } else if (event.kind == RoomEventKind::Deletion) {
        m_index.remove(event.message);
    } else if (event.kind == RoomEventKind::Edit && m_index.remove(event.message) && !m_scope.isClosing()) {
        m_scope.spawn(readAgain(event.room, event.message), "edited");
    }
}

QCoro::Task<void> RoomMemory::readAgain(RoomId room, MessageId message)
{
    const Actor assistant = internalActor(assistantUser());
    const Result<RoomEvent> present = co_await m_rooms.message(assistant, room, message);
    if (present)
        add(*present);
}

Result<void> RoomMemory::requireKeeping(const Actor &actor) const
{
    return m_permissions.require(actor, Identity::Action::PersonalKeep, Identity::Object::ownedBy(actor.user));
}

bool RoomMemory::isAlone(const RoomId &room) const
{
    const Rooms::RoomState *const state = m_rooms.find(room);
    return state && state->room.kind == RoomKind::Assistant;
}

QCoro::Task<Result<Recollection>> RoomMemory::recall(Person person, RoomEvent question, QString text)
{
    const bool alone = isAlone(question.room);
    QList<RoomId> rooms;
    if (alone) {
        for (const RoomId &room : m_rooms.roomsOf(person.actor.user)) {
            if (m_rooms.isReader(person.actor, room))
                rooms.append(room);
        }
    } else if (m_rooms.isReader(person.actor, question.room)) {
        rooms.append(question.room);
    }
    Memory::RecallQuery query;
    query.text = text;
    query.scope = m_index.scope(rooms);
    query.now = question.at;
    query.zone = person.zone;
    query.asker = person.actor.user;
    query.without = {question.message};
    query.limit = hitsLooked;
    const QList<Memory::RecallHit> hits = m_recall.find(query);
    QList<Memory::RecalledMessage> recalled;
    for (const Memory::RecallHit &hit : hits) {
        const Result<RoomEvent> present = co_await m_rooms.message(person.actor, hit.room, hit.message);
        if (present && !present->deleted) {
            Memory::RecalledMessage one{hit, present->text};
            recalled.append(std::move(one));
        }
    }
    QList<Memory::RankedFact> ranked;
    if (alone && requireKeeping(person.actor)) {
        const Result<QList<Fact>> facts = co_await m_facts.facts(person.actor.user);
        if (!facts)
            co_return facts.error();
        for (const Memory::FactMatch &match : Memory::rankFacts(*facts, text, hitsLooked)) {
            Memory::RankedFact one{facts->at(match.place), match.score};
            ranked.append(std::move(one));
        }
    }
    Recollection result;
    result.isComplete = m_isComplete;
    result.entries = Memory::assembleContext({}, recalled, ranked, tokenBudget);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(toMillis(question.at), person.zone);
    if (!ranked.isEmpty() && ranked.first().score > 0) {
        result.answer = u"You told me: %1"_s.arg(ranked.first().fact.text);
    } else {
        qsizetype lines = 0;
        double best = 0;
        for (const Memory::RecalledMessage &one : std::as_const(recalled)) {
            if (lines == linesAnswered || !isEnough(one.hit.reason) || isQuestion(one.text) ||
                Memory::readFactRequest(one.text) || one.hit.score < best * 0.7)
                continue;
            best = std::max(best, one.hit.score);
            const Rooms::RoomState *const where = m_rooms.find(one.hit.room);
            const QDateTime at = QDateTime::fromMSecsSinceEpoch(toMillis(one.hit.at), person.zone);
            const QString who = one.hit.speaker == person.actor.user ? u"you"_s : one.hit.speaker.toString();
            result.answer += u"\n- %1 in %2, %3: %4"_s.arg(who, where ? where->room.name : one.hit.room.toString(),
                                                           spokenTime(at, now), one.text.simplified().left(300));
            ++lines;
        }
        if (!result.answer.isEmpty())
            result.answer.prepend(u"I remember that this was said:"_s);
    }
    const Recollection done = std::move(result);
    co_return done;
}

QCoro::Task<Result<QString>> RoomMemory::serve(Person person, RoomEvent message, FactRequest request)
{
    const UserId user = person.actor.user;
    if (person.actor.isGuest())
        co_return Error(Errc::Forbidden, u"I remember things for people with an account only."_s);
    if (Result<void> allowed = requireKeeping(person.actor); !allowed)
        co_return std::move(allowed.error());
    if (request.kind == FactRequest::Kind::Remember) {
        Fact fact;
        fact.id = Memory::FactId(message.message.bytes()); // a turn taken again remembers it once
        fact.user = user;
        fact.text = request.content;
        fact.room = message.room;
        fact.message = message.message;
        fact.createdAt = m_clock.now();
        const Memory::FactId none;
        const Result<Fact> kept = co_await m_facts.add(std::move(fact), none);
        if (!kept)
            co_return kept.error();
        co_return u"I will remember that: %1"_s.arg(kept->text);
    }
    if (!isAlone(message.room) && request.kind == FactRequest::Kind::Tell)
        co_return u"Ask me that in our own room: here others would read it."_s;
    const Result<QList<Fact>> facts = co_await m_facts.facts(user);
    if (!facts)
        co_return facts.error();
    const QList<Memory::FactMatch> matches = Memory::rankFacts(*facts, request.content, Fact::mostOfUser);
    if (request.kind == FactRequest::Kind::Tell) {
        QString told;
        for (const Memory::FactMatch &match : matches.mid(0, factsTold))
            told += u"\n- "_s + facts->at(match.place).text;
        if (told.isEmpty())
            co_return u"I was asked to remember nothing about that."_s;
        if (matches.size() > factsTold)
            told += u"\nand %1 more."_s.arg(matches.size() - factsTold);
        co_return u"This is what you asked me to remember:"_s + told;
    }
    QList<Memory::FactId> gone;
    for (const Memory::FactMatch &match : matches)
        gone.append(facts->at(match.place).id);
    if (gone.isEmpty())
        co_return u"I know nothing about that, so there is nothing to forget."_s;
    const QString only = facts->at(matches.first().place).text;
    const Result<int> forgotten = co_await m_facts.forget(user, gone, m_clock.now());
    if (!forgotten)
        co_return forgotten.error();
    if (!isAlone(message.room)) // what it was is nobody else's business
        co_return u"I forgot %1 of what you asked me to remember."_s.arg(*forgotten);
    co_return *forgotten == 1 ? u"I forgot this: %1"_s.arg(only) : u"I forgot %1 things."_s.arg(*forgotten);
}

QCoro::Task<Result<QList<Fact>>> RoomMemory::facts(Actor actor)
{
    if (Result<void> allowed = requireKeeping(actor); !allowed)
        co_return std::move(allowed.error());
    Result<QList<Fact>> facts = co_await m_facts.facts(actor.user);
    co_return facts;
}

QCoro::Task<Result<Fact>> RoomMemory::remember(Actor actor, QString text, Memory::FactId replaces)
{
    if (Result<void> allowed = requireKeeping(actor); !allowed)
        co_return std::move(allowed.error());
    Fact fact;
    fact.id = Memory::FactId(newUuidV7(m_clock.now()));
    fact.user = actor.user;
    fact.text = text.simplified();
    fact.createdAt = m_clock.now();
    Result<Fact> kept = co_await m_facts.add(std::move(fact), std::move(replaces));
    co_return kept;
}

QCoro::Task<Result<void>> RoomMemory::forget(Actor actor, Memory::FactId fact)
{
    if (Result<void> allowed = requireKeeping(actor); !allowed)
        co_return std::move(allowed.error());
    const QList<Memory::FactId> one{fact};
    const Result<int> gone = co_await m_facts.forget(actor.user, one, m_clock.now());
    if (!gone)
        co_return gone.error();
    if (*gone == 0)
        co_return Error(Errc::NotFound, u"I remember no such thing for you."_s);
    co_return Result<void>();
}

} // namespace Atom::Assistant
