// SPDX-License-Identifier: Apache-2.0
#include "bench/cold_start.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // POSIX

namespace mlopsctl::bench {
namespace {

class Pipe {
public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw Error(Fault::internal, std::string("cold start: pipe: ") + std::strerror(errno));
  }
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0)
      ::close(ends_[1]);
    ends_[1] = -1;
  }
  /// Until the other side closes; of much text the end.
  std::string read_end() const {
    constexpr std::size_t k_kept = 4096;
    std::string text;
    std::array<char, 1024> buffer;
    for (;;) {
      const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0)
        return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
      if (text.size() > 2 * k_kept)
        text.erase(0, text.size() - k_kept);
    }
  }

private:
  std::array<int, 2> ends_{-1, -1};
};

std::string last_line(const std::string& text) {
  const auto lines = split(std::string(trim(text)), '\n');
  return printable(lines.empty() ? "" : lines.back());
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

double run_once(const std::vector<std::string>& command) {
  Pipe said;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, said.writer(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const Stopwatch watch;
  pid_t child = 0;
  const int failure =
      ::posix_spawn(&child, command.front().c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0)
    throw Error(Fault::input, command.front() + ": cannot start it: " + std::strerror(failure));
  said.close_writer();
  const std::string text = said.read_end();
  const int status = wait_for(child);
  const double milliseconds = watch.milliseconds();
  check_interrupt();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw Error(Fault::input, "cold start: the new process failed: " + last_line(text));
  return milliseconds;
}

} // namespace

double cold_start_ms(const std::vector<std::string>& command, int runs) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i)
    times.push_back(run_once(command));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

} // namespace mlopsctl::bench
