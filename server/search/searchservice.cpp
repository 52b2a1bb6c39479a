// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/searchservice.h"

#include "server/search/logging.h"

namespace Atom::Search {
using namespace Qt::StringLiterals;
using Rooms::RoomState;

namespace {
constexpr seconds scopeLifetime(1);
constexpr qsizetype scopesKept = 1000;
constexpr int deepestRank = 1000; //!< hits by relevance that can be paged through

Error badCursor()
{
    return Error::invalid(u"/query/cursor"_s, u"This cursor is not of a search like this one; begin without."_s);
}
} // namespace

struct SearchService::Private
{
    Private(SearchIndex &searchIndex, Rooms::RoomService &roomService, Clock &time, MetricRegistry &metrics)
        : index(searchIndex), rooms(roomService), clock(time),
          duration(metrics.histogram("atom_search_seconds", "From a search to its answer"))
    {
    }
    struct Scope
    {
        std::shared_ptr<const RoomScope> rooms;
        Monotonic until{};
    };
    struct Running
    {
        explicit Running(Private &owner) : d(owner) { ++d.running; }
        ~Running()
        {
            if (--d.running == 0 && d.closing) {
                const OneShot<bool> done = d.idle;
                done.resolve(true);
            }
        }
        Q_DISABLE_COPY_MOVE(Running)
        Private &d;
    };

    std::shared_ptr<const RoomScope> scopeOf(const Actor &actor);
    bool mayRead(const Actor &actor, const RoomId &room) const;
    QList<RoomId> roomsNamed(const Actor &actor, const RoomScope &scope, const QString &name) const;
    QHash<RoomId, qint64> unread(const UserId &user) const;
    //! `opened`: rooms named by `in:` that the actor reads by break-glass; no other search looks into them.
    Result<Lookup> prepare(const Actor &actor, const SearchRequest &request, QStringList &notes, QList<RoomId> &opened);
    //! Takes out what may not be read any more, and notes what is read by break-glass.
    void keepReadable(const Actor &actor, const QList<RoomId> &opened, QList<Hit> &hits);
    static Result<void> takeCursor(const SearchRequest &request, Lookup &lookup);
    static QStringList cursorAfter(const Lookup &lookup, const Found &found);

