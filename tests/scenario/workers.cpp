#include "tests/scenario/workers.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <new>
#include <thread>

namespace svcmgr::sim {

namespace {

/// Takes the next piece of work from `next` until none is left; writes number, length and text of each result.
void work_off(std::atomic<int>& next, int count, const std::function<std::string(int)>& work, std::FILE* to) {
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
        const std::string result = work(i);
        const std::size_t length = result.size();
        std::fwrite(&i, sizeof i, 1, to);
        std::fwrite(&length, sizeof length, 1, to);
        std::fwrite(result.data(), 1, length, to);
        std::fflush(to);
    }
}

void read_results(std::FILE* from, std::vector<std::string>& results) {
    int i = 0;
    std::size_t length = 0;
    while (std::fread(&i, sizeof i, 1, from) == 1 && std::fread(&length, sizeof length, 1, from) == 1) {
        std::string text(length, '\0');
        if (std::fread(text.data(), 1, length, from) != length) return;
        results[static_cast<std::size_t>(i)] = std::move(text);
    }
}

}  // namespace

std::vector<std::string> in_processes(int count, const std::function<std::string(int)>& work) {
    std::vector<std::string> results(static_cast<std::size_t>(count), "died\n");
    void* shared = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto& next = *new (shared) std::atomic<int>(0);
    const int processes = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, std::max(1, count));
    std::vector<std::FILE*> files;
    std::fflush(nullptr);
    for (int i = 0; i < processes; ++i) {
        std::FILE* file = std::tmpfile();
        if (::fork() == 0) {
            work_off(next, count, work, file);
            std::fflush(nullptr);
            ::_exit(0);
        }
        files.push_back(file);
    }
    while (::wait(nullptr) > 0) continue;
    for (std::FILE* file : files) {
        std::rewind(file);
        read_results(file, results);
        std::fclose(file);
    }
    ::munmap(shared, sizeof(std::atomic<int>));
    return results;
}

}  // namespace svcmgr::sim
