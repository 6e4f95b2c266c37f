// The program: an app's whole main().
//
//     int main(int argc, char** argv) { return croft::main(argc, argv); }
//
// It gives the app its commands: `run` (serve and schedule), `migrate`, `makemigrations`, `tasks`, `graphql`,
// `history`, `check`, …, each with --help. Models, tasks and GraphQL declarations are found by themselves, in whatever
// source file of the program they stand. croft_app(NAME) of the CMake package writes this main() where there is no
// main.cpp.
#pragma once

namespace croft {

/// Runs the command that the arguments name. Gives the exit code: 0 done, 1 failed, 2 the arguments or the
/// configuration can't be used. Never throws. Call it once, from the main thread.
int main(int argc, char** argv);

namespace detail {
bool set_app_folder(const char* folder);
#ifdef CROFT_APP_FOLDER  // by croft_app(): where makemigrations writes
inline const bool app_folder_is_set = set_app_folder(CROFT_APP_FOLDER);
#endif
}  // namespace detail

}  // namespace croft
