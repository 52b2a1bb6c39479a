// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Archives of rooms over the real storage: what is in them, that nobody can change them unnoticed, who gets them.
#include "server/exports/exportservice.h"
#include "server/identity/tokens.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

#include <archive.h>
#include <archive_entry.h>

using namespace Atom;
using namespace Atom::Exports;
using namespace Atom::Rooms;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
Actor person(const QByteArray &name, Role role = Role::Member)
{
    Actor actor;
    actor.user = UserId(name);
    actor.role = role;
    return actor;
}

const RoomId lobby("lobby");
const Actor olga = person("olga", Role::Owner);
const Actor ben = person("ben");

using Files = QMap<QString, QByteArray>;

Files unpacked(const QString &path)
{
    Files files;
    archive *const a = archive_read_new();
    archive_read_support_format_zip(a);
    if (archive_read_open_filename(a, path.toUtf8().constData(), 4096) == ARCHIVE_OK) {
        archive_entry *entry = nullptr;
        while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
            QByteArray bytes;
            char buffer[4096];
            for (la_ssize_t n; (n = archive_read_data(a, buffer, sizeof buffer)) > 0;)
                bytes.append(buffer, n);
            files.insert(QString::fromUtf8(archive_entry_pathname(entry)), bytes);
        }
    }
    archive_read_free(a);
    return files;
}

void pack(const QString &path, const QList<std::pair<QString, QByteArray>> &files)
{
    archive *const a = archive_write_new();
    archive_write_set_format_zip(a);
    archive_write_open_filename(a, path.toUtf8().constData());
    for (const auto &[name, bytes] : files) {
        archive_entry *const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.toUtf8().constData());
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, bytes.size());
        archive_write_header(a, entry);
        archive_write_data(a, bytes.constData(), size_t(bytes.size()));
        archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
}

QList<std::pair<QString, QByteArray>> listOf(const Files &files)
{
    QList<std::pair<QString, QByteArray>> list;
    for (auto it = files.cbegin(); it != files.cend(); ++it)
        list.append({it.key(), it.value()});
    return list;
}
} // namespace

class TestExports : public QObject
{
    Q_OBJECT

    StorageFixture *f = nullptr;
    std::unique_ptr<Identity::Permissions> permissions;
    Identity::SigningKeys keys;
    Test::MemoryTraces sink;
    std::unique_ptr<RoomService> rooms;
    std::unique_ptr<ExportService> exports;
    QMap<QByteArray, QByteArray> trusted;

