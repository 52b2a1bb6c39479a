// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/exportarchive.h"

#include "server/identity/crypto.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>

#include <archive.h>
#include <archive_entry.h>

namespace Atom::Exports {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 chunkBytes = 256 * 1024;

Error cannot(const QString &what, const QString &why)
{
    return Error(Errc::Internal, u"The archive cannot be written."_s, what + u": "_s + why);
}

struct ArchiveCloser
{
    void operator()(archive *a) const { archive_write_free(a); }
};
struct EntryCloser
{
    void operator()(archive_entry *e) const { archive_entry_free(e); }
};
using WriteArchive = std::unique_ptr<archive, ArchiveCloser>;
using Entry = std::unique_ptr<archive_entry, EntryCloser>;

bool beginEntry(archive *a, const QString &name, qint64 bytes, Timestamp at)
{
    const Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.toLatin1().constData());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), bytes);
    archive_entry_set_mtime(entry.get(), std::chrono::floor<seconds>(at).time_since_epoch().count(), 0);
    return archive_write_header(a, entry.get()) == ARCHIVE_OK;
}

bool putBytes(archive *a, const QByteArray &bytes)
{
    return archive_write_data(a, bytes.constData(), size_t(bytes.size())) == la_ssize_t(bytes.size());
}
} // namespace

QByteArray signedMessage(const QByteArray &manifest)
{
    return "atom-chat room export manifest v1\n" + manifest;
}

ArchiveBuilder::ArchiveBuilder(QString folder, QString target, ExportHead head)
    : m_folder(std::move(folder)), m_target(std::move(target)), m_head(std::move(head)), m_pages(m_head)
{
}

ArchiveBuilder::~ArchiveBuilder()
{
    m_parts.clear();
    QDir(m_folder).removeRecursively();
}

Result<void> ArchiveBuilder::begin()
{
    QDir(m_folder).removeRecursively();
    if (!QDir().mkpath(m_folder))
        return cannot(m_folder, u"the folder cannot be made"_s);
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    if (Result<void> written = write(u"room.json"_s, roomDocument(m_head)); !written)
        return written;
    if (Result<void> written = write(u"messages.jsonl"_s, {}); !written)
        return written;
    return nextPage();
}

Result<void> ArchiveBuilder::write(const QString &name, const QByteArray &bytes)
{
    std::shared_ptr<Part> &part = m_parts[name];
    if (!part) {
        part = std::make_shared<Part>();
        part->file = std::make_unique<QFile>(m_folder + u'/' + name);
        if (!part->file->open(QIODevice::ReadWrite | QIODevice::Truncate))
            return cannot(name, part->file->errorString());
    }
    if (part->file->write(bytes) != bytes.size())
        return cannot(name, part->file->errorString());
    part->hash.addData(bytes);
    part->bytes += bytes.size();
    return {};
}

Result<void> ArchiveBuilder::nextPage()
{
    if (m_page > 0) {
        if (Result<void> ended = write(PageWriter::pageName(m_page), m_pages.endPage(m_page, false)); !ended)
            return ended;
        m_parts.value(PageWriter::pageName(m_page))->file->close(); // a large room has thousands of them
    }
    ++m_page;
    m_onPage = 0;
    return write(PageWriter::pageName(m_page), m_pages.beginPage(m_page));
}

Result<void> ArchiveBuilder::add(const QList<RoomEvent> &events)
{
    QByteArray lines;
    QByteArray entries;
    for (const RoomEvent &event : events) {
        if (m_fromSeq == 0)
            m_fromSeq = event.seq;
        ++m_events;
        lines += eventLine(event);
        QByteArray entry = m_pages.entry(event);
        if (entry.isEmpty())
            continue;
        if (m_onPage >= PageWriter::eventsPerPage) {
            if (Result<void> written = write(PageWriter::pageName(m_page), std::exchange(entries, {})); !written)
                return written;
            if (Result<void> next = nextPage(); !next)
                return next;
            entry = m_pages.entry(event); // with its day and its sender again
        }
        ++m_onPage;
        entries += entry;
    }
    if (Result<void> written = write(u"messages.jsonl"_s, lines); !written)
        return written;
    return write(PageWriter::pageName(m_page), entries);
}

Result<void> ArchiveBuilder::addHeld(const QList<HeldText> &texts)
{
    QByteArray lines;
    for (const HeldText &text : texts)
        lines += heldLine(text);
    return write(u"held.jsonl"_s, lines);
}

