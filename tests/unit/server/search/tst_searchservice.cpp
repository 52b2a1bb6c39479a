// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/searchservice.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

using namespace Atom;
using namespace Atom::Search;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

namespace {
Actor member(const QByteArray &user)
{
    Actor actor;
    actor.user = UserId(user);
    actor.role = Role::Member;
    return actor;
}
} // namespace

class SearchServiceTest : public QObject
{
    Q_OBJECT
    StorageFixture f;
    std::unique_ptr<MemoryTraces> traces;
    Identity::Permissions permissions{f.clock};
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<SearchService> search;

    void open()
    {
        QVERIFY(f.open().isOk());
        traces = std::make_unique<MemoryTraces>();
        rooms = std::make_unique<Rooms::RoomService>(f.rooms(), permissions, *traces, f.clock, f.metrics,
                                                     Rooms::RoomLimits{});
        QVERIFY(QCoro::waitFor(rooms->load()).isOk());
        search = std::make_unique<SearchService>(f.storage->search(), *rooms, f.clock, f.metrics);
    }
    void close()
    {
        if (!search)
            return;
        QCoro::waitFor(search->close());
        search.reset();
        QCoro::waitFor(rooms->close());
        rooms.reset();
        f.storage->closeBlocking();
        f.storage.reset();
    }
    void room(const QByteArray &id, RoomVisibility visibility, const QList<UserId> &others = {},
              const QString &name = {})
    {
        Rooms::RoomDraft draft;
        draft.id = RoomId(id);
        draft.name = name.isEmpty() ? QString::fromLatin1(id) : name;
        draft.visibility = visibility;
        draft.members = others;
        QVERIFY(QCoro::waitFor(rooms->create(member("ann"), draft)).isOk());
    }
    MessageId say(const QByteArray &user, const QByteArray &room, const QString &text, const MessageId &replyTo = {})
    {
        f.clock.advance(milliseconds(1000));
        Rooms::MessageDraft draft;
        draft.room = RoomId(room);
        draft.text = text;
        draft.replyTo = replyTo;
        const Result<Rooms::Appended> appended = QCoro::waitFor(rooms->postTask(member(user), draft));
        return appended ? appended->event.message : MessageId();
    }
    Result<SearchPage> page(const QByteArray &user, SearchRequest request)
    {
        return QCoro::waitFor(search->find(member(user), std::move(request)));
    }
    QStringList texts(const QByteArray &user, const QString &query, Sort sort = Sort::Oldest)
    {
        SearchRequest request;
        request.text = query;
        request.sort = sort;
        const Result<SearchPage> found = page(user, request);
        if (!found)
            return {u"error: "_s + found.error().detail};
        QStringList all;
        for (const Hit &hit : found->hits)
            all.append(hit.message.text);
        return all;
    }

private Q_SLOTS:
    void cleanup()
    {
        close();
        f.storage.reset();
        QDir(f.folder()).removeRecursively();
    }

    void findsWhatWasSaid()
    {
        open();
        room("general", RoomVisibility::Public);
        say("ann", "general", u"The Café opens at nine"_s);
        say("ann", "general", u"東京都に行きます"_s);
        say("ann", "general", u"second quarter budget"_s);
        say("ann", "general", u"quarter second"_s);
        say("ann", "general", u"see https://example.org/budget"_s);
        QTRY_COMPARE(texts("ann", u"cafe"_s), QStringList({u"The Café opens at nine"_s}));
        QTRY_COMPARE(texts("ann", u"has:link"_s).size(), 1);
        QCOMPARE(texts("ann", u"京都"_s), QStringList({u"東京都に行きます"_s}));
        QCOMPARE(texts("ann", u"都京"_s), QStringList());
        QCOMPARE(texts("ann", u"\"second quarter\""_s), QStringList({u"second quarter budget"_s}));
        QCOMPARE(texts("ann", u"quarter -budget"_s), QStringList({u"quarter second"_s}));
        QCOMPARE(texts("ann", u"quarter -\"second quarter\""_s), QStringList({u"quarter second"_s}));
        QCOMPARE(texts("ann", u"budg*"_s).size(), 2);
        QCOMPARE(texts("ann", u"budget has:link"_s).size(), 1);
        QCOMPARE(texts("ann", u"budget -has:link"_s), QStringList({u"second quarter budget"_s}));
        QCOMPARE(texts("ann", u"nowhere"_s), QStringList());
        QCOMPARE(texts("ann", u"-nowhere"_s).size(), 5);
        QCOMPARE(texts("ann", u"second quarter"_s, Sort::Newest),
                 QStringList({u"quarter second"_s, u"second quarter budget"_s}));
    }

