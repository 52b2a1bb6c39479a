// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The chat of a model over real HTTP: every way in which a service can answer, and fail to.
#include "tests/unit/server/llm/modelfixture.h"

using namespace Atom;
using namespace Atom::Llm;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using End = FakeModelServer::End;

class TestOpenAiModel : public QObject
{
    Q_OBJECT

    std::unique_ptr<ModelFixture> f;

    static void compareFault(const ChatOutcome &outcome, ModelFault fault, Errc code)
    {
        QVERIFY(outcome.error);
        QCOMPARE(modelFaultName(outcome.fault), modelFaultName(fault));
        QCOMPARE(outcome.error->code, code);
        QVERIFY(!outcome.error->detail.isEmpty());
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<ModelFixture>();
        f->start();
    }
    void cleanup() { f.reset(); }

    void streamsAnAnswer()
    {
        f->server.addStream(FakeModelServer::greeting());
        ChatRequest request = ModelFixture::request();
        request.temperature = 0.25;
        const auto asked = f->askAndWait(request);
        QVERIFY(asked->outcome->isOk());
        QCOMPARE(asked->deltas, QStringList({u"Hello"_s, u", world"_s}));
        const ChatAnswer &answer = asked->outcome->answer;
        QCOMPARE(answer.text, u"Hello, world"_s);
        QCOMPARE(answer.finish, FinishReason::Stop);
        QCOMPARE(answer.usage, (TokenUsage{12, 3, false}));
        QCOMPARE(answer.model, u"fake-1"_s);
        QCOMPARE(asked->outcome->attempts, 1);
        QCOMPARE(f->server.requests().size(), 1);
        const auto &sent = f->server.requests().constFirst();
        QCOMPARE(sent.method, QByteArray("POST"));
        QCOMPARE(sent.target, QByteArray("/v1/chat/completions"));
        QCOMPARE(sent.headers.value("authorization"), QByteArray("Bearer sk-secret-key-0123456789"));
        const QJsonObject body = f->server.body(0);
        QCOMPARE(body.value(u"model"_s).toString(), u"fake"_s);
        QCOMPARE(body.value(u"temperature"_s).toDouble(), 0.25);
        QCOMPARE(body.value(u"max_tokens"_s).toInt(), f->settings.maxTokens);
        QCOMPARE(body.value(u"stream"_s).toBool(), true);
        QVERIFY(body.value(u"stream_options"_s).toObject().value(u"include_usage"_s).toBool());
        QCOMPARE(body.value(u"messages"_s).toArray().at(1).toObject().value(u"content"_s).toString(), u"Hi"_s);
        QVERIFY(!body.contains(u"tools"_s));
        QCOMPARE(f->clock.pending(), 0);
        QCOMPARE(f->model->running(), 0);
    }

    void deliversEachPieceAtOnce()
    {
        const auto asked = f->ask(ModelFixture::request());
        QTRY_COMPARE(f->server.requests().size(), 1);
        f->server.startChunked();
        const QByteArray first = FakeModelServer::text(u"Grüße "_s);
        f->server.sendChunk(first.first(20)); // in the middle of a line
        f->server.sendChunk(first.sliced(20));
        QTRY_COMPARE(asked->text(), u"Grüße "_s);
        f->clock.advance(f->settings.timeouts.idle - milliseconds(1)); // slow, but not too slow
        f->server.sendChunk(": still thinking\n\n");
        QCoreApplication::processEvents();
        QVERIFY(!asked->outcome);
        f->server.sendChunk(FakeModelServer::text(u"dir"_s) + FakeModelServer::finish(u"stop"_s) +
                            FakeModelServer::done());
        QTRY_VERIFY(asked->outcome);
        QCOMPARE(asked->outcome->answer.text, u"Grüße dir"_s);
        QVERIFY(asked->outcome->answer.usage.estimated);
        QVERIFY(asked->outcome->answer.usage.input > 0 && asked->outcome->answer.usage.output > 0);
    }

