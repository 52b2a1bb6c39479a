// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens, invitations, resets, imports and erasures at rest: all or nothing, and nothing of an erased person is left.
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <sqlite3.h>

using namespace Atom;
using namespace Atom::Storage;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Identity::StoredErasure;
using Identity::StoredInvitation;
using Identity::StoredReset;
using Identity::StoredSession;
using Identity::StoredToken;
using Identity::StoredUser;

class TestAccountRepository : public QObject
{
    Q_OBJECT
    std::unique_ptr<StorageFixture> f;

    Identity::AccountRepository &accounts() { return f->storage->accounts(); }
    StoredUser user(const QByteArray &id) const
    {
        StoredUser u;
        u.user.id = UserId(id);
        u.user.displayName = QString::fromLatin1(id);
        u.user.createdAt = f->clock.now();
        u.passwordHash = "$argon2id$x";
        return u;
    }
    void add(const StoredUser &u) { QVERIFY(QCoro::waitFor(f->storage->users().insert(u, {})).isOk()); }
    QList<StoredUser> users() { return QCoro::waitFor(f->storage->users().all()).valueOr({}); }
    //! One value straight from the file, after the storage was closed.
    QByteArrayList column(const QByteArray &sql)
    {
        QByteArrayList values;
        sqlite3 *db = nullptr;
        if (sqlite3_open((f->folder() + u"/atom.db"_s).toUtf8().constData(), &db) == SQLITE_OK) {
            sqlite3_stmt *statement = nullptr;
            sqlite3_prepare_v2(db, sql.constData(), -1, &statement, nullptr);
            while (sqlite3_step(statement) == SQLITE_ROW)
                values.append(QByteArray(reinterpret_cast<const char *>(sqlite3_column_text(statement, 0))));
            sqlite3_finalize(statement);
        }
        sqlite3_close(db);
        return values;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<StorageFixture>();
        QVERIFY(f->open());
    }
    void cleanup() { f.reset(); }

    void accountsKeepEverything()
    {
        StoredUser ann = user("ann");
        ann.profile = {u"title"_s, u"a@b.org"_s, u"Europe/Berlin"_s, u"de"_s, u"she"_s, u"two\nlines"_s};
        ann.status.text = u"busy"_s;
        ann.status.doNotDisturb = true;
        ann.status.expiresAt = f->clock.now() + seconds(60);
        ann.secondFactor.sealedSecret = QByteArray("sealed\0text", 11);
        ann.secondFactor.isConfirmed = true;
        ann.secondFactor.lastStep = 57'000'000;
        ann.secondFactor.recoveryHashes = {QByteArray(32, '\0'), QByteArray(32, 'b')};
        StoredUser ci = user("ci");
        ci.kind = Identity::AccountKind::Service;
        ci.managedBy = UserId("ann");
        ci.passwordHash.clear();
        add(ann);
        add(ci);
        QVERIFY(f->open());
        const QList<StoredUser> read = users();
        QCOMPARE(read.size(), 2);
        QCOMPARE(read.at(0).profile, ann.profile);
        QCOMPARE(read.at(0).status, ann.status);
        QCOMPARE(read.at(0).secondFactor, ann.secondFactor);
        QVERIFY(read.at(1).kind == Identity::AccountKind::Service && read.at(1).managedBy == UserId("ann"));
        QVERIFY(read.at(1).passwordHash.isEmpty() && !read.at(1).erasedAt);
    }

    void tokensComeBack()
    {
        add(user("ann"));
        StoredToken token;
        token.id = "0123456789abcdef";
        token.user = UserId("ann");
        token.name = u"bot"_s;
        token.hash = QByteArray(32, '\0');
        token.actions = {"MessageSend", "RoomRead"};
        token.rooms = {RoomId("a"), RoomId("b")};
        token.createdBy = UserId("ann");
        token.createdAt = f->clock.now();
        QVERIFY(QCoro::waitFor(accounts().insertToken(token, {})).isOk());
        QVERIFY(QCoro::waitFor(accounts().noteTokenUse(token.id, f->clock.now())).isOk());
        QVERIFY(f->open());
        const auto read = QCoro::waitFor(accounts().tokens());
        QVERIFY(read.isOk() && read->size() == 1);
        QCOMPARE(read->first().actions, token.actions);
        QCOMPARE(read->first().rooms, token.rooms);
        QCOMPARE(read->first().hash, token.hash);
        QVERIFY(!read->first().expiresAt && read->first().lastUsedAt == f->clock.now());
        QVERIFY(QCoro::waitFor(accounts().removeToken(token.id, {})).isOk());
        QVERIFY(QCoro::waitFor(accounts().tokens())->isEmpty());
    }

