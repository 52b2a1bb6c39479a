// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/error.h"

#include <array>
#include <utility>

namespace Atom {
using namespace Qt::StringLiterals;

namespace {
const std::array<std::pair<Errc, QLatin1StringView>, 13> errcNames{{
    {Errc::MalformedRequest, "malformed_request"_L1},
    {Errc::ValidationFailed, "validation_failed"_L1},
    {Errc::Unauthenticated, "unauthenticated"_L1},
    {Errc::Forbidden, "forbidden"_L1},
    {Errc::NotFound, "not_found"_L1},
    {Errc::Conflict, "conflict"_L1},
    {Errc::PayloadTooLarge, "payload_too_large"_L1},
    {Errc::RateLimited, "rate_limited"_L1},
    {Errc::UpstreamFailed, "upstream_failed"_L1},
    {Errc::Unavailable, "unavailable"_L1},
    {Errc::DeadlineExceeded, "deadline_exceeded"_L1},
    {Errc::Cancelled, "cancelled"_L1},
    {Errc::Internal, "internal"_L1},
}};
} // namespace

QString errcName(Errc code)
{
    for (const auto &[errc, name] : errcNames) {
        if (errc == code)
            return name;
    }
    return u"internal"_s;
}

Errc errcFromName(const QString &name)
{
    for (const auto &[errc, text] : errcNames) {
        if (text == name)
            return errc;
    }
    return Errc::Internal;
}

} // namespace Atom
