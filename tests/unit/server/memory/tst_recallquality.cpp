// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the evidence for questions about long conversations is found. The data is no part of the repository;
// without it the test is skipped. atom-eval shows more.
#include "tests/benchmarks/eval/conversations.h"
#include "tests/benchmarks/eval/evaluation.h"

#include <QtCore/QFileInfo>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Evaluation;
using namespace Qt::StringLiterals;

class RecallQualityTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void developmentData()
    {
        const QString folder = QStringLiteral(ATOM_SOURCE_DIR "/../shared/eval/memory/");
        if (!QFileInfo::exists(folder))
            QSKIP("the development data is not here");
        Memory::MessageIndex index;
        QHash<QString, QDateTime> ends;
        QVERIFY(fillIndex(index, readJsonLines(folder + u"messages.jsonl"_s), ends));
        const RecallFigures figures = askAll(index, readJsonLines(folder + u"questions.jsonl"_s), ends);
        qInfo("%d questions: recall@5 %.3f, recall@10 %.3f, MRR %.3f", figures.questions, figures.recall5,
              figures.recall10, figures.reciprocalRank);
        QCOMPARE(figures.questions, 69);
        QVERIFY(figures.recall10 >= 0.67);
        QVERIFY(figures.recall5 >= 0.6);
        QVERIFY(figures.reciprocalRank >= 0.5);
    }
};

QTEST_GUILESS_MAIN(RecallQualityTest)
#include "tst_recallquality.moc"
