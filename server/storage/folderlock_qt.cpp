// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where flock() does not exist. On Windows QLockFile keeps the file open without sharing, which ends with the process.
#include "server/storage/folderlock.h"

#include <QtCore/QLockFile>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
class QtFolderLock final : public FolderLock
{
public:
    explicit QtFolderLock(std::unique_ptr<QLockFile> file) : m_file(std::move(file)) {}

private:
    std::unique_ptr<QLockFile> m_file;
};
} // namespace

Result<std::unique_ptr<FolderLock>> FolderLock::acquire(const QString &folder)
{
    auto file = std::make_unique<QLockFile>(folder + u"/atom.lock"_s);
    file->setStaleLockTime(0); // never stale by age: a server may run for years
    if (!file->tryLock(0)) {
        if (file->error() != QLockFile::LockFailedError)
            return Error(Errc::Internal, u"Cannot make atom.lock in the data folder %1."_s.arg(folder));
        return Error(Errc::Conflict,
                     u"The data folder %1 is in use by another Atom Chat server. Stop that one, or give this one a "
                     "folder of its own with --data."_s.arg(folder));
    }
    return std::unique_ptr<FolderLock>(std::make_unique<QtFolderLock>(std::move(file)));
}

} // namespace Atom::Storage
