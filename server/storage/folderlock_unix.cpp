// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/folderlock.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
//! flock() belongs to the open file, not to a process id: it ends with the process and cannot be mistaken for that of
//! another process that got the same id, as a lock file with a number in it can.
class UnixFolderLock final : public FolderLock
{
public:
    explicit UnixFolderLock(int descriptor) : m_descriptor(descriptor) {}
    ~UnixFolderLock() override { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(UnixFolderLock)

private:
    int m_descriptor;
};
} // namespace

Result<std::unique_ptr<FolderLock>> FolderLock::acquire(const QString &folder)
{
    const QString file = folder + u"/atom.lock"_s;
    const int fd = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return Error(Errc::Internal, u"Cannot make %1: %2. The server needs a data folder it may write to."_s.arg(
                                         file, QString::fromLocal8Bit(std::strerror(errno))));
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return Error(Errc::Conflict,
                     u"The data folder %1 is in use by another Atom Chat server. Stop that one, or give this one a "
                     "folder of its own with --data."_s.arg(folder));
    }
    return std::unique_ptr<FolderLock>(std::make_unique<UnixFolderLock>(fd));
}

} // namespace Atom::Storage