    void operatorsNarrow()
    {
        open();
        room("one", RoomVisibility::Public, {}, u"Big Room"_s);
        room("two", RoomVisibility::Public);
        QVERIFY(QCoro::waitFor(rooms->join(member("ben"), RoomId("one"))).isOk());
        const MessageId root = say("ann", "one", u"plan for @ben"_s);
        const MessageId answer = say("ben", "one", u"plan answered"_s, root);
        say("ann", "two", u"plan elsewhere"_s);
        QVERIFY(QCoro::waitFor(rooms->edit(member("ben"), RoomId("one"), answer, u"plan changed"_s)).isOk());
        QTRY_COMPARE(texts("ann", u"is:edited"_s), QStringList({u"plan changed"_s}));
        QCOMPARE(texts("ann", u"answered"_s), QStringList());
        QCOMPARE(texts("ann", u"plan from:ben"_s), QStringList({u"plan changed"_s}));
        QCOMPARE(texts("ann", u"plan from:me"_s).size(), 2);
        QCOMPARE(texts("ann", u"plan -from:me"_s), QStringList({u"plan changed"_s}));
        QCOMPARE(texts("ann", u"plan in:two"_s), QStringList({u"plan elsewhere"_s}));
        QCOMPARE(texts("ann", u"plan in:\"big room\""_s).size(), 2);
        QCOMPARE(texts("ann", u"plan -in:#two"_s).size(), 2);
        QCOMPARE(texts("ann", u"in:two"_s), QStringList({u"plan elsewhere"_s}));
        QCOMPARE(texts("ann", u"mentions:ben"_s), QStringList({u"plan for @ben"_s}));
        QCOMPARE(texts("ben", u"is:mention"_s), QStringList({u"plan for @ben"_s}));
        QCOMPARE(texts("ann", u"is:thread"_s), QStringList({u"plan changed"_s}));
        QCOMPARE(texts("ann", u"thread:"_s + root.toString()), QStringList({u"plan for @ben"_s, u"plan changed"_s}));
        QCOMPARE(texts("ann", u"plan -thread:"_s + root.toString()), QStringList({u"plan elsewhere"_s}));
        QCOMPARE(texts("ann", u"plan before:2020"_s), QStringList());
        QCOMPARE(texts("ann", u"plan before:today"_s), QStringList());
        QCOMPARE(texts("ann", u"plan on:today"_s).size(), 3);
        SearchRequest request;
        request.text = u"plan in:nowhere"_s;
        const Result<SearchPage> nowhere = page("ann", request);
        QVERIFY(nowhere.isOk());
        QVERIFY(nowhere->hits.isEmpty());
        QCOMPARE(nowhere->notes.size(), 1);
    }

    void unreadIsOfTheAsker()
    {
        open();
        room("one", RoomVisibility::Public, {UserId("ben")});
        say("ann", "one", u"old news"_s);
        const qint64 seen = rooms->find(RoomId("one"))->room.lastSeq;
        say("ann", "one", u"fresh news"_s);
        QVERIFY(QCoro::waitFor(rooms->markRead(member("ben"), RoomId("one"), seen)).isOk());
        QTRY_COMPARE(texts("ben", u"news is:unread"_s), QStringList({u"fresh news"_s}));
        QCOMPARE(texts("ben", u"news -is:unread"_s), QStringList({u"old news"_s}));
    }

    void onlyWhatMayBeRead()
    {
        open();
        room("open", RoomVisibility::Public);
        room("closed", RoomVisibility::Private, {UserId("ben")});
        say("ann", "open", u"secret plan"_s);
        say("ann", "closed", u"secret words"_s);
        QTRY_COMPARE(texts("ben", u"secret"_s).size(), 2);
        QCOMPARE(texts("cleo", u"secret"_s), QStringList({u"secret plan"_s}));
        QCOMPARE(texts("cleo", u"words"_s), QStringList());
        QCOMPARE(texts("cleo", u"secret in:closed"_s), QStringList());
        SearchRequest request;
        request.text = u"secret"_s;
        const Result<SearchPage> seen = page("cleo", request);
        QVERIFY(seen.isOk());
        QCOMPARE(seen->total, 1); // not even its count
        for (const Hit &hit : seen->hits) {
            QVERIFY(hit.before.isEmpty());
            QVERIFY(hit.after.isEmpty());
        }
        // Removed: at once, though the clock stands still.
        QVERIFY(QCoro::waitFor(rooms->removeMember(member("ann"), RoomId("closed"), UserId("ben"))).isOk());
        QCOMPARE(texts("ben", u"secret"_s), QStringList({u"secret plan"_s}));
        // A guest reads what it is a member of.
        Actor guest = member("visitor");
        guest.role = Role::Guest;
        const Result<SearchPage> nothing = QCoro::waitFor(search->find(guest, request));
        QVERIFY(nothing.isOk());
        QVERIFY(nothing->hits.isEmpty());
    }

