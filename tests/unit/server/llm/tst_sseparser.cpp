// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/sseparser.h"

#include <QtTest/QTest>

#include <random>

using namespace Atom;
using namespace Atom::Llm;
using namespace Qt::StringLiterals;

namespace {
QList<SseEvent> parse(const QByteArray &text)
{
    SseParser parser;
    const auto events = parser.feed(text);
    return events ? *events : QList<SseEvent>();
}
} // namespace

class TestSseParser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // The examples of the specification, section 9.2.6, and its corners.
    void reads_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<SseEvent>>("events");
        using Events = QList<SseEvent>;
        QTest::newRow("lines") << "data: YHOO\ndata: +2\ndata: 10\n\n"_ba << Events{{"message", "YHOO\n+2\n10", {}}};
        QTest::newRow("ids and comments")
            << ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"_ba
            << Events{{"message", "first event", "1"}, {"message", "second event", {}}};
        QTest::newRow("empty data") << "data\n\ndata\ndata\n\ndata:"_ba
                                    << Events{{"message", {}, {}}, {"message", "\n", {}}};
        QTest::newRow("one space") << "data:test\n\ndata: test\n\ndata:  test\n\n"_ba
                                   << Events{
                                          {"message", "test", {}}, {"message", "test", {}}, {"message", " test", {}}};
        QTest::newRow("type") << "event: add\ndata: 1\n\ndata: 2\n\n"_ba
                              << Events{{"add", "1", {}}, {"message", "2", {}}};
        QTest::newRow("type without data") << "event: add\n\ndata: 2\n\n"_ba << Events{{"message", "2", {}}};
        QTest::newRow("CR") << "data: a\rdata: b\r\r"_ba << Events{{"message", "a\nb", {}}};
        QTest::newRow("CR LF") << "data: a\r\ndata: b\r\n\r\n"_ba << Events{{"message", "a\nb", {}}};
        QTest::newRow("mixed") << "data: a\r\ndata: b\r\n\ndata: c\n\r\n"_ba
                               << Events{{"message", "a\nb", {}}, {"message", "c", {}}};
        QTest::newRow("BOM") << "\xef\xbb\xbf"
                                "data: a\n\n"_ba
                             << Events{{"message", "a", {}}};
        QTest::newRow("BOM later") << "\ndata: x\n\n\xef\xbb\xbf"
                                      "data: a\n\n"_ba
                                   << Events{{"message", "x", {}}};
        QTest::newRow("unknown fields") << "retry: 10\nfoo: 1\ndatas: 2\nDATA: 3\ndata: 4\n\n"_ba
                                        << Events{{"message", "4", {}}};
        QTest::newRow("id with NUL") << QByteArray("id: a\nid: b\0c\ndata: 1\n\n", 23) << Events{{"message", "1", "a"}};
        QTest::newRow("id stays") << "id: 7\n\ndata: 1\n\n"_ba << Events{{"message", "1", "7"}};
        QTest::newRow("colons") << "data: a: b\n\n"_ba << Events{{"message", "a: b", {}}};
        QTest::newRow("not closed") << "data: 1\n"_ba << Events{};
    }
    void reads()
    {
        QFETCH(QByteArray, text);
        QFETCH(QList<SseEvent>, events);
        QCOMPARE(parse(text), events);
        // However it is cut: byte by byte, and in two at every place.
        SseParser parser;
        QList<SseEvent> found;
        for (const char c : text)
            found += *parser.feed(QByteArrayView(&c, 1));
        QCOMPARE(found, events);
        for (qsizetype cut = 0; cut <= text.size(); ++cut) {
            SseParser other;
            QList<SseEvent> both = *other.feed(QByteArrayView(text).first(cut));
            both += *other.feed(QByteArrayView(text).sliced(cut));
            QCOMPARE(both, events);
        }
    }

    void boundsLines()
    {
        SseParser parser({100, 1'000});
        QVERIFY(parser.feed(QByteArray("data: ") + QByteArray(94, 'x') + "\n").isOk());
        for (int i = 0; i < 10; ++i)
            QVERIFY(parser.feed("xxxxxxxxxx").isOk());
        const auto refused = parser.feed("x");
        QVERIFY(!refused.isOk());
        QCOMPARE(refused.error().code, Errc::PayloadTooLarge);
        QVERIFY(!parser.feed("\n\n").isOk()); // stays refused
        QVERIFY(parser.buffered() <= 1'100);
    }

    void boundsEvents()
    {
        SseParser parser({100, 1'000});
        int accepted = 0;
        while (parser.feed("data: 0123456789012345678\n").isOk() && accepted < 1'000)
            ++accepted;
        QCOMPARE(accepted, 50); // of 20 bytes with their line ends
        QVERIFY(!parser.feed("data: x\n").isOk());
    }

    void survivesNoise()
    {
        std::mt19937 random(7);
        static constexpr char alphabet[] = "data:evntid \r\n\n\0\xef\xbb\xbf{}";
        for (int round = 0; round < 2'000; ++round) {
            QByteArray text;
            for (int i = 0; i < 200; ++i)
                text += alphabet[random() % (sizeof alphabet - 1)];
            SseParser whole;
            const QList<SseEvent> expected = *whole.feed(text);
            SseParser parts;
            QList<SseEvent> found;
            for (qsizetype at = 0; at < text.size();) {
                const qsizetype length = std::min<qsizetype>(1 + random() % 9, text.size() - at);
                found += *parts.feed(QByteArrayView(text).sliced(at, length));
                at += length;
            }
            QCOMPARE(found, expected);
        }
    }

    void isLinear()
    {
        const QByteArray event = "data: " + QByteArray(60, 'x') + "\n\n";
        SseParser parser({1 << 20, 64 << 20});
        qsizetype events = 0;
        const QByteArray text = event.repeated(10'000);
        QBENCHMARK_ONCE
        {
            for (qsizetype at = 0; at < text.size(); at += 7)
                events +=
                    parser.feed(QByteArrayView(text).sliced(at, std::min<qsizetype>(7, text.size() - at)))->size();
        }
        QCOMPARE(events, 10'000);
    }
};

QTEST_GUILESS_MAIN(TestSseParser)
#include "tst_sseparser.moc"
