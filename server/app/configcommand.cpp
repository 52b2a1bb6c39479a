// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/configcommand.h"

#include "server/app/configoptions.h"
#include "server/app/logsink.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {

constexpr int exitOk = 0;
constexpr int exitMistakes = 1;
constexpr int exitUsage = 2;
constexpr qsizetype lineWidth = 100;

void writeComment(QTextStream &out, const QString &text)
{
    QString line = u"#"_s;
    const QStringList words = text.split(u' ');
    for (const QString &word : words) {
        if (line.size() + 1 + word.size() > lineWidth) {
            out << line << '\n';
            line = u"#"_s;
        }
        line += u' ' + word;
    }
    out << line << '\n';
}

void writeDefault(QTextStream &out, const ConfigOption &option)
{
    writeComment(out, option.help);
    writeComment(out, u"Type: %1."_s.arg(option.typeText()));
    const QVariant value = option.get(ServerConfig());
    if (option.type != OptionType::Rules) {
        out << '#' << option.name() << " = " << toToml(option, value) << "\n\n";
        return;
    }
    const QVariantList rules = value.toList();
    for (const QVariant &rule : rules) {
        // "[{ a = 1, b = 2 }]" of one rule, a line for each field.
        QString fields = toToml(option, QVariantList{rule});
        fields = fields.mid(3).chopped(3);
        out << "#[[" << option.key << "]]\n";
        static const QStringList names{u"name"_s,        u"metric"_s,   u"above"_s,  u"below"_s,
                                       u"for_seconds"_s, u"severity"_s, u"summary"_s};
        for (const QString &name : names)
            fields.replace(u", "_s + name + u" = "_s, u"\n#"_s + name + u" = "_s);
        out << '#' << fields << "\n\n";
    }
}

void show(const LoadedConfig &loaded, QTextStream &out)
{
    QString section;
    for (const ConfigOption &option : configOptions()) {
        if (option.section() != section) {
            out << (section.isEmpty() ? "" : "\n") << '[' << option.section() << "]\n";
            section = option.section();
        }
        const QString value = toToml(option, option.get(loaded.config));
        out << maskSecrets(option.name() + u" = "_s + value) << "  # " << loaded.sources.value(option.key) << '\n';
    }
}

} // namespace

QString defaultConfigText()
{
    QString text;
    QTextStream out(&text);
    out << "# Atom Chat server configuration (TOML). Every key is optional; the values shown are the defaults.\n"
           "# A key is also read from the environment as ATOM_<SECTION>_<KEY>, for example ATOM_HTTP_PORT=8080 (lists\n"
           "# separated by commas), and from the command line as --set section.key=value; the later one wins.\n"
           "# Relative paths in this file are relative to this file. \"atom-server config check\" finds mistakes.\n";
    QString section;
    for (const ConfigOption &option : configOptions()) {
        if (option.section() != section) {
            section = option.section();
            out << "\n[" << section << "]\n";
        }
        writeDefault(out, option);
    }
    out.flush();
    return text.trimmed() + u'\n';
}

int runConfigCommand(const QStringList &arguments, const QMap<QString, QString> &environment, QTextStream &out,
                     QTextStream &err)
{
    const ConfigArguments parsed = parseConfigArguments(arguments, environment);
    if (parsed.rest.size() != 1 || (parsed.rest.first() != u"check"_s && parsed.rest.first() != u"show"_s &&
                                    parsed.rest.first() != u"defaults"_s)) {
        err << "usage: atom-server config check|show|defaults [--config FILE] [--set KEY=VALUE ...]\n";
        err.flush();
        return exitUsage;
    }
    const QString &command = parsed.rest.first();
    if (command == u"defaults"_s && parsed.issues.isEmpty()) {
        out << defaultConfigText();
        out.flush();
        return exitOk;
    }
    const LoadedConfig loaded = loadConfig(parsed.input);
    const QList<ConfigIssue> issues = parsed.issues + loaded.issues;
    for (const ConfigIssue &issue : issues)
        err << maskSecrets(issue.toString()) << '\n';
    if (command == u"show"_s) {
        show(loaded, out);
    } else if (issues.isEmpty()) {
        qsizetype set = 0;
        for (const QString &source : loaded.sources)
            set += source == u"default"_s ? 0 : 1;
        out << "The configuration is fine: " << set << " of " << loaded.sources.size() << " keys are set, "
            << (parsed.input.file.isEmpty() ? u"no file was read"_s : u"file "_s + parsed.input.file) << ".\n";
    }
    if (!issues.isEmpty())
        err << issues.size() << (issues.size() == 1 ? " mistake.\n" : " mistakes.\n");
    out.flush();
    err.flush();
    return issues.isEmpty() ? exitOk : exitMistakes;
}

QJsonObject configAsJson(const ServerConfig &config)
{
    QJsonObject sections;
    for (const ConfigOption &option : configOptions()) {
        QJsonObject section = sections.value(option.section()).toObject();
        section.insert(option.name(), QJsonValue::fromVariant(option.get(config)));
        sections.insert(option.section(), section);
    }
    return sections;
}

} // namespace Atom::App
