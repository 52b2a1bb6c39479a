// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What /proc tells of a process under test.
#include "tests/benchmarks/target.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace Atom::Bench {

int64_t cpuNanos(pid_t pid)
{
    int64_t total = 0;
    std::error_code gone;
    const std::string folder = "/proc/" + std::to_string(pid) + "/task";
    for (const auto &task : std::filesystem::directory_iterator(folder, gone)) {
        std::ifstream file(task.path() / "schedstat"); // nanoseconds on the processor, waiting, slices
        int64_t nanos = 0;
        if (file >> nanos)
            total += nanos;
    }
    return total;
}

int64_t residentBytes(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    int64_t size = 0;
    int64_t resident = 0;
    file >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

} // namespace Atom::Bench
