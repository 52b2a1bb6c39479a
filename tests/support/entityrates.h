// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How many expressions of the development data are understood, per kind: for the test that guards the figures and for
// the program that shows them.
#include "server/entities/recognizer.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace Atom::Test::EntityRates {
using namespace Atom::Entities;
using namespace Qt::StringLiterals;

//! \brief How many lines of a kind were understood.
struct Rate
{
    int resolved = 0, all = 0;
    double percent() const { return all == 0 ? 100 : 100.0 * resolved / all; }
};

inline QString localTime(const QDateTime &time)
{
    return time.isValid() ? time.toString(u"yyyy-MM-ddTHH:mm:ss"_s) : QString();
}

inline bool hasRightValue(const QJsonObject &line, const Entity &entity)
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
struct Measured
{
    QMap<QString, Rate> rates; //!< by kind; empty: the data is not there
    double microseconds = 0;   //!< for an expression
};

//! \brief Reads duckling_dev.jsonl. `showMisses`: each line that is not understood is logged.
inline Measured measure(const QString &path, bool showMisses)
{
    Measured measured;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return measured;
    const QTimeZone zone(-2 * 3600);
    const Context context{QDateTime(QDate(2013, 2, 12), QTime(4, 30), zone), zone, false};
    const Recognizer recognizer;
    QMap<QString, Rate> &rates = measured.rates;
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
    QElapsedTimer timer;
    timer.start();
    constexpr int rounds = 20;
    for (int i = 0; i < rounds; ++i) {
        for (const QString &text : std::as_const(texts))
            (void)recognizer.find(text, context);
    }
    measured.microseconds = double(timer.nsecsElapsed()) / 1000 / rounds / double(texts.size());
    return measured;
}

} // namespace Atom::Test::EntityRates
