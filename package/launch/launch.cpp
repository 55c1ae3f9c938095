// SPDX-License-Identifier: Apache-2.0
// bin/launch of a runtime bundle: starts the program beside it with the bundle's own loader,
// libraries and CA certificates, on a system with another C library, or with none. Linked
// statically and without C++'s library, so that it starts anywhere, in well under a millisecond.
// Under another name it stands at the top of the bundle. As "bootstrap" it is what Lambda starts:
// its arguments then stand in bootstrap.args, one a line, and names in them are relative to the
// bundle.
#include <climits>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace {

constexpr std::size_t k_max_words = 4096;
constexpr std::size_t k_max_args_bytes = 16384;
constexpr int k_cannot_run = 126; // what shells say of a program that does not start

char root[PATH_MAX]; // of the bundle
char loader[2 * PATH_MAX];
char libraries[2 * PATH_MAX];
char program[2 * PATH_MAX];
char certificates[2 * PATH_MAX];
char words_text[k_max_args_bytes + 1];
char* words[k_max_words];

[[noreturn]] void fail(const char* what, const char* path) {
  std::fprintf(stderr, "launch: %s: %s: %s\n", path, what, std::strerror(errno));
  std::exit(k_cannot_run);
}

/// Absolute, links resolved; /proc is not everywhere, so the name we were started by is the second
/// choice.
void find_ourselves() {
  const ssize_t length = readlink("/proc/self/exe", root, sizeof root - 1);
  if (length > 0) {
    root[length] = '\0';
    return;
  }
  const auto name = getauxval(AT_EXECFN);
  if (name == 0 || realpath(reinterpret_cast<const char*>(name), root) == nullptr)
    fail("cannot find its own folder", "/proc/self/exe");
}

/// Cuts the last part of the path off.
const char* cut_name() {
  char* slash = std::strrchr(root, '/');
  *slash = '\0';
  return slash + 1;
}

void in_root(char* target, const char* name) {
  std::snprintf(target, 2 * PATH_MAX, "%s/%s", root, name);
}

std::size_t add_lines_of(const char* path, std::size_t count) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? -1 : read(file, words_text, k_max_args_bytes);
  if (length < 0)
    fail("cannot be read", path);
  close(file);
  words_text[length] = '\0';
  for (char* line = std::strtok(words_text, "\n"); line && count + 1 < k_max_words;
       line = std::strtok(nullptr, "\n"))
    words[count++] = line;
  return count;
}

} // namespace

int main(int count, char** arguments) {
  find_ourselves();
  const char* const name = cut_name();
  const bool is_bootstrap = std::strcmp(name, "bootstrap") == 0;
  if (std::strcmp(name, "launch") == 0)
    cut_name(); // .../bin
  in_root(loader, "lib/ld-linux-x86-64.so.2");
  in_root(libraries, "lib");
  in_root(program, "bin/mlopsctl-runtime");
  in_root(certificates, "etc/ssl/certs/ca-certificates.crt");
  // Debian's libcurl looks for a file that other systems do not have. A file that is missing from
  // the bundle stays an error.
  if (!std::getenv("AWS_CA_BUNDLE"))
    setenv("SSL_CERT_FILE", certificates, /*overwrite=*/0);
  static char inhibit[] = "--inhibit-cache";
  static char library_path[] = "--library-path";
  std::size_t used = 0;
  char* const start[] = {loader, inhibit, library_path, libraries, program};
  for (char* word : start)
    words[used++] = word;
  if (is_bootstrap) {
    if (chdir(*root == '\0' ? "/" : root) != 0)
      fail("cannot be entered", root);
    used = add_lines_of("bootstrap.args", used);
  }
  for (int i = 1; i < count && used + 1 < k_max_words; ++i)
    words[used++] = arguments[i];
  words[used] = nullptr;
  execv(loader, words);
  fail("cannot be run", loader);
}
