// SPDX-License-Identifier: Apache-2.0
// The door to libcurl. No redirects, no AWS signing by libcurl, no schemes but http and https.
#include "net/http.hpp"

#include "core/interrupt.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <curl/curl.h>
#include <filesystem>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_header_limit_bytes = 256 * 1024;
constexpr long k_buffer_bytes = 256 * 1024;
constexpr long k_reply_buffer_bytes = 16 * 1024;
constexpr long k_stalled_bytes_per_s = 64;

/// The system's bundle is not always where libcurl was told at build time: Amazon Linux and SUSE
/// have it elsewhere.
constexpr const char* k_bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                     "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                     "/etc/ssl/cert.pem"};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets it
  return value == nullptr ? "" : value;
}

/// What one exchange collects; libcurl's callbacks must not throw.
struct Exchange {
  HttpReply reply;
  std::uint64_t limit_bytes = 0;
  std::size_t header_bytes = 0;
  bool is_too_large = false;
  std::optional<curl_off_t> uploaded_us; ///< when the body was handed over
  CURL* handle = nullptr;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  const std::size_t length = size * count;
  if (exchange.reply.body.size() + length > exchange.limit_bytes) {
    exchange.is_too_large = true;
    return 0; // anything but the length stops the transfer
  }
  exchange.reply.body.append(bytes, length);
  return length;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  const std::string_view line(bytes, size * count);
  exchange.header_bytes += line.size();
  if (exchange.header_bytes > k_header_limit_bytes) {
    exchange.is_too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) // a proxy's, or "100 Continue": only the last reply counts
    exchange.reply.headers.clear();
  else if (const auto colon = line.find(':'); colon != std::string_view::npos)
    exchange.reply.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return line.size();
}

int watch_progress(void* of, curl_off_t, curl_off_t, curl_off_t to_upload, curl_off_t uploaded) {
  auto& exchange = *static_cast<Exchange*>(of);
  if (!exchange.uploaded_us && to_upload > 0 && uploaded >= to_upload) {
    curl_off_t now_us = 0;
    curl_easy_getinfo(exchange.handle, CURLINFO_TOTAL_TIME_T, &now_us);
    exchange.uploaded_us = now_us;
  }
  return interrupt_requested() != 0 ? 1 : 0;
}

int attempts_after(CURLcode code) {
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST: // a name server may be slow
  case CURLE_COULDNT_CONNECT:
  case CURLE_OPERATION_TIMEDOUT: return k_connect_attempts;
  case CURLE_GOT_NOTHING:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_PARTIAL_FILE:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM: return k_attempts;
  default: return 1;
  }
}

const char* hint_for(CURLcode code) {
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
    return "check the region or --endpoint-url, and that this machine has a network";
  case CURLE_COULDNT_CONNECT:
  case CURLE_OPERATION_TIMEDOUT:
    return "check --endpoint-url, the network and the proxy (https_proxy, no_proxy)";
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
    return "AWS_CA_BUNDLE or SSL_CERT_FILE names a PEM file with the certificate of who signed it "
           "(a proxy that opens TLS, a service of your own)";
  default: return "";
  }
}

struct HeaderList {
  curl_slist* list = nullptr;
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list); }
  void add(const std::string& line) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      throw Error(Fault::input, "a header of a request has a line break in it");
    list = curl_slist_append(list, line.c_str());
  }
};

class CurlClient final : public HttpClient {
public:
  explicit CurlClient(HttpOptions options) : options_(std::move(options)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    handle_ = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (handle_ == nullptr)
      throw Error(Fault::internal, "libcurl cannot start");
  }
  ~CurlClient() override { curl_easy_cleanup(handle_); }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  HttpReply send(const HttpRequest& request) override {
    const Url url = parse_url(request.url.substr(0, request.url.find('?')), "URL");
    if (url.scheme == "http" && !options_.plain_http && !url.is_this_machine())
      throw Error(Fault::usage,
                  "http://" + url.authority() + ": is another machine, and not encrypted",
                  "use https, or allow it with --plain-http");
    Exchange exchange;
    exchange.limit_bytes = options_.body_limit_bytes;
    exchange.handle = handle_;
    HeaderList headers;
    prepare(request, url, exchange, headers);
    const CURLcode code = curl_easy_perform(handle_);
    check(code, exchange, url);
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    exchange.reply.status = static_cast<int>(status);
    exchange.reply.times = times(exchange);
    return std::move(exchange.reply);
  }

private:
  double milliseconds(CURLINFO info) const {
    curl_off_t time_us = 0;
    curl_easy_getinfo(handle_, info, &time_us);
    return static_cast<double>(time_us) / 1e3;
  }

