// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of postings against a plain map, through all sizes of slices and all lengths of numbers.
#include "server/memory/postings.h"

#include <QtTest/QTest>

#include <random>

using namespace Atom::Memory;

class PostingsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatGoesInComesOut()
    {
        std::mt19937 random(7);
        PostingStore store;
        std::vector<std::vector<std::pair<quint32, quint32>>> expected(300);
        std::vector<quint32> next(300);
        for (int i = 0; i < 200'000; ++i) {
            // Some terms are everywhere, others far apart.
            const size_t term = random() % (random() % 3 == 0 ? 300 : 4);
            const quint32 step = 1 + random() % (1U << (random() % (term < 4 ? 5 : 20)));
            const quint32 document = next[term] + step - 1;
            const quint32 count = random() % 4 == 0 ? 1 + random() % 1'000 : 1;
            const quint32 number = store.findOrAdd("term" + QByteArray::number(term));
            store.append(number, document, count);
            expected[term].emplace_back(document, count);
            next[term] = document + 1;
        }
        QCOMPARE(store.termCount(), 300U);
        for (size_t term = 0; term < expected.size(); ++term) {
            const quint32 number = store.find("term" + QByteArray::number(term));
            QVERIFY(number != PostingStore::noTerm);
            QCOMPARE(store.documentCount(number), quint32(expected[term].size()));
            std::vector<std::pair<quint32, quint32>> found;
            store.forEach(number, [&found](quint32 document, quint32 count) { found.emplace_back(document, count); });
            QVERIFY(found == expected[term]);
        }
    }

    void theFarthestDocument()
    {
        PostingStore store;
        const quint32 term = store.findOrAdd("x");
        QList<quint32> documents{0, 1, 0x7FFFFFFF, 0xFFFFFFF0};
        for (const quint32 document : documents)
            store.append(term, document, 1'000);
        QList<quint32> found;
        store.forEach(term, [&found](quint32 document, quint32 count) {
            QCOMPARE(count, 1'000U);
            found.append(document);
        });
        QCOMPARE(found, documents);
    }

    void terms()
    {
        PostingStore store;
        QCOMPARE(store.find("a"), PostingStore::noTerm);
        const quint32 a = store.findOrAdd("a");
        QCOMPARE(store.findOrAdd("a"), a);
        QCOMPARE(store.text(a), QByteArrayView("a"));
        store.forEach(a, [](quint32, quint32) { QFAIL("a term without documents"); });
        const QByteArray tooLong(1'000, 'x');
        const quint32 cut = store.findOrAdd(tooLong);
        QCOMPARE(store.find(tooLong), cut);
        QCOMPARE(store.text(cut).size(), 255);
        for (int i = 0; i < 5'000; ++i)
            QCOMPARE(store.findOrAdd(QByteArray::number(i)), quint32(i) + 2);
        for (int i = 0; i < 5'000; ++i)
            QCOMPARE(store.find(QByteArray::number(i)), quint32(i) + 2);
    }

    void commonTermsCostLittle()
    {
        PostingStore store;
        const size_t empty = store.bytes();
        const quint32 term = store.findOrAdd("x");
        for (quint32 document = 0; document < 3'000'000; document += 3)
            store.append(term, document, 1);
        QVERIFY(store.bytes() - empty < 1'000'000 * 3 / 2);
    }
};

QTEST_GUILESS_MAIN(PostingsTest)
#include "tst_postings.moc"
