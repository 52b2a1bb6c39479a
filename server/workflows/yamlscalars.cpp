// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/yamlreader.h"

#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

QJsonValue plainScalar(const QString &text, QString *problem)
{
    if (text.isEmpty() || text == u"~" || text == u"null" || text == u"Null" || text == u"NULL")
        return QJsonValue(QJsonValue::Null);
    if (text == u"true" || text == u"True" || text == u"TRUE")
        return true;
    if (text == u"false" || text == u"False" || text == u"FALSE")
        return false;
    const QChar first = text[0];
    const bool maybeNumber = first == u'+' || first == u'-' || first == u'.' || (first >= u'0' && first <= u'9');
    if (!maybeNumber || text.size() > 64)
        return text;
    const QStringView unsignedText = first == u'+' || first == u'-' ? QStringView(text).mid(1) : QStringView(text);
    if (unsignedText == u".inf" || unsignedText == u".Inf" || unsignedText == u".INF" || text == u".nan" ||
        text == u".NaN" || text == u".NAN") {
        *problem = u"`%1` has no JSON form"_s.arg(text);
        return text;
    }
    bool ok = false;
    if (text.startsWith(u"0x") || text.startsWith(u"0o")) {
        const QStringView digits = QStringView(text).mid(2);
        if (digits.isEmpty() || !digits[0].isLetterOrNumber())
            return text;
        const qint64 n = digits.toLongLong(&ok, text[1] == u'x' ? 16 : 8);
        return ok ? QJsonValue(n) : QJsonValue(text);
    }
    bool digitsOnly = !unsignedText.isEmpty();
    bool isFloat = false;
    bool hasDigit = false;
    for (qsizetype i = 0; i < unsignedText.size(); ++i) {
        const QChar c = unsignedText[i];
        if (c >= u'0' && c <= u'9') {
            hasDigit = true;
            continue;
        }
        digitsOnly = false;
        const bool exponent = (c == u'e' || c == u'E') && hasDigit;
        const bool sign =
            (c == u'+' || c == u'-') && i > 0 && (unsignedText[i - 1] == u'e' || unsignedText[i - 1] == u'E');
        if (c != u'.' && !exponent && !sign)
            return text;
        isFloat = true;
    }
    if (digitsOnly) {
        const qint64 n = text.toLongLong(&ok);
        if (!ok)
            *problem = u"the integer %1 does not fit in 64 bits; quote it"_s.arg(text);
        return n;
    }
    const double d = isFloat && hasDigit ? text.toDouble(&ok) : 0;
    return ok && std::isfinite(d) ? QJsonValue(d) : QJsonValue(text);
}

} // namespace Atom::Workflows
