// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/llm/modelfixture.h"

using namespace Atom;
using namespace Atom::Llm;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class TestEmbeddings : public QObject
{
    Q_OBJECT

    std::unique_ptr<ModelFixture> f;

    static QJsonObject answer(const QList<QJsonArray> &vectors, int tokens = -1)
    {
        QJsonArray data;
        for (qsizetype i = vectors.size() - 1; i >= 0; --i) // in an order of its own
            data.append(QJsonObject{{u"index"_s, i}, {u"embedding"_s, vectors.at(i)}});
        QJsonObject out{{u"data"_s, data}};
        if (tokens >= 0)
            out.insert(u"usage"_s, QJsonObject{{u"prompt_tokens"_s, tokens}});
        return out;
    }
    Result<Embeddings> embed(const QStringList &texts)
    {
        std::optional<Result<Embeddings>> result;
        f->model->embed(texts, {}, {}).then([&](Result<Embeddings> r) { result = std::move(r); });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 10'000))
            qFatal("the call never ended");
        return *result;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<ModelFixture>();
        f->settings.embeddingBatch = 2;
        f->start();
    }
    void cleanup() { f.reset(); }

    void asksInBatches()
    {
        f->server.addJson(200, answer({{1, 0}, {0.5, -1}}, 4));
        f->server.addJson(200, answer({{3, 4}}, 2));
        const auto result = embed({u"a"_s, u"b"_s, u"c"_s});
        QVERIFY(result.isOk());
        QCOMPARE(result->vectors, (QList<QList<float>>{{1, 0}, {0.5, -1}, {3, 4}}));
        QCOMPARE(result->usage, (TokenUsage{6, 0, false}));
        QCOMPARE(f->server.requests().size(), 2);
        QCOMPARE(f->server.requests().at(0).target, QByteArray("/v1/embeddings"));
        QCOMPARE(f->server.body(0).value(u"model"_s).toString(), u"fake-embedding"_s);
        QCOMPARE(f->server.body(0).value(u"input"_s).toArray(), (QJsonArray{u"a"_s, u"b"_s}));
        QCOMPARE(f->server.body(1).value(u"input"_s).toArray(), (QJsonArray{u"c"_s}));
    }

    void estimatesWhatIsNotSaid()
    {
        f->server.addJson(200, answer({{1.0}}));
        const auto result = embed({u"twelve chars"_s});
        QCOMPARE(result->usage, (TokenUsage{3, 0, true}));
    }

    void refusesBadAnswers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("too few") << R"({"data":[{"index":0,"embedding":[1]}]})"_ba;
        QTest::newRow("too many") << R"({"data":[{"embedding":[1]},{"embedding":[1]},{"embedding":[1]}]})"_ba;
        QTest::newRow("twice") << R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})"_ba;
        QTest::newRow("out of range") << R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]})"_ba;
        QTest::newRow("negative") << R"({"data":[{"index":-1,"embedding":[1]},{"index":1,"embedding":[1]}]})"_ba;
        QTest::newRow("dimensions") << R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]})"_ba;
        QTest::newRow("empty") << R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]})"_ba;
        QTest::newRow("text") << R"({"data":[{"index":0,"embedding":["1"]},{"index":1,"embedding":[1]}]})"_ba;
        QTest::newRow("too large") << R"({"data":[{"index":0,"embedding":[1e300]},{"index":1,"embedding":[1]}]})"_ba;
        QTest::newRow("no data") << R"({"object":"list"})"_ba;
        QTest::newRow("web page") << "<html></html>"_ba;
        QTest::newRow("error") << R"({"error":{"message":"no"}})"_ba;
    }
    void refusesBadAnswers()
    {
        QFETCH(QByteArray, body);
        f->server.add({200, "application/json", {}, {body}, FakeModelServer::End::Whole});
        const auto result = embed({u"a"_s, u"b"_s});
        QVERIFY(!result.isOk());
        QCOMPARE(result.error().code, Errc::UpstreamFailed);
    }

    void checksTheDimensionOfTheSettingsAndOfTheFirstBatch()
    {
        f->server.addJson(200, answer({{1, 0}, {0, 1}}));
        f->server.addJson(200, answer({{1, 2, 3}}));
        QCOMPARE(embed({u"a"_s, u"b"_s, u"c"_s}).error().code, Errc::UpstreamFailed);
        f->settings.embeddingDimensions = 3;
        f->start();
        f->server.addJson(200, answer({{1, 0}}));
        QCOMPARE(embed({u"a"_s}).error().code, Errc::UpstreamFailed);
        f->server.addJson(200, answer({{1, 0, 0}}));
        QVERIFY(embed({u"a"_s}).isOk());
    }

    void refusesBadTexts()
    {
        QCOMPARE(embed({}).error().code, Errc::ValidationFailed);
        QCOMPARE(embed({u"a"_s, u" \n"_s}).error().code, Errc::ValidationFailed);
        QCOMPARE(embed(QStringList(2'049, u"a"_s)).error().code, Errc::ValidationFailed);
        QCOMPARE(embed({QString(300'000, u'a')}).error().code, Errc::PayloadTooLarge);
        QVERIFY(f->server.requests().isEmpty());
    }

    void errorsAreThoseOfTheChat()
    {
        f->server.addError(404, {}, {});
        QCOMPARE(embed({u"a"_s}).error().code, Errc::UpstreamFailed);
        f->server.addError(400, u"context_length_exceeded"_s, {});
        QCOMPARE(embed({u"a"_s}).error().code, Errc::PayloadTooLarge);
    }
};

QTEST_GUILESS_MAIN(TestEmbeddings)
#include "tst_embeddings.moc"
