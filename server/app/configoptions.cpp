// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/configoptions.h"

#include "server/app/logsink.h"

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {

template <typename Access> ConfigOption base(const char *key, OptionType type, Access access, const char *help)
{
    ConfigOption option;
    option.key = QString::fromUtf8(key);
    option.type = type;
    option.help = QString::fromUtf8(help);
    option.get = [access](const ServerConfig &config) {
        return QVariant::fromValue(access(const_cast<ServerConfig &>(config))); // only read here
    };
    option.set = [access](ServerConfig &config, const QVariant &value) {
        using Field = std::remove_reference_t<decltype(access(config))>;
        access(config) = value.value<Field>();
    };
    return option;
}

template <typename Access>
ConfigOption integer(const char *key, Access access, double minimum, double maximum, const char *help)
{
    ConfigOption option = base(key, OptionType::Integer, access, help);
    option.get = [access](const ServerConfig &config) {
        return QVariant(qint64(access(const_cast<ServerConfig &>(config)))); // only read here
    };
    option.minimum = minimum;
    option.maximum = maximum;
    return option;
}

template <typename Access>
ConfigOption number(const char *key, Access access, double minimum, double maximum, const char *help)
{
    ConfigOption option = base(key, OptionType::Number, access, help);
    option.minimum = minimum;
    option.maximum = maximum;
    return option;
}

ConfigOption guestsOption()
{
    ConfigOption option;
    option.key = u"auth.guests"_s;
    option.type = OptionType::Choice;
    option.choices = {u"off"_s, u"loopback"_s, u"on"_s};
    option.help = u"Who may talk without an account, naming itself: nobody, programs on this machine, or everybody."
                  " Behind a reverse proxy on this machine \"loopback\" means everybody."_s;
    option.get = [choices = option.choices](const ServerConfig &c) { return choices.at(int(c.auth.guests)); };
    option.set = [choices = option.choices](ServerConfig &c, const QVariant &value) {
        c.auth.guests = Identity::GuestPolicy(choices.indexOf(value.toString()));
    };
    return option;
}

ConfigOption levelsOption()
{
    ConfigOption option;
    option.key = u"log.levels"_s;
    option.type = OptionType::Levels;
    option.choices = LogSink::levelNames();
    option.help = u"The least severe level that is logged, by category, for example \"atom.server.http\" = \"debug\"."
                  " A category stands for those below it. Can be changed while the server runs."_s;
    option.get = [](const ServerConfig &c) {
        QVariantMap map;
        for (auto it = c.log.levels.cbegin(); it != c.log.levels.cend(); ++it)
            map.insert(it.key(), it.value());
        return map;
    };
    option.set = [](ServerConfig &c, const QVariant &value) {
        c.log.levels.clear();
        const QVariantMap map = value.toMap();
        for (auto it = map.cbegin(); it != map.cend(); ++it)
            c.log.levels.insert(it.key(), it.value().toString());
    };
    return option;
}

QVariantMap ruleToMap(const AlertRule &rule)
{
    return {{u"name"_s, rule.name},
            {u"metric"_s, rule.metric},
            {rule.above ? u"above"_s : u"below"_s, rule.threshold},
            {u"for_seconds"_s, qint64(rule.holdFor.count())},
            {u"severity"_s, alertSeverityName(rule.severity)},
            {u"summary"_s, rule.summary}};
}

AlertRule ruleFromMap(const QVariantMap &map) // checked before
{
    AlertRule rule;
    rule.name = map.value(u"name"_s).toString();
    rule.metric = map.value(u"metric"_s).toString();
    rule.above = map.contains(u"above"_s);
    rule.threshold = map.value(rule.above ? u"above"_s : u"below"_s).toDouble();
    rule.holdFor = seconds(map.value(u"for_seconds"_s).toLongLong());
    rule.severity =
        alertSeverityFromName(map.value(u"severity"_s, u"warning"_s).toString()).value_or(AlertSeverity::Warning);
    rule.summary = map.value(u"summary"_s).toString();
    return rule;
}

ConfigOption rulesOption()
{
    ConfigOption option;
    option.key = u"alerts.rules"_s;
    option.type = OptionType::Rules;
    option.help = u"When to raise an alert: `metric` stays above (or below) a threshold for some seconds. Rules written"
                  " here replace the built-in ones."_s;
    option.get = [](const ServerConfig &c) {
        QVariantList list;
        for (const AlertRule &rule : c.alerts.rules)
            list.append(ruleToMap(rule));
        return list;
    };
    option.set = [](ServerConfig &c, const QVariant &value) {
        c.alerts.rules.clear();
        const QVariantList list = value.toList();
        for (const QVariant &rule : list)
            c.alerts.rules.append(ruleFromMap(rule.toMap()));
    };
    return option;
}

#define ATOM_FIELD(path)                                                                                               \
    [](ServerConfig & c) -> auto &                                                                                     \
    {                                                                                                                  \
        return c.path;                                                                                                 \
    }

void addLlmOptions(QList<ConfigOption> &list)
{
    constexpr double tokens = 1e12;
    list << base("llm.url", OptionType::Url, ATOM_FIELD(llm.url),
                 "The base address of a language model that speaks the OpenAI API, for example"
                 " \"https://api.example.org/v1\". Its host may have a private address. Empty: there is none.")
         << base("llm.api_key_file", OptionType::Path, ATOM_FIELD(llm.apiKeyFile),
                 "A file that holds the key for it, on one line, readable by the server alone. Empty: no key is sent.")
         << base("llm.ca_file", OptionType::Path, ATOM_FIELD(llm.caFile),
                 "PEM certificates that are trusted for it besides the system's.")
         << base("llm.model", OptionType::Text, ATOM_FIELD(llm.model), "The model that writes answers.")
         << base("llm.embedding_model", OptionType::Text, ATOM_FIELD(llm.embeddingModel),
                 "The model that turns texts into vectors. Empty: none does.")
         << integer("llm.embedding_dimensions", ATOM_FIELD(llm.embeddingDimensions), 0, 65'536,
                    "How many numbers its vectors have; 0: as many as it gives.")
         << integer("llm.max_tokens", ATOM_FIELD(llm.maxTokens), 1, 1e6, "The longest answer, in tokens.")
         << integer("llm.parallel", ATOM_FIELD(llm.parallel), 1, 96, "Requests at the same time; more wait in a line.")
         << integer("llm.max_bytes", ATOM_FIELD(llm.maxBytes), 65'536, 1 << 28,
                    "The largest answer, as it comes over the network.")
         << integer("llm.connect_seconds", ATOM_FIELD(llm.connectSeconds), 1, 300, "Time to connect.")
         << integer("llm.first_byte_seconds", ATOM_FIELD(llm.firstByteSeconds), 1, 600,
                    "Time from the request to the beginning of the answer.")
         << integer("llm.idle_seconds", ATOM_FIELD(llm.idleSeconds), 1, 600, "Time between two pieces of the answer.")
         << integer("llm.total_seconds", ATOM_FIELD(llm.totalSeconds), 1, 3'600,
                    "Time for a whole answer, with all attempts.")
         << integer("llm.attempts", ATOM_FIELD(llm.attempts), 1, 10,
                    "How often a request is sent at most. It is repeated only while nothing of the answer was shown.")
         << integer("llm.breaker_failures", ATOM_FIELD(llm.breakerFailures), 0, 1'000,
                    "After so many failures in a row it is not asked for a while; 0: it is always asked.")
         << integer("llm.breaker_seconds", ATOM_FIELD(llm.breakerSeconds), 1, 300,
                    "How long at first; doubled with each failed trial, up to five minutes.")
         << number("llm.input_price", ATOM_FIELD(llm.inputPrice), 0, 10'000,
                   "What a million tokens sent to it cost, in your currency.")
         << number("llm.output_price", ATOM_FIELD(llm.outputPrice), 0, 10'000,
                   "What a million tokens of its answers cost.")
         << integer("llm.user_tokens_per_day", ATOM_FIELD(llm.userTokensPerDay), 0, tokens,
                    "Tokens of one user in a day (UTC); 0: no bound.")
         << integer("llm.room_tokens_per_day", ATOM_FIELD(llm.roomTokensPerDay), 0, tokens,
                    "Tokens of one room in a day; 0: no bound.")
         << integer("llm.tokens_per_day", ATOM_FIELD(llm.tokensPerDay), 0, tokens,
                    "Tokens of the whole server in a day; 0: no bound.")
         << number("llm.user_cost_per_day", ATOM_FIELD(llm.userCostPerDay), 0, 1e6,
                   "What one user may cost in a day; 0: no bound.")
         << number("llm.room_cost_per_day", ATOM_FIELD(llm.roomCostPerDay), 0, 1e6,
                   "What one room may cost in a day; 0: no bound.")
         << number("llm.cost_per_day", ATOM_FIELD(llm.costPerDay), 0, 1e6,
                   "What the whole server may cost in a day; 0: no bound.")
         << integer("llm.warn_percent", ATOM_FIELD(llm.warnPercent), 1, 100,
                    "From this part of a bound on people are told that it is near.")
         << base("llm.prompts", OptionType::Path, ATOM_FIELD(llm.prompts),
                 "Folder with prompts that replace those of the same name that come with the server.");
}

QList<ConfigOption> makeOptions()
{
    constexpr double day = 86'400;
    QList<ConfigOption> list;
    list << base("data.folder", OptionType::Path, ATOM_FIELD(data.folder),
                 "Where everything durable lives. Empty: the user's own data folder.");

    list << base("http.address", OptionType::Address, ATOM_FIELD(http.address),
                 "The address on which HTTP listens; 0.0.0.0 or :: for all.")
         << integer("http.port", ATOM_FIELD(http.port), 0, 65'535, "The port for HTTP; 0 picks a free one.")
         << base("http.cors_origins", OptionType::Origins, ATOM_FIELD(http.corsOrigins),
                 "Web pages from these origins may call the API from a browser, for example"
                 " \"https://chat.example.org\".")
         << integer("http.max_body_bytes", ATOM_FIELD(http.maxBodyBytes), 1'024, 1 << 30, "The largest request body.")
         << integer("http.connections", ATOM_FIELD(http.connections), 1, 1'000'000,
                    "Connections per port at the same time; more are refused.")
         << integer("http.connections_per_address", ATOM_FIELD(http.connectionsPerAddress), 0, 1'000'000,
                    "Connections to the HTTP port from one address; 0: no bound.")
         << integer("http.head_timeout_seconds", ATOM_FIELD(http.headTimeoutSeconds), 1, 3'600,
                    "Time to send the head of a request.")
         << integer("http.body_timeout_seconds", ATOM_FIELD(http.bodyTimeoutSeconds), 1, 3'600,
                    "Time to send the body of a request.")
         << integer("http.idle_timeout_seconds", ATOM_FIELD(http.idleTimeoutSeconds), 1, day,
                    "A kept-alive connection without a request is closed after this time.")
         << integer("http.answer_timeout_seconds", ATOM_FIELD(http.answerTimeoutSeconds), 1, 3'600,
                    "Time for the server's own answer.");

    list << base("realtime.address", OptionType::Address, ATOM_FIELD(realtime.address),
                 "The address on which the realtime port listens; 0.0.0.0 or :: for all.")
         << integer("realtime.port", ATOM_FIELD(realtime.port), 0, 65'535,
                    "The port for realtime connections; 0 picks a free one.")
         << integer("realtime.max_message_bytes", ATOM_FIELD(realtime.maxMessageBytes), 1'024, 16 << 20,
                    "The largest message from a client.")
         << base("realtime.origins", OptionType::Origins, ATOM_FIELD(realtime.origins),
                 "Web pages from these origins may connect, besides those served here.")
         << number("realtime.messages_per_second", ATOM_FIELD(realtime.messagesPerSecond), 0, 1e6,
                   "Messages, edits and deletions a user may send per second. 0: no bound, and none of the rates of"
                   " [limits] holds.")
         << integer("realtime.message_burst", ATOM_FIELD(realtime.messageBurst), 1, 1e6,
                    "How many of them may come at once.")
         << number("realtime.frames_per_second", ATOM_FIELD(realtime.framesPerSecond), 0, 1e6,
                   "Frames of any kind per second and connection; 0: no bound.")
         << integer("realtime.frame_burst", ATOM_FIELD(realtime.frameBurst), 1, 1e6,
                    "How many of them may come at once.")
         << integer("realtime.connections_per_user", ATOM_FIELD(realtime.connectionsPerUser), 1, 1e6,
                    "Devices of one user connected at the same time.")
         << integer("realtime.connections_per_address", ATOM_FIELD(realtime.connectionsPerAddress), 0, 1e6,
                    "Connections to the realtime port from one address; 0: no bound.")
         << integer("realtime.rooms_per_connection", ATOM_FIELD(realtime.roomsPerConnection), 1, 1e6,
                    "Rooms that one connection may have joined.")
         << integer("realtime.io_threads", ATOM_FIELD(realtime.ioThreads), -1, 64,
                    "Threads that only read and write realtime connections; 0: the main loop does it, -1: as many as"
                    " processors are left beside the main loop and the storage.")
         << integer("realtime.heartbeat_seconds", ATOM_FIELD(realtime.heartbeatSeconds), 1, 3'600,
                    "An idle connection is asked after this time whether it is still there.")
         << integer("realtime.outgoing_bytes", ATOM_FIELD(realtime.outgoingBytes), 16 << 10, 1 << 30,
                    "A reader with more than this waiting is too slow and is closed.")
         << integer("realtime.outgoing_seconds", ATOM_FIELD(realtime.outgoingSeconds), 1, 3'600,
                    "So is one that has not taken for this time what it was sent.");

    list << guestsOption()
         << integer("auth.access_minutes", ATOM_FIELD(auth.accessMinutes), 1, 60, "How long an access token is good.")
         << integer("auth.refresh_days", ATOM_FIELD(auth.refreshDays), 1, 365,
                    "A device that stays away longer has to sign in again.")
         << integer("auth.step_up_minutes", ATOM_FIELD(auth.stepUpMinutes), 0, 1'440,
                    "Changing roles and passwords of others, erasing, importing and making tokens is allowed this long"
                    " after the password was given; 0: always.")
         << base("auth.totp_required", OptionType::Roles, ATOM_FIELD(auth.totpRequired),
                 "Who has one of these roles signs in with a one-time code besides the password, for example"
                 " [\"owner\", \"admin\"].");
    list << base(
        "secrets.master_key_file", OptionType::Path, ATOM_FIELD(secrets.masterKeyFile),
        "The key that seals secrets in the database: 64 hexadecimal digits, readable by the server alone. Empty:"
        " master.key in the data folder, made when it is missing. Keep a copy apart from the backups.");
    list << base("audit.checkpoints", OptionType::Path, ATOM_FIELD(audit.checkpoints),
                 "The file that signed checkpoints of the audit log are appended to; best on another volume. Empty:"
                 " audit-checkpoints.jsonl in the data folder.")
         << integer("audit.checkpoint_records", ATOM_FIELD(audit.checkpointRecords), 1, 1e6,
                    "A checkpoint is written after so many records.")
         << integer("audit.checkpoint_seconds", ATOM_FIELD(audit.checkpointSeconds), 5, day,
                    "A checkpoint is written after this time, if anything was recorded.");
    list << number("limits.session_messages_per_second", ATOM_FIELD(limits.sessionMessagesPerSecond), 0, 1e6,
                   "Messages, edits and deletions per second of one sign-in or token; 0: no bound but the user's. The"
                   " bounds on writing hold for REST and realtime together.")
         << integer("limits.session_message_burst", ATOM_FIELD(limits.sessionMessageBurst), 1, 1e6,
                    "How many of them may come at once.")
         << number("limits.address_messages_per_second", ATOM_FIELD(limits.addressMessagesPerSecond), 0, 1e6,
                   "The same from one IP address, behind which many people may be; 0: no bound.")
         << integer("limits.address_message_burst", ATOM_FIELD(limits.addressMessageBurst), 1, 1e6,
                    "How many of them may come at once.")
         << number("limits.room_messages_per_second", ATOM_FIELD(limits.roomMessagesPerSecond), 0, 1e6,
                   "The same in one room; 0: no bound.")
         << integer("limits.room_message_burst", ATOM_FIELD(limits.roomMessageBurst), 1, 1e6,
                    "How many of them may come at once.")
         << integer("limits.messages_per_day", ATOM_FIELD(limits.messagesPerDay), 0, 1e9,
                    "Messages of one user in 24 hours; 0: no bound.")
         << integer("limits.duplicates", ATOM_FIELD(limits.duplicates), 0, 16,
                    "How often a user may send the same text (of 8 characters or more), in one room or many, within"
                    " limits.duplicate_seconds; 0: as often as they like.")
         << integer("limits.duplicate_seconds", ATOM_FIELD(limits.duplicateSeconds), 1, 3'600, "See limits.duplicates.")
         << number("limits.requests_per_second", ATOM_FIELD(limits.requestsPerSecond), 0, 1e6,
                   "REST requests of one user, or of one token; 0: no bound.")
         << integer("limits.request_burst", ATOM_FIELD(limits.requestBurst), 1, 1e6,
                    "How many of them may come at once.")
         << number("limits.address_requests_per_second", ATOM_FIELD(limits.addressRequestsPerSecond), 0, 1e6,
                   "REST requests from one IP address, with or without an account; 0: no bound.")
         << integer("limits.address_request_burst", ATOM_FIELD(limits.addressRequestBurst), 1, 1e6,
                    "How many of them may come at once.")
         << integer("limits.rooms_per_user", ATOM_FIELD(limits.roomsPerUser), 1, 1e6,
                    "Rooms that one user may be a member of.")
         << integer("limits.members_per_room", ATOM_FIELD(limits.membersPerRoom), 2, 1e6, "Members of one room.")
         << integer("limits.rooms", ATOM_FIELD(limits.rooms), 1, 1e7, "Rooms on this server.");
    list << base("rooms.create_on_join", OptionType::Flag, ATOM_FIELD(rooms.createOnJoin),
                 "Joining a room that does not exist makes a public one, as older clients expect.")
         << integer("rooms.retention_days", ATOM_FIELD(rooms.retentionDays), 0, 36'500,
                    "Messages older than this are removed for good, in rooms that set no other time; 0: kept for ever.")
         << integer("rooms.purge_minutes", ATOM_FIELD(rooms.purgeMinutes), 1, 1'440,
                    "How often what is too old is looked for.");
    list << base("privacy.break_glass_notice", OptionType::Flag, ATOM_FIELD(privacy.breakGlassNotice),
                 "When somebody opens a room by break-glass, its members read who, until when and why.")
         << integer("privacy.break_glass_minutes", ATOM_FIELD(privacy.breakGlassMinutes), 1, 10'080,
                    "The longest time for which a room can be opened by break-glass.");
    list << base("assistant.enabled", OptionType::Flag, ATOM_FIELD(assistant.enabled), "Whether the assistant answers.")
         << base("assistant.intents", OptionType::Path, ATOM_FIELD(assistant.intents),
                 "Folder with the intents it understands. Empty: those that come with the server.")
         << number("assistant.threshold", ATOM_FIELD(assistant.threshold), 0, 1,
                   "How sure it must be of an intent to act on it.")
         << base("assistant.hand_over_room", OptionType::Text, ATOM_FIELD(assistant.handOverRoom),
                 "Id of the room of the people who are told when somebody asks for a person instead of the assistant."
                 " Empty: nobody can be asked for.");
    list << base("workflows.folder", OptionType::Path, ATOM_FIELD(workflows.folder),
                 "Folder with the workflow definitions. Empty: those that come with the server.");
    list << base("egress.allow", OptionType::Destinations, ATOM_FIELD(egress.allow),
                 "Private destinations that workflows may call all the same: \"host:port\", \"[address]:port\" or a"
                 " range such as \"10.1.0.0/16\".")
         << integer("egress.timeout_seconds", ATOM_FIELD(egress.timeoutSeconds), 1, 600, "Time for one call.")
         << integer("egress.max_bytes", ATOM_FIELD(egress.maxBytes), 1'024, 1 << 30,
                    "The largest answer of a service.");
    addLlmOptions(list);
    list << rulesOption();

    ConfigOption format = base("log.format", OptionType::Choice, ATOM_FIELD(log.format),
                               "Lines for people or JSON objects for programs.");
    format.choices = {u"text"_s, u"json"_s};
    list << format
         << base("log.file", OptionType::Path, ATOM_FIELD(log.file), "Where the log goes. Empty: standard error.")
         << integer("log.max_bytes", ATOM_FIELD(log.maxBytes), 64 << 10, 1 << 30,
                    "A log file larger than this is put aside and a new one begun.")
         << integer("log.keep", ATOM_FIELD(log.keep), 0, 1'000, "How many old log files are kept.") << levelsOption();
    return list;
}

#undef ATOM_FIELD

} // namespace

QString ConfigOption::environmentName() const
{
    return u"ATOM_"_s + QString(key).replace(u'.', u'_').toUpper();
}

const QList<ConfigOption> &configOptions()
{
    static const QList<ConfigOption> options = makeOptions();
    return options;
}

const ConfigOption *findOption(const QString &key)
{
    for (const ConfigOption &option : configOptions()) {
        if (option.key == key)
            return &option;
    }
    return nullptr;
}

} // namespace Atom::App
