// SPDX-License-Identifier: Apache-2.0
// An environment and a server in memory.
#pragma once

#include "core/io.hpp"
#include "net/credentials.hpp"
#include "net/http.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace mlopsctl::net {

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// What a test has said that the server answers, one reply a request, and what it was asked.
struct FakeServer {
  std::deque<std::function<HttpReply()>> replies;
  std::vector<HttpRequest> requests;
  std::vector<HttpOptions> options; ///< of each client

  void reply(int status, std::string body, std::vector<NameValue> headers = {}) {
    replies.emplace_back([=] { return HttpReply{status, headers, body}; });
  }
  /// Of a request that it was sent; empty if that had none.
  std::string header(std::size_t request, const std::string& name) const {
    for (const auto& [key, value] : requests.at(request).headers)
      if (key == name)
        return value;
    return {};
  }
  void reset() {
    replies.emplace_back([]() -> HttpReply { throw TransportError("reset", "", k_attempts); });
  }
};

class FakeClient final : public HttpClient {
public:
  explicit FakeClient(FakeServer& server) : server_(server) {}
  HttpReply send(const HttpRequest& request) override {
    server_.requests.push_back(request);
    if (server_.replies.empty())
      throw TransportError("nothing listens here", "", 1);
    const auto reply = server_.replies.front();
    server_.replies.pop_front();
    return reply();
  }

private:
  FakeServer& server_;
};

inline HttpFactory factory_of(FakeServer& server) {
  return [&server](HttpOptions options) {
    server.options.push_back(std::move(options));
    return std::make_unique<FakeClient>(server);
  };
}

/// A folder that goes with the test.
class TestFolder {
public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "net-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::string write(const std::string& name, const std::string& text) const {
    write_file(path_ + "/" + name, text, Existing::replace);
    return path_ + "/" + name;
  }

private:
  std::string path_;
};

} // namespace mlopsctl::net
