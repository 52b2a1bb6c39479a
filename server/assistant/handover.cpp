// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/handover.h"

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int turnsRead = 20;
constexpr qsizetype turnsTold = 3;
constexpr qsizetype turnLength = 300;
const QByteArray helpPrefix = "help-";

RoomId helpRoomOf(const MessageId &request)
{
    return RoomId(helpPrefix + request.bytes());
}

ActionResult told(const QString &text, const RoomId &room)
{
    ActionResult result;
    result.text = text;
    result.output.insert(u"room_id"_s, room.toString());
    return result;
}

QString nameOf(const Person &person)
{
    return person.displayName.isEmpty() ? person.actor.user.toString() : person.displayName;
}
} // namespace

HandOver::HandOver(Rooms::RoomService &rooms, People people, RoomId room)
    : m_rooms(rooms), m_people(std::move(people)), m_room(std::move(room))
{
}

QCoro::Task<Result<void>> HandOver::say(RoomId room, QString text, QByteArray clientId, QJsonObject metadata)
{
    Rooms::MessageDraft draft;
    draft.room = std::move(room);
    draft.text = std::move(text);
    draft.messageType = u"assistant"_s;
    draft.clientId = std::move(clientId); // a turn taken again says it once
    draft.metadata = std::move(metadata);
    const Result<Rooms::Appended> posted = co_await m_rooms.postTask(internalActor(assistantUser()), draft);
    if (!posted)
        co_return posted.error();
    co_return Result<void>();
}

//! What the person said last, for who helps. Not what the assistant answered: that may quote rooms which those who help
//! cannot read. Of a room of several people nothing.
QCoro::Task<QString> HandOver::lastWords(RoomEvent message)
{
    const Rooms::RoomState *const room = m_rooms.find(message.room);
    QString words;
    if (!room || room->room.kind != RoomKind::Assistant)
        co_return words;
    const Result<RoomEventPage> page =
        co_await m_rooms.history(internalActor(assistantUser()), message.room, message.seq, 0, turnsRead);
    if (!page)
        co_return words;
    QStringList own;
    for (const RoomEvent &turn : page->events) {
        if (turn.kind == RoomEventKind::Message && !turn.deleted && turn.seq < message.seq &&
            turn.actor == message.actor)
            own.append(turn.text.simplified().left(turnLength));
    }
    for (const QString &text : own.mid(std::max<qsizetype>(0, own.size() - turnsTold)))
        words += u"\n> %1"_s.arg(text);
    co_return words;
}

QCoro::Task<Result<ActionResult>> HandOver::request(ActionCall call)
{
    const Rooms::RoomState *const helpers = m_room.isEmpty() ? nullptr : m_rooms.find(m_room);
    if (!helpers)
        co_return Error(Errc::NotFound, u"on this server no people are set up to take over"_s);
    const QString helpersName = helpers->room.name;
    if (call.person.actor.isGuest())
        co_return Error(Errc::Forbidden, u"a person can be asked for with an account only"_s);
    const RoomId id = helpRoomOf(call.message.message);
    const QString name = u"Help for %1"_s.arg(nameOf(call.person));
    if (!m_rooms.find(id)) {
        Rooms::RoomDraft draft;
        draft.id = id;
        draft.name = name.left(80);
        draft.visibility = RoomVisibility::Private;
        const Result<Room> made = co_await m_rooms.create(call.person.actor, draft);
        if (!made)
            co_return made.error();
    }
    const QString words = co_await lastWords(call.message);
    const QString asked = u"%1 asks for a person."_s.arg(nameOf(call.person)) +
                          (words.isEmpty() ? QString() : u" They wrote before:"_s + words);
    const QByteArray request = call.message.message.bytes();
    const Result<void> opened = co_await say(id, asked, "help:" + request, QJsonObject());
    if (!opened)
        co_return opened.error();
    QJsonObject metadata;
    metadata.insert(u"hand_over"_s, id.toString());
    metadata.insert(u"user_id"_s, call.person.actor.user.toString());
    const Result<void> rung =
        co_await say(m_room, asked + u"\nWho helps: answer this message with \"@assistant take over\"."_s,
                     "ring:" + request, std::move(metadata));
    if (!rung)
        co_return rung.error();
    co_return told(u"I asked the people in \"%1\" and showed them your last messages here. You meet in the room \"%2\" "
                   u"as soon as one of them comes; until then I"
                   u" am here."_s.arg(helpersName, name),
                   id);
}

