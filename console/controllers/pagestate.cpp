// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/pagestate.h"

#include "console/models/texts.h"

#include <QtCore/QCoreApplication>

namespace Atom::Console {

namespace {
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ErrorText)
};
} // namespace

QString errorText(const Error &error)
{
    switch (error.code) {
    case Errc::MalformedRequest:
    case Errc::ValidationFailed:
        return Words::tr("The server did not accept this: %1").arg(oneLine(error.detail, 300));
    case Errc::Unauthenticated:
        return Words::tr("The sign-in is not valid any more. Sign in again.");
    case Errc::Forbidden:
        return Words::tr("Your role does not allow this. An owner can give you a role that does.");
    case Errc::NotFound:
        return Words::tr("The server does not know this, or you may not know of it.");
    case Errc::Conflict:
        return Words::tr("Someone else changed this in the meantime. Refresh and try again.");
    case Errc::PayloadTooLarge:
        return Words::tr("The answer is too large to show.");
    case Errc::RateLimited:
        return error.retryAfter ? Words::tr("Too many attempts. Try again in %1 s.").arg(error.retryAfter->count())
                                : Words::tr("Too many attempts. Wait a moment and try again.");
    case Errc::UpstreamFailed:
        return Words::tr("A service behind the server failed, or this is not an Atom Chat server.");
    case Errc::Unavailable:
        return Words::tr("The server cannot be reached.");
    case Errc::DeadlineExceeded:
        return Words::tr("The server did not answer in time.");
    case Errc::Cancelled:
        return Words::tr("Stopped before it was done.");
    case Errc::Internal:
        break;
    }
    return Words::tr("The server made a mistake while answering. Its log says more.");
}

PageState stateOf(const Error &error)
{
    switch (error.code) {
    case Errc::Forbidden:
        return {PageState::Kind::Forbidden, errorText(error)};
    case Errc::Unavailable:
    case Errc::DeadlineExceeded:
        return {PageState::Kind::Offline, errorText(error)};
    default:
        return {PageState::Kind::Error, errorText(error)};
    }
}

} // namespace Atom::Console
