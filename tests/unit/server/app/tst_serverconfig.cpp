// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/configcommand.h"
#include "server/app/configoptions.h"
#include "server/app/llmconfig.h"
#include "server/app/serverconfig.h"

#include <QtTest/QtTest>

using namespace Atom;
using namespace Atom::App;
using namespace Qt::StringLiterals;

namespace {
QByteArray example(const QString &name)
{
    QFile file(QStringLiteral(ATOM_SOURCE_DIR "/tests/unit/server/app/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is missing", qPrintable(name));
    return file.readAll();
}
} // namespace

class tst_serverconfig : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;

    QString write(const QByteArray &text) const
    {
        const QString path = m_folder.filePath(u"atom-server.toml"_s);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's file");
        return path;
    }
    LoadedConfig load(const QByteArray &text, const QMap<QString, QString> &environment = {},
                      const QList<ConfigOverride> &arguments = {}) const
    {
        ConfigInput input;
        input.file = write(text);
        input.environment = environment;
        input.arguments = arguments;
        return loadConfig(input);
    }
    static QVariantMap valuesOf(const ServerConfig &config)
    {
        QVariantMap map;
        for (const ConfigOption &option : configOptions())
            map.insert(option.key, toToml(option, option.get(config)));
        return map;
    }
    struct Ran
    {
        int code = 0;
        QString out;
        QString err;
    };
    static Ran run(const QStringList &arguments, const QMap<QString, QString> &environment = {})
    {
        Ran ran;
        QTextStream out(&ran.out);
        QTextStream err(&ran.err);
        ran.code = runConfigCommand(arguments, environment, out, err);
        return ran;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true); // no configuration of the person who runs this
        QVERIFY(m_folder.isValid());
    }

    void defaults()
    {
        const LoadedConfig loaded = loadConfig({});
        QVERIFY(loaded.isOk());
        QCOMPARE(loaded.config.http.port, 5059);
        QCOMPARE(loaded.config.realtime.port, 5060);
        QCOMPARE(loaded.config.http.address, u"127.0.0.1"_s);
        QCOMPARE(loaded.config.auth.guests, Identity::GuestPolicy::Off);
        QCOMPARE(loaded.config.alerts.rules.size(), 4);
        QVERIFY(QDir::isAbsolutePath(loaded.config.dataFolder()));
        for (const QString &source : loaded.sources)
            QCOMPARE(source, u"default"_s);
    }

    void optionsAreConsistent()
    {
        QSet<QString> keys;
        for (const ConfigOption &option : configOptions()) {
            QVERIFY(!keys.contains(option.key));
            keys.insert(option.key);
            QCOMPARE(option.key.count(u'.'), 1);
            QVERIFY(option.help.size() > 10 && option.help.endsWith(u'.'));
            QVERIFY(!option.typeText().isEmpty());
            QVariant value = option.get(ServerConfig());
            const ValueProblem problem = checkValue(option, &value);
            QVERIFY2(problem.isOk(), qPrintable(option.key + problem.problem));
            // What is got can be set, and written as TOML it is read again.
            ServerConfig copy;
            option.set(copy, value);
            QCOMPARE(toToml(option, option.get(copy)), toToml(option, value));
        }
    }

    void everyKeyFromTheFile()
    {
        const LoadedConfig loaded = load(example(u"every-key.toml"_s));
        QVERIFY2(loaded.isOk(), loaded.isOk() ? "" : qPrintable(loaded.issues.first().toString()));
        const ServerConfig &c = loaded.config;
        const QVariantMap before = valuesOf(ServerConfig());
        const QVariantMap after = valuesOf(c);
        for (auto it = before.cbegin(); it != before.cend(); ++it)
            QVERIFY2(after.value(it.key()) != it.value(), qPrintable(it.key() + u" is not read"_s));
        QCOMPARE(c.data.folder, m_folder.filePath(u"var"_s));
        QCOMPARE(c.realtime.address, u"0.0.0.0"_s);
        QCOMPARE(c.realtime.messagesPerSecond, 2.5);
        QCOMPARE(c.realtime.framesPerSecond, 100.0);
        QCOMPARE(c.auth.guests, Identity::GuestPolicy::Loopback);
        QCOMPARE(c.assistant.intents, m_folder.filePath(u"my/intents"_s));
        QCOMPARE(c.workflows.folder, u"/srv/workflows"_s);
        QCOMPARE(c.egress.allow.size(), 5);
        QCOMPARE(c.alerts.rules.size(), 2);
        QCOMPARE(c.alerts.rules.at(0).holdFor, seconds(5));
        QCOMPARE(c.alerts.rules.at(0).severity, AlertSeverity::Critical);
        QVERIFY(!c.alerts.rules.at(1).above);
        QCOMPARE(c.alerts.rules.at(1).threshold, 0.5);
        QCOMPARE(c.log.levels.value(u"atom.server.net"_s), u"warning"_s);
        QCOMPARE(loaded.sources.value(u"http.port"_s), u"atom-server.toml:5"_s);
    }

    void laterSourcesWin()
    {
        const QByteArray file = "http.port = 1111\nhttp.connections = 11\nrealtime.heartbeat_seconds = 1\n";
        const LoadedConfig loaded =
            load(file, {{u"ATOM_HTTP_PORT"_s, u"2222"_s}, {u"ATOM_HTTP_CONNECTIONS"_s, u"22"_s}},
                 {ConfigOverride{u"http.port"_s, u"3333"_s, u"argument --http"_s}});
        QVERIFY(loaded.isOk());
        QCOMPARE(loaded.config.http.port, 3333);
        QCOMPARE(loaded.config.http.connections, 22);
        QCOMPARE(loaded.config.realtime.heartbeatSeconds, 1);
        QCOMPARE(loaded.sources.value(u"http.port"_s), u"argument --http"_s);
        QCOMPARE(loaded.sources.value(u"http.connections"_s), u"environment ATOM_HTTP_CONNECTIONS"_s);
        QCOMPARE(loaded.sources.value(u"realtime.heartbeat_seconds"_s), u"atom-server.toml:3"_s);
    }

    void environmentForms()
    {
        ConfigInput input;
        input.environment = {{u"ATOM_HTTP_CORS_ORIGINS"_s, u"https://a.example, https://b.example"_s},
                             {u"ATOM_ROOMS_CREATE_ON_JOIN"_s, u"true"_s},
                             {u"ATOM_ASSISTANT_THRESHOLD"_s, u"0.25"_s},
                             {u"ATOM_LOG_LEVELS"_s, u"atom.server=debug,atom.server.net=critical"_s},
                             {u"ATOM_SOMETHING"_s, u"else"_s},
                             {u"ATOM_BENCH_RUNS"_s, u"3"_s}};
        const LoadedConfig loaded = loadConfig(input);
        QVERIFY(loaded.isOk());
        QCOMPARE(loaded.config.http.corsOrigins, (QStringList{u"https://a.example"_s, u"https://b.example"_s}));
        QVERIFY(loaded.config.rooms.createOnJoin);
        QCOMPARE(loaded.config.assistant.threshold, 0.25);
        QCOMPARE(loaded.config.log.levels.size(), 2);
    }

    void aLanguageModelNeedsItsName()
    {
        const LoadedConfig loaded = load("llm.url = \"http://127.0.0.1:1/v1\"\n");
        QCOMPARE(loaded.issues.size(), 1);
        QCOMPARE(loaded.issues.constFirst().key, u"llm.model"_s);
        QCOMPARE(loaded.issues.constFirst().where, u"atom-server.toml:1"_s);
        QVERIFY(load("llm.url = \"http://[::1]:8080/v1\"\nllm.model = \"m\"\n").isOk());
        // What is refused is not shown: it may hold a password.
        const LoadedConfig secret = load("llm.url = \"http://u:hunter2@127.0.0.1/\"\n");
        QCOMPARE(secret.issues.size(), 1);
        QVERIFY(!secret.issues.constFirst().toString().contains(u"hunter2"_s));
    }

    void theSettingsOfTheLanguageModel()
    {
        QVERIFY(!llmSettingsBlocking(ServerConfig())->isOn());
        ServerConfig config = load(example(u"every-key.toml"_s)).config;
        QVERIFY(!llmSettingsBlocking(config).isOk()); // there is no key file
        QFile key(config.llm.apiKeyFile);
        QCOMPARE(key.fileName(), m_folder.filePath(u"llm.key"_s));
        QVERIFY(key.open(QIODevice::WriteOnly) && key.write("sk-very-secret\n") > 0);
        key.close();
        const Result<Llm::LlmSettings> settings = llmSettingsBlocking(config);
        QVERIFY(settings.isOk());
        QCOMPARE(settings->apiKey, QByteArray("sk-very-secret"));
        QCOMPARE(settings->timeouts.firstByte, milliseconds(3'000));
        QCOMPARE(settings->budget.inputPrice, 2'500'000);
        QCOMPARE(settings->budget.room.costMicros, 1'250'000);
        QCOMPARE(settings->budget.server.tokens, 5'000'000'000);
        QCOMPARE(settings->breaker.first, milliseconds(7'000));
        // The configuration names the file; what is in it is shown nowhere.
        QVERIFY(!QJsonDocument(configAsJson(config)).toJson().contains("very-secret"));
        config.llm.model.clear();
        config.llm.embeddingModel.clear();
        QCOMPARE(llmSettingsBlocking(config).error().code, Errc::ValidationFailed);
        QVERIFY(QFile::remove(key.fileName()));
    }

    void allMistakesTogether()
    {
        const LoadedConfig loaded =
            load(example(u"mistakes.toml"_s), {{u"ATOM_HTTP_PROT"_s, u"1"_s}, {u"ATOM_REALTIME_PORT"_s, u"many"_s}},
                 {ConfigOverride{u"http.adress"_s, u"::1"_s, u"argument --set"_s}});
        QStringList lines;
        for (const ConfigIssue &issue : loaded.issues)
            lines.append(issue.toString());
        const QString all = lines.join(u'\n');
        const auto has = [&](const QString &start, const QString &part) {
            return std::any_of(lines.begin(), lines.end(),
                               [&](const QString &l) { return l.startsWith(start) && l.contains(part); });
        };
        QVERIFY2(has(u"atom-server.toml:2: http.prot: unknown key"_s, u"Did you mean \"port\"?"_s), qPrintable(all));
        QVERIFY(has(u"atom-server.toml:3: http.port: is a text"_s, u"integer, 0 to 65535"_s));
        QVERIFY(has(u"atom-server.toml:4: http.max_body_bytes: 1 is out of range"_s, u"1024"_s));
        QVERIFY(has(u"atom-server.toml:5: http.cors_origins"_s, u"every web page"_s));
        QVERIFY(has(u"atom-server.toml:6: realtim: unknown section"_s, u"Did you mean \"realtime\"?"_s));
        QVERIFY(has(u"atom-server.toml:9: auth.guests"_s, u"Did you mean \"loopback\"?"_s));
        QVERIFY(has(u"atom-server.toml:10: auth.access_minutes: is a number"_s, u"integer"_s));
        QVERIFY(has(u"atom-server.toml:12: rooms.create_on_join"_s, u"true or false"_s));
        QVERIFY(has(u"atom-server.toml:14: egress.allow"_s, u"host:port"_s));
        QVERIFY(has(u"atom-server.toml:15: log.levels"_s, u"critical"_s));
        for (const char *part :
             {"name must be", "no metric \"cpu_precent\"", "exactly one of above and below", "unknown key \"severty\"",
              "Did you mean \"cpu_percent\"?", "Did you mean \"severity\"?"})
            QVERIFY2(has(u"atom-server.toml:17: alerts.rules"_s, QString::fromUtf8(part)), part);
        QVERIFY(has(u"environment ATOM_HTTP_PROT: unknown variable"_s, u"Did you mean ATOM_HTTP_PORT?"_s));
        QVERIFY(has(u"environment ATOM_REALTIME_PORT: realtime.port: \"many\" cannot be read"_s, u"integer"_s));
        QVERIFY(has(u"argument --set: http.adress: unknown key"_s, u"Did you mean \"http.address\"?"_s));
        QCOMPARE(loaded.issues.size(), 14);
        // Mistaken values keep their default.
        QCOMPARE(valuesOf(loaded.config), valuesOf(ServerConfig()));
    }

    void values_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        const auto row = [](const char *key, const QString &text, bool good) {
            QTest::addRow("%s=%s", key, qPrintable(text)) << QString::fromUtf8(key) << text << good;
        };
        row("llm.url", u""_s, true);
        row("llm.url", u"models.example.org/v1"_s, false);
        row("llm.url", u"https://user:secret@models.example.org/v1"_s, false);
        row("llm.url", u"https://models.example.org/v1?key=secret"_s, false);
        row("llm.url", u"https://models.example.org/v1#"_s, false);
        row("llm.parallel", u"97"_s, false);
        row("llm.output_price", u"10000.5"_s, false);
        row("http.port", u"0"_s, true);
        row("http.port", u"65535"_s, true);
        row("http.port", u"65536"_s, false);
        row("http.port", u"-1"_s, false);
        row("http.port", u"80.5"_s, false);
        row("http.port", u""_s, false);
        row("http.port", u"0x50"_s, false);
        row("http.port", u"99999999999999999999"_s, false);
        row("http.address", u"0.0.0.0"_s, true);
        row("http.address", u"[::]"_s, true);
        row("http.address", u"localhost"_s, true);
        row("http.address", u"example.org"_s, false);
        row("http.address", u""_s, false);
        row("http.cors_origins", u"https://a.example:8443"_s, true);
        row("http.cors_origins", u"https://a.example/"_s, false);
        row("http.cors_origins", u"https://u:p@a.example"_s, false);
        row("http.cors_origins", u"ftp://a.example"_s, false);
        row("http.cors_origins", u"a.example"_s, false);
        row("http.cors_origins", u"null"_s, false);
        row("assistant.threshold", u"0.5"_s, true);
        row("assistant.threshold", u"1.01"_s, false);
        row("assistant.threshold", u"nan"_s, false);
        row("assistant.threshold", u"inf"_s, false);
        row("rooms.create_on_join", u"yes"_s, false);
        row("auth.guests", u"on"_s, true);
        row("auth.guests", u"On"_s, false);
        row("egress.allow", u"10.0.0.0/8"_s, true);
        row("egress.allow", u"10.0.0.0/33"_s, false);
        row("egress.allow", u"localhost:8080"_s, true);
        row("egress.allow", u"localhost:0"_s, false);
        row("egress.allow", u"localhost:99999"_s, false);
        row("egress.allow", u"::1:80"_s, false);
        row("egress.allow", u"[::1]:80"_s, true);
        row("egress.allow", u"[zz]:80"_s, false);
        row("egress.allow", u"http://x:80"_s, false);
        row("log.levels", u"*=critical"_s, true);
        row("log.levels", u"atom.server.*=debug"_s, true);
        row("log.levels", u"atom.*.http=debug"_s, false);
        row("log.levels", u"atom.server"_s, false);
        row("log.levels", u"atom.server\nx=debug"_s, false);
        row("alerts.rules", u"[]"_s, false);
        row("data.folder", u"/x"_s, true);
        row("data.folder", QString(u"/x"_s) + QChar(0), false);
    }
    void values()
    {
        QFETCH(QString, key);
        QFETCH(QString, text);
        QFETCH(bool, good);
        ConfigInput input;
        input.arguments = {ConfigOverride{key, text, u"argument --set"_s}};
        const LoadedConfig loaded = loadConfig(input);
        QCOMPARE(loaded.isOk(), good);
        if (!good)
            QCOMPARE(loaded.issues.first().key, key);
    }

    void brokenFiles_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("part");
        QTest::newRow("syntax") << QByteArray("[http]\nport = \n") << u"atom-server.toml:2: not valid TOML"_s;
        QTest::newRow("twice") << QByteArray("[http]\nport = 1\nport = 2\n") << u"atom-server.toml:3"_s;
        QTest::newRow("not UTF-8") << QByteArray("[http]\n# \xff\n") << u"not UTF-8"_s;
        QTest::newRow("huge") << QByteArray(2 << 20, '#') << u"larger than 1 MiB"_s;
        QTest::newRow("deep") << "x = " + QByteArray(100'000, '[') << u"not valid TOML"_s;
        QTest::newRow("section as a value") << QByteArray("http = 3\n") << u"atom-server.toml:1: http: is a section"_s;
        QTest::newRow("same ports") << QByteArray("http.port = 7000\nrealtime.port = 7000\n") << u"same as http.port"_s;
        QTest::newRow("date") << QByteArray("http.port = 2026-01-01\n") << u"a date or time"_s;
        QTest::newRow("rule is no table") << QByteArray("alerts.rules = [1]\n") << u"alerts.rules: is a list"_s;
        QTest::newRow("rule twice") << QByteArray("[[alerts.rules]]\nname='a'\nmetric='users'\nabove=1\n"
                                                  "[[alerts.rules]]\nname='a'\nmetric='users'\nabove=1\n")
                                    << u"used twice"_s;
        QTest::newRow("rule with a text threshold")
            << QByteArray("[[alerts.rules]]\nname='a'\nmetric='users'\nabove='1'\n") << u"must be a number"_s;
    }
    void brokenFiles()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, part);
        const LoadedConfig loaded = load(text);
        QCOMPARE(loaded.issues.size(), 1);
        QVERIFY2(loaded.issues.first().toString().contains(part), qPrintable(loaded.issues.first().toString()));
    }

    void missingFile()
    {
        ConfigInput input;
        input.file = m_folder.filePath(u"absent.toml"_s);
        const LoadedConfig loaded = loadConfig(input);
        QCOMPARE(loaded.issues.size(), 1);
        QVERIFY(loaded.issues.first().toString().contains(u"absent.toml"_s));
    }

    void arguments()
    {
        const ConfigArguments parsed =
            parseConfigArguments({u"serve"_s, u"--data"_s, u"/d"_s, u"--http=[::1]:8080"_s, u"--realtime"_s, u"9090"_s,
                                  u"--guests=on"_s, u"--set"_s, u"log.format=json"_s, u"--demo"_s},
                                 {});
        QVERIFY(parsed.issues.isEmpty());
        QCOMPARE(parsed.rest, (QStringList{u"serve"_s, u"--demo"_s}));
        const LoadedConfig loaded = loadConfig(parsed.input);
        QVERIFY(loaded.isOk());
        QCOMPARE(loaded.config.data.folder, u"/d"_s);
        QCOMPARE(loaded.config.http.address, u"::1"_s);
        QCOMPARE(loaded.config.http.port, 8080);
        QCOMPARE(loaded.config.realtime.port, 9090);
        QCOMPARE(loaded.config.auth.guests, Identity::GuestPolicy::On);
        QCOMPARE(loaded.config.log.format, u"json"_s);

        const LoadedConfig local = loadConfig(parseConfigArguments({u"--http=localhost:1"_s}, {}).input);
        QCOMPARE(local.config.http.address, u"127.0.0.1"_s);
        QCOMPARE(parseConfigArguments({u"--http"_s}, {}).issues.size(), 1);
        QCOMPARE(parseConfigArguments({u"--http"_s, u"::1:80"_s}, {}).issues.size(), 1);
        QCOMPARE(loadConfig(parseConfigArguments({u"--http=x:"_s}, {}).input).issues.size(), 2);
        QCOMPARE(parseConfigArguments({}, {{u"ATOM_CONFIG"_s, u"/c"_s}}).input.file, u"/c"_s);
        QCOMPARE(parseConfigArguments({u"--config=/e"_s}, {{u"ATOM_CONFIG"_s, u"/c"_s}}).input.file, u"/e"_s);
    }

    void sampleIsCurrent()
    {
        QFile file(QStringLiteral(ATOM_SOURCE_DIR "/resources/config/atom-server.toml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const Ran ran = run({u"defaults"_s});
        QCOMPARE(ran.code, 0);
        const QStringList wanted = ran.out.split(u'\n');
        const QStringList found = QString::fromUtf8(file.readAll()).split(u'\n');
        for (qsizetype i = 0; i < wanted.size(); ++i)
            QCOMPARE(found.value(i), wanted.at(i));
        QCOMPARE(found.size(), wanted.size());
    }

    void sampleWithEverythingUncommentedIsTheDefault()
    {
        static const QRegularExpression setting(u"^#(?=[a-z\\[])"_s, QRegularExpression::MultilineOption);
        const LoadedConfig asIs = load(defaultConfigText().toUtf8());
        QVERIFY(asIs.isOk());
        const QString text = defaultConfigText().replace(setting, QString());
        const LoadedConfig loaded = load(text.toUtf8());
        QVERIFY2(loaded.isOk(), loaded.isOk() ? "" : qPrintable(loaded.issues.first().toString()));
        QCOMPARE(valuesOf(loaded.config), valuesOf(ServerConfig()));
        for (auto it = loaded.sources.cbegin(); it != loaded.sources.cend(); ++it)
            QVERIFY2(it.value() != u"default"_s, qPrintable(it.key() + u" is not in the sample"_s));
        const QStringList lines = defaultConfigText().split(u'\n');
        for (const QString &line : lines)
            QVERIFY2(line.size() <= 120, qPrintable(line));
    }

    void checkCommand()
    {
        const QString good = write("http.port = 8080\n");
        Ran ran = run({u"check"_s, u"--config"_s, good});
        QCOMPARE(ran.code, 0);
        QVERIFY(ran.out.contains(u"1 of "_s));
        QVERIFY(ran.err.isEmpty());
        const QString bad = write("http.prot = 8080\nauth.guests = 1\n");
        ran = run({u"check"_s, u"--config"_s, bad});
        QCOMPARE(ran.code, 1);
        QVERIFY(ran.out.isEmpty());
        QCOMPARE(ran.err.count(u'\n'), 3);
        QVERIFY(ran.err.endsWith(u"2 mistakes.\n"_s));
        QCOMPARE(run({}).code, 2);
        QCOMPARE(run({u"chekc"_s}).code, 2);
        QCOMPARE(run({u"check"_s, u"now"_s}).code, 2);
        QVERIFY(run({}).err.startsWith(u"usage:"_s));
    }

    void showCommand()
    {
        const QString file = write("http.port = 8080\nlog.file = \"/var/log/password=tulip/atom.log\"\n");
        const Ran ran = run({u"show"_s, u"--config"_s, file, u"--guests"_s, u"on"_s}, {{u"ATOM_LOG_KEEP"_s, u"9"_s}});
        QCOMPARE(ran.code, 0);
        QVERIFY(ran.out.contains(u"\nport = 8080  # atom-server.toml:1\n"_s));
        QVERIFY(ran.out.contains(u"\nport = 5060  # default\n"_s));
        QVERIFY(ran.out.contains(u"\nguests = \"on\"  # argument --guests\n"_s));
        QVERIFY(ran.out.contains(u"\nkeep = 9  # environment ATOM_LOG_KEEP\n"_s));
        QVERIFY(!ran.out.contains(u"tulip"_s));
        QVERIFY(ran.out.contains(u"***"_s));
        for (const ConfigOption &option : configOptions())
            QVERIFY(ran.out.contains(u"\n"_s + option.name() + u" = "_s));
    }

    void showIsValidConfiguration()
    {
        const Ran ran =
            run({u"show"_s, u"--set"_s, u"log.levels=atom.server=debug"_s, u"--set"_s, u"http.connections=7"_s});
        const LoadedConfig again = load(ran.out.toUtf8());
        QVERIFY2(again.isOk(), again.isOk() ? "" : qPrintable(again.issues.first().toString()));
        QCOMPARE(again.config.http.connections, 7);
        QCOMPARE(again.config.alerts.rules, ServerConfig::defaultRules());
        QCOMPARE(again.config.log.levels.value(u"atom.server"_s), u"debug"_s);
    }
};

QTEST_GUILESS_MAIN(tst_serverconfig)
#include "tst_serverconfig.moc"
