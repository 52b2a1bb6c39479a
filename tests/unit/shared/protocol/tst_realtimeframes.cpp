// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/realtimeframes.h"

#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Protocol;
using namespace Qt::StringLiterals;

namespace {
QJsonObject object(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonObject o = QJsonDocument::fromJson(text, &error).object();
    if (error.error != QJsonParseError::NoError)
        qWarning("not JSON: %s: %s", text.constData(), qPrintable(error.errorString()));
    return o;
}

// moc does not know raw strings and counts their braces: the unbalanced ones are written with escapes.
QByteArray nested(int lists, const QByteArray &inside = {})
{
    return "{\"type\":\"ping\",\"a\":" + QByteArray(lists, '[') + inside + QByteArray(lists, ']') + '}';
}

RoomEvent sampleEvent(RoomEventKind kind)
{
    RoomEvent e;
    e.room = RoomId("lobby"_ba);
    e.seq = 42;
    e.kind = kind;
    e.actor = UserId("ada"_ba);
    e.at = fromMillis(1767225600123);
    if (kind == RoomEventKind::MemberJoined || kind == RoomEventKind::MemberLeft)
        return e;
    if (kind == RoomEventKind::Receipt) {
        e.readUpTo = 41;
        return e;
    }
    e.message = MessageId("01890000-0000-7000-8000-000000000001"_ba);
    if (kind < RoomEventKind::Pinned)
        e.text = u"Hällo \"wörld\" \\ \n\t\u0001 \U0001F600"_s;
    if (kind == RoomEventKind::Message) {
        e.messageType = u"text"_s;
        e.replyTo = MessageId("m-0"_ba);
        e.clientId = "c\"1"_ba;
        e.metadata = QJsonObject{{u"a"_s, QJsonArray{1, 2.5, true, QJsonValue()}}, {u"ü"_s, u"\""_s}};
        e.trace = TraceId(QByteArray(32, 'a'));
        e.edited = true;
        e.mustAcknowledge = true;
        e.threadRoot = MessageId("m-00"_ba);
        e.mentions = {"ben"_ba, "@room"_ba};
        e.marks.reactions = {{u"\U0001F44D"_s, {UserId("ada"_ba), UserId("ben"_ba)}}, {u":a\"b:"_s, {UserId("ada"_ba)}}};
        e.marks.acknowledgedBy = {UserId("ben"_ba)};
        e.marks.pinnedBy = UserId("ada"_ba);
        e.marks.replies = 3;
        e.marks.lastReplySeq = 50;
    }
    return e;
}
} // namespace

class TestRealtimeFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void readsChatMessage()
    {
        ClientFrameParser parser;
        const auto f = parser.parse(
            R"({"type":"chat_message","ref":"r1","room_id":"lobby","message":"H\u00e4\ud83d\ude00",)"
            R"("client_id":"c-1","message_type":"text","reply_to":"m1","metadata":{"a":[1,{"b":null}]},"unknown":[1]})");
        QVERIFY(f.isOk());
        QCOMPARE(f->type, ClientFrameType::ChatMessage);
        QCOMPARE(f->ref, "r1"_ba);
        QCOMPARE(f->room, RoomId("lobby"_ba));
        QCOMPARE(f->message, u"Hä\U0001F600"_s);
        QCOMPARE(f->clientId, "c-1"_ba);
        QCOMPARE(f->messageType, u"text"_s);
        QCOMPARE(f->messageId, MessageId("m1"_ba));
        QCOMPARE(f->metadata, object(R"({"a":[1,{"b":null}]})"));
    }

    void readsEveryType_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("type");
        const auto row = [](const char *text, ClientFrameType type) {
            QTest::newRow(text) << QByteArray(text) << int(type);
        };
        row(R"({"type":"ping"})", ClientFrameType::Ping);
        row(R"({"type":"hello","token":null,"protocol":1})", ClientFrameType::Hello);
        row(R"({"type":"join_room","room_id":"a"})", ClientFrameType::JoinRoom);
        row(R"({"type":"leave_room","room_id":"a"})", ClientFrameType::LeaveRoom);
        row(R"({"type":"chat_message","room_id":"a","message":"","metadata":null})", ClientFrameType::ChatMessage);
        row(R"({"type":"typing_indicator","room_id":"a","is_typing":true})", ClientFrameType::TypingIndicator);
        row(R"({"type":"presence","status":"away"})", ClientFrameType::Presence);
        row(R"({"type":"read_receipt","room_id":"a","up_to":3})", ClientFrameType::ReadReceipt);
        row(R"({"type":"edit_message","room_id":"a","id":"m","message":"x"})", ClientFrameType::EditMessage);
        row(R"({"type":"delete_message","room_id":"a","id":"m"})", ClientFrameType::DeleteMessage);
        row(R"({"type":"history","room_id":"a","after":7,"limit":200})", ClientFrameType::History);
        row(R"({"type":"subscribe","topic":"metrics"})", ClientFrameType::Subscribe);
        row(R"({"type":"unsubscribe","topic":"metrics"})", ClientFrameType::Unsubscribe);
    }
    void readsEveryType()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, type);
        ClientFrameParser parser;
        const auto f = parser.parse(text);
        QVERIFY2(f.isOk(), f.isOk() ? "" : qPrintable(f.error().detail));
        QCOMPARE(int(f->type), type);
    }

    void readsResumeAndHistory()
    {
        ClientFrameParser parser;
        const auto hello = parser.parse(R"({"type":"hello","resume":{"a":0,"b":9007199254740993},"device":"phone"})");
        QVERIFY(hello.isOk());
        QCOMPARE(hello->resume.value(RoomId("a"_ba), -1), 0);
        QCOMPARE(hello->resume.value(RoomId("b"_ba)), 9007199254740993);
        QCOMPARE(hello->device, "phone"_ba);
        const auto fromStart = parser.parse(R"({"type":"history","room_id":"a","after":0,"limit":20})");
        QVERIFY(fromStart.isOk());
        QCOMPARE(fromStart->before, 21);
        QCOMPARE(fromStart->after, 0);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("pointer");
        const auto bad = [](const char *name, QByteArray text) {
            QTest::newRow(name) << text << int(Errc::MalformedRequest) << QString();
        };
        const auto invalid = [](const char *name, QByteArray text, const QString &pointer) {
            QTest::newRow(name) << text << int(Errc::ValidationFailed) << pointer;
        };
        bad("empty", "");
        bad("words", "hello");
        bad("array", "[1,2]");
        bad("number", "42");
        bad("truncated", "{\"type\":\"pi");
        bad("trailing", R"({"type":"ping"}x)");
        bad("comma", R"({"type":"ping",})");
        bad("NaN", R"({"type":"ping","a":NaN})");
        bad("huge number", R"({"type":"ping","a":1e999999})");
        bad("high surrogate", R"({"type":"ping","a":"\ud800"})");
        bad("low surrogate", R"({"type":"ping","a":"\udc00"})");
        bad("low surrogate in a key", R"({"type":"ping","\udfff":1})");
        bad("high surrogate, then a letter", R"({"type":"ping","a":"\ud800\u0041"})");
        bad("bad UTF-8", "{\"type\":\"ping\",\"a\":\"\xff\"}");
        bad("twice", R"({"type":"ping","type":"no"})");
        bad("null, then a value", R"({"type":"ping","ref":null,"ref":"a"})");
        bad("twice in resume", R"({"type":"hello","resume":{"a":1,"a":2}})");
        bad("twice in metadata", R"({"type":"chat_message","room_id":"a","message":"x","metadata":{"k":1,"k":2}})");
        bad("33 levels", nested(32, "1"));
        bad("100,000 levels", QByteArray(100000, '['));
        invalid("no type", "{}", u"/type"_s);
        invalid("type a number", R"({"type":1})", u"/type"_s);
        invalid("unknown type", R"({"type":"nope"})", u"/type"_s);
        invalid("NUL in type", R"({"type":"ping\u0000x"})", u"/type"_s);
        invalid("ref too long", "{\"type\":\"ping\",\"ref\":\"" + QByteArray(65, 'r') + "\"}", u"/ref"_s);
        invalid("no room", R"({"type":"join_room"})", u"/room_id"_s);
        invalid("room with a space", R"({"type":"join_room","room_id":"a b"})", u"/room_id"_s);
        invalid("room a number", R"({"type":"join_room","room_id":7})", u"/room_id"_s);
        invalid("message an object", R"({"type":"chat_message","room_id":"a","message":{}})", u"/message"_s);
        invalid("empty client id", R"({"type":"chat_message","room_id":"a","message":"x","client_id":""})",
                u"/client_id"_s);
        invalid("metadata an array", R"({"type":"chat_message","room_id":"a","message":"x","metadata":[]})",
                u"/metadata"_s);
        invalid("typing a word", R"({"type":"typing_indicator","room_id":"a","is_typing":"yes"})", u"/is_typing"_s);
        invalid("status", R"({"type":"presence","status":"sleepy"})", u"/status"_s);
        invalid("up_to negative", R"({"type":"read_receipt","room_id":"a","up_to":-1})", u"/up_to"_s);
        invalid("up_to a fraction", R"({"type":"read_receipt","room_id":"a","up_to":1.5})", u"/up_to"_s);
        invalid("limit 0", R"({"type":"history","room_id":"a","limit":0})", u"/limit"_s);
        invalid("limit 201", R"({"type":"history","room_id":"a","limit":201})", u"/limit"_s);
        invalid("before and after", R"({"type":"history","room_id":"a","before":1,"after":1})", u"/after"_s);
        invalid("resume a list", R"({"type":"hello","resume":["a"]})", u"/resume"_s);
        invalid("resume seq a word", R"({"type":"hello","resume":{"a":"1"}})", u"/resume"_s);
        invalid("protocol 0", R"({"type":"hello","protocol":0})", u"/protocol"_s);
        QByteArray many = "{\"type\":\"hello\",\"resume\":{\"x\":1";
        for (int i = 0; i < 1000; ++i)
            many += ",\"r" + QByteArray::number(i) + "\":1";
        invalid("1001 rooms", many + "}}", u"/resume"_s);
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, code);
        QFETCH(QString, pointer);
        ClientFrameParser parser;
        const auto f = parser.parse(text);
        QVERIFY(!f.isOk());
        QCOMPARE(int(f.error().code), code);
        QCOMPARE(f.error().fields.isEmpty() ? QString() : f.error().fields.first().pointer, pointer);
        QVERIFY(parser.parse(R"({"type":"ping"})").isOk()); // the parser is good for the next one
    }

    void allowsDepth32()
    {
        ClientFrameParser parser;
        QVERIFY(parser.parse(nested(31)).isOk());
        QVERIFY(parser.parse(nested(31, "1")).isOk());
    }

    void tellsTheRefOfABadFrame()
    {
        ClientFrameParser parser;
        QByteArray ref = "old"_ba;
        QVERIFY(!parser.parse(R"({"type":"join_room","ref":"r-7"})", &ref).isOk());
        QCOMPARE(ref, "r-7"_ba);
        QVERIFY(!parser.parse("{", &ref).isOk());
        QCOMPARE(ref, QByteArray());
    }

    void reportsEveryMistake()
    {
        ClientFrameParser parser;
        const auto f = parser.parse(R"({"type":"edit_message","message":1})");
        QVERIFY(!f.isOk());
        QCOMPARE(f.error().fields.size(), 3);
    }

    void writesEventsLikeTheRestApi_data()
    {
        QTest::addColumn<int>("kind");
        for (int k = 0; k <= int(RoomEventKind::Acknowledged); ++k)
            QTest::newRow(roomEventType(RoomEventKind(k)).constData()) << k;
    }
    void writesEventsLikeTheRestApi()
    {
        QFETCH(int, kind);
        const RoomEvent event = sampleEvent(RoomEventKind(kind));
        const QByteArray text = encodeRoomEvent(event);
        QCOMPARE(object(text), toJson(event));
        const auto back = roomEventFromJson(object(text));
        QVERIFY(back.isOk());
        QCOMPARE(*back, event);
    }

    void escapesText()
    {
        std::string out;
        appendJsonString(out, u"a\"b\\c\b\f\n\r\t\u0000\u001f\u007f/ü\U0001F600"_s);
        QCOMPARE(out, "\"a\\\"b\\\\c\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\x7f/ü\U0001F600\"");
        out.clear();
        const QString lone = QString(QChar(0xD800)) + u'x';
        appendJsonString(out, lone);
        QCOMPARE(out, "\"?x\"");
    }

    //! The fast way looks at eight bytes at once: every byte at every place of such a word, and at the end.
    void escapesAnyByteAnywhere()
    {
        for (int c = 0; c < 128; ++c) {
            for (int at = 0; at < 19; ++at) {
                QByteArray text(19, 'x');
                text[at] = char(c);
                text[0] = at == 0 ? text[0] : '\x7f';
                std::string out;
                appendJsonString(out, QByteArrayView(text));
                const QJsonArray back = QJsonDocument::fromJson(QByteArray::fromStdString('[' + out + ']')).array();
                QCOMPARE(back.at(0).toString().toUtf8(), text);
            }
        }
    }

    void writesTheOtherFrames()
    {
        const Timestamp now = fromMillis(1767225600000);
        QCOMPARE(encodePong(now, {}), R"({"type":"pong","timestamp":"2026-01-01T00:00:00.000Z"})"_ba);
        QCOMPARE(object(encodePong(now, "a\"b"_ba)).value(u"ref"_s).toString(), u"a\"b"_s);

        Error error = Error::invalid(u"/room_id"_s, u"Is \"missing\"."_s);
        error.retryAfter = seconds(3);
        const QJsonObject e = object(encodeError(error, "r"_ba));
        QCOMPARE(e.value(u"type"_s).toString(), u"error"_s);
        QCOMPARE(e.value(u"code"_s).toString(), u"validation_failed"_s);
        QCOMPARE(e.value(u"ref"_s).toString(), u"r"_s);
        QCOMPARE(e.value(u"retry_after"_s).toInt(), 3);
        QCOMPARE(e.value(u"errors"_s).toArray().first().toObject().value(u"pointer"_s).toString(), u"/room_id"_s);

        const QJsonObject ack = object(encodeAck(sampleEvent(RoomEventKind::Message), true, {}));
        QCOMPARE(ack.value(u"type"_s).toString(), u"message_ack"_s);
        QCOMPARE(ack.value(u"client_id"_s).toString(), u"c\"1"_s);
        QCOMPARE(ack.value(u"seq"_s).toInt(), 42);
        QCOMPARE(ack.value(u"duplicate"_s).toBool(), true);
        QVERIFY(!ack.contains(u"ref"_s));

        QCOMPARE(encodeFrame("room_left", {}, {}), R"({"type":"room_left"})"_ba);
        QCOMPARE(encodeFrame("x", QJsonObject{{u"a"_s, 1}}, "r"), R"({"type":"x","ref":"r","a":1})"_ba);
        QCOMPARE(object(encodeTyping(RoomId("a"_ba), UserId("u"_ba), true)).value(u"is_typing"_s).toBool(), true);
        QCOMPARE(object(encodePresence(UserId("u"_ba), "offline", now)).value(u"last_seen"_s).toString(),
                 u"2026-01-01T00:00:00.000Z"_s);
        const QJsonObject page =
            object(encodeEventsFrame("history", QJsonObject{{u"has_more_after"_s, false}}, "events",
                                     {sampleEvent(RoomEventKind::Message), sampleEvent(RoomEventKind::Deletion)}, "r"));
        QCOMPARE(page.value(u"events"_s).toArray().size(), 2);
        QCOMPARE(page.value(u"events"_s).toArray().at(1).toObject(), toJson(sampleEvent(RoomEventKind::Deletion)));
        QCOMPARE(object(encodeEventsFrame("gap", {}, "snapshot", {})).value(u"snapshot"_s), QJsonValue(QJsonArray()));
    }

    void readsServerFrames()
    {
        const auto f = parseServerFrame(encodeRoomEvent(sampleEvent(RoomEventKind::Message)));
        QVERIFY(f.isOk());
        QCOMPARE(f->type, "chat_message"_ba);
        QVERIFY(!parseServerFrame("{}").isOk());
        QVERIFY(!parseServerFrame("[]").isOk());
        QVERIFY(!parseServerFrame("x").isOk());
    }
};

QTEST_GUILESS_MAIN(TestRealtimeFrames)
#include "tst_realtimeframes.moc"
