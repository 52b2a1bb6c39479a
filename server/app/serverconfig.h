// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/sessionservice.h"
#include "shared/model/monitoring.h"

#include <QtCore/QMap>
#include <QtCore/QStringList>

namespace Atom::App {

//! \brief Everything that can be configured, read once at the start: defaults, then the file, then the environment,
//! then arguments. Plain values; the composition root hands the parts down. Help and ranges: configoptions.cpp.
struct ServerConfig
{
    struct Data
    {
        QString folder; //!< empty: see dataFolder()
    } data;
    struct Http
    {
        QString address = QStringLiteral("127.0.0.1"); //!< an IP address
        int port = 5059;
        QStringList corsOrigins;
        qint64 maxBodyBytes = 1 << 20;
        int connections = 20'000;
        int connectionsPerAddress = 0;
        int headTimeoutSeconds = 10;
        int bodyTimeoutSeconds = 20;
        int idleTimeoutSeconds = 30;
        int answerTimeoutSeconds = 65;
    } http;
    struct Realtime
    {
        QString address = QStringLiteral("127.0.0.1");
        int port = 5060;
        int maxMessageBytes = 64 * 1024;
        QStringList origins;
        double messagesPerSecond = 20;
        int messageBurst = 40;
        double framesPerSecond = 200;
        int frameBurst = 400;
        int connectionsPerUser = 10;
        int connectionsPerAddress = 0;
        int roomsPerConnection = 1'000;
        int ioThreads = -1; //!< -1: as many as fit the machine
        int heartbeatSeconds = 30;
        qint64 outgoingBytes = 1 << 20;
        int outgoingSeconds = 30;
    } realtime;
    struct Auth
    {
        Identity::GuestPolicy guests = Identity::GuestPolicy::Off;
        int accessMinutes = 5;
        int refreshDays = 30;
        int stepUpMinutes = 5;    //!< 0: never asked
        QStringList totpRequired; //!< names of roles
    } auth;
    struct Secrets
    {
        QString masterKeyFile; //!< empty: master.key in the data folder, made when it is missing
    } secrets;
    struct Audit
    {
        QString checkpoints; //!< file; empty: see checkpointFile()
        int checkpointRecords = 1'000;
        int checkpointSeconds = 60;
    } audit;
    struct Limits
    {
        double sessionMessagesPerSecond = 0;
        int sessionMessageBurst = 40;
        double addressMessagesPerSecond = 200;
        int addressMessageBurst = 400;
        double roomMessagesPerSecond = 200;
        int roomMessageBurst = 400;
        int messagesPerDay = 50'000;
        int duplicates = 10;
        int duplicateSeconds = 30;
        double requestsPerSecond = 100;
        int requestBurst = 300;
        double addressRequestsPerSecond = 500;
        int addressRequestBurst = 2'000;
        int roomsPerUser = 1'000;
        int membersPerRoom = 100'000;
        int rooms = 100'000;
    } limits;
    struct Rooms
    {
        bool createOnJoin = false;
        int retentionDays = 0; //!< 0: kept for ever
        int purgeMinutes = 60;
    } rooms;
    struct Privacy
    {
        bool breakGlassNotice = true;
        int breakGlassMinutes = 60;
    } privacy;
    struct Assistant
    {
        bool enabled = true;
        QString intents; //!< folder; empty: the intents that come with the server
        double threshold = 0.5;
        QString handOverRoom; //!< id; empty: nobody can be asked for
    } assistant;
    struct Workflows
    {
        QString folder; //!< empty: the workflows that come with the server
    } workflows;
    struct Egress
    {
        QStringList allow; //!< "host:port", "address:port", "[v6]:port", CIDR
        int timeoutSeconds = 10;
        qint64 maxBytes = 5 << 20;
    } egress;
    struct Llm
    {
        QString url; //!< empty: there is no language model
        QString apiKeyFile;
        QString caFile;
        QString model;
        QString embeddingModel;
        int embeddingDimensions = 0; //!< 0: what the model gives
        int maxTokens = 1'024;
        int parallel = 6;
        qint64 maxBytes = 4 << 20;
        int connectSeconds = 5;
        int firstByteSeconds = 30;
        int idleSeconds = 20;
        int totalSeconds = 120;
        int attempts = 3;
        int breakerFailures = 5; //!< 0: never stops asking
        int breakerSeconds = 10;
        double inputPrice = 0; //!< for a million tokens, in the currency of the operator
        double outputPrice = 0;
        qint64 userTokensPerDay = 0; //!< 0: no bound, as for all that follow
        qint64 roomTokensPerDay = 0;
        qint64 tokensPerDay = 0;
        double userCostPerDay = 0;
        double roomCostPerDay = 0;
        double costPerDay = 0;
        int warnPercent = 80;
        QString prompts; //!< folder; empty: the prompts that come with the server
    } llm;
    struct Alerts
    {
        QList<AlertRule> rules = defaultRules();
    } alerts;
    struct Log
    {
        QString format = QStringLiteral("text"); //!< "text" or "json"
        QString file;                            //!< empty: standard error
        qint64 maxBytes = 10 << 20;
        int keep = 5;
        QMap<QString, QString> levels; //!< category -> debug, info, warning or critical
    } log;

    //! \brief data.folder, or the user's own data folder when it is empty; absolute.
    QString dataFolder() const;
    //! \brief audit.checkpoints, or a file in the data folder when it is empty; absolute.
    QString checkpointFile() const;
    static QList<AlertRule> defaultRules();
};

//! \brief One mistake, with all that is needed to put it right.
struct ConfigIssue
{
    QString where; //!< "atom-server.toml:12", "environment ATOM_HTTP_PORT", "argument --http"
    QString key;   //!< "http.port"; empty when there is none
    QString problem;
    QString remedy; //!< may be empty

    //! \brief One line: "atom-server.toml:12: http.prot: unknown key. Did you mean \"port\"?"
    QString toString() const;
};

//! \brief A value given on the command line or by a test.
struct ConfigOverride
{
    QString key;
    QString text;
    QString where;
};

//! \brief What loadConfig() reads.
struct ConfigInput
{
    QString file;                       //!< empty: none
    QMap<QString, QString> environment; //!< ATOM_<SECTION>_<KEY>; other names are ignored
    QList<ConfigOverride> arguments;
};

struct LoadedConfig
{
    ServerConfig config;            //!< mistaken values keep their default
    QMap<QString, QString> sources; //!< key -> "default", "file:line", "environment NAME", "argument --x"
    QList<ConfigIssue> issues;      //!< all of them; the server does not start with any
    bool isOk() const { return issues.isEmpty(); }
};

//! \brief Reads and checks everything; never stops at the first mistake (except for the syntax of the file, which
//! cannot be read past one). Relative folders in the file are relative to the file. Blocks (start-up).
LoadedConfig loadConfig(const ConfigInput &input);

//! \brief What `atom-server serve` and `config` understand: --config FILE, --data DIR, --http HOST:PORT,
//! --realtime HOST:PORT, --guests off|loopback|on, --set KEY=VALUE (repeatable); also as --name=value.
struct ConfigArguments
{
    ConfigInput input; //!< with the environment and the file (--config, else ATOM_CONFIG, else the standard place)
    QStringList rest;  //!< what was not understood here, in order
    QList<ConfigIssue> issues;
};
ConfigArguments parseConfigArguments(const QStringList &arguments, const QMap<QString, QString> &environment);
//! \brief The process's environment as parseConfigArguments() takes it.
QMap<QString, QString> processEnvironment();

} // namespace Atom::App
