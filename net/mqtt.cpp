// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt.hpp"

#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mlopsctl::net {
namespace {

constexpr int k_keep_alive_s = 30;
constexpr std::uint32_t k_session_s = 600;
constexpr double k_accept_s = 20; ///< for the broker's answers while connecting
constexpr int k_look_every_ms = 100;
constexpr std::uint32_t k_longest_topic = 65535; ///< besides the payload, in a packet
constexpr int k_qos = 1;
constexpr int k_first_failure = 0x80; ///< of the reason codes (MQTT 5, 2.4)
constexpr std::array<const char*, 5> k_trust_words{"certificate", "alert", "host name", "key",
                                                   "protocol version"};
constexpr const char* k_files_hint = "give PEM files that this user may read";

struct FreeClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};
struct FreeProperties {
  void operator()(mosquitto_property* properties) const {
    mosquitto_property_free_all(&properties);
  }
};
using Properties = std::unique_ptr<mosquitto_property, FreeProperties>;

void init_library() {
  static const int done = mosquitto_lib_init();
  static_cast<void>(done);
}

/// A broker that says one of these says it again.
bool is_final(int reason) {
  constexpr std::array<int, 7> k_final{MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION,
                                       MQTT_RC_CLIENTID_NOT_VALID,
                                       MQTT_RC_BAD_USERNAME_OR_PASSWORD,
                                       MQTT_RC_NOT_AUTHORIZED,
                                       MQTT_RC_BANNED,
                                       MQTT_RC_BAD_AUTHENTICATION_METHOD,
                                       MQTT_RC_TOPIC_FILTER_INVALID};
  return std::find(k_final.begin(), k_final.end(), reason) != k_final.end();
}

/// Of a message that the broker may take another time: to be sent again after a pause.
bool is_passing(int reason) {
  return reason == MQTT_RC_UNSPECIFIED || reason == MQTT_RC_IMPLEMENTATION_SPECIFIC ||
         reason == MQTT_RC_QUOTA_EXCEEDED;
}

/// Whether one side does not trust the other, or has no usable key; anything else may pass.
bool is_about_trust(const std::string& said) {
  return std::any_of(k_trust_words.begin(), k_trust_words.end(),
                     [&](const char* word) { return said.find(word) != std::string::npos; });
}

/// Otherwise OpenSSL would ask whoever is at the terminal.
int no_password(char*, int, int, void*) {
  return 0;
}

void check_file(const std::string& path, const char* what) {
  if (!path.empty() && ::access(path.c_str(), R_OK) != 0)
    throw Error(Fault::usage,
                std::string(what) + ": " + printable(path) + ": " +
                    std::strerror(errno), // NOLINT(concurrency-mt-unsafe)
                k_files_hint);
}

std::string bare_host(const Url& url) {
  return url.host.starts_with('[') ? url.host.substr(1, url.host.size() - 2) : url.host;
}

Properties connect_properties(const MqttOptions& options) {
  mosquitto_property* list = nullptr;
  mosquitto_property_add_int32(&list, MQTT_PROP_SESSION_EXPIRY_INTERVAL, k_session_s);
  // The library takes memory for whatever a packet announces: longer ones must not come at all.
  mosquitto_property_add_int32(&list, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                               static_cast<std::uint32_t>(std::min<std::uint64_t>(
                                   options.message_bytes, MQTT_MAX_PAYLOAD - k_longest_topic)) +
                                   k_longest_topic);
  return Properties(list);
}

} // namespace

Url parse_mqtt_url(const std::string& text, const std::string& name) {
  constexpr std::string_view k_plain = "mqtt://", k_secure = "mqtts://";
  constexpr const char* k_hint = "give mqtts://HOST[:PORT], or mqtt://127.0.0.1[:PORT]";
  const bool is_secure = starts_with_ignoring_case(text, k_secure);
  if (!is_secure && !starts_with_ignoring_case(text, k_plain))
    throw Error(Fault::usage, name + ": is no mqtts or mqtt URL", k_hint);
  Url url;
  try { // the rest of it follows the same rules
    url = parse_url((is_secure ? "https://" : "http://") +
                        text.substr((is_secure ? k_secure : k_plain).size()),
                    name);
  } catch (const Error& error) {
    throw Error(error.fault(), error.what(), k_hint);
  }
  url.scheme = is_secure ? "mqtts" : "mqtt";
  if (url.port.empty())
    url.port = is_secure ? "8883" : "1883";
  if (url.path != "/")
    throw Error(Fault::usage, name + ": has a path in it", k_hint);
  return url;
}

