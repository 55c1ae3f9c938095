// SPDX-License-Identifier: Apache-2.0
#include "core/process.hpp"

#include "core/detail/descriptor.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mlopsctl {
namespace {

constexpr int k_poll_ms = 100;
constexpr int k_signal_status = 128;

/// The program that was started; ended and waited for when this goes.
class Child {
public:
  Child(std::vector<std::string>& words, int output, bool is_quiet, std::string label,
        std::string hint)
      : label_(std::move(label)), hint_(std::move(hint)) {
    std::vector<char*> arguments;
    for (auto& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (is_quiet)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int code =
        posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
      fail(std::string("cannot be run: ") + std::strerror(code)); // NOLINT: glibc's is per thread
  }
  ~Child() {
    if (pid_ <= 0)
      return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : k_signal_status + WTERMSIG(status);
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(Fault::input, label_ + " " + why, hint_);
  }

private:
  std::string label_;
  std::string hint_;
  pid_t pid_ = 0;
};

} // namespace

ProcessOutput run_process(std::vector<std::string> words, const std::string& who,
                          const std::string& hint, const ProcessLimits& limits) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Fault::internal, who + ": no pipe");
  const detail::Descriptor reading(ends[0]);
  detail::Descriptor writing(ends[1]);
  Child child(words, writing.get(), limits.is_quiet, who + ": '" + printable(words.front()) + "'",
              hint);
  writing.reset(); // or the end of the output would never come
  ProcessOutput output;
  const Stopwatch watch;
  for (;;) {
    check_interrupt();
    if (watch.seconds() > limits.seconds)
      child.fail("took more than " + number(limits.seconds) + " s");
    pollfd waiting{reading.get(), POLLIN, 0};
    if (poll(&waiting, 1, k_poll_ms) <= 0)
      continue;
    std::array<char, 4096> buffer{};
    const auto count = ::read(reading.get(), buffer.data(), buffer.size());
    if (count <= 0)
      break;
    output.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (output.text.size() > limits.output_bytes)
      child.fail("printed more than " + bytes_for_people(limits.output_bytes));
  }
  output.status = child.wait();
  return output;
}

} // namespace mlopsctl
