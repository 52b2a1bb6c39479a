// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/actions.h"

#include "server/assistant/handover.h"
#include "server/entities/recognizer.h"

#include <QtCore/QJsonArray>
#include <QtCore/QLocale>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
constexpr int foundShown = 5;
constexpr seconds roundedBy{2};
constexpr qsizetype snippetLength = 160;

struct Known
{
    QString name;
    QStringList required;
};
const QList<Known> &known()
{
    static const QList<Known> list{{u"remind"_s, {u"what"_s, u"when"_s}},
                                   {u"create-room"_s, {u"name"_s}},
                                   {u"search"_s, {u"query"_s}},
                                   {u"hand-over"_s, {}},
                                   {u"take-over"_s, {}},
                                   {u"hand-back"_s, {}}};
    return list;
}

QString oneLine(QString text)
{
    text = text.simplified();
    return text.size() > snippetLength ? text.left(snippetLength - 1) + u'…' : text;
}

//! "Every Monday": the time slot holds the first of them only.
bool namesRepeat(const ActionCall &call)
{
    Entities::Context context;
    context.zone = call.person.zone;
    context.now = QDateTime::fromMSecsSinceEpoch(toMillis(call.message.at), context.zone);
    const QList<Entities::Entity> found = Entities::Recognizer().find(call.message.text, context);
    return std::any_of(found.begin(), found.end(),
                       [](const Entities::Entity &entity) { return entity.kind == Entities::Kind::Repeat; });
}

//! Told in words that fit behind "I could not do that: ".
Error refused(const Error &error)
{
    Error told = error;
    if (!error.fields.isEmpty())
        told.detail = error.fields.first().detail;
    return told;
}
} // namespace

QStringList builtInActions()
{
    QStringList names;
    for (const Known &one : known())
        names.append(one.name);
    return names;
}

QStringList slotsOfAction(const QString &name)
{
    for (const Known &one : known()) {
        if (one.name == name)
            return one.required;
    }
    return {};
}

QString spokenTime(const QDateTime &time, const QDateTime &now)
{
    const QLocale english(QLocale::English, QLocale::UnitedKingdom);
    const qint64 days = now.date().daysTo(time.date());
    const QString day =
        days == 0   ? u"today"_s
        : days == 1 ? u"tomorrow"_s
                    : english.toString(time.date(), time.date().year() == now.date().year() ? u"dddd d MMMM"_s
                                                                                            : u"dddd d MMMM yyyy"_s);
    return day + u" at "_s + time.toString(u"HH:mm"_s);
}

Actions::Actions(Rooms::RoomService &rooms, Rooms::PersonalService &personal, Search::SearchService &search,
                 HandOver *handOver, Clock &clock)
    : m_rooms(rooms), m_personal(personal), m_search(search), m_handOver(handOver), m_clock(clock)
{
}

QCoro::Task<Result<ActionResult>> Actions::run(ActionCall call)
{
    if (call.person.isDisabled)
        co_return Error(Errc::Forbidden, u"the account is disabled"_s);
    if (call.name == u"remind"_s)
        co_return co_await remind(std::move(call));
    if (call.name == u"create-room"_s)
        co_return co_await createRoom(std::move(call));
    if (call.name == u"search"_s)
        co_return co_await search(std::move(call));
    if (m_handOver && call.name == u"hand-over"_s)
        co_return co_await m_handOver->request(std::move(call));
    if (m_handOver && call.name == u"take-over"_s)
        co_return co_await m_handOver->take(std::move(call));
    if (m_handOver && call.name == u"hand-back"_s)
        co_return co_await m_handOver->giveBack(std::move(call));
    co_return Error(Errc::NotFound, u"there is no action \"%1\""_s.arg(call.name));
}

QCoro::Task<Result<ActionResult>> Actions::remind(ActionCall call)
{
    const QString what = call.input.value("what"_L1).toString().simplified();
    const QDateTime when = QDateTime::fromString(call.input.value("when"_L1).toString(), Qt::ISODate);
    if (!when.isValid())
        co_return Error(Errc::ValidationFailed, u"I did not understand the time"_s);
    // "In one second" is meant from the whole second in which it was said.
    Timestamp at(milliseconds(when.toMSecsSinceEpoch()));
    const Timestamp soonest = m_clock.now() + milliseconds(1);
    if (at < soonest && soonest - at < roundedBy)
        at = soonest;
    Rooms::ReminderOptions options;
    options.key = "turn-" + call.key();
    options.isToldInRoom = true;
    const Result<Rooms::PersonalItem> kept =
        co_await m_personal.remind(call.person.actor, call.message.message, at, what, std::move(options));
    if (!kept)
        co_return refused(kept.error());
    const QByteArray former = call.replaces.value("reminder_id"_L1).toString().toLatin1();
    if (!former.isEmpty() && former != kept->key) { // it may have come due meanwhile
        if (const auto gone = co_await m_personal.remove(call.person.actor, "reminder", former);
            !gone && gone.error().code != Errc::NotFound)
            co_return refused(gone.error());
    }
    const QTimeZone zone = call.person.zone;
    const QDateTime local = when.toTimeZone(zone);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(toMillis(m_clock.now()), zone);
    ActionResult result;
    result.output = QJsonObject{{u"reminder_id"_s, kept->value.value("id"_L1)},
                                {u"at"_s, when.toUTC().toString(Qt::ISODate)},
                                {u"time_zone"_s, QString::fromLatin1(zone.id())},
                                {u"what"_s, what}};
    result.text = u"I will remind you %1 (%2): %3"_s.arg(spokenTime(local, now), QString::fromLatin1(zone.id()), what);
    if (namesRepeat(call))
        result.text += u"\nThat is once: reminders that repeat I do not know yet."_s;
    co_return result;
}

