// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "shared/core/result.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

#include <QtCore/QStringList>

namespace Atom::Assistant {

//! \brief An intent an administrator wrote through the API.
struct StoredIntent
{
    QString name;
    QByteArray source; //!< YAML, as written
    UserId changedBy;
    Timestamp changedAt{};
};

enum class Verdict { Up, Down, NotThis /*!< something else was meant */ };
inline QString verdictName(Verdict verdict)
{
    return verdict == Verdict::Up     ? QStringLiteral("up")
           : verdict == Verdict::Down ? QStringLiteral("down")
                                      : QStringLiteral("not_this");
}
std::optional<Verdict> verdictFromName(QStringView name);

//! \brief What somebody said about an answer; the newest word of each person counts.
struct Feedback
{
    MessageId question;
    UserId user;
    Verdict verdict = Verdict::Up;
    QString intent; //!< that was chosen; empty: none
    QString reason; //!< 0..500 characters
    Timestamp at{};
};

struct FeedbackCount
{
    QString intent;
    int up = 0, down = 0, notThis = 0;
};

//! \brief Where intents and what is learned about them are kept. Main thread.
class IntentRepository
{
public:
    virtual ~IntentRepository() = default;
    virtual QCoro::Task<Result<QList<StoredIntent>>> intents() = 0; //!< by name
    virtual QCoro::Task<Result<void>> saveIntent(StoredIntent intent, Audit::Draft audit) = 0;
    //! \return NotFound.
    virtual QCoro::Task<Result<void>> removeIntent(QString name, Audit::Draft audit) = 0;
    virtual QCoro::Task<Result<void>> saveFeedback(Feedback feedback) = 0;
    virtual QCoro::Task<Result<QList<FeedbackCount>>> feedbackCounts() = 0; //!< by intent
    //! \brief Texts that triggered something that was not meant, the newest first, at most `limit`.
    virtual QCoro::Task<Result<QStringList>> rejectedTexts(int limit) = 0;
    //! \brief What people say to each other and the assistant had no part in, the newest first, at most `limit`.
    virtual QCoro::Task<Result<QStringList>> ordinaryTexts(int limit) = 0;
};

} // namespace Atom::Assistant
