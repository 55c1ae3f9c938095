// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/function_process.hpp"

#include "core/io.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr rlim_t k_descriptors = 1024; ///< Lambda quotas
constexpr int k_cannot_run = 126;

/// What the child tells before the program takes over.
struct Failure {
  int error = 0;
  bool is_sandbox = false;
  std::array<char, 256> step{};
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words)
    out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

[[noreturn]] void tell(int pipe, const char* step, bool is_sandbox) {
  Failure failure;
  failure.error = errno;
  failure.is_sandbox = is_sandbox;
  std::strncpy(failure.step.data(), step, failure.step.size() - 1);
  if (::write(pipe, &failure, sizeof failure) < 0) {
    // nobody listens any more
  }
  ::_exit(k_cannot_run);
}

/// Between fork and exec of a process with threads: nothing but system calls.
[[noreturn]] void become(const FunctionStart& start, char* const* words, char* const* environment,
                         int pipe) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    tell(pipe, "dup2", false);
  const rlimit descriptors{k_descriptors, k_descriptors};
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  if (start.sandbox)
    if (const char* failed = enter_sandbox(*start.sandbox))
      tell(pipe, failed, true);
  if (::chdir(start.folder.c_str()) != 0)
    tell(pipe, start.folder.c_str(), false);
  ::execve(words[0], words, environment);
  tell(pipe, words[0], false);
}

/// A line "VmHWM:   1234 kB" of /proc/PID/status.
std::uint64_t kilobytes(const std::string& line) {
  const auto words = split(std::string(trim(line.substr(line.find(':') + 1))), ' ');
  return static_cast<std::uint64_t>(parse_int(words.front()).value_or(0)) * 1024;
}

struct Resident {
  std::uint64_t now_bytes = 0;
  std::uint64_t peak_bytes = 0; ///< of the one process that had most
};

void add_resident(pid_t pid, Resident& sum) {
  const std::string process = "/proc/" + std::to_string(pid);
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:"))
      sum.peak_bytes = std::max(sum.peak_bytes, kilobytes(line));
    if (line.starts_with("VmRSS:"))
      sum.now_bytes += kilobytes(line);
  }
  std::error_code ignored;
  for (const auto& thread : fs::directory_iterator(process + "/task", ignored)) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;)
      add_resident(child, sum);
  }
}

} // namespace

FunctionProcess::FunctionProcess(const FunctionStart& start) {
  const auto words = pointers(start.words);
  const auto environment = pointers(start.environment);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Fault::internal, "the function: no pipe: " + system_error_text());
  pid_ = ::fork();
  if (pid_ == 0)
    become(start, words.data(), environment.data(), ends[1]);
  Failure failure;
  failure.error = errno; // of fork
  ::close(ends[1]);
  ssize_t count = 0;
  do
    count = ::read(ends[0], &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  ::close(ends[0]);
  started_ = std::chrono::steady_clock::now(); // the program has taken over, or nobody is there
  if (pid_ > 0 && count == 0)
    return;
  if (pid_ > 0)
    ::waitpid(pid_, nullptr, 0);
  const std::string why =
      printable(failure.step.data()) + ": " +
      std::string(std::strerror(failure.error)); // NOLINT: glibc's is per thread
  if (failure.is_sandbox)
    throw SandboxError(Fault::input, why);
  throw Error(Fault::input, "the function cannot be started: " + why,
              "it needs a program for this machine, or a script whose interpreter is here");
}

FunctionProcess::~FunctionProcess() {
  ::kill(-pid_, SIGKILL);
  if (!status_)
    ::waitpid(pid_, nullptr, 0);
}

std::optional<int> FunctionProcess::status() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
    status_ = status;
  return status_;
}

std::uint64_t FunctionProcess::peak_bytes() {
  Resident resident;
  if (!status_)
    add_resident(pid_, resident);
  peak_bytes_ = std::max({peak_bytes_, resident.now_bytes, resident.peak_bytes});
  return peak_bytes_;
}

} // namespace mlopsctl::serving