QCoro::Task<Result<ActionResult>> HandOver::take(ActionCall call)
{
    if (call.message.room != m_room || m_room.isEmpty())
        co_return Error(Errc::Forbidden, u"only the people who are asked to help take over, in their own room"_s);
    if (call.message.replyTo.isEmpty())
        co_return Error::invalid(u"/reply_to"_s,
                                 u"answer the message that asks for a person, so that I know whom you mean"_s);
    const Result<RoomEvent> ring =
        co_await m_rooms.message(internalActor(assistantUser()), m_room, call.message.replyTo);
    if (!ring)
        co_return ring.error();
    const RoomId room = RoomId::fromString(ring->metadata.value("hand_over"_L1).toString());
    const UserId asker = UserId::fromString(ring->metadata.value("user_id"_L1).toString());
    const Rooms::RoomState *const state = ring->actor == assistantUser() ? m_rooms.find(room) : nullptr;
    if (!state)
        co_return Error::invalid(u"/reply_to"_s, u"that message does not ask for a person"_s);
    if (state->room.archivedAt)
        co_return Error(Errc::Conflict, u"that is done already"_s);
    const bool isMember = state->members.contains(call.person.actor.user);
    if (state->members.size() > 1 && !isMember) {
        UserId first;
        for (const Member &member : state->members) {
            if (member.user != asker)
                first = member.user;
        }
        co_return Error(Errc::Conflict, u"%1 takes care of it already"_s.arg(first.toString()));
    }
    if (!isMember) { // as the person who asked: it is their room
        const Person owner = m_people(asker);
        const Result<Member> added =
            co_await m_rooms.addMember(owner.actor, room, call.person.actor.user, MemberRole::Member);
        if (!added)
            co_return added.error();
    }
    const Result<void> said = co_await say(
        room, u"%1 takes over. Write \"@assistant hand back\" here when it is settled."_s.arg(nameOf(call.person)),
        "take:" + ring->message.bytes(), QJsonObject());
    if (!said)
        co_return said.error();
    co_return told(u"You are with %1 in the room \"%2\" now."_s.arg(asker.toString(), state->room.name), room);
}

QCoro::Task<Result<ActionResult>> HandOver::giveBack(ActionCall call)
{
    const RoomId room = call.message.room;
    const Rooms::RoomState *const state = m_rooms.find(room);
    if (!state || !room.bytes().startsWith(helpPrefix))
        co_return Error(Errc::Conflict, u"this is no room in which a person took over"_s);
    if (!state->members.contains(call.person.actor.user))
        co_return Error(Errc::Forbidden, u"only those who are in this room end it"_s);
    const UserId asker = state->room.createdBy;
    QList<UserId> helpers;
    for (const Member &member : state->members) {
        if (member.user != asker)
            helpers.append(member.user);
    }
    const Person owner = m_people(asker); // it is their room, and they asked for this
    Rooms::RoomChange change;
    change.assistantEnabled = true;
    const Result<Room> changed = co_await m_rooms.update(owner.actor, room, std::move(change));
    if (!changed)
        co_return changed.error();
    for (const UserId &helper : helpers) {
        const Result<void> gone = co_await m_rooms.removeMember(owner.actor, room, helper, u"settled"_s);
        if (!gone && gone.error().code != Errc::NotFound)
            co_return gone.error();
    }
    co_return told(u"It is settled. From here on I listen in this room again."_s, room);
}

} // namespace Atom::Assistant