QCoro::Task<Result<ActionResult>> Actions::createRoom(ActionCall call)
{
    Rooms::RoomDraft draft;
    draft.id = RoomId("made-" + call.key());
    draft.name = call.input.value("name"_L1).toString().simplified();
    draft.visibility =
        call.input.value("visibility"_L1).toString() == u"public"_s ? RoomVisibility::Public : RoomVisibility::Private;
    if (const RoomId former = RoomId::fromString(call.replaces.value("room_id"_L1).toString()); m_rooms.find(former)) {
        Rooms::RoomChange change;
        change.name = draft.name;
        change.visibility = draft.visibility;
        const Result<Room> changed = co_await m_rooms.update(call.person.actor, former, std::move(change));
        if (!changed)
            co_return refused(changed.error());
        ActionResult result;
        result.output = QJsonObject{{u"room_id"_s, former.toString()},
                                    {u"name"_s, draft.name},
                                    {u"visibility"_s, roomVisibilityName(draft.visibility)}};
        result.text =
            u"The room is now called \"%1\" and is %2."_s.arg(draft.name, roomVisibilityName(draft.visibility));
        co_return result;
    }
    const RoomId id = draft.id;
    const QString visibility = roomVisibilityName(draft.visibility);
    const Rooms::RoomState *const present = m_rooms.find(id); // this turn is taken for the second time
    if (present && present->room.createdBy != call.person.actor.user)
        co_return Error(Errc::Conflict, u"there is a room of this id already"_s);
    if (!present) {
        const Result<Room> made = co_await m_rooms.create(call.person.actor, draft);
        if (!made)
            co_return refused(made.error());
    }
    ActionResult result;
    result.output = QJsonObject{{u"room_id"_s, id.toString()}, {u"name"_s, draft.name}, {u"visibility"_s, visibility}};
    result.text =
        u"I made the %1 room \"%2\". You are its owner; its id is %3."_s.arg(visibility, draft.name, id.toString());
    co_return result;
}

QCoro::Task<Result<ActionResult>> Actions::search(ActionCall call)
{
    const QString wanted = call.input.value("query"_L1).toString().simplified();
    const Rooms::RoomState *const room = m_rooms.find(call.message.room);
    const bool isAlone = room && room->room.kind == RoomKind::Assistant;
    Search::SearchRequest request;
    // What is found is read by everybody in this room.
    request.text = isAlone ? wanted : u"in:%1 "_s.arg(call.message.room.toString()) + wanted;
    request.zone = call.person.zone;
    request.limit = foundShown + 2; // the question itself is found as well
    request.context = 0;
    const Result<Search::SearchPage> page = co_await m_search.find(call.person.actor, std::move(request));
    if (!page)
        co_return refused(page.error());
    ActionResult result;
    QJsonArray hits;
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(toMillis(m_clock.now()), call.person.zone);
    for (const Search::Hit &hit : page->hits) {
        const Rooms::RoomState *const where = m_rooms.find(hit.message.room);
        const bool isTalkWithMe = hit.message.actor == assistantUser() ||
                                  (where && where->room.kind == RoomKind::Assistant && isAlone &&
                                   hit.message.room == call.message.room && hit.message.seq >= call.message.seq);
        // Whatever operators the words hold: what is found elsewhere is not for everybody here.
        const bool isElsewhere = !isAlone && hit.message.room != call.message.room;
        if (isElsewhere || isTalkWithMe || hit.message.message == call.message.message || hits.size() == foundShown)
            continue;
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(toMillis(hit.message.at), call.person.zone);
        hits.append(QJsonObject{{u"room_id"_s, hit.message.room.toString()},
                                {u"message_id"_s, hit.message.message.toString()},
                                {u"sender_id"_s, hit.message.actor.toString()}});
        result.text += u"\n- %1 in %2, %3: %4"_s.arg(hit.message.actor.toString(),
                                                     where ? where->room.name : hit.message.room.toString(),
                                                     spokenTime(at, now), oneLine(hit.message.text));
    }
    result.output = QJsonObject{{u"query"_s, wanted}, {u"hits"_s, hits}};
    const QString where = isAlone ? u"in your rooms"_s : u"in this room"_s;
    result.text = hits.isEmpty() ? u"I found nothing about \"%1\" %2."_s.arg(wanted, where)
                                 : u"I found this about \"%1\" %2:"_s.arg(wanted, where) + result.text;
    co_return result;
}

} // namespace Atom::Assistant
