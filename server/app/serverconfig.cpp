// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/serverconfig.h"

#include "server/app/configoptions.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>

#include <toml++/toml.h>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fileLimit = 1 << 20;

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

QString typeName(const toml::node &node)
{
    switch (node.type()) {
    case toml::node_type::string:
        return u"a text"_s;
    case toml::node_type::integer:
        return u"an integer"_s;
    case toml::node_type::floating_point:
        return u"a number"_s;
    case toml::node_type::boolean:
        return u"true or false"_s;
    case toml::node_type::array:
        return u"a list"_s;
    case toml::node_type::table:
        return u"a table"_s;
    default:
        return u"a date or time"_s;
    }
}

//! Any TOML value as QVariant: texts, integers as qint64, double, bool, lists and maps; dates become texts.
QVariant toVariant(const toml::node &node)
{
    if (const auto *text = node.as_string())
        return toQString(text->get());
    if (const auto *integer = node.as_integer())
        return QVariant(qint64(integer->get()));
    if (const auto *number = node.as_floating_point())
        return number->get();
    if (const auto *flag = node.as_boolean())
        return flag->get();
    if (const auto *array = node.as_array()) {
        QVariantList list;
        for (const toml::node &element : *array)
            list.append(toVariant(element));
        return list;
    }
    if (const auto *table = node.as_table()) {
        QVariantMap map;
        for (const auto &[key, value] : *table)
            map.insert(toQString(key.str()), toVariant(value));
        return map;
    }
    return u"?"_s;
}

//! Reads one file into a LoadedConfig.
class FileReader
{
public:
    FileReader(QString path, LoadedConfig &out) : m_path(std::move(path)), m_out(out) {}

    void read()
    {
        QFile file(m_path);
        if (!file.open(QIODevice::ReadOnly)) {
            add(nullptr, {}, u"the file cannot be read: %1"_s.arg(file.errorString()),
                u"Check the path and who may read it, or make one with \"config defaults\"."_s);
            return;
        }
        const QByteArray text = file.read(fileLimit + 1);
        if (text.size() > fileLimit || !isValidUtf8(text)) {
            add(nullptr, {}, text.size() > fileLimit ? u"the file is larger than 1 MiB"_s : u"the file is not UTF-8"_s,
                u"A configuration file is a short TOML text."_s);
            return;
        }
        try {
            const toml::table root = toml::parse(std::string_view(text.constData(), size_t(text.size())));
            for (const auto &[key, node] : root)
                readSection(toQString(key.str()), key, node);
        } catch (const toml::parse_error &error) {
            const auto line = error.source().begin.line;
            m_out.issues.append(ConfigIssue{place(line),
                                            {},
                                            u"not valid TOML: %1"_s.arg(toQString(error.description())),
                                            u"Everything after this line could not be read."_s});
        }
    }

private:
    QString place(toml::source_index line) const
    {
        const QString name = QFileInfo(m_path).fileName();
        return line > 0 ? u"%1:%2"_s.arg(name).arg(line) : name;
    }
    void add(const toml::source_region *region, const QString &key, const QString &problem, const QString &remedy)
    {
        m_out.issues.append(ConfigIssue{region ? place(region->begin.line) : m_path, key, problem, remedy});
    }

    void readSection(const QString &section, const toml::key &key, const toml::node &node)
    {
        QStringList sections;
        QStringList names;
        for (const ConfigOption &option : configOptions()) {
            if (!sections.contains(option.section()))
                sections.append(option.section());
            if (option.section() == section)
                names.append(option.name());
        }
        if (names.isEmpty()) {
            const QString near = nearestOf(section, sections);
            add(&key.source(), section, u"unknown section"_s,
                near.isEmpty() ? u"Sections are %1."_s.arg(sections.join(u", "_s))
                               : u"Did you mean \"%1\"?"_s.arg(near));
            return;
        }
        const toml::table *table = node.as_table();
        if (!table) {
            add(&key.source(), section, u"is a section but was given as %1"_s.arg(typeName(node)),
                u"Write [%1] on a line of its own."_s.arg(section));
            return;
        }
        for (const auto &[name, value] : *table)
            readValue(section + u'.' + toQString(name.str()), name, value, names);
    }

