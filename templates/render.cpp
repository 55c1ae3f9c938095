// SPDX-License-Identifier: Apache-2.0
// The child process that evaluates, and the parent that waits for it, no longer than it may take.
#include "templates/render.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "templates/jsonnet.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mlopsctl::templates {
namespace {

constexpr std::uint64_t k_max_template_bytes = 4 << 20;
constexpr std::string_view k_our_prefix = "mlopsctl/";

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return; // the parent is gone, or has seen enough
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void set_limit(__rlimit_resource resource, std::uint64_t value) {
  const rlimit limit{value, value};
  static_cast<void>(::setrlimit(resource, &limit));
}

[[noreturn]] void run_child(int fd, const TemplateSource& source, const std::string& spec_json,
                            const RenderLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_CPU, static_cast<std::uint64_t>(std::ceil(limits.seconds)));
#ifndef __SANITIZE_ADDRESS__ // its shadow memory counts as address space
  set_limit(RLIMIT_AS, limits.memory_bytes);
#endif
  // What the library says when memory ends would stand beside our own message.
  if (const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC); null >= 0)
    ::dup2(null, STDERR_FILENO);
  try {
    const auto evaluation = evaluate(source, spec_json);
    write_all(fd, evaluation.is_ok ? "+" : "-");
    write_all(fd, evaluation.text);
  } catch (const std::bad_alloc&) {
    write_all(fd, "m");
  } catch (const std::exception& error) {
    write_all(fd, "-");
    write_all(fd, error.what());
  }
  ::_exit(0);
}

/// Ends the child when the parent leaves early, and always collects it.
class Child {
public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

private:
  pid_t pid_;
};

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
};

std::string read_answer(int fd, const TemplateSource& source, const RenderLimits& limits) {
  const Stopwatch watch;
  std::string answer;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    check_interrupt();
    if (watch.seconds() > limits.seconds)
      throw Error(Fault::input,
                  source.name + ": still running after " + number(limits.seconds) + " s",
                  "a template is a plain document: look for a loop that does not end");
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0)
      continue;
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
    if (answer.size() > limits.output_bytes)
      throw Error(Fault::input, source.name + ": gives more than " +
                                    bytes_for_people(limits.output_bytes) + " of output");
  }
}

std::string evaluate_in_child(const TemplateSource& source, const std::string& spec_json,
                              const RenderLimits& limits) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw Error(Fault::internal, "cannot make a pipe: " + system_error_text());
  Descriptor reading{ends[0]};
  Descriptor writing{ends[1]};
  const pid_t pid = ::fork();
  if (pid < 0)
    throw Error(Fault::internal, "cannot start a process: " + system_error_text());
  if (pid == 0)
    run_child(writing.fd, source, spec_json, limits);
  Child child(pid);
  ::close(writing.fd);
  writing.fd = -1;
  auto answer = read_answer(reading.fd, source, limits);
  const int status = child.wait();
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGXCPU || signal == SIGKILL)
    throw Error(Fault::input, source.name + ": stopped after " + number(limits.seconds) + " s",
                "a template is a plain document: look for a loop that does not end");
  if (signal == SIGABRT || answer.starts_with('m'))
    throw Error(Fault::input, source.name + ": needs more than " +
                                  bytes_for_people(limits.memory_bytes) + " of memory");
  if (signal != 0 || answer.empty())
    throw Error(Fault::input, source.name + ": is nested too deep to be read (signal " +
                                  std::to_string(signal) + ")");
  return answer;
}

void check_file_name(const TemplateSource& source, const std::string& name) {
  bool is_ok = !name.empty() && name.size() <= 255 && name.front() != '/' && name.back() != '/';
  for (const auto& part : split(name, '/'))
    is_ok = is_ok && !part.empty() && part.front() != '.';
  is_ok = is_ok && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view("-_./").find(c) != std::string_view::npos;
          });
  if (!is_ok)
    throw Error(Fault::input,
                source.name + ": '" + printable(name.substr(0, 80)) +
                    "' is not a name for a file in the output folder",
                "use letters, digits and - _ . /, no hidden files");
}

std::string text_of(const std::string& name, const Value& content) {
  if (content.is_string())
    return content.string.ends_with('\n') ? content.string : content.string + "\n";
  const auto text =
      name.ends_with(".yaml") || name.ends_with(".yml") ? to_yaml(content) : to_json(content, 2);
  return text.ends_with('\n') ? text : text + "\n";
}

std::vector<std::string> texts_of(const TemplateSource& source, const Value& result,
                                  std::string_view key) {
  std::vector<std::string> out;
  const Value* list = result.find(key);
  if (!list || list->is_null())
    return out;
  for (const auto& item : list->items) {
    if (!item.is_string())
      throw Error(Fault::input, source.name + ": '" + std::string(key) + "' is a list of texts");
    out.push_back(item.string);
  }
  return out;
}

Rendered to_rendered(const TemplateSource& source, const Value& result) {
  const Value* files = result.find("files");
  if (!files || !files->is_object() || files->members.empty())
    throw Error(Fault::input, source.name + ": gives no files",
                "a template is function(spec) {files: {'name.json': content}}; see 'mlopsctl "
                "template show KIND'");
  Rendered rendered;
  for (const auto& [name, content] : files->members) {
    check_file_name(source, name);
    rendered.files.push_back({name, text_of(name, content)});
  }
  std::sort(rendered.files.begin(), rendered.files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  rendered.warnings = texts_of(source, result, "warnings");
  rendered.next = texts_of(source, result, "next");
  return rendered;
}

} // namespace

Rendered render(const TemplateSource& source, const Value& spec, const RenderLimits& limits) {
  const auto answer = evaluate_in_child(source, to_json(spec), limits);
  const bool is_ours = source.folder.empty() && source.name.starts_with(k_our_prefix);
  if (answer.front() != '+') {
    const auto message = message_for_people(answer.substr(1), is_ours);
    throw Error(Fault::input, is_ours ? message : printable(message));
  }
  return to_rendered(source, parse_json(std::string_view(answer).substr(1), source.name));
}

TemplateSource read_template(const std::string& path) {
  auto text = read_file(path, k_max_template_bytes);
  auto folder = std::filesystem::path(path).parent_path().string();
  return {path, std::move(text), folder.empty() ? "." : folder};
}

} // namespace mlopsctl::templates