    void halvesOfACharacterAreJoined()
    {
        f->server.addStream({"data: {\"choices\":[{\"delta\":{\"content\":\"a\\ud83d\"}}]}\n\n",
                             "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00b\"}}]}\n\n",
                             FakeModelServer::finish(u"stop"_s), FakeModelServer::done()});
        const auto asked = f->askAndWait();
        QCOMPARE(asked->deltas, QStringList({u"a"_s, u"\U0001F600b"_s}));
        QCOMPARE(asked->outcome->answer.text, u"a\U0001F600b"_s);
    }

    void assemblesToolCalls()
    {
        f->server.addStream(
            {FakeModelServer::tool(0, u"c1"_s, u"find"_s, u"{\"wo"_s), FakeModelServer::tool(1, u"c2"_s, u"now"_s, {}),
             FakeModelServer::tool(0, {}, {}, u"rd\":\"x\"}"_s), FakeModelServer::finish(u"tool_calls"_s),
             FakeModelServer::usage(5, 9), FakeModelServer::done()});
        ChatRequest request = ModelFixture::request();
        request.tools = {{u"find"_s, u"Finds a word."_s, {{u"type"_s, u"object"_s}}}, {u"now"_s, {}, {}}};
        const auto asked = f->askAndWait(request);
        QVERIFY(asked->outcome->isOk());
        const ChatAnswer answer = asked->outcome->answer;
        QCOMPARE(answer.finish, FinishReason::ToolCalls);
        QCOMPARE(answer.toolCalls.size(), 2);
        QCOMPARE(answer.toolCalls.at(0), (ToolCall{u"c1"_s, u"find"_s, {{u"word"_s, u"x"_s}}}));
        QCOMPARE(answer.toolCalls.at(1), (ToolCall{u"c2"_s, u"now"_s, {}}));
        QCOMPARE(f->server.body(0).value(u"tools"_s).toArray().size(), 2);

        // The results go back with the ids of the calls.
        f->server.addStream(FakeModelServer::greeting());
        ChatMessage said;
        said.role = ChatRole::Assistant;
        said.toolCalls = answer.toolCalls;
        request.messages += {said, ChatMessage::result(u"c1"_s, u"found"_s), ChatMessage::result(u"c2"_s, u"noon"_s)};
        QVERIFY(f->askAndWait(request)->outcome->isOk());
        const QJsonArray messages = f->server.body(1).value(u"messages"_s).toArray();
        QCOMPARE(messages.at(3).toObject().value(u"tool_call_id"_s).toString(), u"c1"_s);
        const QJsonObject call = messages.at(2).toObject().value(u"tool_calls"_s).toArray().at(0).toObject();
        QCOMPARE(call.value(u"function"_s).toObject().value(u"arguments"_s).toString(), u"{\"word\":\"x\"}"_s);
    }

