// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHashFunctions>
#include <QtCore/QString>

namespace Atom {

//! \brief A distinct identifier type per kind of thing, so that a room id cannot be passed for a user id.
//! Holds 1..128 ASCII bytes of `[A-Za-z0-9._:-]` (see isValidIdText); empty means "none".
template <typename Tag> class Id
{
public:
    Id() = default;
    explicit Id(QByteArray text) : m_text(std::move(text)) {}
    static Id fromString(const QString &text) { return Id(text.toUtf8()); }

    bool isEmpty() const { return m_text.isEmpty(); }
    const QByteArray &bytes() const { return m_text; }
    QString toString() const { return QString::fromLatin1(m_text); }

    friend bool operator==(const Id &a, const Id &b) { return a.m_text == b.m_text; }
    friend auto operator<=>(const Id &a, const Id &b) { return a.m_text.compare(b.m_text) <=> 0; }
    friend size_t qHash(const Id &id, size_t seed = 0) { return ::qHash(id.m_text, seed); }

private:
    QByteArray m_text;
};

//! \brief True for 1..128 bytes of `[A-Za-z0-9._:-]`: what a client may choose as an id.
bool isValidIdText(QByteArrayView text);

using UserId = Id<struct UserTag>;
using RoomId = Id<struct RoomTag>;
using MessageId = Id<struct MessageTag>;
using DeviceId = Id<struct DeviceTag>;
using SessionId = Id<struct SessionTag>;
using TraceId = Id<struct TraceTag>;       //!< 32 lower-case hex digits (W3C trace context)
using SpanId = Id<struct SpanTag>;         //!< 16 lower-case hex digits
using WorkflowId = Id<struct WorkflowTag>; //!< "namespace.name" of the definition
using RunId = Id<struct RunTag>;
using AlertId = Id<struct AlertTag>;

} // namespace Atom

template <typename Tag> struct std::hash<Atom::Id<Tag>>
{
    size_t operator()(const Atom::Id<Tag> &id) const noexcept { return qHash(id); }
};
