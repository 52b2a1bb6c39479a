// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How many expressions of the development data are understood, per kind. The data is no part of the repository; without
// it the test is skipped. Set ATOM_ENTITY_MISSES to see each one that is not.

#include "server/entities/recognizer.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Atom::Entities;
using namespace Qt::StringLiterals;

namespace {
struct Rate
{
    int resolved = 0, all = 0;
    double percent() const { return all == 0 ? 100 : 100.0 * resolved / all; }
};

QString localTime(const QDateTime &time)
{
    return time.isValid() ? time.toString(u"yyyy-MM-ddTHH:mm:ss"_s) : QString();
}

bool hasRightValue(const QJsonObject &line, const Entity &entity)
{
    const double number = line[u"value"].toDouble();
    const auto near = [](double a, double b) { return qAbs(a - b) <= 1e-6 * qMax(1.0, qAbs(b)); };
    switch (entity.kind) {
    case Kind::Time: {
        const TimeValue &value = std::get<TimeValue>(entity.value);
        if (localTime(value.from) != line[u"value"].toString() && line.contains(u"value"))
            return false;
        if (line.contains(u"value") != value.from.isValid())
            return false;
        return !line.contains(u"to") || localTime(value.to) == line[u"to"].toString();
    }
    case Kind::Duration: {
        const DurationValue &value = std::get<DurationValue>(entity.value);
        return near(value.value, number) && grainName(value.unit) == line[u"unit"].toString();
    }
    case Kind::Money: {
        const MoneyValue &value = std::get<MoneyValue>(entity.value);
        QString unit = line[u"unit"].toString();
        if (unit == u"Dollar" || unit == u"$")
            unit = u"USD"_s;
        const bool from = line.contains(u"value") ? value.from && near(*value.from, number) : !value.from;
        return from && value.unit == unit &&
               (!line.contains(u"to") || (value.to && near(*value.to, line[u"to"].toDouble())));
    }
    case Kind::Number:
    case Kind::Ordinal:
        return near(std::get<NumberValue>(entity.value).value, number);
    default:
        return entity.text == line[u"value"].toString();
    }
}
} // namespace

class EntityRatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void developmentData()
    {
        QFile file(QStringLiteral(ATOM_SOURCE_DIR "/../shared/eval/entities/duckling_dev.jsonl"));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the development data is not here");
        const QTimeZone zone(-2 * 3600);
        const Context context{QDateTime(QDate(2013, 2, 12), QTime(4, 30), zone), zone, false};
        const Recognizer recognizer;
        const bool showMisses = qEnvironmentVariableIsSet("ATOM_ENTITY_MISSES");
        QMap<QString, Rate> rates;
        QStringList texts;
        for (const QByteArray &bytes : file.readAll().split('\n')) {
            const QJsonObject line = QJsonDocument::fromJson(bytes).object();
            if (!line.contains(u"dim"))
                continue;
            QString dim = line[u"dim"].toString();
            const QString text = line[u"text"].toString();
            texts.append(text);
            const QList<Entity> found = recognizer.find(text, context);
            bool resolved = false;
            bool any = false;
            QStringList seen;
            for (const Entity &entity : found) {
                seen.append(kindName(entity.kind) + u":\""_s + entity.text + u'"');
                if (entity.kind == Kind::Time) {
                    const TimeValue &v = std::get<TimeValue>(entity.value);
                    seen.last() += u" %1..%2"_s.arg(localTime(v.from), localTime(v.to));
                }
                if (kindName(entity.kind) != dim)
                    continue;
                any = true;
                resolved = resolved || (entity.length * 5 >= text.size() * 4 && hasRightValue(line, entity));
            }
            if (line.contains(u"negative")) {
                dim = u"negative"_s;
                resolved = !any;
            } else if (dim == u"time") {
                dim += line[u"holiday"].toBool() ? u".holiday"_s
                       : line.contains(u"open")  ? u".open"_s
                       : line.contains(u"to")    ? u".interval"_s
                                                 : u".plain"_s;
            }
            Rate &rate = rates[dim];
            ++rate.all;
            rate.resolved += resolved;
            if (!resolved && showMisses && !dim.endsWith(u"holiday"))
                qInfo().noquote() << dim << text << "| expected" << line[u"value"].toVariant().toString()
                                  << line[u"to"].toVariant().toString() << line[u"unit"].toString() << "| found"
                                  << seen.join(u", ");
        }
        for (auto it = rates.cbegin(); it != rates.cend(); ++it)
            qInfo().noquote() << u"%1 %2 % (%3 of %4)"_s.arg(it.key(), -16)
                                     .arg(it->percent(), 5, 'f', 1)
                                     .arg(it->resolved)
                                     .arg(it->all);
        QElapsedTimer timer;
        timer.start();
        constexpr int rounds = 20;
        for (int i = 0; i < rounds; ++i) {
            for (const QString &text : std::as_const(texts))
                (void)recognizer.find(text, context);
        }
        qInfo() << "microseconds for an expression:"
                << double(timer.nsecsElapsed()) / 1000 / rounds / double(texts.size());
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
