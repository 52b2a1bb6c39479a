// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Guards how well intents are recognised. The data is no part of the repository; without it the test is skipped and
// says so.
#include "tests/support/intentquality.h"

#include <QtTest/QTest>

using namespace Atom::Test::IntentQuality;
using namespace Qt::StringLiterals;

namespace {
class Quality : public QObject
{
    Q_OBJECT
private:
    Data m_data;

private Q_SLOTS:
    void initTestCase()
    {
        m_data = Data::load(QStringLiteral(ATOM_SOURCE_DIR "/../shared/eval/intent"));
        if (m_data.train.isEmpty())
            QSKIP("The development data is not there: the quality of intents is not measured.");
        QVERIFY(!m_data.val.isEmpty() && !m_data.oos.isEmpty() && !m_data.chat.isEmpty());
    }

    void allExamples()
    {
        const Figures f = m_data.measure(intentsOf(m_data.train, 50));
        QVERIFY(f.accuracy >= 0.91);
        QVERIFY(f.triggeredRight >= 0.86);
        QVERIFY(f.unrelatedKept >= 0.78);
        QVERIFY(f.auroc >= 0.945);
    }

    void fewExamples()
    {
        QVERIFY(m_data.measure(intentsOf(m_data.train, 10)).accuracy >= 0.765);
        QVERIFY(m_data.measure(intentsOf(m_data.train, 5)).accuracy >= 0.68);
        QVERIFY(m_data.meanOfDraws(10).accuracy >= 0.815);
        QVERIFY(m_data.meanOfDraws(5).accuracy >= 0.74);
    }

    void ordinaryChatTriggersNothing()
    {
        for (const qsizetype perIntent : {50, 10, 5}) {
            for (const int half : {0, 1, 2}) {
                qsizetype tested = 0;
                const QStringList wrong = m_data.falseTriggers(perIntent, half, &tested);
                QVERIFY2(share(wrong.size(), tested) <= (half == 2 ? 0.1 : 0.01), qPrintable(wrong.join(u"; "_s)));
            }
        }
    }
};
} // namespace

QTEST_GUILESS_MAIN(Quality)
#include "tst_intentquality.moc"
