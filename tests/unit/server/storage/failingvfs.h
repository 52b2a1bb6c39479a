// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <sqlite3.h>

namespace Atom::Test {

//! \brief The system's VFS under another name, whose syncs fail on demand, as a disk's do that was pulled out.
class FailingVfs
{
public:
    static QByteArray name()
    {
        static const bool isRegistered = registerOnce();
        Q_UNUSED(isRegistered)
        return "failing";
    }
    static inline std::atomic<bool> failSync{false};
    static inline std::atomic<int> syncs{0}; //!< that succeeded

private:
    static bool registerOnce()
    {
        sqlite3_vfs *real = sqlite3_vfs_find(nullptr);
        s_realOpen = real->xOpen;
        s_vfs = *real;
        s_vfs.zName = "failing";
        s_vfs.pNext = nullptr;
        s_vfs.xOpen = open;
        return sqlite3_vfs_register(&s_vfs, 0) == SQLITE_OK;
    }
    static int open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags)
    {
        const int rc = s_realOpen(vfs, name, file, flags, outFlags);
        if (rc == SQLITE_OK && file->pMethods)
            file->pMethods = &tableFor(file->pMethods)->methods;
        return rc;
    }
    //! A table of file methods that differs from the system's in one entry. There are a few: one per way of locking.
    struct Table
    {
        sqlite3_io_methods methods; //!< first: found again through its address
        int (*realSync)(sqlite3_file *, int);
    };
    static Table *tableFor(const sqlite3_io_methods *real)
    {
        const std::lock_guard lock(s_mutex);
        auto &table = s_tables[real];
        if (!table) {
            table = std::make_unique<Table>(Table{*real, real->xSync});
            table->methods.xSync = sync;
        }
        return table.get();
    }
    static int sync(sqlite3_file *file, int flags)
    {
        if (failSync)
            return SQLITE_IOERR_FSYNC;
        ++syncs;
        return reinterpret_cast<const Table *>(file->pMethods)->realSync(file, flags);
    }

    static inline sqlite3_vfs s_vfs{};
    static inline std::mutex s_mutex;
    static inline std::map<const sqlite3_io_methods *, std::unique_ptr<Table>> s_tables;
    static inline int (*s_realOpen)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *) = nullptr;
};

} // namespace Atom::Test