    void anInvitationIsUsedOnlyTogetherWithAnAccount()
    {
        add(user("ann"));
        StoredInvitation invitation;
        invitation.id = "1";
        invitation.hash = QByteArray(32, 'i');
        invitation.createdAt = f->clock.now();
        invitation.expiresAt = f->clock.now() + seconds(60);
        QVERIFY(QCoro::waitFor(accounts().insertInvitation(invitation, {})).isOk());
        QCOMPARE(QCoro::waitFor(accounts().redeemInvitation("1", user("ann"), {})).error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(accounts().invitations())->first().uses, 0);
        QVERIFY(QCoro::waitFor(accounts().redeemInvitation("1", user("bob"), {})).isOk());
        QCOMPARE(QCoro::waitFor(accounts().invitations())->first().uses, 1);
        QCOMPARE(QCoro::waitFor(accounts().redeemInvitation("1", user("cleo"), {})).error().code, Errc::Conflict);
        QCOMPARE(QCoro::waitFor(accounts().redeemInvitation("2", user("cleo"), {})).error().code, Errc::Conflict);
        QCOMPARE(users().size(), 2);
    }

    void aResetIsUsedOnlyTogetherWithTheNewPassword()
    {
        add(user("ann"));
        StoredReset reset;
        reset.user = UserId("ann");
        reset.hash = QByteArray(32, 'r');
        reset.expiresAt = f->clock.now() + seconds(60);
        QVERIFY(QCoro::waitFor(accounts().saveReset(reset, {})).isOk());
        StoredUser changed = user("ann");
        changed.passwordHash = "$argon2id$y";
        QCOMPARE(QCoro::waitFor(accounts().redeemReset(QByteArray(32, 's'), changed, {})).error().code, Errc::Conflict);
        QCOMPARE(users().first().passwordHash, QByteArray("$argon2id$x"));
        QCOMPARE(QCoro::waitFor(accounts().reset(reset.hash))->user, UserId("ann"));
        QVERIFY(QCoro::waitFor(accounts().redeemReset(reset.hash, changed, {})).isOk());
        QVERIFY(QCoro::waitFor(accounts().reset(reset.hash))->user.isEmpty());
        QCOMPARE(users().first().passwordHash, QByteArray("$argon2id$y"));
    }

    void aNewPasswordEndsSessionsInItsTransaction()
    {
        add(user("ann"));
        for (const char *id : {"s1", "s2"}) {
            StoredSession session;
            session.id = SessionId(id);
            session.user = UserId("ann");
            session.expiresAt = f->clock.now() + seconds(60);
            QVERIFY(QCoro::waitFor(f->storage->sessions().save(session)).isOk());
        }
        StoredUser changed = user("ann");
        QVERIFY(QCoro::waitFor(f->storage->users().update(changed, {})).isOk()); // the same password
        QCOMPARE(QCoro::waitFor(f->storage->sessions().active(f->clock.now()))->size(), 2);
        changed.passwordHash = "$argon2id$y";
        Actor own;
        own.user = UserId("ann");
        own.session = SessionId("s2");
        const Audit::Draft audit = Audit::draftFor(own, "user.password_changed", "user", "ann", f->clock.now());
        QVERIFY(QCoro::waitFor(f->storage->users().update(changed, audit)).isOk());
        const auto left = QCoro::waitFor(f->storage->sessions().active(f->clock.now()));
        QCOMPARE(left->size(), 1);
        QCOMPARE(left->first().id, SessionId("s2"));
    }

