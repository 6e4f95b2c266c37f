#include "db/sqlite/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>

#include "croft/db_error.hpp"

namespace croft::db::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "croft-private-";
constexpr std::uint64_t enough_memory = 256ull << 20;  // containers often have 64 MB there, and a full one is fatal

fs::path home() {
    const char* const shared_memory = "/dev/shm";
    struct statvfs room{};
    if (::access(shared_memory, W_OK) == 0 && ::statvfs(shared_memory, &room) == 0 &&
        room.f_bavail * room.f_frsize >= enough_memory)
        return shared_memory;
    return fs::temp_directory_path();
}

/// An open, locked directory, or -1 when somebody else has it locked or it is gone.
int lock(const fs::path& directory) {
    const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (handle < 0) return -1;
    struct stat opened{}, named{};
    const bool mine = ::flock(handle, LOCK_EX | LOCK_NB) == 0 && ::fstat(handle, &opened) == 0 &&
                      ::stat(directory.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
                      opened.st_uid == ::geteuid();
    if (mine) return handle;
    ::close(handle);
    return -1;
}

void remove_tree(const fs::path& directory) noexcept {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
}

void remove_leftovers(const fs::path& where) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(where, ignored)) {
        if (!entry.path().filename().string().starts_with(prefix)) continue;
        if (const int handle = lock(entry.path()); handle >= 0) {
            remove_tree(entry.path());
            ::close(handle);
        }
    }
}

}  // namespace

private_file::private_file() {
    const auto where = home();
    remove_leftovers(where);
    while (lock_ < 0) {  // again in the rare case that somebody takes it for a leftover before it is locked
        std::string name = (where / prefix).string() + "XXXXXX";
        if (!::mkdtemp(name.data()))
            throw storage_error("sqlite::memory: no directory can be made in " + where.string() + " for its file");
        directory_ = name;
        lock_ = lock(directory_);
    }
}

private_file::~private_file() {
    remove_tree(directory_);
    ::close(lock_);
}

}  // namespace croft::db::sqlite
