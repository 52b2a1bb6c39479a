// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The values of options: reading, checking and writing them, one function per job, one case per type.
#include "server/app/configoptions.h"

#include "server/app/logsink.h"
#include "server/connectors/egressurl.h"
#include "shared/protocol/restcodec.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>

#include <cmath>

namespace Atom::App {
using namespace Qt::StringLiterals;
using Protocol::metricNames;

namespace {

ValueProblem checkOrigin(const QString &text)
{
    if (text == u"*"_s)
        return {u"\"*\" would let every web page in"_s,
                u"List each origin, for example \"https://chat.example.org\"."_s};
    const QUrl url(text, QUrl::StrictMode);
    const bool isHttp = url.scheme() == u"http"_s || url.scheme() == u"https"_s;
    if (!url.isValid() || !isHttp || url.host().isEmpty() || !url.path().isEmpty() || url.hasQuery() ||
        url.hasFragment() || !url.userInfo().isEmpty())
        return {u"\"%1\" is not an origin"_s.arg(text),
                u"An origin is scheme://host or scheme://host:port, no more."_s};
    return {};
}

ValueProblem checkDestination(const QString &text)
{
    static const QRegularExpression hostPort(
        u"^(?:\\[([0-9A-Fa-f:.]+)\\]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)):([0-9]{1,5})$"_s);
    if (text.contains(u'/')) {
        const auto subnet = QHostAddress::parseSubnet(text);
        if (!subnet.first.isNull() && subnet.second >= 0)
            return {};
    } else if (const QRegularExpressionMatch match = hostPort.match(text); match.hasMatch()) {
        const int port = match.captured(3).toInt();
        const QString v6 = match.captured(1);
        if (port >= 1 && port <= 65'535 && (v6.isEmpty() || !QHostAddress(v6).isNull()))
            return {};
    }
    return {u"\"%1\" is not a destination"_s.arg(text),
            u"Write \"host:port\", \"[address]:port\" or a range such as \"10.1.0.0/16\"."_s};
}

//! Without a name or password: what is in the configuration is shown.
ValueProblem checkUrl(const QString &text)
{
    if (text.isEmpty())
        return {};
    const Result<Connectors::EgressUrl> url = Connectors::parseEgressUrl(text);
    if (url && !url->url.hasQuery() && !text.contains(u'#'))
        return {};
    return {url ? u"it has a query or fragment"_s : u"it cannot be called"_s,
            u"Write http:// or https://, the host and a path, without user, password, ? and #."_s};
}

ValueProblem checkRole(const QString &text)
{
    const std::optional<Role> role = roleFromName(text);
    if (role && role != Role::Guest)
        return {};
    return {u"\"%1\" is not a role of accounts"_s.arg(text),
            u"Roles are owner, admin, moderator, operator, auditor and member."_s};
}

ValueProblem checkRules(const QVariantList &list)
{
    static const QRegularExpression nameForm(u"^[a-z0-9-]{1,64}$"_s);
    static const QStringList known{u"name"_s,        u"metric"_s,   u"above"_s,  u"below"_s,
                                   u"for_seconds"_s, u"severity"_s, u"summary"_s};
    QStringList names;
    QStringList problems;
    QStringList remedies;
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QVariantMap rule = list.at(i).toMap();
        const QString name = rule.value(u"name"_s).toString();
        const auto wrong = [&](const QString &problem, const QString &remedy = {}) {
            problems.append(u"rule %1 (%2): %3"_s.arg(i + 1).arg(name.isEmpty() ? u"no name"_s : name, problem));
            if (!remedy.isEmpty() && !remedies.contains(remedy))
                remedies.append(remedy);
        };
        for (auto it = rule.cbegin(); it != rule.cend(); ++it) {
            if (!known.contains(it.key())) {
                const QString near = nearestOf(it.key(), known);
                wrong(u"unknown key \"%1\""_s.arg(it.key()), near.isEmpty()
                                                                 ? u"Known are %1."_s.arg(known.join(u", "_s))
                                                                 : u"Did you mean \"%1\"?"_s.arg(near));
            }
        }
        if (!nameForm.match(name).hasMatch())
            wrong(u"name must be 1 to 64 characters of a-z, 0-9 and '-'"_s);
        else if (names.contains(name))
            wrong(u"the name is used twice"_s);
        names.append(name);
        const QString metric = rule.value(u"metric"_s).toString();
        if (!metricNames().contains(metric)) {
            const QString near = nearestOf(metric, metricNames());
            wrong(u"there is no metric \"%1\""_s.arg(metric),
                  near.isEmpty() ? u"Metrics are %1."_s.arg(metricNames().join(u", "_s))
                                 : u"Did you mean \"%1\"?"_s.arg(near));
        }
        const bool above = rule.contains(u"above"_s);
        const bool below = rule.contains(u"below"_s);
        if (above == below) {
            wrong(u"exactly one of above and below is needed"_s);
        } else {
            bool isNumber = false;
            const QVariant threshold = rule.value(above ? u"above"_s : u"below"_s);
            const double value = threshold.toDouble(&isNumber);
            if (!isNumber || threshold.typeId() == QMetaType::QString || !std::isfinite(value))
                wrong(u"the threshold must be a number"_s);
        }
        if (rule.contains(u"for_seconds"_s)) {
            const QVariant hold = rule.value(u"for_seconds"_s);
            if (hold.typeId() != QMetaType::LongLong || hold.toLongLong() < 0 || hold.toLongLong() > 86'400)
                wrong(u"for_seconds must be an integer from 0 to 86400"_s);
        }
        if (rule.contains(u"severity"_s) && !alertSeverityFromName(rule.value(u"severity"_s).toString()))
            wrong(u"severity must be \"warning\" or \"critical\""_s);
        if (rule.contains(u"summary"_s) && (rule.value(u"summary"_s).typeId() != QMetaType::QString ||
                                            rule.value(u"summary"_s).toString().size() > 500))
            wrong(u"summary must be a text of at most 500 characters"_s);
    }
    return {problems.join(u"; "_s), remedies.join(u' ')};
}

QString quoted(const QString &text)
{
    QString result = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            result += u'\\' + QString(c);
        else if (c < u' ' || c == QChar(0x7f))
            result += u"\\u%1"_s.arg(int(c.unicode()), 4, 16, QLatin1Char('0'));
        else
            result += c;
    }
    return result + u'"';
}

QString quoted(const QStringList &list)
{
    QStringList parts;
    for (const QString &text : list)
        parts.append(quoted(text));
    return u'[' + parts.join(u", "_s) + u']';
}

QString numberText(double value)
{
    const QString text = QString::number(value, 'g', 15);
    return text.contains(u'.') || text.contains(u'e') ? text : text + u".0"_s;
}

} // namespace

QString ConfigOption::typeText() const
{
    switch (type) {
    case OptionType::Text:
        return u"text"_s;
    case OptionType::Path:
        return u"path"_s;
    case OptionType::Url:
        return u"URL"_s;
    case OptionType::Address:
        return u"IP address"_s;
    case OptionType::Integer:
        return u"integer, %1 to %2"_s.arg(qint64(minimum)).arg(qint64(maximum));
    case OptionType::Number:
        return u"number, %1 to %2"_s.arg(minimum).arg(maximum, 0, 'f', 0);
    case OptionType::Flag:
        return u"true or false"_s;
    case OptionType::Choice:
        return quoted(choices).mid(1).chopped(1).replace(u", "_s, u" or "_s);
    case OptionType::Origins:
        return u"list of origins"_s;
    case OptionType::Destinations:
        return u"list of destinations"_s;
    case OptionType::Roles:
        return u"list of roles"_s;
    case OptionType::Levels:
        return u"table: category = \"debug\", \"info\", \"warning\" or \"critical\""_s;
    case OptionType::Rules:
        return u"array of tables: name, metric, above or below, for_seconds, severity, summary"_s;
    }
    return {};
}

QString nearestOf(const QString &mistyped, const QStringList &known)
{
    if (mistyped.size() > 64)
        return {};
    QString best;
    qsizetype bestDistance = std::max<qsizetype>(2, mistyped.size() / 3) + 1;
    for (const QString &candidate : known) {
        // Levenshtein distance, one row at a time.
        QList<qsizetype> row(candidate.size() + 1);
        for (qsizetype j = 0; j <= candidate.size(); ++j)
            row[j] = j;
        for (qsizetype i = 1; i <= mistyped.size(); ++i) {
            qsizetype diagonal = std::exchange(row[0], i);
            for (qsizetype j = 1; j <= candidate.size(); ++j) {
                const qsizetype change = diagonal + (mistyped.at(i - 1).toLower() == candidate.at(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
            }
        }
        if (row.last() < bestDistance) {
            bestDistance = row.last();
            best = candidate;
        }
    }
    return best;
}

ValueProblem checkValue(const ConfigOption &option, QVariant *value)
{
    switch (option.type) {
    case OptionType::Text:
    case OptionType::Path:
        if (value->toString().contains(QChar(0)))
            return {u"contains a NUL character"_s, {}};
        return {};
    case OptionType::Url:
        return checkUrl(value->toString());
    case OptionType::Flag:
        return {};
    case OptionType::Address: {
        QString text = value->toString();
        if (text == u"localhost"_s)
            text = u"127.0.0.1"_s;
        if (text.startsWith(u'[') && text.endsWith(u']'))
            text = text.mid(1).chopped(1);
        if (QHostAddress(text).isNull())
            return {u"\"%1\" is not an IP address"_s.arg(text),
                    u"Write for example 127.0.0.1, ::1, or 0.0.0.0 for all addresses."_s};
        *value = text;
        return {};
    }
    case OptionType::Integer:
    case OptionType::Number: {
        const double number = value->toDouble();
        if (!std::isfinite(number) || number < option.minimum || number > option.maximum)
            return {u"%1 is out of range"_s.arg(value->toString()), u"It must be: %1."_s.arg(option.typeText())};
        return {};
    }
    case OptionType::Choice: {
        if (option.choices.contains(value->toString()))
            return {};
        const QString near = nearestOf(value->toString(), option.choices);
        return {u"\"%1\" is not one of %2"_s.arg(value->toString(), option.choices.join(u", "_s)),
                near.isEmpty() ? QString() : u"Did you mean \"%1\"?"_s.arg(near)};
    }
    case OptionType::Origins:
    case OptionType::Destinations:
    case OptionType::Roles: {
        const QStringList entries = value->toStringList();
        for (const QString &entry : entries) {
            const ValueProblem problem = option.type == OptionType::Origins ? checkOrigin(entry)
                                         : option.type == OptionType::Roles ? checkRole(entry)
                                                                            : checkDestination(entry);
            if (!problem.isOk())
                return problem;
        }
        return {};
    }
    case OptionType::Levels: {
        const QVariantMap levels = value->toMap();
        for (auto it = levels.cbegin(); it != levels.cend(); ++it) {
            if (!LogSink::isValidCategory(it.key()))
                return {u"\"%1\" is not a category"_s.arg(it.key()), u"Categories look like \"atom.server.http\"."_s};
            if (!option.choices.contains(it.value().toString()))
                return {u"\"%1\" is not a level (%2)"_s.arg(it.value().toString(), it.key()),
                        u"Levels are %1."_s.arg(option.choices.join(u", "_s))};
        }
        return {};
    }
    case OptionType::Rules:
        return checkRules(value->toList());
    }
    return {};
}

ValueProblem valueFromText(const ConfigOption &option, const QString &text, QVariant *value)
{
    const auto pieces = [&text] {
        QStringList list = text.split(u',', Qt::SkipEmptyParts);
        for (QString &piece : list)
            piece = piece.trimmed();
        return list;
    };
    bool isRead = true;
    switch (option.type) {
    case OptionType::Text:
    case OptionType::Path:
    case OptionType::Url:
    case OptionType::Address:
    case OptionType::Choice:
        *value = text;
        break;
    case OptionType::Integer:
        *value = text.toLongLong(&isRead);
        break;
    case OptionType::Number:
        *value = text.toDouble(&isRead);
        break;
    case OptionType::Flag:
        isRead = text == u"true"_s || text == u"false"_s;
        *value = text == u"true"_s;
        break;
    case OptionType::Origins:
    case OptionType::Destinations:
    case OptionType::Roles:
        *value = pieces();
        break;
    case OptionType::Levels: {
        QVariantMap levels;
        const QStringList list = pieces();
        for (const QString &piece : list) {
            isRead = isRead && piece.contains(u'=');
            levels.insert(piece.section(u'=', 0, 0).trimmed(), piece.section(u'=', 1).trimmed());
        }
        *value = levels;
        break;
    }
    case OptionType::Rules:
        return {u"rules can only be given in the file"_s, u"Use [[alerts.rules]] in the configuration file."_s};
    }
    if (!isRead)
        return {u"\"%1\" cannot be read"_s.arg(text.left(100)), u"It must be: %1."_s.arg(option.typeText())};
    return checkValue(option, value);
}

QString toToml(const ConfigOption &option, const QVariant &value)
{
    switch (option.type) {
    case OptionType::Text:
    case OptionType::Path:
    case OptionType::Url:
    case OptionType::Address:
    case OptionType::Choice:
        return quoted(value.toString());
    case OptionType::Integer:
        return QString::number(value.toLongLong());
    case OptionType::Number:
        return numberText(value.toDouble());
    case OptionType::Flag:
        return value.toBool() ? u"true"_s : u"false"_s;
    case OptionType::Origins:
    case OptionType::Destinations:
    case OptionType::Roles:
        return quoted(value.toStringList());
    case OptionType::Levels: {
        QStringList parts;
        const QVariantMap levels = value.toMap();
        for (auto it = levels.cbegin(); it != levels.cend(); ++it)
            parts.append(u"%1 = %2"_s.arg(quoted(it.key()), quoted(it.value().toString())));
        return parts.isEmpty() ? u"{}"_s : u"{ "_s + parts.join(u", "_s) + u" }"_s;
    }
    case OptionType::Rules: {
        QStringList rules;
        const QVariantList list = value.toList();
        for (const QVariant &entry : list) {
            const QVariantMap rule = entry.toMap();
            QStringList parts;
            for (const QString &key :
                 {u"name"_s, u"metric"_s, u"above"_s, u"below"_s, u"for_seconds"_s, u"severity"_s, u"summary"_s}) {
                const QVariant field = rule.value(key);
                if (field.typeId() == QMetaType::QString)
                    parts.append(u"%1 = %2"_s.arg(key, quoted(field.toString())));
                else if (field.typeId() == QMetaType::Double)
                    parts.append(u"%1 = %2"_s.arg(key, numberText(field.toDouble())));
                else if (field.isValid())
                    parts.append(u"%1 = %2"_s.arg(key, QString::number(field.toLongLong())));
            }
            rules.append(u"{ "_s + parts.join(u", "_s) + u" }"_s);
        }
        return u'[' + rules.join(u", "_s) + u']';
    }
    }
    return {};
}

} // namespace Atom::App