    SearchIndex &index;
    Rooms::RoomService &rooms;
    Clock &clock;
    Histogram &duration;
    QHash<QByteArray, Scope> scopes; //!< by actor
    int running = 0;
    bool closing = false;
    OneShot<bool> idle;
};

SearchService::SearchService(SearchIndex &index, Rooms::RoomService &rooms, Clock &clock, MetricRegistry &metrics)
    : d(std::make_unique<Private>(index, rooms, clock, metrics))
{
    connect(&rooms, &Rooms::RoomService::eventCommitted, this, [this](const RoomEvent &event, const DeviceId &) {
        // Who joined or left searches at once in what they may read now.
        if (event.kind == RoomEventKind::MemberJoined || event.kind == RoomEventKind::MemberLeft)
            d->scopes.clear();
        d->index.wake();
    });
}

SearchService::~SearchService()
{
    Q_ASSERT_X(d->running == 0, "SearchService", "destroyed while searches run: co_await close() first");
}

QCoro::Task<void> SearchService::close()
{
    d->closing = true;
    if (d->running > 0)
        co_await d->idle;
}

bool SearchService::Private::mayRead(const Actor &actor, const RoomId &room) const
{
    return rooms.mayRead(actor, room);
}

std::shared_ptr<const RoomScope> SearchService::Private::scopeOf(const Actor &actor)
{
    const QByteArray key = roleName(actor.role).toLatin1() + ' ' + actor.user.bytes() + ' ' + actor.session.bytes();
    const Monotonic now = clock.monotonic();
    if (const auto it = scopes.constFind(key); it != scopes.cend() && now < it->until)
        return it->rooms;
    auto readable = std::make_shared<RoomScope>();
    readable->rooms = rooms.readableBy(actor);
    if (scopes.size() >= scopesKept)
        scopes.clear();
    Scope scope;
    scope.rooms = readable;
    scope.until = now + scopeLifetime;
    scopes.insert(key, scope);
    return readable;
}

QList<RoomId> SearchService::Private::roomsNamed(const Actor &actor, const RoomScope &scope, const QString &name) const
{
    if (const RoomId id = RoomId::fromString(name); isValidIdText(id.bytes()) && mayRead(actor, id))
        return {id};
    QList<RoomId> named;
    if (name.startsWith(u'@')) {
        const QString other = name.mid(1).toLower();
        const UserId user = other == "me"_L1 ? actor.user : UserId::fromString(other);
        const QList<RoomId> mine = rooms.roomsOf(actor.user);
        for (const RoomId &room : mine) {
            const RoomState *state = rooms.find(room);
            if (state && state->room.kind != RoomKind::Group && state->members.contains(user) && mayRead(actor, room))
                named.append(room);
        }
        return named;
    }
    const QStringView plain = name.startsWith(u'#') ? QStringView(name).mid(1) : QStringView(name);
    for (const RoomId &room : scope.rooms) {
        const RoomState *state = rooms.find(room);
        if (state && (state->room.name.compare(plain, Qt::CaseInsensitive) == 0 ||
                      plain.compare(QLatin1StringView(room.bytes())) == 0))
            named.append(room);
    }
    return named;
}

QHash<RoomId, qint64> SearchService::Private::unread(const UserId &user) const
{
    QHash<RoomId, qint64> after;
    const QList<RoomId> mine = rooms.roomsOf(user);
    for (const RoomId &room : mine) {
        const RoomState *state = rooms.find(room);
        if (!state)
            continue;
        const auto member = state->members.constFind(user);
        if (member != state->members.cend() && member->seenUpTo < state->room.lastSeq)
            after.insert(room, member->seenUpTo);
    }
    return after;
}

Result<void> SearchService::Private::takeCursor(const SearchRequest &request, Lookup &lookup)
{
    if (request.cursor.isEmpty())
        return {};
    if (request.cursor.size() != cursorParts || request.cursor.at(0) != QString::number(int(request.sort)))
        return badCursor();
    bool good[3] = {};
    lookup.newest = request.cursor.at(1).toLongLong(&good[0]);
    const qint64 place = request.cursor.at(2).toLongLong(&good[1]);
    const qint64 now = request.cursor.at(3).toLongLong(&good[2]);
    if (!good[0] || !good[1] || !good[2] || lookup.newest < 0 || place < 0)
        return badCursor();
    lookup.now = fromMillis(now);
    if (request.sort == Sort::Relevance)
        lookup.skip = int(std::min<qint64>(place, deepestRank));
    else
        lookup.position = place;
    return {};
}

QStringList SearchService::Private::cursorAfter(const Lookup &lookup, const Found &found)
{
    if (!found.hasMore || found.hits.isEmpty())
        return {};
    const qint64 shown = lookup.skip + found.hits.size();
    if (lookup.sort == Sort::Relevance && shown >= deepestRank)
        return {};
    const qint64 place = lookup.sort == Sort::Relevance ? shown : found.hits.constLast().position;
    return {QString::number(int(lookup.sort)), QString::number(found.newest), QString::number(place),
            QString::number(toMillis(lookup.now))};
}

Result<Lookup> SearchService::Private::prepare(const Actor &actor, const SearchRequest &request, QStringList &notes,
                                               QList<RoomId> &opened)
{
    Result<Query> query = parseQuery(request.text, actor.user, request.zone, clock.now());
    if (!query)
        return std::move(query.error());
    Lookup lookup;
    lookup.query = std::move(*query);
    lookup.scope = scopeOf(actor);
    lookup.user = actor.user;
    lookup.now = clock.now();
    lookup.sort = request.sort;
    lookup.limit = request.limit;
    lookup.context = request.context;
    if (Result<void> cursor = takeCursor(request, lookup); !cursor)
        return std::move(cursor.error());
    for (const QString &part : std::as_const(lookup.query.ignored))
        notes.append(u"\"%1\" has no letters or digits and was left out."_s.arg(part));
    const auto resolve = [&](const QStringList &names, QList<RoomId> &into) {
        for (const QString &name : names) {
            const QList<RoomId> found = roomsNamed(actor, *lookup.scope, name);
            if (found.isEmpty())
                notes.append(u"There is no room \"%1\" that you may read."_s.arg(name));
            into.append(found);
        }
    };
    if (!lookup.query.in.isEmpty()) {
        lookup.only.emplace();
        QStringList others;
        for (const QString &name : std::as_const(lookup.query.in)) {
            const RoomId room = RoomId::fromString(name);
            if (rooms.find(room) && !mayRead(actor, room) && rooms.seesContents(actor, room, "search"))
                opened.append(room);
            else
                others.append(name);
        }
        resolve(others, *lookup.only);
        lookup.only->append(opened);
        if (!opened.isEmpty()) {
            auto wider = std::make_shared<RoomScope>(*lookup.scope);
            wider->rooms.append(opened);
            lookup.scope = std::move(wider);
        }
    }
    resolve(lookup.query.notIn, lookup.without);
    if (lookup.query.traits.contains(Trait::Unread) || lookup.query.notTraits.contains(Trait::Unread))
        lookup.unreadAfter = unread(actor.user);
    return lookup;
}

void SearchService::Private::keepReadable(const Actor &actor, const QList<RoomId> &opened, QList<Hit> &hits)
{
    QSet<RoomId> still;
    for (const RoomId &room : opened) {
        if (rooms.seesContents(actor, room, "search"))
            still.insert(room);
    }
    hits.removeIf(
        [&](const Hit &hit) { return !mayRead(actor, hit.message.room) && !still.contains(hit.message.room); });
    for (const RoomId &room : std::as_const(still)) {
        qint64 from = 0;
        qint64 to = 0;
        for (const Hit &hit : std::as_const(hits)) {
            if (hit.message.room != room)
                continue;
            const qint64 first = hit.before.isEmpty() ? hit.message.seq : hit.before.constFirst().seq;
            from = from == 0 ? first : std::min(from, first);
            to = std::max(to, hit.after.isEmpty() ? hit.message.seq : hit.after.constLast().seq);
        }
        if (to > 0)
            rooms.noteReading(actor, room, "search", from, to);
    }
}

QCoro::Task<Result<SearchPage>> SearchService::find(Actor actor, SearchRequest request)
{
    if (d->closing) {
        Error error(Errc::Unavailable, u"The server is shutting down."_s);
        error.retryAfter = seconds(5);
        co_return error;
    }
    const Private::Running running(*d);
    const Monotonic began = d->clock.monotonic();
    SearchPage page;
    QList<RoomId> opened;
    Result<Lookup> lookup = d->prepare(actor, request, page.notes, opened);
    if (!lookup)
        co_return std::move(lookup.error());
    if (lookup->query.isEmpty()) {
        page.notes.append(u"There is nothing to search for."_s);
        co_return page;
    }
    Result<Found> found = co_await d->index.find(*lookup);
    if (!found)
        co_return std::move(found.error());
    page.next = Private::cursorAfter(*lookup, *found);
    page.total = found->total;
    page.isTotal = found->isTotal;
    page.isComplete = found->isComplete;
    // Time has passed: what was taken away meanwhile is not shown.
    d->keepReadable(actor, opened, found->hits);
    page.hits = std::move(found->hits);
    if (!page.isComplete)
        page.notes.append(u"Some messages are not indexed yet; ask again in a moment."_s);
    d->duration.record(quint64(std::max<qint64>(0, (d->clock.monotonic() - began).count())));
    co_return page;
}

} // namespace Atom::Search
