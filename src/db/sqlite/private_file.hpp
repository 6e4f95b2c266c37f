// The file behind "sqlite::memory:": private to one database and gone with it.
//
// SQLite's own in-memory databases can't be shared by a writer and readers without locking each other out, so that
// tests would live under other rules than the app. A file in memory (/dev/shm where there is room, else the directory
// for temporary files), with write-ahead log and no waiting for a disk, behaves exactly as the real one. What a killed
// process left behind is removed by the next one that opens such a database: a directory in use is locked.
#pragma once

#include <filesystem>

namespace croft::db::sqlite {

class private_file {
public:
    /// Makes a new directory. Throws storage_error.
    private_file();
    private_file(const private_file&) = delete;
    private_file& operator=(const private_file&) = delete;
    /// Removes it with all that is in it.
    ~private_file();

    /// Where the database's file goes.
    std::string path() const { return (directory_ / "private.db").string(); }

private:
    std::filesystem::path directory_;
    int lock_ = -1;
};

}  // namespace croft::db::sqlite
