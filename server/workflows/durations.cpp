// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/durations.h"

#include "server/expressions/jsonvalues.h"
#include "server/expressions/template.h"

#include <QtCore/QRegularExpression>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {
constexpr double longestMillis = 366.0 * 86'400'000;

Error invalid(const QString &text)
{
    return Error(Errc::ValidationFailed, text);
}

Result<milliseconds> bounded(double millis)
{
    if (!(millis >= 0 && millis <= longestMillis))
        return invalid(u"a duration is between 0 and 366 days"_s);
    return milliseconds(qint64(millis + 0.5));
}
} // namespace

Result<milliseconds> parseDuration(const QJsonValue &value)
{
    if (value.isString()) {
        const QString text = value.toString();
        if (Expressions::isExpressionText(text))
            return invalid(u"a fixed duration is needed here, not an expression"_s);
        static const QRegularExpression iso(
            u"\\AP(?:(\\d{1,9}(?:\\.\\d{1,9})?)W)?(?:(\\d{1,9}(?:\\.\\d{1,9})?)D)?(?:T(?:(\\d{1,9}(?:\\.\\d{1,9})?)H)?(?:(\\d{1,9}(?:\\.\\d{1,9})?)M)?(?:(\\d{1,9}(?:\\.\\d{1,9})?)S)?)?\\z"_s);
        const auto match = iso.match(text);
        if (!match.hasMatch() || match.lastCapturedIndex() < 1)
            return invalid(
                u"`%1` is not an ISO 8601 duration in weeks, days, hours, minutes or seconds"_s.arg(text.left(64)));
        const double units[] = {604'800'000, 86'400'000, 3'600'000, 60'000, 1000};
        double millis = 0;
        for (int i = 0; i < 5; ++i)
            millis += match.captured(i + 1).toDouble() * units[i];
        return bounded(millis);
    }
    if (!value.isObject() || value.toObject().isEmpty())
        return invalid(u"a duration is an object like {seconds: 3} or ISO 8601 text"_s);
    double millis = 0;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const double unit = it.key() == u"days"           ? 86'400'000
                            : it.key() == u"hours"        ? 3'600'000
                            : it.key() == u"minutes"      ? 60'000
                            : it.key() == u"seconds"      ? 1000
                            : it.key() == u"milliseconds" ? 1
                                                          : 0;
        if (unit == 0)
            return invalid(
                u"a duration has no `%1`: days, hours, minutes, seconds, milliseconds"_s.arg(it.key().left(64)));
        if (!Expressions::isInteger(it.value()) || it.value().toInteger() < 0)
            return invalid(u"`%1` of a duration is a whole number from 0"_s.arg(it.key()));
        millis += double(it.value().toInteger()) * unit;
    }
    return bounded(millis);
}

} // namespace Atom::Workflows
