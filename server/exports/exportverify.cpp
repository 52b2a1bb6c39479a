// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/exportarchive.h"

#include "server/identity/crypto.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>

#include <archive.h>
#include <archive_entry.h>

#include <array>

namespace Atom::Exports {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 headLimit = 16 << 20; //!< of manifest.json
constexpr qsizetype entryLimit = 100'000;
constexpr qint64 sizeLimit = qint64(1) << 40; //!< of all files together: what a small file may unpack to

struct ReadCloser
{
    void operator()(archive *a) const { archive_read_free(a); }
};

//! What one file of the archive turned out to be.
struct Found
{
    qint64 bytes = 0;
    QByteArray sha256;
    QByteArray text; //!< of the two small ones only
};

QString shown(const QString &name)
{
    QString clean = name.left(80);
    for (QChar &c : clean) {
        if (!c.isPrint())
            c = u'?';
    }
    return clean;
}

//! Reads every file once. Problems are added to the verdict.
QMap<QString, Found> readAll(archive *a, Verdict &verdict)
{
    QMap<QString, Found> found;
    archive_entry *entry = nullptr;
    qint64 total = 0;
    for (;;) {
        const int rc = archive_read_next_header(a, &entry);
        if (rc == ARCHIVE_EOF)
            return found;
        if (rc != ARCHIVE_OK) {
            verdict.problems.append(u"The archive is damaged: %1."_s.arg(QString::fromUtf8(archive_error_string(a))));
            return found;
        }
        const QString name = QString::fromUtf8(archive_entry_pathname(entry));
        if (found.contains(name)) {
            verdict.problems.append(u"%1 is there twice."_s.arg(shown(name)));
            return found;
        }
        if (archive_entry_filetype(entry) != AE_IFREG) {
            verdict.problems.append(u"%1 is no plain file."_s.arg(shown(name)));
            return found;
        }
        if (found.size() >= entryLimit) {
            verdict.problems.append(u"The archive has too many files."_s);
            return found;
        }
        const bool isHead = name == "manifest.json"_L1 || name == "manifest.sig"_L1;
        Found file;
        QCryptographicHash hash(QCryptographicHash::Sha256);
        std::array<char, 64 * 1024> buffer;
        for (;;) {
            const la_ssize_t count = archive_read_data(a, buffer.data(), buffer.size());
            if (count == 0)
                break;
            total += std::max<qint64>(0, qint64(count));
            if (count < 0 || total > sizeLimit || (isHead && file.bytes + count > headLimit)) {
                verdict.problems.append(u"%1 is damaged or too large."_s.arg(shown(name)));
                return found;
            }
            const QByteArrayView bytes(buffer.data(), qsizetype(count));
            hash.addData(bytes.toByteArray());
            file.bytes += count;
            if (isHead)
                file.text.append(bytes.data(), bytes.size());
        }
        file.sha256 = hash.result().toHex();
        found.insert(name, file);
    }
}

void compare(const QMap<QString, Found> &found, const QJsonObject &files, Verdict &verdict)
{
    for (auto it = files.constBegin(); it != files.constEnd(); ++it) {
        const auto file = found.constFind(it.key());
        const QJsonObject promised = it.value().toObject();
        if (file == found.cend()) {
            verdict.problems.append(u"%1 is missing."_s.arg(shown(it.key())));
        } else if (file->bytes != promised.value("bytes"_L1).toInteger(-1) ||
                   QString::fromLatin1(file->sha256) != promised.value("sha256"_L1).toString()) {
            verdict.problems.append(u"%1 was changed."_s.arg(shown(it.key())));
        }
    }
    for (auto it = found.constBegin(); it != found.constEnd(); ++it) {
        if (it.key() != "manifest.json"_L1 && it.key() != "manifest.sig"_L1 && !files.contains(it.key()))
            verdict.problems.append(u"%1 was added."_s.arg(shown(it.key())));
    }
}

void checkSignature(const Found &manifest, const Found &signature, const QMap<QByteArray, QByteArray> &keys,
                    Verdict &verdict)
{
    const Result<QJsonObject> read = parseJsonObject(signature.text, JsonLimits{64 * 1024, 4});
    if (!read || read.value().value("alg"_L1).toString() != "EdDSA"_L1) {
        verdict.problems.append(u"The signature cannot be read."_s);
        return;
    }
    verdict.keyId = read.value().value("kid"_L1).toString().toUtf8();
    const auto key = keys.constFind(verdict.keyId);
    if (key == keys.cend()) {
        verdict.problems.append(u"It is signed with the key %1, which is none of the keys given."_s.arg(
            shown(QString::fromUtf8(verdict.keyId))));
        return;
    }
    const std::optional<QByteArray> bytes =
        Identity::Crypto::fromBase64Url(read.value().value("signature"_L1).toString().toUtf8());
    if (!bytes || !Identity::Crypto::verifyEd25519(*bytes, signedMessage(manifest.text), *key))
        verdict.problems.append(u"The signature does not fit the manifest: one of them was changed."_s);
    else
        verdict.isSigned = true;
}
} // namespace

Result<Verdict> verifyArchive(const QString &file, const QMap<QByteArray, QByteArray> &trustedKeys)
{
    Identity::Crypto::initialise();
    const std::unique_ptr<archive, ReadCloser> a(archive_read_new());
    archive_read_support_format_zip_seekable(a.get());
    if (archive_read_open_filename(a.get(), QFile::encodeName(file).constData(), 64 * 1024) != ARCHIVE_OK)
        return Error(Errc::Internal,
                     u"%1 cannot be read: %2."_s.arg(file, QString::fromUtf8(archive_error_string(a.get()))));
    Verdict verdict;
    const QMap<QString, Found> found = readAll(a.get(), verdict);
    const auto manifest = found.constFind(u"manifest.json"_s);
    const auto signature = found.constFind(u"manifest.sig"_s);
    if (manifest == found.cend() || signature == found.cend()) {
        verdict.problems.append(u"This is no archive of a room, or its manifest or signature was removed."_s);
        return verdict;
    }
    const Result<QJsonObject> document = parseJsonObject(manifest->text, JsonLimits{headLimit, 8});
    if (!document || document.value().value("format"_L1).toString() != "atom-chat-room-export"_L1 ||
        document.value().value("version"_L1).toInt() != 1) {
        verdict.problems.append(u"The manifest cannot be read."_s);
        return verdict;
    }
    compare(found, document.value().value("files"_L1).toObject(), verdict);
    verdict.isIntact = verdict.problems.isEmpty();
    verdict.manifest = document.value();
    checkSignature(*manifest, *signature, trustedKeys, verdict);
    return verdict;
}

Result<QMap<QByteArray, QByteArray>> keysOfJwks(const QByteArray &document)
{
    const Result<QJsonObject> read = parseJsonObject(document, JsonLimits{1 << 20, 8});
    if (!read)
        return read.error();
    QMap<QByteArray, QByteArray> keys;
    for (const QJsonValue &value : read.value().value("keys"_L1).toArray()) {
        const QJsonObject key = value.toObject();
        if (key.value("kty"_L1).toString() != "OKP"_L1 || key.value("crv"_L1).toString() != "Ed25519"_L1)
            continue;
        const std::optional<QByteArray> bytes = Identity::Crypto::fromBase64Url(key.value("x"_L1).toString().toUtf8());
        if (bytes && bytes->size() == 32)
            keys.insert(key.value("kid"_L1).toString().toUtf8(), *bytes);
    }
    if (keys.isEmpty())
        return Error::invalid(u"/keys"_s, u"The document names no Ed25519 key."_s);
    return keys;
}

} // namespace Atom::Exports
