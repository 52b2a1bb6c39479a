// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/framecodec.h"

#include "tests/support/websocketframes.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::Realtime;
using namespace Atom::Test;
using namespace Qt::StringLiterals;
using Kind = FrameCodec::EventKind;

namespace {
enum { Cont = 0, Text = 1, Bin = 2, Close = 8, Ping = 9, Pong = 10 };

struct Seen
{
    Kind kind;
    QByteArray payload;
    int code;
    bool operator==(const Seen &) const = default;
};

//! Everything the codec says about `bytes`, given in pieces of `chop`.
QList<Seen> read(FrameCodec &codec, QByteArray bytes, qsizetype chop = 0)
{
    QList<Seen> seen;
    for (qsizetype at = 0; at < bytes.size();) {
        QByteArray piece = bytes.mid(at, chop > 0 ? chop : bytes.size());
        at += piece.size();
        char *cursor = piece.data();
        char *const end = cursor + piece.size();
        for (;;) {
            const FrameCodec::Event e = codec.next(&cursor, end);
            if (e.kind == Kind::None)
                break;
            seen.append(Seen{e.kind, e.kind == Kind::Failure ? QByteArray() : e.payload.toByteArray(), e.code});
        }
        if (cursor != end)
            qWarning("bytes were left");
    }
    return seen;
}

FrameOptions cut(int reserved = 0)
{
    FrameOptions o;
    o.final = false;
    o.reserved = reserved;
    return o;
}
FrameOptions form(int lengthForm)
{
    FrameOptions o;
    o.lengthForm = lengthForm;
    return o;
}
FrameOptions rsv(int bits)
{
    FrameOptions o;
    o.reserved = bits;
    return o;
}
FrameOptions bare()
{
    FrameOptions o;
    o.masked = false;
    return o;
}
QList<Seen> failure(int code)
{
    return {Seen{Kind::Failure, {}, code}};
}
QList<Seen> text(const QByteArray &message)
{
    return {Seen{Kind::Text, message, 0}};
}
} // namespace
Q_DECLARE_METATYPE(QList<Seen>)

class TestFrameCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<Seen>>("expected");
        const auto row = [](const char *name, const QByteArray &bytes, const QList<Seen> &expected) {
            QTest::newRow(name) << bytes << expected;
        };
        const QByteArray word("H\xC3\xA4llo \xF0\x9F\x98\x80");
        row("text", clientFrame(Text, word), text(word));
        row("empty", clientFrame(Text, {}), text({}));
        for (const int size : {125, 126, 127, 128, 65535, 65536}) {
            const QByteArray m(size, 'x');
            row(qPrintable(QString::number(size)), clientFrame(Text, m), text(m));
        }
        row("two messages", clientFrame(Text, "a") + clientFrame(Text, "b"), text("a") + text("b"));
        row("two fragments", clientFrame(Text, "ab", cut()) + clientFrame(Cont, "cd"), text("abcd"));
        row("fragment inside a character", clientFrame(Text, word.left(2), cut()) + clientFrame(Cont, word.mid(2)),
            text(word));
        row("empty fragments", clientFrame(Text, {}, cut()) + clientFrame(Cont, "x", cut()) + clientFrame(Cont, {}),
            text("x"));
        row("ping between fragments", clientFrame(Text, "a", cut()) + clientFrame(Ping, "p") + clientFrame(Cont, "b"),
            QList<Seen>{{Kind::Ping, "p", 0}, {Kind::Text, "ab", 0}});
        row("ping 125", clientFrame(Ping, QByteArray(125, '\xfe')), {Seen{Kind::Ping, QByteArray(125, '\xfe'), 0}});
        row("two pings", clientFrame(Ping, "one") + clientFrame(Ping, "two"),
            QList<Seen>{{Kind::Ping, "one", 0}, {Kind::Ping, "two", 0}});
        row("pong", clientFrame(Pong, {}), {Seen{Kind::Pong, {}, 0}});
        row("close without code", clientFrame(Close, {}), {Seen{Kind::Close, {}, 1005}});
        row("close", clientFrame(Close, closePayload(1000, "bye")), {Seen{Kind::Close, "bye", 1000}});
        row("nothing after close", clientFrame(Close, {}) + clientFrame(Text, "late"), {Seen{Kind::Close, {}, 1005}});

        row("unmasked", clientFrame(Text, "x", bare()), failure(1002));
        row("unmasked ping", clientFrame(Ping, "x", bare()), failure(1002));
        for (const int bits : {1, 2, 4, 7})
            row(qPrintable(u"RSV %1"_s.arg(bits)), clientFrame(Text, "x", rsv(bits)), failure(1002));
        for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
            row(qPrintable(u"opcode %1"_s.arg(opcode)), clientFrame(opcode, {}), failure(1002));
        row("ping 126", clientFrame(Ping, QByteArray(126, 'x')), failure(1002));
        row("fragmented ping", clientFrame(Ping, "x", cut()), failure(1002));
        row("stray continuation", clientFrame(Cont, "x"), failure(1002));
        row("stray continuation, not final", clientFrame(Cont, "x", cut()), failure(1002));
        row("continuation after the end",
            clientFrame(Text, "a", cut()) + clientFrame(Cont, "b") + clientFrame(Cont, "c"),
            text("ab") + failure(1002));
        row("text inside a message", clientFrame(Text, "a", cut()) + clientFrame(Text, "b"), failure(1002));
        row("binary", clientFrame(Bin, "x"), failure(1003));
        row("16-bit length not needed", clientFrame(Text, QByteArray(100, 'x'), form(16)), failure(1002));
        row("64-bit length not needed", clientFrame(Text, QByteArray(1000, 'x'), form(64)), failure(1002));
        row("ping with 16-bit length", clientFrame(Ping, "hello", form(16)), failure(1002));
        row("top bit of the length", QByteArray::fromHex("81ff8000000000000005"), failure(1002));
        row("2^63-1 announced", QByteArray::fromHex("81ff7fffffffffffffff"), failure(1009));
        row("limit + 1 announced", QByteArray::fromHex("81ff0000000000010001"), failure(1009));
        row("fragments above the limit together",
            clientFrame(Text, QByteArray(60000, 'x'), cut()) + clientFrame(Cont, QByteArray(5537, 'x')), failure(1009));
        row("close with one byte", clientFrame(Close, "x"), failure(1002));
        for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65535})
            row(qPrintable(u"close %1"_s.arg(code)), clientFrame(Close, closePayload(quint16(code))), failure(1002));
        for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000, 4999}) {
            row(qPrintable(u"close %1"_s.arg(code)), clientFrame(Close, closePayload(quint16(code))),
                {Seen{Kind::Close, {}, code}});
        }
        row("close reason not UTF-8", clientFrame(Close, closePayload(1000, "\xff")), failure(1007));
        const QList<QByteArray> wrong{"ff",       "80",       "c0af", "c1bf", "e09fbf", "eda080", "edbfbf", "f08fbfbf",
                                      "f4908080", "f5808080", "c3",   "e282", "f09f98", "e28228", "fe"};
        for (const QByteArray &hex : wrong)
            row(qPrintable(u"not UTF-8: "_s + QString::fromLatin1(hex)),
                clientFrame(Text, "ok" + QByteArray::fromHex(hex)), failure(1007));
        const QList<QByteArray> right{"00",     "7f",     "c280",   "dfbf",     "e0a080",
                                      "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf"};
        for (const QByteArray &hex : right)
            row(qPrintable(u"UTF-8: "_s + QString::fromLatin1(hex)), clientFrame(Text, QByteArray::fromHex(hex)),
                text(QByteArray::fromHex(hex)));
    }
    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QList<Seen>, expected);
        for (const qsizetype chop : {0, 1, 2, 3, 7, 11, 997}) {
            if (chop > 0 && chop < 11 && bytes.size() > 10000)
                continue;
            FrameCodec codec({65536, 1024});
            const QList<Seen> seen = read(codec, bytes, chop);
            QVERIFY2(seen == expected, qPrintable(u"in pieces of %1"_s.arg(chop)));
        }
    }

    void refusesAtTheFirstWrongByte()
    {
        FrameCodec codec({65536, 1024});
        QByteArray whole = clientFrame(Text, "\xCE\xBA\xF4\x90 and much more");
        // head, two good bytes, f4: not yet; 90 after f4: refused although the frame has not ended
        QVERIFY(read(codec, whole.left(6 + 3)).isEmpty());
        QCOMPARE(read(codec, whole.mid(9, 1)), failure(1007));
        FrameCodec other({65536, 1024});
        QCOMPARE(read(other, whole.left(1).replace(0, 1, "\xC1")), failure(1002));
        FrameCodec big({1000, 1024});
        QCOMPARE(read(big, clientFrame(Text, QByteArray(1001, 'x')).left(4)), failure(1009));
    }

    void countsFragments()
    {
        FrameCodec codec({65536, 4});
        QByteArray bytes = clientFrame(Text, "a", cut()) + clientFrame(Cont, "b", cut()) + clientFrame(Cont, {}, cut());
        QCOMPARE(read(codec, bytes + clientFrame(Cont, "d")), text("abd"));
        QCOMPARE(read(codec, bytes + clientFrame(Cont, {}, cut()) + clientFrame(Cont, "e")), failure(1008));
    }

    void swallowsEverythingAfterAFailure()
    {
        FrameCodec codec({65536, 1024});
        QCOMPARE(read(codec, clientFrame(Text, "x", bare()) + clientFrame(Text, "y")), failure(1002));
        QVERIFY(read(codec, clientFrame(Ping, "z")).isEmpty());
    }

    void knowsWhenItIsMidMessage()
    {
        FrameCodec codec({65536, 1024});
        QVERIFY(!codec.isMidMessage());
        read(codec, clientFrame(Text, "abc").left(1));
        QVERIFY(codec.isMidMessage());
        read(codec, clientFrame(Text, "abc").mid(1));
        QVERIFY(!codec.isMidMessage());
        read(codec, clientFrame(Text, "abc", cut()));
        QVERIFY(codec.isMidMessage());
    }

    void unmasksAtAnyOffset()
    {
        const uchar key[4] = {1, 2, 4, 8};
        QByteArray plain(100, Qt::Uninitialized);
        for (int i = 0; i < 100; ++i)
            plain[i] = char(i * 7);
        for (int split = 0; split <= 100; ++split) {
            QByteArray masked = plain;
            for (int i = 0; i < 100; ++i)
                masked[i] = char(uchar(masked[i]) ^ key[i % 4]);
            FrameCodec::unmask(masked.data(), split, key, 0);
            FrameCodec::unmask(masked.data() + split, 100 - split, key, quint64(split));
            QCOMPARE(masked, plain);
        }
    }

    void encodes_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 125, 126, 65535, 65536, 20000})
            QTest::newRow(qPrintable(QString::number(size))) << size;
    }
    void encodes()
    {
        QFETCH(int, size);
        const QByteArray payload(size, 'p');
        QByteArray bytes = FrameCodec::encodeText(payload);
        QCOMPARE(uchar(bytes[0]), 0x81);
        QCOMPARE(bytes[1] & 0x80, 0);
        const auto frame = takeServerFrame(bytes);
        QVERIFY(frame);
        QCOMPARE(frame->opcode, 1);
        QCOMPARE(frame->payload, payload);
        QVERIFY(bytes.isEmpty());
    }

    void encodesClose()
    {
        QCOMPARE(FrameCodec::encodeClose(1000, "bye"), QByteArray::fromHex("880503e8") + "bye");
        QCOMPARE(FrameCodec::encodeClose(1005), QByteArray::fromHex("8800"));
        // cut between characters
        const QByteArray reason = QByteArray(122, 'x') + "\xC3\xA4";
        QByteArray bytes = FrameCodec::encodeClose(1000, reason);
        QCOMPARE(takeServerFrame(bytes)->payload.size(), 2 + 122);
    }
};

QTEST_GUILESS_MAIN(TestFrameCodec)
#include "tst_framecodec.moc"
