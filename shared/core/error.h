// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <chrono>
#include <optional>

namespace Atom {

//! \brief What went wrong, in words of the domain. Edges map it to HTTP or close codes (one exhaustive switch each).
enum class Errc {
    MalformedRequest, //!< cannot be read at all: bad JSON, bad frame
    ValidationFailed, //!< readable, but a value is missing, of the wrong type or out of range; see Error::fields
    Unauthenticated,
    Forbidden,
    NotFound, //!< also what a caller hears about things it may not know of
    Conflict,
    PayloadTooLarge,
    RateLimited,    //!< see Error::retryAfter
    UpstreamFailed, //!< a service we called answered badly or not at all
    Unavailable,    //!< we cannot do it now (queue full, shutting down); see Error::retryAfter
    DeadlineExceeded,
    Cancelled,
    Internal,
};

//! \brief The stable wire name of a code, for example "validation_failed". Never changes once released.
QString errcName(Errc code);
//! \brief The reverse of errcName(); Errc::Internal for an unknown name.
Errc errcFromName(const QString &name);

//! \brief One field at fault; `pointer` is a JSON Pointer (RFC 6901) into the input, for example "/message".
struct FieldError
{
    QString pointer;
    QString detail;
    bool operator==(const FieldError &) const = default;
};

//! \brief A failure as a value. `detail` may be shown to the caller, `cause` goes only to the log.
struct Error
{
    Errc code = Errc::Internal;
    QString detail;
    QList<FieldError> fields;
    std::optional<std::chrono::seconds> retryAfter;
    QString cause;

    Error() = default;
    Error(Errc errc, QString text, QString internalCause = {})
        : code(errc), detail(std::move(text)), cause(std::move(internalCause))
    {
    }
    static Error invalid(const QString &pointer, const QString &text)
    {
        Error e(Errc::ValidationFailed, text);
        e.fields.append(FieldError{pointer, text});
        return e;
    }
    bool operator==(const Error &) const = default;
};

} // namespace Atom
