// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/chain.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QtEndian>

#include <sodium.h>

namespace Atom::Audit {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype hashBytes = 32;
constexpr qsizetype saltBytes = 16;
constexpr qsizetype reasonLimit = 500;
constexpr qsizetype valuesLimit = 8 * 1024; //!< compact JSON

//! BLAKE2b-256 over fields that cannot run into each other.
class Digest
{
public:
    explicit Digest(const QByteArray &key = {})
    {
        const auto *bytes = reinterpret_cast<const unsigned char *>(key.constData());
        crypto_generichash_init(&m_state, key.isEmpty() ? nullptr : bytes, size_t(key.size()), hashBytes);
    }
    Digest &raw(QByteArrayView bytes)
    {
        crypto_generichash_update(&m_state, reinterpret_cast<const unsigned char *>(bytes.data()),
                                  static_cast<unsigned long long>(bytes.size()));
        return *this;
    }
    Digest &number(qint64 value)
    {
        char bytes[8];
        qToBigEndian(value, bytes);
        return raw(QByteArrayView(bytes, 8));
    }
    Digest &text(QByteArrayView bytes) { return number(bytes.size()).raw(bytes); }
    QByteArray result()
    {
        QByteArray hash(hashBytes, Qt::Uninitialized);
        crypto_generichash_final(&m_state, reinterpret_cast<unsigned char *>(hash.data()), hashBytes);
        return hash;
    }

private:
    crypto_generichash_state m_state;
};

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<PartText> part(const QJsonObject &contents, const UserId &subject)
{
    if (contents.isEmpty())
        return std::nullopt;
    PartText made;
    made.subject = subject;
    made.salt.resize(saltBytes);
    randombytes_buf(made.salt.data(), size_t(made.salt.size()));
    made.text = compact(contents);
    return made;
}

std::optional<PartText> originOf(const Draft &draft)
{
    QJsonObject contents;
    if (!draft.address.isEmpty())
        contents.insert(u"address"_s, QString::fromLatin1(draft.address));
    return part(contents, draft.actor);
}

std::optional<PartText> detailOf(const Draft &draft)
{
    QJsonObject contents;
    if (!draft.before.isEmpty())
        contents.insert(u"before"_s, draft.before);
    if (!draft.after.isEmpty())
        contents.insert(u"after"_s, draft.after);
    // Values are settings, roles and names; whoever passes a document instead must not fill the log with it.
    if (compact(contents).size() > valuesLimit)
        contents = QJsonObject{{u"after"_s, QJsonObject{{u"too_large"_s, true}}}};
    if (!draft.reason.isEmpty())
        contents.insert(u"reason"_s, draft.reason.left(reasonLimit));
    return part(contents, subjectOf(Part::Detail, draft.actor.bytes(), draft.objectKind, draft.objectId));
}
} // namespace

UserId subjectOf(Part part, const QByteArray &actor, const QByteArray &objectKind, const QByteArray &objectId)
{
    if (part == Part::Origin && !actor.isEmpty())
        return UserId(actor);
    if (objectKind == "user")
        return UserId(objectId);
    if (objectKind == "session" || objectKind == "token" || objectKind == "device")
        return UserId(actor);
    return {};
}

QByteArray chainStart()
{
    return Digest().raw("atom-chat audit log, version 1").result();
}

QByteArray digestOf(const PartText &part)
{
    return Digest(part.salt).text(part.subject.bytes()).text(part.text).result();
}

QByteArray hashOf(const QByteArray &previousHash, const ChainRow &row)
{
    Digest digest;
    digest.raw(previousHash).number(row.seq).number(row.atMillis);
    digest.text(row.actor).text(row.session).text(row.action).text(row.objectKind).text(row.objectId);
    digest.number(row.outcome).number(row.count);
    for (const QByteArray &part : row.digests)
        digest.text(part);
    return digest.result();
}

ChainRow rowFor(const Draft &draft, qint64 previousSeq, const QByteArray &previousHash)
{
    ChainRow row;
    row.seq = previousSeq + 1;
    row.atMillis = toMillis(draft.at);
    row.actor = draft.actor.bytes();
    row.session = draft.session.bytes();
    row.action = draft.action;
    row.objectKind = draft.objectKind;
    row.objectId = draft.objectId;
    row.outcome = draft.outcome == Outcome::Refused ? 1 : 0;
    row.count = draft.count;
    row.parts[int(Part::Origin)] = originOf(draft);
    row.parts[int(Part::Detail)] = detailOf(draft);
    for (int i = 0; i < partCount; ++i) {
        if (row.parts[i])
            row.digests[i] = digestOf(*row.parts[i]);
    }
    row.hash = hashOf(previousHash, row);
    return row;
}

Record recordOf(const ChainRow &row)
{
    Record record;
    record.seq = row.seq;
    record.hash = row.hash;
    record.at = fromMillis(row.atMillis);
    record.actor = UserId(row.actor);
    record.session = SessionId(row.session);
    record.action = row.action;
    record.objectKind = row.objectKind;
    record.objectId = row.objectId;
    record.outcome = row.outcome == 0 ? Outcome::Done : Outcome::Refused;
    record.count = int(row.count);
    for (int i = 0; i < partCount; ++i) {
        if (!row.parts[i]) {
            record.isErased = record.isErased || !row.digests[i].isEmpty();
            continue;
        }
        const QJsonObject contents = QJsonDocument::fromJson(row.parts[i]->text).object();
        if (i == int(Part::Origin)) {
            record.address = contents.value(u"address"_s).toString().toLatin1();
        } else {
            record.before = contents.value(u"before"_s).toObject();
            record.after = contents.value(u"after"_s).toObject();
            record.reason = contents.value(u"reason"_s).toString();
        }
    }
    return record;
}

QByteArray flawName(Flaw flaw)
{
    switch (flaw) {
    case Flaw::None:
        return {};
    case Flaw::Missing:
        return QByteArrayLiteral("missing");
    case Flaw::Changed:
        return QByteArrayLiteral("changed");
    case Flaw::PartChanged:
        return QByteArrayLiteral("part_changed");
    case Flaw::PartRemoved:
        return QByteArrayLiteral("part_removed");
    case Flaw::CheckpointBroken:
        return QByteArrayLiteral("checkpoint_broken");
    case Flaw::CheckpointDiffers:
        return QByteArrayLiteral("checkpoint_differs");
    case Flaw::Cut:
        return QByteArrayLiteral("cut");
    }
    return {};
}

} // namespace Atom::Audit
