// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class SearchEndpointTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> api;

    Http::Response get(const QByteArray &query, const QByteArray &user = "ann")
    {
        return api->caller->as(user).get(u"/api/v1/search?"_s + QString::fromLatin1(query));
    }
    static QJsonObject body(const Http::Response &response) { return QJsonDocument::fromJson(response.body).object(); }

private Q_SLOTS:
    void init()
    {
        api = std::make_unique<ApiFixture>();
        api->makeRoom("general");
        for (const char *text : {"salt and pepper", "C++ is a language", "pepper mill"}) {
            Rooms::MessageDraft draft;
            draft.room = RoomId("general");
            draft.text = QString::fromLatin1(text);
            QVERIFY(QCoro::waitFor(api->rooms->postTask(ApiFixture::member("ann"), draft)).isOk());
        }
        QTRY_COMPARE(body(get("q=pepper")).value("items"_L1).toArray().size(), 2);
    }
    void cleanup() { api.reset(); }

    void answersWithEverythingAClientNeeds()
    {
        const Http::Response response = get("q=%22salt+and%22&sort=newest&context=1&timezone=Europe/Paris");
        QCOMPARE(response.status, 200);
        const QJsonObject answer = body(response);
        QCOMPARE(answer.value("total"_L1).toInt(), 1);
        QVERIFY(answer.value("total_is_exact"_L1).toBool());
        const QJsonObject hit = answer.value("items"_L1).toArray().at(0).toObject();
        QCOMPARE(hit.value("message"_L1).toObject().value("message"_L1).toString(), u"salt and pepper"_s);
        QCOMPARE(hit.value("room"_L1).toObject().value("name"_L1).toString(), u"general"_s);
        const QJsonObject place = hit.value("highlights"_L1).toArray().at(0).toObject();
        QCOMPARE(place.value("start"_L1).toInt(), 0);
        QCOMPARE(place.value("length"_L1).toInt(), 8);
        const QJsonArray after = hit.value("context"_L1).toObject().value("after"_L1).toArray();
        QCOMPARE(after.size(), 1);
    }

    void pages()
    {
        const QJsonObject first = body(get("q=pepper&limit=1&sort=oldest"));
        const QByteArray next = QUrl::toPercentEncoding(first.value("next"_L1).toString());
        QVERIFY(!next.isEmpty());
        const QJsonObject second = body(get("q=pepper&limit=1&sort=oldest&cursor=" + next));
        QCOMPARE(second.value("items"_L1).toArray().size(), 1);
        QVERIFY(!second.contains("next"_L1));
        QVERIFY(second.value("items"_L1) != first.value("items"_L1));
        QCOMPARE(get("q=pepper&sort=newest&cursor=" + next).status, 422);
        QCOMPARE(get("q=pepper&cursor=nonsense").status, 422);
    }

    void refusesOnlyWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<int>("status");
        const std::pair<const char *, int> rows[] = {
            {"", 422},
            {"q=", 200},
            {"q=%22", 200},
            {"q=AND+OR+NOT+NEAR(a)+*+^", 200},
            {"q=%00%FF'%3B--", 200},
            {"q=%2B%2B%2B", 200},
            {"q=in:nowhere", 200},
            {"q=from:nobody", 200},
            {"q=has:nothing", 422},
            {"q=before:then", 422},
            {"q=a&sort=best", 422},
            {"q=a&limit=0", 422},
            {"q=a&limit=101", 422},
            {"q=a&context=6", 422},
            {"q=a&timezone=Mars/Crater", 422},
        };
        for (const auto &[query, status] : rows)
            QTest::newRow(query) << QByteArray(query) << status;
    }
    void refusesOnlyWhatIsWrong()
    {
        QFETCH(QByteArray, query);
        QFETCH(int, status);
        QCOMPARE(get(query).status, status);
    }

    void aPrivateRoomDoesNotExistForOthers()
    {
        api->makeRoom("inner", RoomVisibility::Private);
        Rooms::MessageDraft draft;
        draft.room = RoomId("inner");
        draft.text = u"hidden pepper"_s;
        QVERIFY(QCoro::waitFor(api->rooms->postTask(ApiFixture::member("ann"), draft)).isOk());
        QTRY_COMPARE(body(get("q=hidden")).value("total"_L1).toInt(), 1);
        const QJsonObject other = body(get("q=hidden", "ben"));
        QCOMPARE(other.value("total"_L1).toInt(), 0);
        QVERIFY(other.value("notes"_L1).toArray().isEmpty());
        const QJsonObject missing = body(get("q=in:nowhere+x", "ben"));
        const QJsonObject closed = body(get("q=in:inner+x", "ben"));
        QCOMPARE(closed.value("notes"_L1).toArray().at(0).toString().replace(u"inner"_s, u"nowhere"_s),
                 missing.value("notes"_L1).toArray().at(0).toString());
    }
};

QTEST_GUILESS_MAIN(SearchEndpointTest)
#include "tst_searchendpoint.moc"