Result<ExportJob> ArchiveBuilder::finish(const Signer &sign)
{
    if (Result<void> ended = write(PageWriter::pageName(m_page), m_pages.endPage(m_page, true)); !ended)
        return std::move(ended.error());
    QJsonObject files;
    for (auto it = m_parts.cbegin(); it != m_parts.cend(); ++it) {
        Part &part = **it;
        if (part.file->isOpen() && !part.file->flush())
            return cannot(it.key(), part.file->errorString());
        files.insert(it.key(), QJsonObject{{u"bytes"_s, part.bytes},
                                           {u"sha256"_s, QString::fromLatin1(part.hash.result().toHex())}});
    }
    const QByteArray manifest = QJsonDocument(QJsonObject{{u"format"_s, u"atom-chat-room-export"_s},
                                                          {u"version"_s, 1},
                                                          {u"room_id"_s, m_head.room.id.toString()},
                                                          {u"exported_at"_s, toIso(m_head.exportedAt)},
                                                          {u"exported_by"_s, m_head.exportedBy.toString()},
                                                          {u"server"_s, m_head.server},
                                                          {u"events"_s, m_events},
                                                          {u"from_seq"_s, m_fromSeq},
                                                          {u"up_to_seq"_s, m_head.upToSeq},
                                                          {u"attachments"_s, 0},
                                                          {u"files"_s, files}})
                                    .toJson(QJsonDocument::Indented);
    const Signature signature = sign(signedMessage(manifest));
    const QByteArray signatureFile =
        QJsonDocument(
            QJsonObject{{u"alg"_s, u"EdDSA"_s},
                        {u"kid"_s, QString::fromLatin1(signature.keyId)},
                        {u"signature"_s, QString::fromLatin1(Identity::Crypto::toBase64Url(signature.bytes))}})
            .toJson(QJsonDocument::Indented);
    if (Result<void> zipped = zip(manifest, signatureFile); !zipped)
        return std::move(zipped.error());

    QFile made(m_target);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!made.open(QIODevice::ReadOnly) || !hash.addData(&made))
        return cannot(m_target, made.errorString());
    ExportJob job;
    job.bytes = made.size();
    job.sha256 = hash.result().toHex();
    job.events = m_events;
    return job;
}

Result<void> ArchiveBuilder::zip(const QByteArray &manifest, const QByteArray &signature)
{
    const QString unfinished = m_folder + u"/archive.zip"_s;
    {
        const WriteArchive a(archive_write_new());
        const auto failed = [&a](const QString &what) {
            return cannot(what, QString::fromUtf8(archive_error_string(a.get())));
        };
        if (archive_write_set_format_zip(a.get()) != ARCHIVE_OK ||
            archive_write_set_options(a.get(), "zip:compression=deflate") != ARCHIVE_OK ||
            archive_write_open_filename(a.get(), QFile::encodeName(unfinished).constData()) != ARCHIVE_OK)
            return failed(unfinished);
        const std::pair<QString, QByteArray> heads[] = {{u"manifest.json"_s, manifest}, {u"manifest.sig"_s, signature}};
        for (const auto &[name, bytes] : heads) {
            if (!beginEntry(a.get(), name, bytes.size(), m_head.exportedAt) || !putBytes(a.get(), bytes))
                return failed(name);
        }
        for (auto it = m_parts.cbegin(); it != m_parts.cend(); ++it) {
            QFile &file = *(*it)->file;
            if (!file.isOpen() && !file.open(QIODevice::ReadOnly))
                return cannot(it.key(), file.errorString());
            file.seek(0);
            if (!beginEntry(a.get(), it.key(), file.size(), m_head.exportedAt))
                return failed(it.key());
            while (!file.atEnd()) {
                const QByteArray chunk = file.read(chunkBytes);
                if (chunk.isEmpty() || !putBytes(a.get(), chunk))
                    return failed(it.key());
            }
            file.close();
        }
        if (archive_write_close(a.get()) != ARCHIVE_OK)
            return failed(unfinished);
    }
    QFile::setPermissions(unfinished, QFile::ReadOwner | QFile::WriteOwner);
    QFile::remove(m_target);
    if (!QFile::rename(unfinished, m_target))
        return cannot(m_target, u"cannot be renamed"_s);
    return {};
}

} // namespace Atom::Exports
