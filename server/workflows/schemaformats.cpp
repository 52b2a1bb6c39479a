// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of JSON Schema that are checked. The texts are short or refused, so a backtracking matcher is safe here.
#include "server/workflows/schemaprogram.h"

#include <QtCore/QDate>
#include <QtCore/QRegularExpression>
#include <QtCore/QTime>
#include <QtCore/QUrl>
#include <QtCore/QUuid>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype longestUri = 8 * 1024;
constexpr qsizetype longestText = 320; // of everything else: the longest address of RFC 5321

bool isDate(QStringView text)
{
    static const QRegularExpression form(u"\\A\\d{4}-\\d{2}-\\d{2}\\z"_s);
    return form.match(text.toString()).hasMatch() && QDate::fromString(text.toString(), Qt::ISODate).isValid();
}

// RFC 3339, section 5.6; a leap second is possible.
bool isTime(QStringView text)
{
    static const QRegularExpression form(
        u"\\A([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d{1,18})?([zZ]|[+-]([01]\\d|2[0-3]):[0-5]\\d)\\z"_s);
    return form.match(text.toString()).hasMatch();
}

bool isDateTime(QStringView text)
{
    return text.size() > 11 && (text[10] == u'T' || text[10] == u't') && isDate(text.first(10)) &&
           isTime(text.sliced(11));
}

bool isEmail(QStringView text)
{
    static const QRegularExpression form(
        u"\\A[^\\s@<>\\x00-\\x1f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*\\z"_s);
    return form.match(text.toString()).hasMatch();
}

bool isIpv4(QStringView text)
{
    static const QRegularExpression form(u"\\A(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!\\z)|\\z)){4}\\z"_s);
    return form.match(text.toString()).hasMatch();
}

bool isUri(const QString &text, bool mayBeRelative)
{
    if (text.size() > longestUri)
        return false;
    const QUrl url(text, QUrl::StrictMode);
    return (url.isValid() || (mayBeRelative && text.isEmpty())) && (mayBeRelative || !url.scheme().isEmpty());
}
} // namespace

bool hasFormat(const QString &text, const QString &format)
{
    if (format == u"uri" || format == u"uri-reference")
        return isUri(text, format == u"uri-reference");
    const bool isLong = text.size() > longestText;
    if (format == u"date-time")
        return !isLong && isDateTime(text);
    if (format == u"date")
        return !isLong && isDate(text);
    if (format == u"time")
        return !isLong && isTime(text);
    if (format == u"email")
        return !isLong && isEmail(text);
    if (format == u"ipv4")
        return !isLong && isIpv4(text);
    if (format == u"uuid")
        return text.size() == 36 && !QUuid::fromString(text).isNull();
    return true;
}

} // namespace Atom::Workflows
