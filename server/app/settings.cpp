// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/settings.h"

namespace Atom::App {

Audit::AuditLog::Settings auditSettings(const ServerConfig &config)
{
    Audit::AuditLog::Settings settings;
    settings.checkpointFile = config.checkpointFile();
    settings.checkpointRows = config.audit.checkpointRecords;
    settings.checkpointEvery = seconds(config.audit.checkpointSeconds);
    return settings;
}

Rooms::RoomLimits roomLimits(const ServerConfig &config)
{
    Rooms::RoomLimits limits;
    limits.assistant = config.assistant.enabled;
    limits.createOnJoin = config.rooms.createOnJoin;
    limits.roomsPerUser = config.limits.roomsPerUser;
    limits.membersPerRoom = config.limits.membersPerRoom;
    limits.rooms = config.limits.rooms;
    if (config.realtime.messagesPerSecond > 0) { // 0: no bound of any kind on writing
        limits.post.user = {config.realtime.messagesPerSecond, config.realtime.messageBurst};
        limits.post.session = {config.limits.sessionMessagesPerSecond, config.limits.sessionMessageBurst};
        limits.post.address = {config.limits.addressMessagesPerSecond, config.limits.addressMessageBurst};
        limits.post.room = {config.limits.roomMessagesPerSecond, config.limits.roomMessageBurst};
        limits.post.userPerDay = config.limits.messagesPerDay;
        limits.post.duplicates = config.limits.duplicates;
        limits.post.duplicateWindow = seconds(config.limits.duplicateSeconds);
    }
    return limits;
}

Rooms::BreakGlassSettings breakGlassSettings(const ServerConfig &config)
{
    Rooms::BreakGlassSettings settings;
    settings.notice = config.privacy.breakGlassNotice;
    settings.maximum = std::chrono::minutes(config.privacy.breakGlassMinutes);
    return settings;
}

Rooms::RetentionService::Settings retentionSettings(const ServerConfig &config)
{
    Rooms::RetentionService::Settings settings;
    settings.defaultDays = config.rooms.retentionDays;
    settings.interval = std::chrono::minutes(config.rooms.purgeMinutes);
    settings.firstRun = std::min<milliseconds>(settings.firstRun, settings.interval);
    return settings;
}

Realtime::RealtimeSettings realtimeSettings(const ServerConfig &config)
{
    Realtime::RealtimeSettings settings;
    settings.messageBytes = config.realtime.maxMessageBytes;
    settings.outgoingBytes = config.realtime.outgoingBytes;
    settings.outgoingAge = seconds(config.realtime.outgoingSeconds);
    settings.heartbeat = seconds(config.realtime.heartbeatSeconds);
    settings.connectionsPerUser = config.realtime.connectionsPerUser;
    settings.roomsPerConnection = config.realtime.roomsPerConnection;
    settings.messagesPerSecond = config.realtime.messagesPerSecond;
    settings.messageBurst = config.realtime.messageBurst;
    settings.framesPerSecond = config.realtime.framesPerSecond;
    settings.frameBurst = config.realtime.frameBurst;
    settings.origins = config.realtime.origins;
    return settings;
}

Identity::Accounts::Settings accountSettings(const ServerConfig &config)
{
    Identity::Accounts::Settings settings;
    for (const QString &name : config.auth.totpRequired) {
        if (const std::optional<Role> role = roleFromName(name))
            settings.secondFactor.requiredFor.insert(*role);
    }
    settings.erasureLedger = config.dataFolder() + QStringLiteral("/erasures.jsonl");
    return settings;
}

Result<std::unique_ptr<Identity::SecretBox>> openSecretsBlocking(const ServerConfig &config)
{
    const bool isOurs = config.secrets.masterKeyFile.isEmpty();
    const QString file = isOurs ? config.dataFolder() + QStringLiteral("/master.key") : config.secrets.masterKeyFile;
    return Identity::SecretBox::openBlocking(file, isOurs);
}

Http::HttpSettings httpSettings(const ServerConfig &config)
{
    Http::HttpSettings settings;
    settings.corsOrigins = config.http.corsOrigins;
    if (config.realtime.messagesPerSecond > 0) { // 0 turns all rates off
        settings.rates.user = {config.limits.requestsPerSecond, config.limits.requestBurst};
        settings.rates.address = {config.limits.addressRequestsPerSecond, config.limits.addressRequestBurst};
    }
    return settings;
}

Net::GuardLimits guardLimits(const ServerConfig &config, int connections, int perAddress)
{
    Net::GuardLimits limits;
    limits.head.bodyBytes = config.http.maxBodyBytes;
    limits.headTimeout = seconds(config.http.headTimeoutSeconds);
    limits.bodyTimeout = seconds(config.http.bodyTimeoutSeconds);
    limits.idleTimeout = seconds(config.http.idleTimeoutSeconds);
    limits.answerTimeout = seconds(config.http.answerTimeoutSeconds);
    limits.connections = connections;
    limits.connectionsPerAddress = perAddress;
    return limits;
}

} // namespace Atom::App