    void importsAreAllOrNothing()
    {
        add(user("ann"));
        const Audit::Draft audit = Audit::draftFor(internalActor(systemUser()), "user.created", "user", "x", {});
        QCOMPARE(QCoro::waitFor(accounts().insertUsers({user("bob"), user("ann")}, {}, {audit})).error().code,
                 Errc::Conflict);
        QCOMPARE(users().size(), 1);
        QVERIFY(QCoro::waitFor(accounts().insertUsers({user("bob"), user("cleo")}, {}, {audit, audit})).isOk());
        QCOMPARE(users().size(), 3);
        f->storage->closeBlocking();
        QCOMPARE(column("SELECT count(*) FROM audit"), QByteArrayList{"2"});
    }

    void erasureLeavesNothing_data()
    {
        QTest::addColumn<bool>("removes");
        QTest::addColumn<bool>("held"); // the room, by law
        QTest::newRow("messages kept") << false << false;
        QTest::newRow("messages removed") << true << false;
        QTest::newRow("messages removed, room held") << true << true;
    }
    void erasureLeavesNothing()
    {
        QFETCH(bool, removes);
        QFETCH(bool, held);
        StoredUser mia = user("mia");
        mia.profile.email = u"marker-7f3a@example.org"_s;
        add(mia);
        add(user("ann"));
        StoredSession session;
        session.id = SessionId("s1");
        session.user = mia.user.id;
        session.device = u"marker-7f3a"_s;
        session.expiresAt = f->clock.now() + seconds(60);
        QVERIFY(QCoro::waitFor(f->storage->sessions().save(session)).isOk());
        const RoomId room("lobby");
        QVERIFY(
            QCoro::waitFor(f->rooms().create(StorageFixture::group(room, {UserId("ann"), mia.user.id}, f->clock.now())))
                .isOk());
        const auto said = f->append(f->message(room, mia.user.id, u"what mia said"_s, "c1"));
        QVERIFY(said.isOk());
        QVERIFY(f->append(f->message(room, UserId("ann"), u"what ann said"_s)).isOk());
        auto edit = f->event(RoomEventKind::Edit, room, mia.user.id, said->event.message);
        edit.event.text = u"what mia meant"_s;
        QVERIFY(f->append(std::move(edit)).isOk());
        if (held) {
            auto hold = f->event(RoomEventKind::RoomUpdated, room, UserId("ann"), {});
            hold.event.metadata = {{u"changes"_s, QJsonObject{{u"legal_hold"_s, true}}}};
            hold.event.text = u"a lawsuit"_s;
            QVERIFY(f->append(std::move(hold)).isOk());
        }

        Memory::Fact fact;
        fact.id = Memory::FactId("f1");
        fact.user = mia.user.id;
        fact.text = u"what mia wanted to be remembered"_s;
        QVERIFY(QCoro::waitFor(f->storage->facts().add(fact, {})).isOk());
        using Llm::BudgetScope;
        QVERIFY(QCoro::waitFor(f->storage->llmUsage().save(
            {{1, BudgetScope::User, "mia", 1, 2, 3, 4}, {1, BudgetScope::Room, "mia", 1, 2, 3, 4}})));

        StoredErasure erasure;
        erasure.user = mia.user.id;
        erasure.pseudonym = UserId("deleted-0011");
        erasure.removesMessages = removes;
        erasure.at = f->clock.now();
        StoredUser tombstone = user("mia");
        tombstone.user.displayName = u"Deleted user"_s;
        tombstone.user.disabled = true;
        tombstone.passwordHash.clear();
        tombstone.erasedAt = f->clock.now();
        const Audit::Draft audit =
            Audit::draftFor(internalActor(systemUser()), "user.erased", "user", "mia", f->clock.now());
        QVERIFY(QCoro::waitFor(accounts().erase(erasure, tombstone, audit)).isOk());
        QVERIFY(f->open()); // a restart in between: it goes on
        StoredErasure next = QCoro::waitFor(accounts().erasures())->first();
        QVERIFY(!next.isComplete);
        for (int step = 0; step < 10 && !next.isComplete; ++step)
            next = *QCoro::waitFor(accounts().continueErasure(next));
        QVERIFY(next.isComplete);
        QVERIFY(QCoro::waitFor(accounts().erasures())->first().isComplete);

        f->storage->closeBlocking();
        QCOMPARE(column("SELECT sender FROM messages ORDER BY seq"), (QByteArrayList{"deleted-0011", "ann"}));
        const QByteArray mine = column("SELECT body FROM messages WHERE sender = 'deleted-0011'").first();
        QCOMPARE(mine, removes ? QByteArray() : QByteArray("what mia meant"));
        QCOMPARE(column("SELECT count(*) FROM messages WHERE sender = 'mia'"), QByteArrayList{"0"});
        // What a hold keeps is what the message said, before its edit and after, each once.
        QCOMPARE(column("SELECT body FROM held_texts ORDER BY body"),
                 held ? (QByteArrayList{"what mia meant", "what mia said"}) : QByteArrayList());
        QCOMPARE(column("SELECT count(*) FROM room_events WHERE actor = 'mia'"), QByteArrayList{"0"});
        QCOMPARE(column("SELECT count(*) FROM sessions WHERE user_id = 'mia'"), QByteArrayList{"0"});
        QCOMPARE(column("SELECT count(*) FROM facts"), QByteArrayList{"0"});
        QCOMPARE(column("SELECT scope FROM llm_usage"), QByteArrayList{"room"});
        QCOMPARE(column("SELECT display_name FROM users WHERE id = 'mia'"), QByteArrayList{"Deleted user"});
    }

