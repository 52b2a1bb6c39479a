// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QString>
#include <QtCore/QTimeZone>

#include <optional>
#include <variant>

namespace Atom::Entities {

//! \brief What was recognised. The comment names the type of Entity::value.
enum class Kind {
    Email,    //!< TextValue
    Url,      //!< TextValue; with or without a scheme ("www.example.org/a")
    Mention,  //!< TextValue: the name after the "@"
    Channel,  //!< TextValue: the name after the "#"
    Quote,    //!< TextValue: what stands between the quotation marks
    Code,     //!< TextValue: what stands between the backquotes
    Number,   //!< NumberValue
    Ordinal,  //!< NumberValue, from 1
    Money,    //!< MoneyValue
    Duration, //!< DurationValue
    Time,     //!< TimeValue
    Repeat,   //!< RepeatValue
    List,     //!< ListValue: an entry of a list of the workspace
    Pattern,  //!< PatternValue: a match of a pattern of the workspace
};
//! \brief The stable name of a kind, for example "duration".
QString kindName(Kind kind);

//! \brief How precise a time is, or the unit of a duration; from fine to coarse.
enum class Grain { Second, Minute, Hour, Day, Week, Month, Quarter, Year };
//! \brief The stable name of a grain, for example "minute".
QString grainName(Grain grain);

struct TextValue
{
    QString text;
    bool operator==(const TextValue &) const = default;
};

struct NumberValue
{
    double value = 0; //!< "20 %" is 20 with `percent`
    bool percent = false;
    bool operator==(const NumberValue &) const = default;
};

//! \brief An amount (`from` equals `to`), an interval, or one that is open at one end ("under $7" has no `from`).
struct MoneyValue
{
    std::optional<double> from, to; //!< in `unit`; both ends belong to the interval
    //! ISO 4217 where the text tells it ("$" is USD, "£" GBP); "Pound", "Dinar", "Rial", "Riyal" and "Cent" where it
    //! does not.
    QString unit;
    bool operator==(const MoneyValue &) const = default;
};

struct DurationValue
{
    double value = 0; //!< in `unit`, the finest one of the text ("2 years and 3 months" is 27 months)
    Grain unit = Grain::Second;
    double seconds = 0; //!< the same, with months of 30 and years of 365 days
    bool operator==(const DurationValue &) const = default;
};

//! \brief A time in the zone of the context. `to` is exclusive.
struct TimeValue
{
    enum class Shape {
        Point,    //!< one unit of `grain`: "tomorrow", "5pm"; `to` is where the unit ends
        Interval, //!< "from 3 to 5pm", "this evening", "next 3 days"
        Before,   //!< "until noon": `from` is invalid
        After,    //!< "after 2pm": `to` is invalid
    };
    QDateTime from, to;
    //! Where the last unit of an interval begins, which is what the writer said: "9:30 - 11:00" names the minutes from
    //! 9:30 to 11:00, so `to` is 11:01 and `last` is 11:00.
    QDateTime last;
    Grain grain = Grain::Day;
    Shape shape = Shape::Point;
    bool operator==(const TimeValue &) const = default;
};

struct RepeatValue
{
    QString rrule;   //!< RFC 5545 recurrence rule without "RRULE:"; hours and minutes are those of the context's zone
    QDateTime first; //!< the first occurrence after the context's now, in its zone; fits DTSTART
    bool operator==(const RepeatValue &) const = default;
};

struct ListValue
{
    QString list;           //!< its name
    QString value;          //!< the canonical value of the entry
    bool corrected = false; //!< found in spite of a typing error
    bool operator==(const ListValue &) const = default;
};

struct PatternValue
{
    QString pattern; //!< its name
    bool operator==(const PatternValue &) const = default;
};

using Value =
    std::variant<TextValue, NumberValue, MoneyValue, DurationValue, TimeValue, RepeatValue, ListValue, PatternValue>;

//! \brief Something recognised in a text.
struct Entity
{
    Kind kind = Kind::Number;
    qsizetype start = 0;  //!< UTF-16 units from the beginning of the text
    qsizetype length = 0; //!< UTF-16 units, never 0
    QString text;         //!< as written
    Value value;          //!< see Kind
    bool operator==(const Entity &) const = default;
};

//! \brief What the meaning of a text depends on besides the text.
struct Context
{
    QDateTime now;         //!< in any zone
    QTimeZone zone;        //!< the writer's; "tomorrow" and "at 5pm" are meant there
    bool dayFirst = false; //!< 2/3 is the second of March; when only one reading is a date, that one counts
};

} // namespace Atom::Entities