    void hitsHaveContextAndHighlights()
    {
        open();
        room("one", RoomVisibility::Public);
        for (const QString &text : {u"a"_s, u"b"_s, u"Find the needle here"_s, u"d"_s, u"e"_s})
            say("ann", "one", text);
        QTRY_COMPARE(texts("ann", u"needle"_s).size(), 1);
        SearchRequest request;
        request.text = u"needle"_s;
        request.context = 1;
        const Result<SearchPage> found = page("ann", request);
        QVERIFY(found.isOk());
        const Hit &hit = found->hits.constFirst();
        QCOMPARE(hit.highlights, QList<Highlight>({Highlight{9, 6}}));
        QCOMPARE(hit.before.size(), 1);
        QCOMPARE(hit.before.constFirst().text, u"b"_s);
        QCOMPARE(hit.after.constFirst().text, u"d"_s);
        QVERIFY(hit.score > 0);
    }

    void ranksRareWordsAndFreshMessages()
    {
        open();
        room("one", RoomVisibility::Public);
        say("ann", "one", u"deploy deploy deploy"_s);
        say("ann", "one", u"we may deploy some day, when all of the others have said what they think of it"_s);
        QTRY_COMPARE(texts("ann", u"deploy"_s, Sort::Relevance).size(), 2);
        QCOMPARE(texts("ann", u"deploy"_s, Sort::Relevance).constFirst(), u"deploy deploy deploy"_s);
        f.clock.advance(std::chrono::days(400));
        say("ann", "one", u"deploy deploy deploy!"_s);
        QTRY_COMPARE(texts("ann", u"deploy"_s).size(), 3);
        QCOMPARE(texts("ann", u"deploy"_s, Sort::Relevance).constFirst(), u"deploy deploy deploy!"_s);
    }

    void pages_data()
    {
        QTest::addColumn<int>("sort");
        QTest::newRow("relevance") << int(Sort::Relevance);
        QTest::newRow("newest") << int(Sort::Newest);
        QTest::newRow("oldest") << int(Sort::Oldest);
    }
    void pages()
    {
        QFETCH(int, sort);
        open();
        room("one", RoomVisibility::Public);
        for (int i = 0; i < 25; ++i)
            say("ann", "one", u"word %1"_s.arg(i));
        QTRY_COMPARE(texts("ann", u"word 24"_s).size(), 1);
        SearchRequest request;
        request.text = u"word"_s;
        request.sort = Sort(sort);
        request.limit = 10;
        QStringList seen;
        for (int n = 0; n < 4; ++n) {
            const Result<SearchPage> found = page("ann", request);
            QVERIFY(found.isOk());
            for (const Hit &hit : found->hits) {
                QVERIFY(!seen.contains(hit.message.text));
                seen.append(hit.message.text);
            }
            if (found->next.isEmpty())
                break;
            request.cursor = found->next;
            // What is said between two pages moves nothing.
            say("ann", "one", u"word later %1"_s.arg(n));
        }
        if (Sort(sort) != Sort::Oldest)
            QCOMPARE(seen.size(), 25);
        request.sort = Sort((sort + 1) % 3);
        QCOMPARE(page("ann", request).error().code, Errc::ValidationFailed);
        request.cursor = {u"x"_s, u"1"_s, u"1"_s, u"1"_s};
        QCOMPARE(page("ann", request).error().code, Errc::ValidationFailed);
    }

    void survivesARestart()
    {
        open();
        room("one", RoomVisibility::Public);
        say("ann", "one", u"before the restart"_s);
        close();
        open();
        QTRY_COMPARE(texts("ann", u"restart"_s).size(), 1);
        say("ann", "one", u"after the restart"_s);
        QTRY_COMPARE(texts("ann", u"restart"_s).size(), 2);
    }
};

QTEST_GUILESS_MAIN(SearchServiceTest)
#include "tst_searchservice.moc"
