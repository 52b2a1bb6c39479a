// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/assistant/assistantrepository.h"
#include "server/assistant/intentrepository.h"
#include "server/audit/auditrepository.h"
#include "server/exports/exportjob.h"
#include "server/identity/accountrepository.h"
#include "server/identity/permissionrepository.h"
#include "server/llm/llmusagerepository.h"
#include "server/memory/factrepository.h"
#include "server/monitoring/tracerepository.h"
#include "server/rooms/invitationservice.h"
#include "server/rooms/personalrepository.h"
#include "server/rooms/preferenceservice.h"
#include "server/rooms/retentionservice.h"
#include "server/rooms/roomrepository.h"
#include "server/search/searchindex.h"
#include "server/workflows/workflowrepository.h"
#include "shared/core/metrics.h"

#include <memory>

namespace Atom::Storage {

//! \brief The embedded database: `<data folder>/atom.db` (SQLite, WAL, synchronous=FULL), locked by `atom.lock`.
//!
//! One writer thread commits all queued jobs as one group; completions arrive on the thread that made the Storage,
//! in commit order, after the commit is on disk. One reader thread with its own connection. Repositories hide SQL.
class Storage
{
public:
    //! \brief Opens or makes the database. Blocks (start-up). Reads it through (`PRAGMA quick_check`), then migrates. A
    //! database above 64 MB that needs no migration is read through afterwards, in the background: if it is damaged,
    //! onFatal() hears of it, and the next start checks before anything else.
    //! \return Conflict: another server uses the folder; Internal: damaged, of a newer version, not writable; the
    //! detail says what to do.
    static Result<std::unique_ptr<Storage>> openBlocking(const QString &dataFolder, Clock &clock,
                                                         MetricRegistry &metrics);
    virtual ~Storage() = default;

    virtual Audit::AuditRepository &audit() = 0;
    virtual Identity::UserRepository &users() = 0;
    virtual Identity::SessionRepository &sessions() = 0;
    virtual Identity::AccountRepository &accounts() = 0;
    virtual Identity::PermissionRepository &permissions() = 0;
    virtual Rooms::RoomRepository &rooms() = 0;
    virtual Rooms::PersonalRepository &personal() = 0;
    virtual Search::SearchIndex &search() = 0;
    virtual Rooms::InvitationRepository &invitations() = 0;
    virtual Rooms::PreferenceRepository &preferences() = 0;
    virtual Rooms::RetentionRepository &retention() = 0;
    virtual Exports::ExportRepository &exports() = 0;
    virtual Workflows::WorkflowRepository &workflows() = 0;
    virtual Assistant::AssistantRepository &assistant() = 0;
    virtual Assistant::IntentRepository &intents() = 0;
    virtual Memory::FactRepository &facts() = 0;
    virtual Llm::LlmUsageRepository &llmUsage() = 0;
    virtual Monitoring::TraceRepository &traces() = 0;
    virtual Monitoring::AlertRepository &alerts() = 0;

    //! \brief Called once, on the owner's thread, when a commit could not be synced: nothing after it was or will be
    //! acknowledged; the process must end. Without a handler: qFatal.
    virtual void onFatal(std::function<void(const Error &)> handler) = 0;
    //! \brief Writes and reads a probe row: what readiness asks.
    virtual QCoro::Task<Result<void>> probe() = 0;
    virtual int queuedJobs() const = 0;
    //! \brief Commits what is queued, checkpoints, stops the threads. Blocks; nothing may be called after.
    virtual void closeBlocking() = 0;
};

} // namespace Atom::Storage