    void readValue(const QString &full, const toml::key &key, const toml::node &node, const QStringList &siblings)
    {
        const ConfigOption *option = findOption(full);
        if (!option) {
            const QString near = nearestOf(toQString(key.str()), siblings);
            add(&key.source(), full, u"unknown key"_s,
                near.isEmpty() ? u"Keys here are %1."_s.arg(siblings.join(u", "_s))
                               : u"Did you mean \"%1\"?"_s.arg(near));
            return;
        }
        QVariant value = toVariant(node);
        if (!hasType(*option, node, value)) {
            add(&node.source(), full, u"is %1"_s.arg(typeName(node)), u"It must be: %1."_s.arg(option->typeText()));
            return;
        }
        if (option->type == OptionType::Path && !value.toString().isEmpty())
            value = QFileInfo(m_path).absoluteDir().absoluteFilePath(value.toString());
        const ValueProblem problem = checkValue(*option, &value);
        if (!problem.isOk()) {
            add(&node.source(), full, problem.problem, problem.remedy);
            return;
        }
        option->set(m_out.config, value);
        m_out.sources.insert(full, place(node.source().begin.line));
    }

    static bool isListOfTexts(const QVariant &value)
    {
        const QVariantList list = value.toList();
        return std::all_of(list.begin(), list.end(),
                           [](const QVariant &v) { return v.typeId() == QMetaType::QString; });
    }
    //! Whether the TOML type suits; brings lists of texts and whole numbers into the form that the option uses.
    static bool hasType(const ConfigOption &option, const toml::node &node, QVariant &value)
    {
        switch (option.type) {
        case OptionType::Text:
        case OptionType::Path:
        case OptionType::Url:
        case OptionType::Address:
        case OptionType::Choice:
            return node.is_string();
        case OptionType::Integer:
            return node.is_integer();
        case OptionType::Number:
            value = value.toDouble();
            return node.is_number();
        case OptionType::Flag:
            return node.is_boolean();
        case OptionType::Origins:
        case OptionType::Destinations:
        case OptionType::Roles: {
            const bool fits = node.is_array() && isListOfTexts(value);
            value = value.toStringList();
            return fits;
        }
        case OptionType::Levels: {
            // [log.levels] with dotted keys written without quotes makes nested tables: the same thing is meant.
            if (!node.is_table())
                return false;
            QVariantMap flat;
            flatten({}, value.toMap(), &flat);
            value = flat;
            return true;
        }
        case OptionType::Rules: {
            const QVariantList list = value.toList();
            return node.is_array() && std::all_of(list.begin(), list.end(), [](const QVariant &v) {
                       return v.typeId() == QMetaType::QVariantMap;
                   });
        }
        }
        return false;
    }
    static void flatten(const QString &prefix, const QVariantMap &map, QVariantMap *flat)
    {
        for (auto it = map.cbegin(); it != map.cend(); ++it) {
            const QString key = prefix.isEmpty() ? it.key() : prefix + u'.' + it.key();
            if (it.value().typeId() == QMetaType::QVariantMap)
                flatten(key, it.value().toMap(), flat);
            else
                flat->insert(key, it.value());
        }
    }

    QString m_path;
    LoadedConfig &m_out;
};

void readText(LoadedConfig &out, const ConfigOption &option, const QString &text, const QString &where)
{
    QVariant value;
    const ValueProblem problem = valueFromText(option, text, &value);
    if (!problem.isOk()) {
        out.issues.append(ConfigIssue{where, option.key, problem.problem, problem.remedy});
        return;
    }
    option.set(out.config, value);
    out.sources.insert(option.key, where);
}

void readEnvironment(LoadedConfig &out, const QMap<QString, QString> &environment)
{
    QStringList names;
    for (const ConfigOption &option : configOptions())
        names.append(option.environmentName());
    for (auto it = environment.cbegin(); it != environment.cend(); ++it) {
        const QString where = u"environment "_s + it.key();
        const qsizetype at = names.indexOf(it.key());
        if (at >= 0) {
            readText(out, configOptions().at(at), it.value(), where);
            continue;
        }
        // Others may use ATOM_ for something else, but ATOM_HTTP_PROT is meant for us.
        const QString section = it.key().section(u'_', 1, 1).toLower();
        const bool isOurs = it.key().startsWith(u"ATOM_"_s) && it.key().count(u'_') >= 2 &&
                            std::any_of(configOptions().begin(), configOptions().end(),
                                        [&](const ConfigOption &o) { return o.section() == section; });
        if (isOurs) {
            QStringList lower;
            for (const QString &name : std::as_const(names))
                lower.append(name.toLower());
            const qsizetype near = lower.indexOf(nearestOf(it.key(), lower));
            out.issues.append(ConfigIssue{
                where, {}, u"unknown variable"_s, near < 0 ? QString() : u"Did you mean %1?"_s.arg(names.at(near))});
        }
    }
}

