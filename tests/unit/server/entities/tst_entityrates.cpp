// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Guards how many expressions are understood. The data is no part of the repository; without it the test is skipped.
// Set ATOM_ENTITY_MISSES to see each one that is not.
#include "tests/support/entityrates.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;

class EntityRatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void developmentData()
    {
        using namespace Atom::Test::EntityRates;
        Measured measured = measure(QStringLiteral(ATOM_SOURCE_DIR "/../shared/eval/entities/duckling_dev.jsonl"),
                                    qEnvironmentVariableIsSet("ATOM_ENTITY_MISSES"));
        QMap<QString, Rate> &rates = measured.rates;
        if (rates.isEmpty())
            QSKIP("the development data is not here");
        QVERIFY(rates[u"time.plain"_s].percent() >= 95);
        QVERIFY(rates[u"time.interval"_s].percent() >= 97);
        QVERIFY(rates[u"duration"_s].percent() >= 97);
        QVERIFY(rates[u"number"_s].percent() >= 96);
        QVERIFY(rates[u"ordinal"_s].percent() >= 97);
        QVERIFY(rates[u"money"_s].percent() >= 97);
        QVERIFY(rates[u"email"_s].percent() >= 90);
        QVERIFY(rates[u"url"_s].percent() >= 90);
        QVERIFY(rates[u"negative"_s].percent() >= 92);
    }
};

QTEST_GUILESS_MAIN(EntityRatesTest)
#include "tst_entityrates.moc"
