// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/bodyreader.h"

#include <QtTest/QTest>

using namespace Atom::Net;

namespace {
RequestHead chunkedHead()
{
    RequestHead head;
    head.chunked = true;
    return head;
}
} // namespace

class TestBodyReader : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsByLengthAndLeavesTheRest()
    {
        RequestHead head;
        head.contentLength = 5;
        BodyReader reader(head, 100);
        qsizetype consumed = 0;
        QCOMPARE(reader.feed("abc", consumed), BodyReader::State::NeedMore);
        QCOMPARE(consumed, 3);
        QCOMPARE(reader.size(), 3);
        QCOMPARE(reader.feed("deGET", consumed), BodyReader::State::Done);
        QCOMPARE(consumed, 2);
        QCOMPARE(reader.takeBody(), "abcde");
    }

    void chunks_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("status"); // 0: accepted
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *name, const QByteArray &text, int status, const QByteArray &body = {}) {
            QTest::newRow(name) << text << status << body;
        };
        row("plain", "2\r\n{}\r\n0\r\n\r\n", 0, "{}");
        row("two chunks, hex, capital", "A\r\n0123456789\r\n0b\r\nabcdefghijk\r\n0\r\n\r\n", 0,
            "0123456789abcdefghijk");
        row("CR LF inside the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", 0, "\r\n\r\n");
        row("extension", "2;a=b;c\r\n{}\r\n0;x\r\n\r\n", 0, "{}");
        row("trailer dropped", "2\r\n{}\r\n0\r\nContent-Length: 5\r\nX: y\r\n\r\n", 0, "{}");
        row("empty", "0\r\n\r\n", 0, "");
        row("not hex", "zz\r\n{}\r\n", 400);
        row("negative", "-2\r\n{}\r\n", 400);
        row("0x", "0x2\r\n{}\r\n", 400);
        row("no size", "\r\n{}\r\n", 400);
        row("space behind", "2 \r\n{}\r\n", 400);
        row("wraps to 2", "10000000000000002\r\n{}\r\n", 413);
        row("thousand zeros", QByteArray(1000, '0') + "2\r\n{}\r\n", 400);
        row("no CR LF behind the data", "2\r\n{}0\r\n\r\n", 400);
        row("longer than its size", "1\r\n{}\r\n0\r\n\r\n", 400);
        row("bare LF", "2\n{}\n0\n\n", 400);
        row("CR without LF", "2\rx{}", 400);
        row("larger than the limit at once", "65\r\n", 413);
        row("larger than the limit in sum", "60\r\n" + QByteArray(96, 'x') + "\r\n5\r\n", 413);
        row("long extension", "2;" + QByteArray(300, 'a') + "\r\n{}\r\n", 400);
        row("extensions without end", (QByteArray("1;") + QByteArray(200, 'a') + "\r\nx\r\n").repeated(30), 400);
        row("control character in an extension", "2;\x01\r\n{}\r\n", 400);
        row("long trailer", "0\r\nX: " + QByteArray(2000, 'a') + "\r\n\r\n", 431);
        row("trailers without end", "0\r\n" + QByteArray("X: 1\r\n").repeated(2000) + "\r\n", 431);
        row("trailer is no field", "0\r\nnonsense\r\n\r\n", 400);
    }
    void chunks()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        for (const qsizetype step : {qsizetype(1), text.size()}) { // in single bytes and at once
            BodyReader reader(chunkedHead(), 100);
            auto state = BodyReader::State::NeedMore;
            for (qsizetype at = 0; at < text.size() && state == BodyReader::State::NeedMore;) {
                qsizetype consumed = 0;
                state = reader.feed(QByteArrayView(text).sliced(at, std::min(step, text.size() - at)), consumed);
                at += consumed;
            }
            QCOMPARE(state, status == 0 ? BodyReader::State::Done : BodyReader::State::Rejected);
            QCOMPARE(status == 0 ? 0 : reader.rejection().status, status);
            QCOMPARE(reader.takeBody(), body);
        }
    }

    void manyTinyChunksLeaveTheNextRequestUntouched()
    {
        const QByteArray text = QByteArray("1\r\n \r\n").repeated(10'000) + "0\r\n\r\nGET /";
        BodyReader reader(chunkedHead(), 20'000);
        qsizetype consumed = 0;
        QCOMPARE(reader.feed(text, consumed), BodyReader::State::Done);
        QCOMPARE(text.mid(consumed), "GET /");
        QCOMPARE(reader.takeBody().size(), 10'000);
    }
};

QTEST_GUILESS_MAIN(TestBodyReader)
#include "tst_bodyreader.moc"
