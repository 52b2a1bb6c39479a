// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/entity.h"

namespace Atom::Entities {
using namespace Qt::StringLiterals;

QString kindName(Kind kind)
{
    switch (kind) {
    case Kind::Email:
        return u"email"_s;
    case Kind::Url:
        return u"url"_s;
    case Kind::Mention:
        return u"mention"_s;
    case Kind::Channel:
        return u"channel"_s;
    case Kind::Quote:
        return u"quote"_s;
    case Kind::Code:
        return u"code"_s;
    case Kind::Number:
        return u"number"_s;
    case Kind::Ordinal:
        return u"ordinal"_s;
    case Kind::Money:
        return u"money"_s;
    case Kind::Duration:
        return u"duration"_s;
    case Kind::Time:
        return u"time"_s;
    case Kind::Repeat:
        return u"repeat"_s;
    case Kind::List:
        return u"list"_s;
    case Kind::Pattern:
        return u"pattern"_s;
    }
    return {};
}

QString grainName(Grain grain)
{
    switch (grain) {
    case Grain::Second:
        return u"second"_s;
    case Grain::Minute:
        return u"minute"_s;
    case Grain::Hour:
        return u"hour"_s;
    case Grain::Day:
        return u"day"_s;
    case Grain::Week:
        return u"week"_s;
    case Grain::Month:
        return u"month"_s;
    case Grain::Quarter:
        return u"quarter"_s;
    case Grain::Year:
        return u"year"_s;
    }
    return {};
}

} // namespace Atom::Entities