void readArguments(LoadedConfig &out, const QList<ConfigOverride> &arguments)
{
    QStringList keys;
    for (const ConfigOption &option : configOptions())
        keys.append(option.key);
    for (const ConfigOverride &argument : arguments) {
        if (const ConfigOption *option = findOption(argument.key)) {
            readText(out, *option, argument.text, argument.where);
            continue;
        }
        const QString near = nearestOf(argument.key, keys);
        out.issues.append(ConfigIssue{argument.where, argument.key, u"unknown key"_s,
                                      near.isEmpty() ? u"\"config defaults\" lists all keys."_s
                                                     : u"Did you mean \"%1\"?"_s.arg(near)});
    }
}

//! What can only be seen with everything read.
void checkTogether(LoadedConfig &out)
{
    const ServerConfig &c = out.config;
    if (c.http.port != 0 && c.http.port == c.realtime.port && c.http.address == c.realtime.address) {
        out.issues.append(ConfigIssue{out.sources.value(u"realtime.port"_s), u"realtime.port"_s,
                                      u"is the same as http.port"_s,
                                      u"Each port answers both; give them two numbers."_s});
    }
    if (!c.llm.url.isEmpty() && c.llm.model.isEmpty() && c.llm.embeddingModel.isEmpty()) {
        out.issues.append(ConfigIssue{out.sources.value(u"llm.url"_s), u"llm.model"_s, u"is missing"_s,
                                      u"A language model has an address: name the model too, or leave out llm.url."_s});
    }
}

} // namespace

QString ServerConfig::dataFolder() const
{
    if (!data.folder.isEmpty())
        return QDir::current().absoluteFilePath(data.folder);
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/atom-chat"_s;
}

QString ServerConfig::checkpointFile() const
{
    if (!audit.checkpoints.isEmpty())
        return QDir::current().absoluteFilePath(audit.checkpoints);
    return dataFolder() + u"/audit-checkpoints.jsonl"_s;
}

QList<AlertRule> ServerConfig::defaultRules()
{
    const auto rule = [](const QString &name, const QString &metric, double threshold, int holdSeconds,
                         AlertSeverity severity, const QString &summary) {
        AlertRule r;
        r.name = name;
        r.metric = metric;
        r.threshold = threshold;
        r.holdFor = seconds(holdSeconds);
        r.severity = severity;
        r.summary = summary;
        return r;
    };
    return {rule(u"cpu-high"_s, u"cpu_percent"_s, 90, 60, AlertSeverity::Warning,
                 u"The server has used more than 90 % of a processor for a minute."_s),
            rule(u"ack-slow"_s, u"ack_p99_ms"_s, 250, 30, AlertSeverity::Warning,
                 u"One message in a hundred needs more than 250 ms until it is stored."_s),
            rule(u"storage-behind"_s, u"storage_queue"_s, 5'000, 15, AlertSeverity::Critical,
                 u"More than 5000 jobs wait for the disk."_s),
            rule(u"errors"_s, u"errors_per_second"_s, 5, 30, AlertSeverity::Critical,
                 u"The server has answered with more than 5 errors a second."_s)};
}

QString ConfigIssue::toString() const
{
    QString line = where;
    if (!key.isEmpty())
        line += (line.isEmpty() ? QString() : u": "_s) + key;
    line += (line.isEmpty() ? QString() : u": "_s) + problem + u'.';
    if (!remedy.isEmpty())
        line += u' ' + remedy;
    return line;
}

LoadedConfig loadConfig(const ConfigInput &input)
{
    LoadedConfig out;
    for (const ConfigOption &option : configOptions())
        out.sources.insert(option.key, u"default"_s);
    if (!input.file.isEmpty())
        FileReader(input.file, out).read();
    readEnvironment(out, input.environment);
    readArguments(out, input.arguments);
    checkTogether(out);
    return out;
}

} // namespace Atom::App
