// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {
struct Fixture : Test::ApiFixture
{
    Fixture()
    {
        must(QCoro::waitFor(audit.load()));
        for (int i = 0; i < 7; ++i) {
            Actor actor;
            actor.user = UserId(i % 2 ? "ann" : "ben");
            actor.address = "192.0.2.1";
            Audit::Draft draft = Audit::draftFor(actor, "user.role_changed", "user", "cat", clock.now());
            draft.after.insert(u"role"_s, i);
            draft.reason = i == 0 ? u"=cmd|' /C calc'!A0, \"quoted\""_s : QString();
            draft.outcome = i == 3 ? Audit::Outcome::Refused : Audit::Outcome::Done;
            must(QCoro::waitFor(audit.record(draft)));
        }
    }
    Http::Response get(const QString &path) { return caller->as("olga", Role::Auditor).get(path); }
    QList<qint64> seqs(const QString &path)
    {
        QList<qint64> found;
        for (const QJsonValue item : Test::jsonOf(get(path)).value(u"items"_s).toArray())
            found.append(item[u"seq"_s].toInteger());
        return found;
    }
};
} // namespace

class AuditEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void listsNewestFirstInPages()
    {
        Fixture f;
        const QJsonObject first = Test::jsonOf(f.get(u"/api/v1/audit?limit=3"_s));
        const QJsonArray items = first.value(u"items"_s).toArray();
        QCOMPARE(items.size(), 3);
        QCOMPARE(items.at(0)[u"action"_s].toString(), u"audit.read"_s); // looking is recorded as well
        QCOMPARE(items.at(0)[u"actor"_s].toString(), u"olga"_s);
        QCOMPARE(items.at(1)[u"seq"_s].toInteger(), 7);
        QCOMPARE(items.at(1)[u"after"_s][u"role"_s].toInt(), 6);
        QCOMPARE(items.at(1)[u"address"_s].toString(), u"192.0.2.1"_s);
        const QString next = first.value(u"next"_s).toString();
        QCOMPARE(f.seqs(u"/api/v1/audit?limit=3&cursor="_s + next), (QList<qint64>{5, 4, 3}));
        // Turning pages was not another look.
        QCOMPARE(f.seqs(u"/api/v1/audit?action=audit.&limit=10"_s).size(), 2);
    }

    void filters()
    {
        Fixture f;
        QCOMPARE(f.seqs(u"/api/v1/audit?actor=ann"_s), (QList<qint64>{6, 4, 2}));
        QCOMPARE(f.seqs(u"/api/v1/audit?action=user.&outcome=refused"_s), (QList<qint64>{4}));
        QCOMPARE(f.seqs(u"/api/v1/audit?object_kind=user&object_id=cat&limit=2"_s), (QList<qint64>{7, 6}));
        QCOMPARE(f.seqs(u"/api/v1/audit?to=2020-01-01T00:00:00Z"_s), QList<qint64>());
        for (const QString &bad : {u"outcome=maybe"_s, u"from=yesterday"_s, u"cursor=nonsense"_s, u"limit=0"_s})
            QCOMPARE(f.get(u"/api/v1/audit?"_s + bad).status, 422);
    }

    void exportsFiles()
    {
        Fixture f;
        const Http::Response lines = f.get(u"/api/v1/audit/export?format=jsonl&action=user."_s);
        QCOMPARE(lines.status, 200);
        QCOMPARE(lines.body.count('\n'), 7);
        for (const QByteArray &line : lines.body.trimmed().split('\n'))
            QVERIFY(QJsonDocument::fromJson(line).isObject());
        const Http::Response csv = f.get(u"/api/v1/audit/export?format=csv&action=user."_s);
        QCOMPARE(csv.contentType, "text/csv; charset=utf-8"_ba);
        QVERIFY(csv.body.startsWith("seq,at,actor,"));
        // What a spreadsheet would run as a formula is text, and quotes are doubled.
        QVERIFY2(csv.body.contains("\"'=cmd|' /C calc'!A0, \"\"quoted\"\"\""), csv.body.constData());
        const Http::Response part = f.get(u"/api/v1/audit/export?format=jsonl&limit=2"_s);
        const auto header = std::find_if(part.headers.begin(), part.headers.end(),
                                         [](const auto &h) { return h.first == "X-Next-Cursor"; });
        QVERIFY(header != part.headers.end());
        QCOMPARE(f.get(u"/api/v1/audit/export?format=pdf"_s).status, 422);
    }

    void verifies()
    {
        Fixture f;
        const Http::Response response =
            f.caller->as("olga", Role::Auditor).post(u"/api/v1/audit/verify"_s, QJsonObject());
        QCOMPARE(response.status, 200);
        const QJsonObject report = Test::jsonOf(response);
        QVERIFY(report.value(u"intact"_s).toBool());
        QCOMPARE(report.value(u"records"_s).toInt(), 7);
        QCOMPARE(report.value(u"public_key"_s).toString().size(), 64);
    }

    void isForOwnersAdminsAndAuditors()
    {
        Fixture f;
        for (const Role role : {Role::Member, Role::Moderator, Role::Operator})
            QCOMPARE(f.caller->as("mia", role).get(u"/api/v1/audit"_s).status, 403);
        for (const Role role : {Role::Owner, Role::Admin, Role::Auditor})
            QCOMPARE(f.caller->as("mia", role).get(u"/api/v1/audit"_s).status, 200);
    }
};

QTEST_GUILESS_MAIN(AuditEndpointsTest)
#include "tst_auditendpoints.moc"
