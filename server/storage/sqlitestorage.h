// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/folderlock.h"
#include "server/storage/integritycheck.h"
#include "server/storage/sqliteaccountrepository.h"
#include "server/storage/sqlitealertrepository.h"
#include "server/storage/sqliteassistantrepository.h"
#include "server/storage/sqliteauditrepository.h"
#include "server/storage/sqliteexportrepository.h"
#include "server/storage/sqlitefactrepository.h"
#include "server/storage/sqliteintentrepository.h"
#include "server/storage/sqliteinvitationrepository.h"
#include "server/storage/sqlitellmusagerepository.h"
#include "server/storage/sqlitepermissionrepository.h"
#include "server/storage/sqlitepersonalrepository.h"
#include "server/storage/sqliteretentionrepository.h"
#include "server/storage/sqliteroomrepository.h"
#include "server/storage/sqlitesearchindex.h"
#include "server/storage/sqlitesessionrepository.h"
#include "server/storage/sqlitetracerepository.h"
#include "server/storage/sqliteuserrepository.h"
#include "server/storage/sqliteworkflowrepository.h"
#include "server/storage/storage.h"

namespace Atom::Storage {

//! \brief Storage as made by Storage::openBlocking().
class SqliteStorage final : public Storage
{
public:
    struct Options
    {
        QString folder;
        QByteArray vfs; //!< name of an SQLite VFS; empty: the system's
        Writer::Limits limits;
        SearchIndexer::Options indexing;
        qint64 checkFirstBytes = 64 * 1024 * 1024; //!< a larger database is checked while it serves
    };
    static Result<std::unique_ptr<SqliteStorage>> openBlocking(const Options &options, Clock &clock,
                                                               MetricRegistry &metrics);
    ~SqliteStorage() override;

    Audit::AuditRepository &audit() override { return m_audit; }
    Identity::UserRepository &users() override { return m_users; }
    Identity::SessionRepository &sessions() override { return m_sessions; }
    Identity::AccountRepository &accounts() override { return m_accounts; }
    Identity::PermissionRepository &permissions() override { return m_permissions; }
    Rooms::RoomRepository &rooms() override { return m_rooms; }
    Rooms::PersonalRepository &personal() override { return m_personal; }
    Search::SearchIndex &search() override { return m_search; }
    Rooms::InvitationRepository &invitations() override { return m_invitations; }
    Rooms::PreferenceRepository &preferences() override { return m_preferences; }
    Rooms::RetentionRepository &retention() override { return m_retention; }
    Exports::ExportRepository &exports() override { return m_exports; }
    Workflows::WorkflowRepository &workflows() override { return m_workflows; }
    Assistant::AssistantRepository &assistant() override { return m_assistant; }
    Assistant::IntentRepository &intents() override { return m_intents; }
    Memory::FactRepository &facts() override { return m_facts; }
    Llm::LlmUsageRepository &llmUsage() override { return m_llmUsage; }
    Monitoring::TraceRepository &traces() override { return m_traces; }
    Monitoring::AlertRepository &alerts() override { return m_alerts; }

    void onFatal(std::function<void(const Error &)> handler) override;
    QCoro::Task<Result<void>> probe() override;
    int queuedJobs() const override { return m_writer.queuedJobs(); }
    void closeBlocking() override;

private:
    struct Parts
    {
        std::unique_ptr<FolderLock> lock;
        std::unique_ptr<Connection> writing;
        std::unique_ptr<Connection> checkpointing;
        std::unique_ptr<Connection> reading;
        SqliteSearchIndex::Parts search;
        std::unique_ptr<Connection> checking; //!< null: it was checked already
    };
    SqliteStorage(Parts parts, const Options &options, Clock &clock, MetricRegistry &metrics);
    static Result<Parts> openPartsBlocking(const Options &options);
    //! The background check found damage: the process must end, and the next start checks first.
    void reportDamage(const QString &found);

    Clock &m_clock;
    const QString m_folder;
    std::function<void(const Error &)> m_onFatal;
    std::unique_ptr<FolderLock> m_lock; //!< first made, last gone: it outlives the connections
    CompletionQueue m_completions;
    Writer m_writer;
    Reader m_reader;
    SqliteAuditRepository m_audit;
    SqliteUserRepository m_users;
    SqliteSessionRepository m_sessions;
    SqliteAccountRepository m_accounts;
    SqlitePermissionRepository m_permissions;
    SqliteRoomRepository m_rooms;
    SqliteInvitationRepository m_invitations;
    SqlitePreferenceRepository m_preferences;
    SqliteRetentionRepository m_retention;
    SqliteExportRepository m_exports;
    SqlitePersonalRepository m_personal;
    SqliteSearchIndex m_search;
    SqliteWorkflowRepository m_workflows;
    SqliteAssistantRepository m_assistant;
    SqliteIntentRepository m_intents;
    SqliteFactRepository m_facts;
    SqliteLlmUsageRepository m_llmUsage;
    SqliteTraceRepository m_traces;
    SqliteAlertRepository m_alerts;
    std::unique_ptr<IntegrityCheck> m_check; //!< last made, first gone
    bool m_closed = false;
};

} // namespace Atom::Storage