    QString folder() const { return f->directory.path() + u"/exports"_s; }
    void start()
    {
        rooms = std::make_unique<RoomService>(f->rooms(), *permissions, sink, f->clock, f->metrics, RoomLimits{});
        QVERIFY(QCoro::waitFor(rooms->load()));
        ExportService::Settings settings;
        settings.folder = folder();
        settings.server = u"Atom Chat test"_s;
        const Signer sign = [this](const QByteArray &message) {
            return Signature{keys.keyId(), keys.signBytes(message)};
        };
        exports = std::make_unique<ExportService>(settings, f->storage->exports(), *rooms, sign, f->clock, f->metrics);
        QVERIFY(QCoro::waitFor(exports->load()));
    }
    void stop()
    {
        if (exports)
            QCoro::waitFor(exports->close());
        exports.reset();
        if (rooms)
            QCoro::waitFor(rooms->close());
        rooms.reset();
    }
    MessageId post(const QString &text, const Actor &actor = ben)
    {
        MessageDraft draft;
        draft.room = lobby;
        draft.text = text;
        const auto posted = QCoro::waitFor(rooms->postTask(actor, std::move(draft)));
        return posted ? posted->event.message : MessageId();
    }
    //! The job when it is ready.
    ExportJob exported(bool withHeld = false, const Actor &actor = olga)
    {
        const auto asked = QCoro::waitFor(exports->request(actor, lobby, withHeld));
        if (!asked)
            return {};
        const QByteArray id = asked->id;
        const auto state = [&] { return exports->find(actor, lobby, id)->state; };
        (void)QTest::qWaitFor([&] { return state() == ExportState::Ready || state() == ExportState::Failed; }, 30'000);
        return *exports->find(actor, lobby, id);
    }
    QString pathOf(const ExportJob &job) const { return folder() + u'/' + QString::fromLatin1(job.id) + u".zip"_s; }
    QStringList problemsOf(const QString &path) const
    {
        const Result<Verdict> verdict = verifyArchive(path, trusted);
        if (!verdict)
            return {verdict.error().detail};
        // Whatever is wrong is also said.
        return verdict->isIntact && verdict->isSigned && verdict->problems.isEmpty()
                   ? QStringList()
                   : QStringList{u"?"_s} + verdict->problems;
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        f = new StorageFixture;
        QVERIFY(f->open());
        permissions = std::make_unique<Identity::Permissions>(f->clock);
        if (keys.isEmpty())
            keys.add(Identity::SigningKeys::newSeed());
        trusted = *keysOfJwks(keys.jwks());
        start();
        RoomDraft draft;
        draft.id = lobby;
        draft.name = u"Räume & <more>"_s;
        draft.members = {ben.user};
        QVERIFY(QCoro::waitFor(rooms->create(olga, draft)));
    }
    void cleanup()
    {
        stop();
        delete f;
    }

    void everythingIsInIt()
    {
        RoomChange change;
        change.topic = u"<script>alert(1)</script>"_s;
        QVERIFY(QCoro::waitFor(rooms->update(olga, lobby, change)));
        post(u"<img src=x onerror=alert(2)> & \"quotes\"\nsecond line"_s);
        const MessageId edited = post(u"first"_s);
        QVERIFY(QCoro::waitFor(rooms->edit(ben, lobby, edited, u"second"_s)));
        const MessageId gone = post(u"secret words"_s);
        QVERIFY(QCoro::waitFor(rooms->remove(ben, lobby, gone)));
        const ExportJob job = exported();
        QCOMPARE(job.state, ExportState::Ready);
        QCOMPARE(job.fileName, u"atom-chat-raume-more-20260101.zip"_s);
        QCOMPARE(problemsOf(pathOf(job)), QStringList());
        const Files files = unpacked(pathOf(job));
        QCOMPARE(files.keys(), (QStringList{u"index.html"_s, u"manifest.json"_s, u"manifest.sig"_s, u"messages.jsonl"_s,
                                            u"room.json"_s}));
        QCOMPARE(files.value(u"messages.jsonl"_s).count('\n'), job.events);
        QCOMPARE(job.events, rooms->find(lobby)->room.lastSeq);
        for (const QByteArray &line : files.value(u"messages.jsonl"_s).trimmed().split('\n'))
            QVERIFY(QJsonDocument::fromJson(line).isObject());
        const QByteArray html = files.value(u"index.html"_s);
        QVERIFY(!html.contains("<script") && !html.contains("<img"));
        QVERIFY(html.contains("&lt;img src=x onerror=alert(2)&gt;"));
        QVERIFY(html.contains("R\xc3\xa4ume &amp; &lt;more&gt;"));
        QVERIFY(html.contains("second") && html.contains("edited"));
        QVERIFY(html.contains("This message was deleted."));
        for (const QByteArray &bytes : files)
            QVERIFY(!bytes.contains("secret words"));
        const QJsonObject manifest = QJsonDocument::fromJson(files.value(u"manifest.json"_s)).object();
        QCOMPARE(manifest.value(u"files"_s).toObject().size(), 3);
        QCOMPARE(manifest.value(u"events"_s).toInteger(), job.events);
        QCOMPARE(QDir(folder()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(), 1); // no left-overs
    }

    void largeRoomsHaveSeveralPages()
    {
        QList<EventDraft> drafts;
        for (int i = 0; i < 2 * PageWriter::eventsPerPage + 10; ++i)
            drafts.append(f->message(lobby, ben.user, u"message %1"_s.arg(i)));
        bool stored = false;
        f->rooms().appendAll(drafts, [&](const Result<QList<Appended>> &done) { stored = done.isOk(); });
        QTRY_VERIFY_WITH_TIMEOUT(stored, 30'000);
        stop();
        start();
        const ExportJob job = exported();
        QCOMPARE(problemsOf(pathOf(job)), QStringList());
        const Files files = unpacked(pathOf(job));
        QVERIFY(files.contains(u"page-2.html"_s) && files.contains(u"page-3.html"_s));
        QVERIFY(!files.contains(u"page-4.html"_s));
        QVERIFY(files.value(u"index.html"_s).contains("href=\"page-2.html\""));
        QVERIFY(files.value(u"page-3.html"_s).contains("href=\"page-2.html\""));
        QVERIFY(!files.value(u"page-3.html"_s).contains("page-4"));
        QCOMPARE(files.value(u"messages.jsonl"_s).count('\n'), rooms->find(lobby)->room.lastSeq);
        qsizetype shown = 0;
        for (const QByteArray &bytes : files)
            shown += bytes.count("<div class=\"text\">message ");
        QCOMPARE(shown, 2 * PageWriter::eventsPerPage + 10);
    }

    void anyChangeIsFound()
    {
        post(u"hello"_s);
        const ExportJob job = exported();
        const Files files = unpacked(pathOf(job));
        const QString other = f->directory.path() + u"/other.zip"_s;
        pack(other, listOf(files));
        QCOMPARE(problemsOf(other), QStringList()); // packed again it is the same

        Files changed = files;
        changed[u"messages.jsonl"_s].replace("hello", "jello");
        pack(other, listOf(changed));
        QVERIFY(!problemsOf(other).isEmpty());

        changed = files;
        changed.remove(u"index.html"_s);
        pack(other, listOf(changed));
        QVERIFY(!problemsOf(other).isEmpty());

        changed = files;
        changed.insert(u"run-me.exe"_s, "MZ");
        pack(other, listOf(changed));
        QVERIFY(!problemsOf(other).isEmpty());

        auto twice = listOf(files);
        twice.append({u"messages.jsonl"_s, "other\n"});
        pack(other, twice);
        QVERIFY(!problemsOf(other).isEmpty());

        // With a manifest that fits again: then the signature does not.
        changed = files;
        changed[u"messages.jsonl"_s].replace("hello", "jello");
        const QByteArray before =
            QCryptographicHash::hash(files.value(u"messages.jsonl"_s), QCryptographicHash::Sha256);
        const QByteArray after =
            QCryptographicHash::hash(changed.value(u"messages.jsonl"_s), QCryptographicHash::Sha256);
        changed[u"manifest.json"_s].replace(before.toHex(), after.toHex());
        pack(other, listOf(changed));
        const Result<Verdict> verdict = verifyArchive(other, trusted);
        QVERIFY(verdict && verdict->isIntact && !verdict->isSigned);

        // Signed by somebody else.
        Identity::SigningKeys others;
        others.add(Identity::SigningKeys::newSeed());
        QVERIFY(!verifyArchive(pathOf(job), *keysOfJwks(others.jwks()))->isSigned);

        changed = files;
        changed.remove(u"manifest.sig"_s);
        pack(other, listOf(changed));
        QVERIFY(!problemsOf(other).isEmpty());

        // Bytes of the file itself, here and there.
        QFile original(pathOf(job));
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray bytes = original.readAll();
        for (const qsizetype at : {bytes.size() / 3, bytes.size() / 2, bytes.size() * 2 / 3}) {
            QByteArray broken = bytes;
            broken[at] = char(broken[at] ^ 0x10);
            QFile file(other);
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(broken);
            file.close();
            QVERIFY2(!problemsOf(other).isEmpty(), qPrintable(QString::number(at)));
        }
        QVERIFY(!problemsOf(f->directory.path() + u"/missing.zip"_s).isEmpty());
    }

    void whoMayExport()
    {
        const auto ask = [this](const Actor &actor) {
            const auto asked = QCoro::waitFor(exports->request(actor, lobby, false));
            return asked ? Errc::Cancelled : asked.error().code;
        };
        QCOMPARE(ask(ben), Errc::Forbidden);
        QCOMPARE(ask(person("root", Role::Admin)), Errc::Forbidden); // no member
        const ExportJob job = exported();
        QCOMPARE(exports->find(ben, lobby, job.id).error().code, Errc::Forbidden);
        QVERIFY(QCoro::waitFor(exports->open(olga, lobby, job.id)));
        // Another owner does not get it: each asks for themselves. Who is no owner any more gets nothing.
        QVERIFY(QCoro::waitFor(rooms->setMemberRole(olga, lobby, ben.user, MemberRole::Owner)));
        QCOMPARE(QCoro::waitFor(exports->open(ben, lobby, job.id)).error().code, Errc::NotFound);
        QVERIFY(QCoro::waitFor(rooms->setMemberRole(ben, lobby, olga.user, MemberRole::Member)));
        QCOMPARE(QCoro::waitFor(exports->open(olga, lobby, job.id)).error().code, Errc::Forbidden);
    }

    void heldTextsAreForThoseWhoMayHold()
    {
        const MessageId gone = post(u"kept words"_s);
        QVERIFY(QCoro::waitFor(rooms->setLegalHold(olga, lobby, true, u"Case 17"_s)));
        QVERIFY(QCoro::waitFor(rooms->remove(ben, lobby, gone)));
        QVERIFY(!unpacked(pathOf(exported())).contains(u"held.jsonl"_s));
        const ExportJob job = exported(true);
        QCOMPARE(problemsOf(pathOf(job)), QStringList());
        QVERIFY(unpacked(pathOf(job)).value(u"held.jsonl"_s).contains("kept words"));
        QVERIFY(QCoro::waitFor(rooms->setMemberRole(olga, lobby, ben.user, MemberRole::Owner)));
        QCOMPARE(QCoro::waitFor(exports->request(ben, lobby, true)).error().code, Errc::Forbidden);
    }

    void archivesExpireAndLeftOversGo()
    {
        const ExportJob job = exported();
        QVERIFY(QFile::exists(pathOf(job)));
        const ExportJob second = exported();
        QVERIFY(QCoro::waitFor(exports->remove(olga, lobby, second.id)));
        QVERIFY(!QFile::exists(pathOf(second)));
        QCOMPARE(QCoro::waitFor(exports->open(olga, lobby, second.id)).error().code, Errc::Conflict);
        stop();
        QFile stray(folder() + u"/stray.zip"_s);
        QVERIFY(stray.open(QIODevice::WriteOnly));
        stray.close();
        QVERIFY(QDir(folder()).mkpath(u"half"_s));
        start();
        QVERIFY(!stray.exists());
        QVERIFY(!QDir(folder() + u"/half"_s).exists());
        QCOMPARE(exports->find(olga, lobby, job.id)->sha256, job.sha256); // known after a restart
        f->clock.advance(24h + 10min);
        QTRY_VERIFY(!QFile::exists(pathOf(job)));
        QTRY_COMPARE(exports->find(olga, lobby, job.id)->state, ExportState::Expired);
    }

    void anInterruptedExportBeginsAnew()
    {
        ExportJob job;
        job.id = "0195-interrupted";
        job.room = lobby;
        job.requestedBy = olga.user;
        job.state = ExportState::Running;
        job.createdAt = f->clock.now();
        QVERIFY(QCoro::waitFor(f->storage->exports().store(job, {})));
        stop();
        start();
        QTRY_COMPARE_WITH_TIMEOUT(exports->find(olga, lobby, job.id)->state, ExportState::Ready, 30'000);
    }

    void onlySomeAtATime()
    {
        for (int i = 0; i < 3; ++i)
            QVERIFY(QCoro::waitFor(exports->request(olga, lobby, false)));
        const auto refused = QCoro::waitFor(exports->request(olga, lobby, false));
        if (!refused) { // unless the first was that fast
            QCOMPARE(refused.error().code, Errc::RateLimited);
            QVERIFY(refused.error().retryAfter);
        }
        QTRY_COMPARE_WITH_TIMEOUT(exports->list(olga, lobby)->last().state, ExportState::Ready, 30'000);
    }

    void namesAreSafe_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("plain") << u"Lobby"_s << u"atom-chat-lobby-20260101.zip"_s;
        QTest::newRow("path") << u"../../etc/passwd"_s << u"atom-chat-etc-passwd-20260101.zip"_s;
        QTest::newRow("device") << u"CON"_s << u"atom-chat-con-20260101.zip"_s;
        QTest::newRow("header") << u"a\"; x=\"b"_s << u"atom-chat-a-x-b-20260101.zip"_s;
        QTest::newRow("foreign") << u"会議室"_s << u"atom-chat-lobby-20260101.zip"_s; // called by its id
        QTest::newRow("long") << QString(300, u'a') << u"atom-chat-"_s + QString(40, u'a') + u"-20260101.zip"_s;
    }
    void namesAreSafe()
    {
        QFETCH(const QString, name);
        QFETCH(const QString, file);
        Room room;
        room.id = lobby;
        room.name = name;
        QCOMPARE(archiveName(room, f->clock.now()), file);
    }
};

QTEST_GUILESS_MAIN(TestExports)
#include "tst_exports.moc"