    //! Whoever adds a column that may name a person decides here, and in erasurerows.cpp, what erasure does with it.
    void everyColumnThatNamesAPersonIsDecided()
    {
        const QHash<QByteArray, QByteArray> decided{
            {"users.id", "tombstone"},
            {"users.managed_by", "kept: an id in the records of the server"},
            {"sessions.user_id", "gone"},
            {"application_tokens.user_id", "gone"},
            {"application_tokens.created_by", "kept: an id in the records of the server"},
            {"password_resets.user_id", "gone"},
            {"password_resets.created_by", "kept: an id in the records of the server"},
            {"server_invitations.created_by", "kept: an id in the records of the server"},
            {"erasures.user_id", "kept: the list of erasures"},
            {"conversations.user_id", "gone"},
            {"assistant_feedback.user_id", "gone"},
            {"intents.changed_by", "kept: an id in the records of the server"},
            {"facts.user_id", "gone"},
            {"members.user_id", "leaves the rooms"},
            {"messages.sender", "pseudonym"},
            {"room_events.actor", "pseudonym"},
            {"rooms.created_by", "pseudonym"},
            {"workflow_runs.started_by", "pseudonym"},
            {"alerts.acknowledged_by", "kept: an id in the records of the server"},
            {"message_marks.user_id", "pseudonym"},
            {"mentions.user_id", "gone"},
            {"user_items.user_id", "gone"},
            {"user_item_floors.user_id", "gone"},
            {"permission_overrides.subject", "gone"},
            {"permission_overrides.set_by", "kept: an id in the records of the server"},
            {"custom_roles.changed_by", "kept: an id in the records of the server"},
            {"glass_openings.user_id", "kept: who opened whose room stays on record"},
            {"glass_openings.closed_by", "kept: an id in the records of the server"},
            {"room_restrictions.user_id", "gone"},
            {"room_restrictions.by_user", "kept: an id in the records of the server"},
            {"room_join_requests.user_id", "gone"},
            {"room_invitations.created_by", "kept: an id in the records of the server"},
            {"room_invitations.revoked_by", "kept: an id in the records of the server"},
            {"room_preferences.user_id", "gone"},
            {"room_exports.requested_by", "kept: an id in the records of the server"},
            {"rooms.held_by", "kept: an id in the records of the server"},
            {"held_texts.sender", "kept: a legal hold wins, and the row goes when it ends"},
            {"held_texts.by_user", "kept: a legal hold wins, and the row goes when it ends"},
            {"audit.actor", "kept: the audit log holds the id alone"},
            {"audit_parts.subject", "gone"},
            {"llm_usage.subject", "gone"},
        };
        f->storage->closeBlocking();
        const QByteArrayList found =
            column("SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
                   " WHERE m.type = 'table' AND (c.name IN ('user_id', 'sender', 'actor',"
                   " 'subject', 'user') OR c.name LIKE '%\\_by' ESCAPE '\\')");
        for (const QByteArray &name : found)
            QVERIFY2(decided.contains(name), ("not decided what erasure does with " + name).constData());
        QVERIFY(found.size() > 10);
    }
};

QTEST_GUILESS_MAIN(TestAccountRepository)
#include "tst_accountrepository.moc"
