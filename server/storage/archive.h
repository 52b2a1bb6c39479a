// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QFile>

#include <functional>

namespace Atom::Storage {

//! \brief Writes a tar archive (POSIX ustar; sizes above 8 GiB in GNU's binary form), readable by any tar. Blocks.
class ArchiveWriter
{
public:
    //! \brief `file` is open for writing and outlives the writer.
    explicit ArchiveWriter(QFile &file) : m_file(file) {}
    //! \brief `name` up to 99 bytes of ASCII. \return Internal.
    Result<void> add(const QByteArray &name, const QByteArray &contents, qint64 unixTime);
    Result<void> addFile(const QByteArray &name, const QString &source, qint64 unixTime);
    //! \brief The end of the archive.
    Result<void> finish();

private:
    Result<void> write(const QByteArray &bytes);
    Result<void> header(const QByteArray &name, qint64 size, qint64 unixTime);
    Result<void> pad(qint64 size);
    QFile &m_file;
};

//! \brief Reads what ArchiveWriter writes, strictly: plain files only, checksums right, nothing cut off.
class ArchiveReader
{
public:
    explicit ArchiveReader(QFile &file) : m_file(file) {}
    struct Member
    {
        QByteArray name; //!< empty: the end of the archive
        qint64 size = 0;
    };
    //! \brief The next member; its contents must be taken by read() or skipped by calling next() again.
    //! \return ValidationFailed: not such an archive, or damaged.
    Result<Member> next();
    //! \brief Hands the contents of the member over piece by piece. `take` returns false to give up (Cancelled).
    //! \return ValidationFailed when the archive ends too early.
    Result<void> read(const std::function<bool(const QByteArray &piece)> &take);

private:
    QFile &m_file;
    qint64 m_left = 0;
    qint64 m_padding = 0;
};

} // namespace Atom::Storage