  HttpTimes times(const Exchange& exchange) const {
    const double connected = milliseconds(CURLINFO_PRETRANSFER_TIME_T);
    const double replied = std::max(connected, milliseconds(CURLINFO_STARTTRANSFER_TIME_T));
    const double uploaded =
        exchange.uploaded_us
            ? std::clamp(static_cast<double>(*exchange.uploaded_us) / 1e3, connected, replied)
            : connected;
    return {connected, uploaded - connected, replied - uploaded,
            std::max(0.0, milliseconds(CURLINFO_TOTAL_TIME_T) - replied)};
  }

  template <class T> void set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(handle_, option, value);
    if (code != CURLE_OK)
      throw Error(Fault::internal, std::string("libcurl: ") + curl_easy_strerror(code));
  }

  void prepare(const HttpRequest& request, const Url& url, Exchange& exchange,
               HeaderList& headers) {
    curl_easy_reset(handle_); // connections stay
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L); // what was signed is what is sent
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout_s * 1000));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_s * 1000));
    if (options_.stall_s > 0) {
      set(CURLOPT_LOW_SPEED_LIMIT, k_stalled_bytes_per_s);
      set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_s));
    }
    // Made anew for each exchange: where something is sent, the reply is a few lines.
    set(CURLOPT_BUFFERSIZE, request.body.empty() ? k_buffer_bytes : k_reply_buffer_bytes);
    set(CURLOPT_UPLOAD_BUFFERSIZE, k_buffer_bytes);
    if (!options_.use_proxy || url.is_this_machine()) // a proxy would get what is meant for here
      set(CURLOPT_PROXY, "");
    if (url.scheme == "https") {
      bundle_ = find_ca_bundle(options_.ca_bundle);
      set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
      set(CURLOPT_SSL_VERIFYPEER, 1L);
      set(CURLOPT_SSL_VERIFYHOST, 2L);
      set(CURLOPT_CAINFO, bundle_.c_str());
    }
    if (request.method != "HEAD") // its reply names a length and has no body
      set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.body_limit_bytes));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
    set(CURLOPT_XFERINFOFUNCTION, &watch_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
    set(CURLOPT_NOPROGRESS, 0L);
    if (request.method != "GET" && request.method != "HEAD") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method == "HEAD")
      set(CURLOPT_NOBODY, 1L);
    else
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    for (const auto& [name, value] : request.headers)
      headers.add(value.empty() ? name + ";" : name + ": " + value);
    headers.add("Expect:"); // no waiting for "100 Continue"
    set(CURLOPT_HTTPHEADER, headers.list);
  }

  void check(CURLcode code, const Exchange& exchange, const Url& url) const {
    if (code == CURLE_OK)
      return;
    check_interrupt();
    const std::string place = url.scheme + "://" + url.authority();
    if (exchange.is_too_large || code == CURLE_FILESIZE_EXCEEDED)
      throw TransportError(place + ": the reply is larger than " +
                               bytes_for_people(options_.body_limit_bytes),
                           "", 1);
    throw TransportError(place + ": " + curl_easy_strerror(code), hint_for(code),
                         attempts_after(code));
  }

  HttpOptions options_;
  std::string bundle_;
  CURL* handle_ = nullptr;
};

} // namespace

std::string find_ca_bundle(const std::string& given) {
  for (const auto& path :
       {given, from_environment("AWS_CA_BUNDLE"), from_environment("SSL_CERT_FILE")})
    if (!path.empty())
      return path;
  std::error_code ignored;
  for (const char* path : k_bundles)
    if (std::filesystem::exists(path, ignored))
      return path;
  throw Error(Fault::input, "no CA certificates were found on this machine",
              "install ca-certificates, or name a PEM file with AWS_CA_BUNDLE");
}

std::unique_ptr<HttpClient> create_http_client(HttpOptions options) {
  return std::make_unique<CurlClient>(std::move(options));
}

std::optional<std::int64_t> parse_http_date_s(const std::string& text) {
  const auto time = curl_getdate(text.c_str(), nullptr);
  return time < 0 ? std::nullopt : std::optional<std::int64_t>(time);
}

} // namespace mlopsctl::net
