// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/requesthead.h"

namespace Atom::Net {

//! \brief Reads the head of one HTTP/1.x request, strictly by RFC 9112. Pure: no sockets, no clock.
//!
//! Incremental: give it everything that came since the head began, again with more while it says NeedMore; each byte
//! is looked at once. What two parsers could read differently (bare LF, folding, space before a colon, repeated
//! lengths, length beside chunked, several codings) is refused, so that nothing behind us can be smuggled past.
class RequestHeadParser
{
public:
    enum class State { NeedMore, Done, Rejected };

    explicit RequestHeadParser(const HeadLimits &limits) : m_limits(limits) {}

    //! \brief `buffer` only grows between calls.
    State parse(QByteArrayView buffer);
    //! \brief After Done: bytes of `buffer` before the head (empty lines, which RFC 9112 2.2 lets us skip).
    qsizetype skipped() const { return m_start; }
    //! \brief After Done: where the body begins in `buffer`.
    qsizetype length() const { return m_line; }
    RequestHead takeHead() { return std::move(m_head); }
    //! \brief After Rejected.
    const HeadRejection &rejection() const { return m_rejection; }

private:
    State reject(int status, const char *reason);
    State parseRequestLine(QByteArrayView line);
    State parseTarget(QByteArrayView target);
    State parseHeaderLine(QByteArrayView line);
    State parseFraming();
    State finish();
    int count(QByteArrayView name) const;

    HeadLimits m_limits;
    RequestHead m_head;
    HeadRejection m_rejection;
    QByteArray m_authority; //!< of an absolute-form target
    qsizetype m_start = 0;
    qsizetype m_line = 0; //!< begin of the line being read
    qsizetype m_scan = 0; //!< no LF before here
    bool m_haveRequestLine = false;
};

} // namespace Atom::Net