    void badToolCallsAreErrors_data()
    {
        QTest::addColumn<QByteArray>("piece");
        QTest::newRow("arguments are no JSON") << FakeModelServer::tool(0, u"c"_s, u"find"_s, u"{\"a\":"_s);
        QTest::newRow("arguments are no object") << FakeModelServer::tool(0, u"c"_s, u"find"_s, u"[1]"_s);
        QTest::newRow("no name") << FakeModelServer::tool(0, u"c"_s, {}, u"{}"_s);
        QTest::newRow("index") << FakeModelServer::tool(1'000'000, u"c"_s, u"find"_s, u"{}"_s);
        QTest::newRow("negative index") << FakeModelServer::tool(-1, u"c"_s, u"find"_s, u"{}"_s);
        QTest::newRow("long name") << FakeModelServer::tool(0, u"c"_s, QString(1'000, u'n'), u"{}"_s);
        QTest::newRow("large arguments") << FakeModelServer::tool(0, u"c"_s, u"find"_s, QString(300'000, u'x'));
    }
    void badToolCallsAreErrors()
    {
        QFETCH(QByteArray, piece);
        f->server.addStream({piece, FakeModelServer::finish(u"tool_calls"_s), FakeModelServer::done()});
        const auto asked = f->askAndWait();
        compareFault(*asked->outcome, ModelFault::Malformed, Errc::UpstreamFailed);
        QVERIFY(asked->outcome->answer.toolCalls.isEmpty());
    }

    void wholeAnswersAreTaken_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("json") << "application/json"_ba;
        QTest::newRow("wrong type") << "text/event-stream"_ba;
    }
    void wholeAnswersAreTaken()
    {
        QFETCH(QByteArray, type);
        f->server.add({200,
                       type,
                       {},
                       {" {\"choices\":[{\"index\":0,\"message\":{\"content\":\"All",
                        " at once\"},\"finish_reason\":\"length\"}],"
                        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}"},
                       End::Whole});
        const auto asked = f->askAndWait();
        QVERIFY(asked->outcome->isOk());
        QCOMPARE(asked->text(), u"All at once"_s);
        QCOMPARE(asked->outcome->answer.finish, FinishReason::Length);
        QCOMPARE(asked->outcome->answer.usage, (TokenUsage{1, 2, false}));
    }

    void streamsOfAnotherTypeAreTaken()
    {
        f->server.add({200, "text/plain", {}, FakeModelServer::greeting(), End::Whole});
        QCOMPARE(f->askAndWait()->outcome->answer.text, u"Hello, world"_s);
    }

    void cutOffStreams()
    {
        for (const End end : {End::Whole, End::Cut}) {
            f->server.addStream({FakeModelServer::text(u"Half an ans"_s)}, end);
            const auto asked = f->askAndWait();
            compareFault(*asked->outcome, ModelFault::CutOff, Errc::UpstreamFailed);
            QCOMPARE(asked->outcome->answer.text, u"Half an ans"_s);
            QVERIFY(asked->outcome->answer.usage.estimated);
            QCOMPARE(asked->outcome->attempts, 1); // somebody has read it: no second beginning
        }
    }

    void anEndIsEnough_data()
    {
        QTest::addColumn<QByteArrayList>("pieces");
        QTest::newRow("finish_reason") << QByteArrayList{FakeModelServer::text(u"ok"_s),
                                                         FakeModelServer::finish(u"stop"_s)};
        QTest::newRow("[DONE]") << QByteArrayList{FakeModelServer::text(u"ok"_s), FakeModelServer::done()};
    }
    void anEndIsEnough()
    {
        QFETCH(QByteArrayList, pieces);
        f->server.addStream(pieces, End::Cut);
        const auto asked = f->askAndWait();
        QVERIFY(asked->outcome->isOk());
        QCOMPARE(asked->outcome->answer.text, u"ok"_s);
    }

    void aStreamThatStops()
    {
        f->server.addStream({FakeModelServer::text(u"and then"_s)}, End::Hold);
        const auto asked = f->ask(ModelFixture::request());
        QTRY_COMPARE(asked->text(), u"and then"_s);
        f->clock.advance(f->settings.timeouts.idle);
        QVERIFY(asked->outcome);
        compareFault(*asked->outcome, ModelFault::Timeout, Errc::DeadlineExceeded);
        QCOMPARE(asked->outcome->answer.text, u"and then"_s);
        QTRY_COMPARE(f->server.closedByClient(), 1);
    }

    void anEndlessStreamIsBounded()
    {
        f->settings.answerBytes = 1 << 20;
        f->start();
        f->server.addStream({FakeModelServer::text(u"for ever and "_s)}, End::Repeat);
        const auto asked = f->askAndWait();
        compareFault(*asked->outcome, ModelFault::Malformed, Errc::UpstreamFailed);
        QVERIFY(asked->outcome->answer.text.size() < (1 << 20));
        QTRY_COMPARE(f->server.closedByClient(), 1);
    }

    void aHugeLineIsRefused()
    {
        f->server.add({200, "text/event-stream", {}, {"data: ", QByteArray(2 << 20, 'x')}, End::Hold});
        compareFault(*f->askAndWait()->outcome, ModelFault::Malformed, Errc::UpstreamFailed);
        QTRY_COMPARE(f->server.closedByClient(), 1);
    }

    void nonsenseIsAnError_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("broken JSON") << "text/event-stream"_ba
                                     << "data: {\"choices\":[\n\n"_ba;
        QTest::newRow("no object") << "text/event-stream"_ba
                                   << "data: 7\n\n"_ba;
        QTest::newRow("no choices") << "text/event-stream"_ba
                                    << "data: {\"id\":1}\n\n"_ba;
        QTest::newRow("deep") << "text/event-stream"_ba
                              << "data: {\"choices\":" + QByteArray(5'000, '[') + "\n\n";
        QTest::newRow("web page") << "text/html; charset=utf-8"_ba
                                  << "<html>Welcome</html>"_ba;
        QTest::newRow("web page, wrong type") << "application/json"_ba
                                              << "<!DOCTYPE html>"_ba;
        QTest::newRow("wrong type") << "application/octet-stream"_ba
                                    << "\x01\x02\x03"_ba;
        QTest::newRow("broken object") << "application/json"_ba
                                       << "{\"choices\":"_ba;
        QTest::newRow("nothing") << "application/json"_ba
                                 << " "_ba;
    }
    void nonsenseIsAnError()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        f->server.add({200, type, {}, {body}, End::Whole});
        const auto asked = f->askAndWait();
        compareFault(*asked->outcome, ModelFault::Malformed, Errc::UpstreamFailed);
        QVERIFY(asked->deltas.isEmpty());
    }

    void statusesHaveMeanings_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("message");
        QTest::addColumn<ModelFault>("fault");
        QTest::addColumn<Errc>("errc");
        const auto row = [](const char *name, int status, const QString &code, const QString &message, ModelFault fault,
                            Errc errc) { QTest::newRow(name) << status << code << message << fault << errc; };
        row("401", 401, u"invalid_api_key"_s, u"Incorrect API key"_s, ModelFault::KeyRefused, Errc::UpstreamFailed);
        row("403", 403, {}, {}, ModelFault::KeyRefused, Errc::UpstreamFailed);
        row("402", 402, {}, {}, ModelFault::QuotaUsedUp, Errc::UpstreamFailed);
        row("404", 404, u"model_not_found"_s, u"No such model"_s, ModelFault::ModelUnknown, Errc::UpstreamFailed);
        row("400", 400, {}, u"temperature is odd"_s, ModelFault::Refused, Errc::UpstreamFailed);
        row("302", 302, {}, {}, ModelFault::Refused, Errc::UpstreamFailed);
        row("500", 500, {}, u"oops"_s, ModelFault::ServerFailed, Errc::UpstreamFailed);
        row("413", 413, {}, {}, ModelFault::TooLong, Errc::PayloadTooLarge);
        row("too long", 400, u"context_length_exceeded"_s, u"x"_s, ModelFault::TooLong, Errc::PayloadTooLarge);
        row("too long, in words", 400, {}, u"This model's maximum context length is 4096 tokens."_s,
            ModelFault::TooLong, Errc::PayloadTooLarge);
        row("filter", 400, u"content_filter"_s, u"x"_s, ModelFault::Filtered, Errc::Forbidden);
        row("quota", 429, u"insufficient_quota"_s, u"x"_s, ModelFault::QuotaUsedUp, Errc::UpstreamFailed);
    }
    void statusesHaveMeanings()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(QString, message);
        QFETCH(ModelFault, fault);
        QFETCH(Errc, errc);
        f->server.addError(status, code, message);
        const auto asked = f->askAndWait();
        compareFault(*asked->outcome, fault, errc);
        QCOMPARE(asked->outcome->attempts, 1);
        QCOMPARE(asked->outcome->answer.usage, TokenUsage());
        QVERIFY(message.size() < 5 || !asked->outcome->error->detail.contains(message));
    }

    void filtersAndErrorsWithinAStream()
    {
        f->server.addStream({FakeModelServer::text(u"I "_s), FakeModelServer::finish(u"content_filter"_s)});
        auto asked = f->askAndWait();
        compareFault(*asked->outcome, ModelFault::Filtered, Errc::Forbidden);
        QCOMPARE(asked->outcome->answer.text, u"I "_s);
        f->server.addStream({FakeModelServer::text(u"I "_s), "data: {\"error\":{\"message\":\"engine died\"}}\n\n"});
        asked = f->askAndWait();
        compareFault(*asked->outcome, ModelFault::ServerFailed, Errc::UpstreamFailed);
        QCOMPARE(asked->outcome->error->cause, u"engine died"_s);
    }

    void badRequestsAreNotSent()
    {
        ChatRequest request;
        compareFault(*f->askAndWait(request)->outcome, ModelFault::BadRequest, Errc::ValidationFailed);
        request.messages = {ChatMessage::result(u"c9"_s, u"x"_s)};
        compareFault(*f->askAndWait(request)->outcome, ModelFault::BadRequest, Errc::ValidationFailed);
        request = ModelFixture::request();
        request.tools = {{u"a b"_s, {}, {}}};
        compareFault(*f->askAndWait(request)->outcome, ModelFault::BadRequest, Errc::ValidationFailed);
        request = ModelFixture::request();
        request.temperature = std::nan("");
        compareFault(*f->askAndWait(request)->outcome, ModelFault::BadRequest, Errc::ValidationFailed);
        request = ModelFixture::request(QString(5 << 20, u'x'));
        compareFault(*f->askAndWait(request)->outcome, ModelFault::TooLong, Errc::PayloadTooLarge);
        QVERIFY(f->server.requests().isEmpty());
    }

    void cancellingClosesTheConnection()
    {
        f->server.addStream({FakeModelServer::text(u"one"_s)}, End::Hold);
        CancellationSource source;
        const auto asked = f->ask(ModelFixture::request(), source.token());
        QTRY_COMPARE(asked->text(), u"one"_s);
        source.cancel();
        QVERIFY(asked->outcome);
        compareFault(*asked->outcome, ModelFault::Cancelled, Errc::Cancelled);
        QCOMPARE(asked->outcome->answer.text, u"one"_s);
        QTRY_COMPARE(f->server.closedByClient(), 1);
        QCOMPARE(f->clock.pending(), 0);
    }

    void theReceiverMayDestroyTheModel()
    {
        f->server.addStream(FakeModelServer::greeting());
        bool ended = false;
        f->model->chat(ModelFixture::request(), [this](const QString &) { f->model.reset(); }, {}, {})
            .then([&](ChatOutcome outcome) { ended = !outcome.isOk() && outcome.fault == ModelFault::Cancelled; });
        QTRY_VERIFY(ended);
        QCOMPARE(f->clock.pending(), 0);
    }

    //! A connection that the service closed before it was used again is a reason to repeat, too.
    ChatOutcome askWithRepeats()
    {
        const auto asked = f->ask(ModelFixture::request());
        while (!asked->outcome) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
            f->clock.advance(seconds(1));
        }
        return *asked->outcome;
    }
    void theKeyIsInNoErrorAndNoLine()
    {
        static QStringList lines;
        lines.clear();
        const auto previous = qInstallMessageHandler(
            [](QtMsgType type, const QMessageLogContext &, const QString &line) {
                lines.append(line);
                if (type == QtFatalMsg)
                    fprintf(stderr, "%s\n", qPrintable(line));
            });
        const QString key = QString::fromLatin1(f->settings.apiKey);
        QList<ChatOutcome> outcomes;
        for (const int status : {400, 401, 403, 404, 429, 500, 503}) {
            for (int i = 0; i < 3; ++i) // as often as it is tried
                f->server.addError(status, key, u"you sent Bearer %1, %2"_s.arg(key, key.toUpper()));
            outcomes.append(askWithRepeats());
            f->server.clearScripts();
            f->start();
        }
        f->server.addStream({"data: {\"error\":{\"message\":\"bad key " + f->settings.apiKey + "\"}}\n\n"});
        outcomes.append(askWithRepeats());
        f->server.add({500, "text/plain", {}, {QByteArray(290, ' ') + f->settings.apiKey}, End::Whole});
        outcomes.append(askWithRepeats());
        qInstallMessageHandler(previous);
        QCOMPARE(outcomes.size(), 9);
        for (const ChatOutcome &outcome : outcomes) {
            QVERIFY(outcome.error);
            const QString all = outcome.error->detail + outcome.error->cause;
            QVERIFY2(!all.contains(key, Qt::CaseInsensitive), qPrintable(all));
            QVERIFY2(!all.contains(key.left(12), Qt::CaseInsensitive), qPrintable(all));
        }
        QVERIFY(!lines.isEmpty()); // the retries were logged
        for (const QString &line : std::as_const(lines))
            QVERIFY2(!line.contains(key, Qt::CaseInsensitive), qPrintable(line));
        QVERIFY(!f->metrics.renderPrometheus().contains(f->settings.apiKey));
    }
};

QTEST_GUILESS_MAIN(TestOpenAiModel)
#include "tst_openaimodel.moc"
