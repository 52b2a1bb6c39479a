// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/vocabulary.h"

#include <QtCore/QHash>
#include <QtCore/QStringList>

#include <array>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
using Table = QHash<QString, WordInfo>;

const QStringList small{u"zero"_s,    u"one"_s,     u"two"_s,       u"three"_s,    u"four"_s,
                        u"five"_s,    u"six"_s,     u"seven"_s,     u"eight"_s,    u"nine"_s,
                        u"ten"_s,     u"eleven"_s,  u"twelve"_s,    u"thirteen"_s, u"fourteen"_s,
                        u"fifteen"_s, u"sixteen"_s, u"seventeen"_s, u"eighteen"_s, u"nineteen"_s};
const QStringList smallOrdinals{u""_s,          u"first"_s,     u"second"_s,      u"third"_s,      u"fourth"_s,
                                u"fifth"_s,     u"sixth"_s,     u"seventh"_s,     u"eighth"_s,     u"ninth"_s,
                                u"tenth"_s,     u"eleventh"_s,  u"twelfth"_s,     u"thirteenth"_s, u"fourteenth"_s,
                                u"fifteenth"_s, u"sixteenth"_s, u"seventeenth"_s, u"eighteenth"_s, u"nineteenth"_s};
const QStringList tens{u"twenty"_s, u"thirty"_s,  u"forty"_s,  u"fifty"_s,
                       u"sixty"_s,  u"seventy"_s, u"eighty"_s, u"ninety"_s};
const QStringList months{u"january"_s, u"february"_s, u"march"_s,     u"april"_s,   u"may"_s,      u"june"_s,
                         u"july"_s,    u"august"_s,   u"september"_s, u"october"_s, u"november"_s, u"december"_s};
const QStringList weekdays{u"monday"_s, u"tuesday"_s,  u"wednesday"_s, u"thursday"_s,
                           u"friday"_s, u"saturday"_s, u"sunday"_s};

void addNumbers(Table &table)
{
    for (int i = 0; i < small.size(); ++i) {
        table[small.at(i)].number = i;
        if (i > 0)
            table[smallOrdinals.at(i)].ordinal = i;
    }
    for (const QString &zero : {u"naught"_s, u"nought"_s, u"nil"_s})
        table[zero].number = 0;
    for (int i = 0; i < tens.size(); ++i) {
        const int value = 20 + 10 * i;
        table[tens.at(i)].number = value;
        table[tens.at(i).chopped(1) + u"ieth"_s].ordinal = value;
        for (int unit = 1; unit < 10; ++unit) { // written as one word
            table[tens.at(i) + small.at(unit)].number = value + unit;
            table[tens.at(i) + smallOrdinals.at(unit)].ordinal = value + unit;
        }
    }
    table[u"fourty"_s].number = 40;
    table[u"hundredth"_s].ordinal = 100;
    const auto scale = [&](double value, const QStringList &words) {
        for (const QString &word : words)
            table[word].scale = value;
    };
    scale(12, {u"dozen"_s, u"dozens"_s});
    scale(1e3, {u"thousand"_s, u"thousands"_s});
    scale(1e5, {u"lakh"_s, u"lakhs"_s, u"lac"_s, u"lacs"_s, u"lkh"_s, u"lkhs"_s});
    scale(1e6, {u"million"_s, u"millions"_s});
    scale(1e7, {u"crore"_s, u"crores"_s, u"krore"_s, u"krores"_s, u"koti"_s, u"kotis"_s, u"cr"_s, u"kr"_s});
    scale(1e9, {u"billion"_s, u"billions"_s});
    scale(1e12, {u"trillion"_s, u"trillions"_s});
}

void addCalendar(Table &table)
{
    for (int i = 0; i < months.size(); ++i) {
        table[months.at(i)].month = i + 1;
        table[months.at(i).left(3)].month = i + 1;
    }
    table[u"sept"_s].month = 9;
    for (const QString &word : {u"may"_s, u"march"_s, u"mar"_s, u"august"_s, u"jan"_s, u"dec"_s})
        table[word].weak = true;
    for (int i = 0; i < weekdays.size(); ++i) {
        table[weekdays.at(i)].weekday = i + 1;
        table[weekdays.at(i) + u's'].weekday = i + 1;
        table[weekdays.at(i).left(3)].weekday = i + 1;
        table[weekdays.at(i).left(3)].weak = true;
    }
    table[u"tues"_s].weekday = 2;
    table[u"weds"_s].weekday = 3;
    table[u"thur"_s].weekday = 4;
    table[u"thurs"_s].weekday = 4;
    const auto unit = [&](Grain grain, const QStringList &words) {
        for (const QString &word : words) {
            table[word].unit = grain;
            table[word].shortUnit = word.size() == 1;
        }
    };
    unit(Grain::Second, {u"second"_s, u"seconds"_s, u"sec"_s, u"secs"_s, u"s"_s});
    unit(Grain::Minute, {u"minute"_s, u"minutes"_s, u"min"_s, u"mins"_s, u"m"_s});
    unit(Grain::Hour, {u"hour"_s, u"hours"_s, u"hr"_s, u"hrs"_s, u"h"_s});
    unit(Grain::Day, {u"day"_s, u"days"_s, u"d"_s});
    unit(Grain::Week, {u"week"_s, u"weeks"_s, u"wk"_s, u"wks"_s, u"w"_s});
    unit(Grain::Month, {u"month"_s, u"months"_s, u"mth"_s, u"mths"_s});
    unit(Grain::Quarter, {u"quarter"_s, u"quarters"_s, u"qtr"_s, u"qtrs"_s});
    unit(Grain::Year, {u"year"_s, u"years"_s, u"yr"_s, u"yrs"_s, u"y"_s});
}

Table build()
{
    Table table;
    addNumbers(table);
    addCalendar(table);
    const QString keywords =
        u"a about above after afternoon afternoonish afternoons all almost an annually any anytime approximately "
        u"around "
        "as at atm before beginning between biweekly bod bom boy by coming couple current daily during each early "
        "either "
        "end ending eod eom eoy evening evenings every everyday exactly fall few following for fortnight fortnightly "
        "from "
        "half hourly in just last late later less lower lunch lunchtime mid midday middle midnight minus monthly "
        "more morning mornings negative next night nights no noon now on or over past previous pm previously q "
        "quarterly recurring rest right season seasons since sometime spring starting start summer the this "
        "thru through till til tmr tmrw today todays tomorrow tomorrows tonight tonite toward towards under until "
        "untill "
        "up upcoming weekdays weekday weekend weekends weekly winter autumn within yearly yesterday yesterdays "
        "repeating tomo tom eve midnite noontime ides"_s;
    for (const QString &word : keywords.split(u' '))
        table[word].keyword = true;
    return table;
}
} // namespace

const WordInfo *wordInfo(QStringView word)
{
    static const Table table = build();
    // The longest word of the table is "seventyseventh"; longer ones need no copy.
    if (word.size() > 16)
        return nullptr;
    const auto it = table.constFind(QString::fromRawData(word.data(), word.size()));
    return it == table.constEnd() ? nullptr : &*it;
}

} // namespace Atom::Entities
