// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/archive.h"

#include <algorithm>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 blockBytes = 512;
constexpr qint64 pieceBytes = 1 << 20;
constexpr qint64 octalLimit = 0x1'0000'0000 * 2; // 8 GiB: eleven octal digits

// Offsets and sizes of the header's fields (POSIX ustar).
constexpr int nameSize = 100, modeAt = 100, uidAt = 108, gidAt = 116, sizeAt = 124, timeAt = 136, sumAt = 148,
              typeAt = 156, magicAt = 257;

void putOctal(QByteArray &header, int at, int digits, qint64 value)
{
    const QByteArray text = QByteArray::number(value, 8).rightJustified(digits, '0');
    std::copy(text.begin(), text.end(), header.begin() + at);
}

quint32 checksum(const QByteArray &header)
{
    quint32 sum = 0;
    for (int i = 0; i < header.size(); ++i)
        sum += i >= sumAt && i < sumAt + 8 ? quint32(' ') : quint32(quint8(header.at(i)));
    return sum;
}

qint64 paddingOf(qint64 size)
{
    return (blockBytes - size % blockBytes) % blockBytes;
}

Error damaged()
{
    return Error(Errc::ValidationFailed, u"The file is not a backup, or it is damaged."_s);
}
} // namespace

Result<void> ArchiveWriter::write(const QByteArray &bytes)
{
    if (m_file.write(bytes) == bytes.size())
        return {};
    return Error(Errc::Internal, u"Cannot write %1: %2."_s.arg(m_file.fileName(), m_file.errorString()));
}

Result<void> ArchiveWriter::header(const QByteArray &name, qint64 size, qint64 unixTime)
{
    Q_ASSERT(name.size() < nameSize);
    QByteArray header(blockBytes, '\0');
    std::copy(name.begin(), name.end(), header.begin());
    putOctal(header, modeAt, 7, 0600);
    putOctal(header, uidAt, 7, 0);
    putOctal(header, gidAt, 7, 0);
    if (size < octalLimit) {
        putOctal(header, sizeAt, 11, size);
    } else {
        header[sizeAt] = char(0x80);
        for (int i = 0; i < 8; ++i)
            header[sizeAt + 11 - i] = char(quint64(size) >> (8 * i));
    }
    putOctal(header, timeAt, 11, std::max<qint64>(0, unixTime));
    header[typeAt] = '0';
    constexpr QByteArrayView magic("ustar\00000", 8);
    std::copy(magic.begin(), magic.end(), header.begin() + magicAt);
    putOctal(header, sumAt, 6, checksum(header));
    header[sumAt + 7] = ' ';
    return write(header);
}

Result<void> ArchiveWriter::pad(qint64 size)
{
    return write(QByteArray(paddingOf(size), '\0'));
}

Result<void> ArchiveWriter::add(const QByteArray &name, const QByteArray &contents, qint64 unixTime)
{
    if (Result<void> done = header(name, contents.size(), unixTime); !done)
        return done;
    if (Result<void> done = write(contents); !done)
        return done;
    return pad(contents.size());
}

Result<void> ArchiveWriter::addFile(const QByteArray &name, const QString &source, qint64 unixTime)
{
    QFile file(source);
    if (!file.open(QIODevice::ReadOnly))
        return Error(Errc::Internal, u"Cannot read %1: %2."_s.arg(source, file.errorString()));
    const qint64 size = file.size();
    if (Result<void> done = header(name, size, unixTime); !done)
        return done;
    for (qint64 left = size; left > 0;) {
        const QByteArray piece = file.read(std::min(left, pieceBytes));
        if (piece.isEmpty())
            return Error(Errc::Internal, u"Cannot read %1: %2."_s.arg(source, file.errorString()));
        if (Result<void> done = write(piece); !done)
            return done;
        left -= piece.size();
    }
    return pad(size);
}

Result<void> ArchiveWriter::finish()
{
    return write(QByteArray(2 * blockBytes, '\0'));
}

Result<ArchiveReader::Member> ArchiveReader::next()
{
    if (m_left + m_padding > 0 && !m_file.seek(m_file.pos() + m_left + m_padding))
        return damaged();
    m_left = m_padding = 0;
    const QByteArray header = m_file.read(blockBytes);
    if (header.size() != blockBytes)
        return damaged();
    Member member;
    if (header.count('\0') == blockBytes)
        return member;
    bool isNumber = false;
    const quint32 told = header.mid(sumAt, 6).toUInt(&isNumber, 8);
    if (!isNumber || told != checksum(header) || header.mid(magicAt, 5) != "ustar" || header.at(typeAt) != '0')
        return damaged();
    member.name = header.left(nameSize);
    member.name.truncate(qsizetype(qstrnlen(member.name.constData(), nameSize)));
    if (quint8(header.at(sizeAt)) == 0x80) {
        quint64 size = 0;
        for (int i = 4; i < 12; ++i)
            size = (size << 8) | quint8(header.at(sizeAt + i));
        member.size = qint64(size);
        isNumber = member.size >= 0;
    } else {
        member.size = header.mid(sizeAt, 11).toLongLong(&isNumber, 8);
    }
    if (!isNumber || member.name.isEmpty() || member.size < 0 || member.size > m_file.size())
        return damaged();
    m_left = member.size;
    m_padding = paddingOf(member.size);
    return member;
}

Result<void> ArchiveReader::read(const std::function<bool(const QByteArray &)> &take)
{
    while (m_left > 0) {
        const QByteArray piece = m_file.read(std::min(m_left, pieceBytes));
        if (piece.isEmpty())
            return damaged();
        m_left -= piece.size();
        if (!take(piece))
            return Error(Errc::Cancelled, u"given up"_s);
    }
    return {};
}

} // namespace Atom::Storage
