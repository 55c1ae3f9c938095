// SPDX-License-Identifier: Apache-2.0
#include "net/credential_process.hpp"

#include "core/detail/descriptor.hpp"
#include "core/error.hpp"
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

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_output_limit_bytes = 64 * 1024;
constexpr double k_longest_s = 60;
constexpr int k_poll_ms = 100;

/// The program that was started; ended and waited for when this goes.
class Child {
public:
  Child(std::vector<std::string>& words, int output) : name_(printable(words.front())) {
    std::vector<char*> arguments;
    for (auto& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    const int code =
        posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
      throw Error(Fault::input,
                  "credential_process: cannot run '" + name_ +
                      "': " + std::strerror(code)); // NOLINT
  }
  ~Child() {
    if (pid_ <= 0)
      return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      fail("failed");
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(Fault::input, "credential_process: '" + name_ + "' " + why,
                "run it by hand: it has to print JSON with AccessKeyId and SecretAccessKey");
  }

private:
  std::string name_;
  pid_t pid_ = 0;
};

} // namespace

std::vector<std::string> split_command(const std::string& command) {
  std::vector<std::string> words;
  bool is_open = false; // a word has begun
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == '\0' && (c == ' ' || c == '\t')) {
      is_open = false;
      continue;
    }
    if (!is_open)
      words.emplace_back();
    is_open = true;
    if (c == '\\' && quote != '\'' && i + 1 < command.size())
      words.back() += command[++i];
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (quote != '\0' && c == quote)
      quote = '\0';
    else
      words.back() += c;
  }
  if (quote != '\0' || words.empty() || words.front().empty())
    throw Error(Fault::input, quote != '\0' ? "credential_process: has an open quote"
                                            : "credential_process: names no program");
  return words;
}

std::string run_credential_process(const std::string& command) {
  auto words = split_command(command);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Fault::internal, "credential_process: no pipe");
  const detail::Descriptor reading(ends[0]);
  detail::Descriptor writing(ends[1]);
  Child child(words, writing.get());
  writing.reset(); // or the end of the output would never come
  std::string output;
  const Stopwatch watch;
  for (;;) {
    check_interrupt();
    if (watch.seconds() > k_longest_s)
      child.fail("took more than 60 s");
    pollfd waiting{reading.get(), POLLIN, 0};
    if (poll(&waiting, 1, k_poll_ms) <= 0)
      continue;
    std::array<char, 4096> buffer{};
    const auto count = ::read(reading.get(), buffer.data(), buffer.size());
    if (count <= 0)
      break;
    output.append(buffer.data(), static_cast<std::size_t>(count));
    if (output.size() > k_output_limit_bytes)
      child.fail("printed more than 64 KiB");
  }
  child.wait();
  return output;
}

} // namespace mlopsctl::net
