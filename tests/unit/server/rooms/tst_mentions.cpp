// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/mentions.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Rooms;
using namespace Qt::StringLiterals;

namespace {
RoomState makeRoom()
{
    RoomState state;
    const auto add = [&state](const char *user, MemberRole role) {
        Member member;
        member.user = UserId(user);
        member.role = role;
        state.members.insert(member.user, member);
    };
    add("ann", MemberRole::Owner);
    add("ben", MemberRole::Moderator);
    add("cleo.smith", MemberRole::Member);
    add("Gast-1", MemberRole::Member);
    return state;
}

QByteArray sorted(QList<UserId> users)
{
    std::sort(users.begin(), users.end());
    QByteArrayList list;
    for (const UserId &user : users)
        list.append(user.bytes());
    return list.join(' ');
}
} // namespace

class TestMentions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsWhomATextNames_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("names");
        QTest::addColumn<QByteArray>("users");
        QTest::newRow("nobody") << u"hello"_s << QByteArray() << QByteArray();
        QTest::newRow("one") << u"@ben look"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("end of a sentence")
            << u"ask @cleo.smith."_s << QByteArray("cleo.smith") << QByteArray("cleo.smith");
        QTest::newRow("capitals") << u"@BEN, @gast-1 @Gast-1"_s << QByteArray("ben Gast-1") << QByteArray("Gast-1 ben");
        QTest::newRow("twice") << u"@ben @ben"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("address") << u"mail ann@ben"_s << QByteArray() << QByteArray();
        QTest::newRow("brackets") << u"(@ben)"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("stranger") << u"@dora"_s << QByteArray() << QByteArray();
        QTest::newRow("the sender") << u"@ann"_s << QByteArray("ann") << QByteArray();
        QTest::newRow("all") << u"@room @ROOM"_s << QByteArray("@room") << QByteArray("@room");
        QTest::newRow("here") << u"@here"_s << QByteArray("@here") << QByteArray("ben");
        QTest::newRow("roles") << u"@moderators @owner"_s << QByteArray() << QByteArray("ben");
        QTest::newRow("span of code") << u"`@ben` and ``a ` @ben``"_s << QByteArray() << QByteArray();
        QTest::newRow("a lone backtick") << u"5` @ben"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("between two spans") << u"`a` @ben `b`"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("block of code") << u"```cpp\n@ben\n```\n@cleo.smith"_s << QByteArray("cleo.smith")
                                       << QByteArray("cleo.smith");
        QTest::newRow("block to the end") << u"~~~\n@ben ``` \n``"_s << QByteArray() << QByteArray();
        QTest::newRow("no fence within a line") << u"a ```\n@ben"_s << QByteArray("ben") << QByteArray("ben");
        QTest::newRow("only a sign") << u"@ @. @@"_s << QByteArray() << QByteArray();
    }
    void findsWhomATextNames()
    {
        QFETCH(QString, text);
        const RoomState state = makeRoom();
        const auto online = [](const UserId &user) { return user == UserId("ben") || user == UserId("ann"); };
        const Mentioned found = findMentions(text, state, UserId("ann"), true, online);
        QTEST(found.names.join(' '), "names");
        QTEST(sorted(found.users), "users");
    }

    void anAccountCalledOwnerAndTheOwnerOfTheRoom()
    {
        RoomState state = makeRoom();
        Member member;
        member.user = UserId("owner");
        state.members.insert(member.user, member);
        const Mentioned found = findMentions(u"only @owner", state, UserId("ben"), true, {});
        QCOMPARE(found.names, QList<QByteArray>{"owner"});
        QCOMPARE(sorted(found.users), QByteArray("ann owner"));
    }

    void codeIsFoundInLinearTime()
    {
        // As many different and unmatched runs as fit: a search from each to the end would take minutes.
        QString text;
        for (int i = 1; text.size() < 60'000; ++i)
            text += QString(i % 300 + 1, u'`') + u"@ben "_s;
        findMentions(text, makeRoom(), UserId("ann"), true, {});
        QVERIFY(findMentions(u"x"_s + QString(30'000, u'`') + u"@ben"_s, makeRoom(), UserId("ann"), true, {})
                    .users.size() == 1);
    }

    void whoMayNotNameAllWritesAWord()
    {
        const Mentioned found = findMentions(u"@room @here @ben", makeRoom(), UserId("ann"), false, {});
        QCOMPARE(found.names, QList<QByteArray>{"ben"});
        QCOMPARE(sorted(found.users), QByteArray("ben"));
    }

    void aTextOfAtSignsIsBounded()
    {
        QString text;
        for (int i = 0; i < 10'000; ++i)
            text += u"@x "_s;
        text += u"@ben"_s;
        QVERIFY(findMentions(text, makeRoom(), UserId("ann"), true, {}).names.isEmpty());
    }

    void keywordsFollowTheirUsersThroughRooms()
    {
        Keywords keywords;
        const UserId ann("ann");
        const RoomId lobby("lobby");
        QVERIFY(keywords.isEmpty());
        keywords.set(ann, {foldKeyword(u"Straße"), u"deploy"_s}, {lobby});
        QCOMPARE(keywords.findIn(u"the DEPLOY failed", lobby), QList<UserId>{ann});
        QCOMPARE(keywords.findIn(u"in der STRASSE deploy", lobby), QList<UserId>{ann}); // once
        QVERIFY(keywords.findIn(u"redeployed", lobby).isEmpty());
        QVERIFY(keywords.findIn(u"deploy", RoomId("other")).isEmpty());
        keywords.joined(ann, RoomId("other"));
        QCOMPARE(keywords.findIn(u"deploy", RoomId("other")), QList<UserId>{ann});
        keywords.left(ann, lobby);
        QVERIFY(keywords.findIn(u"deploy", lobby).isEmpty());
        keywords.set(ann, {}, {RoomId("other")});
        QVERIFY(keywords.isEmpty());
    }

    void aKeywordIsOneWord()
    {
        QVERIFY(foldKeyword(u"two words").isEmpty());
        QVERIFY(foldKeyword(u"").isEmpty());
        QCOMPARE(foldKeyword(u"Über-2_x"), u"über-2_x"_s);
    }
};

QTEST_GUILESS_MAIN(TestMentions)
#include "tst_mentions.moc"