struct MqttConnection::State {
  State(const MqttOptions& options, MqttEvents its_events)
      : name(options.broker.scheme + "://" + options.broker.authority()),
        is_tls(options.broker.scheme == "mqtts"), events(std::move(its_events)),
        bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    init_library();
    client.reset(mosquitto_new(options.client_id.c_str(), /*clean_session=*/false, this));
    if (!client)
      throw Error(Fault::usage, "'" + printable(options.client_id) + "' is no id of an MQTT client",
                  "give --client-id NAME");
    set_up(options);
  }
  ~State() {
    client.reset();
    ::close(bell);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void set_up(const MqttOptions& options);
  void set_up_tls(const MqttOptions& options);
  void set_callbacks();
  void connect(const MqttOptions& options);
  void subscribe(const std::vector<std::string>& topics);
  void wait_until(const bool& is_done);
  void loop(int timeout_ms);
  void check(int code, const char* doing);
  [[noreturn]] void fail(const std::string& why);
  /// What a callback throws must not pass through the library.
  template <class Action> void guarded(const Action& action) noexcept {
    try {
      action();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  static State& of(void* self) { return *static_cast<State*>(self); }

  std::string name;
  bool is_tls;
  MqttEvents events;
  int bell;
  std::unique_ptr<mosquitto, FreeClient> client;
  bool is_accepted = false; ///< by the broker
  bool is_heard = false;    ///< it has taken the topics
  int refusal = 0;          ///< its reason code
  std::string said;         ///< by the library about the last failure
  std::exception_ptr failure;
};

void MqttConnection::State::check(int code, const char* doing) {
  if (code == MOSQ_ERR_SUCCESS)
    return;
  if (code == MOSQ_ERR_NOMEM)
    throw std::bad_alloc();
  const int system = errno;
  std::string why = doing;
  if (!said.empty())
    why += ": " + said;
  else if (code == MOSQ_ERR_EAI)
    why += ": " + std::string(::gai_strerror(system));
  else
    why += ": " + std::string(code == MOSQ_ERR_ERRNO
                                  ? std::strerror(system) // NOLINT(concurrency-mt-unsafe)
                                  : mosquitto_strerror(code));
  fail(why);
}

void MqttConnection::State::fail(const std::string& why) {
  const std::string what = name + ": " + printable(why);
  if (!is_accepted && refusal != 0 && is_final(refusal))
    throw MqttRefused(Fault::remote, what,
                      "check --client-id, the certificate or the password, and the broker's rules");
  if (!is_accepted && is_tls && is_about_trust(said))
    throw MqttRefused(Fault::remote, what,
                      "check --ca, --certificate and --key: each side must trust the other's");
  throw Error(Fault::remote, what, "it is tried again; check --broker and the network");
}

void MqttConnection::State::set_up(const MqttOptions& options) {
  check(mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), "set up");
  check(mosquitto_int_option(client.get(), MOSQ_OPT_TCP_NODELAY, 1), "set up");
  if (!options.user.empty())
    check(mosquitto_username_pw_set(client.get(), options.user.c_str(), options.password.c_str()),
          "set up");
  if (const auto& will = options.will)
    check(mosquitto_will_set_v5(client.get(), will->topic.c_str(),
                                static_cast<int>(will->payload.size()), will->payload.data(), k_qos,
                                /*retain=*/false, nullptr),
          "set up");
  if (is_tls)
    set_up_tls(options);
  set_callbacks();
}

void MqttConnection::State::set_up_tls(const MqttOptions& options) {
  check_file(options.ca, "--ca");
  check_file(options.certificate, "--certificate");
  check_file(options.key, "--key");
  const std::string ca = find_ca_bundle(options.ca);
  const bool has_own = !options.certificate.empty();
  check(mosquitto_tls_set(client.get(), ca.c_str(), nullptr,
                          has_own ? options.certificate.c_str() : nullptr,
                          has_own ? options.key.c_str() : nullptr, no_password),
        "set up TLS");
  check(mosquitto_tls_opts_set(client.get(), /*SSL_VERIFY_PEER=*/1, "tlsv1.2", nullptr),
        "set up TLS"); // 1.2 and later
}

void MqttConnection::State::set_callbacks() {
  mosquitto_log_callback_set(client.get(), [](mosquitto*, void* self, int level, const char* text) {
    if (level != MOSQ_LOG_ERR)
      return;
    of(self).guarded([&] {
      constexpr std::size_t k_enough = 500;
      auto& words = of(self).said;
      if (words.size() < k_enough && words.find(text) == std::string::npos)
        words += (words.empty() ? "" : ", ") + std::string(text);
    });
  });
  mosquitto_connect_v5_callback_set(
      client.get(), [](mosquitto*, void* self, int reason, int, const mosquitto_property*) {
        of(self).is_accepted = reason == 0;
        of(self).refusal = reason;
      });
  mosquitto_subscribe_v5_callback_set(
      client.get(),
      [](mosquitto*, void* self, int, int count, const int* granted, const mosquitto_property*) {
        of(self).is_heard = true;
        for (int i = 0; i < count; ++i)
          of(self).refusal = granted[i] >= k_first_failure ? granted[i] : of(self).refusal;
      });
  mosquitto_publish_v5_callback_set(client.get(), [](mosquitto*, void* self, int number, int reason,
                                                     const mosquitto_property*) {
    of(self).guarded([&] {
      if (is_passing(reason))
        throw MqttBusy(Fault::remote, of(self).name + ": takes no more for now: " +
                                          mosquitto_reason_string(reason));
      of(self).events.on_settled(number,
                                 reason < k_first_failure ? "" : mosquitto_reason_string(reason));
    });
  });
  mosquitto_message_v5_callback_set(
      client.get(),
      [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property*) {
        of(self).guarded([&] {
          of(self).events.on_message(
              {message->topic, std::string(static_cast<const char*>(message->payload),
                                           static_cast<std::size_t>(message->payloadlen))});
        });
      });
}

void MqttConnection::State::connect(const MqttOptions& options) {
  const auto properties = connect_properties(options);
  check(mosquitto_connect_bind_v5(client.get(), bare_host(options.broker).c_str(),
                                  static_cast<int>(*parse_int(options.broker.port)), k_keep_alive_s,
                                  nullptr, properties.get()),
        "cannot connect");
  wait_until(is_accepted);
}

void MqttConnection::State::subscribe(const std::vector<std::string>& topics) {
  if (topics.empty())
    return;
  std::vector<std::string> copies = topics; // the library takes them as not constant
  std::vector<char*> names;
  for (auto& topic : copies)
    names.push_back(topic.data());
  check(mosquitto_subscribe_multiple(client.get(), nullptr, static_cast<int>(names.size()),
                                     names.data(), k_qos, 0, nullptr),
        "cannot subscribe");
  wait_until(is_heard);
  if (refusal == 0)
    return;
  throw MqttRefused(
      Fault::remote,
      name + ": does not let this client hear " + join(topics, ", ") + ": " +
          mosquitto_reason_string(refusal),
      "allow it in the broker's rules (IoT policy, acl_file), or give other --topics");
}

void MqttConnection::State::wait_until(const bool& is_done) {
  const Stopwatch watch;
  while (!is_done) {
    check_interrupt();
    loop(k_look_every_ms);
    if (!is_done && watch.seconds() > k_accept_s)
      fail("did not answer within " + number(k_accept_s) + " s");
  }
}

void MqttConnection::State::loop(int timeout_ms) {
  const int socket = mosquitto_socket(client.get());
  const auto events_of_socket =
      static_cast<short>(POLLIN | (mosquitto_want_write(client.get()) ? POLLOUT : 0));
  std::array<pollfd, 2> waited{pollfd{bell, POLLIN, 0}, pollfd{socket, events_of_socket, 0}};
  ::poll(waited.data(), waited.size(), timeout_ms);
  std::uint64_t rings = 0;
  static_cast<void>(!::read(bell, &rings, sizeof rings));
  const int code = mosquitto_loop(client.get(), 0, 1);
  if (failure)
    std::rethrow_exception(std::exchange(failure, nullptr));
  if (code != MOSQ_ERR_SUCCESS && refusal >= k_first_failure && !is_accepted)
    fail(std::string("refuses this client: ") + mosquitto_reason_string(refusal));
  check(code, is_accepted ? "the connection broke" : "cannot connect");
}

MqttConnection::MqttConnection(const MqttOptions& options, const std::vector<std::string>& topics,
                               MqttEvents events)
    : state_(std::make_unique<State>(options, std::move(events))) {
  state_->connect(options);
  state_->subscribe(topics);
  state_->said.clear();
}

MqttConnection::~MqttConnection() = default;

int MqttConnection::publish(const MqttMessage& message) {
  int number = 0;
  const int code = mosquitto_publish_v5(state_->client.get(), &number, message.topic.c_str(),
                                        static_cast<int>(message.payload.size()),
                                        message.payload.data(), k_qos, /*retain=*/false, nullptr);
  if (code == MOSQ_ERR_OVERSIZE_PACKET || code == MOSQ_ERR_PAYLOAD_SIZE ||
      code == MOSQ_ERR_MALFORMED_UTF8 || code == MOSQ_ERR_INVAL)
    throw MqttMessageRefused(
        Fault::input, state_->name + ": a message of " + bytes_for_people(message.payload.size()) +
                          " to " + printable(message.topic) + ": " + mosquitto_strerror(code));
  state_->check(code, "cannot publish");
  return number;
}

void MqttConnection::run(int timeout_ms) {
  state_->loop(timeout_ms);
}

void MqttConnection::wake() {
  const std::uint64_t ring = 1;
  static_cast<void>(!::write(state_->bell, &ring, sizeof ring));
}

void MqttConnection::disconnect() {
  mosquitto_disconnect_v5(state_->client.get(), 0, nullptr);
}

} // namespace mlopsctl::net
