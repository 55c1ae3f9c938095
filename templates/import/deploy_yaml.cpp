// SPDX-License-Identifier: Apache-2.0
// deploy.yaml around a group of v1: what of the group the runtime of mlopsctl can take over is
// found by its shape, and what the group does not say is marked for a person.
#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"
#include "templates/spec.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

constexpr std::size_t k_max_name = 64;

const Value k_none = Value::array();

const Value& list_of(const Value& section, std::string_view key) {
  const Value* found = section.find(key);
  return found ? *found : k_none;
}

std::string text_of(const Value& entry, std::string_view key) {
  const Value* found = entry.find(key);
  return found ? found->string : "";
}

/// A scalar as it stands in the file.
std::string quoted(const std::string& text) {
  return std::string(trim(to_yaml(Value(text))));
}

/// Whether the readers of deploy.yaml take \p part as it is.
bool fits(const std::string& part) {
  try {
    parse_spec("schema: " + std::string(k_deploy_schema) + "\nname: x\n" + part + "\n", "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Lines of deploy.yaml, and the list of what a person must decide.
class Draft {
public:
  /// \param path of the file that it becomes
  Draft(std::string path, ImportReport& report) : path_(std::move(path)), report_(report) {}

  void line(const std::string& text) {
    text_ += text + "\n";
    ++lines_;
  }
  /// \param what for the list, such as "retention_days"
  void decide(const std::string& text, const std::string& what, const std::string& todo) {
    line(text + "   # DECIDE: " + todo);
    Value here;
    here.line = lines_;
    report_.add(path_, here, what + " is not said by the group", todo);
  }
  std::string take() { return std::move(text_); }

private:
  std::string path_;
  ImportReport& report_;
  std::string text_;
  int lines_ = 0;
};

/// Letters, digits and '-', beginning with a letter.
std::string stack_name(const std::string& group) {
  std::string out;
  for (const char c : group) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (!out.empty() && c >= '0' && c <= '9'))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  out.resize(std::min(out.size(), k_max_name));
  while (out.ends_with('-'))
    out.pop_back();
  return out.empty() ? "group" : out;
}

/// Part \p index of the first ARN of the group that has it: 3 is the region, 4 the account.
std::string from_arns(const std::vector<V1Lists>& parts, const Value& section, std::size_t index) {
  std::vector<std::string> arns;
  for (const auto& part : parts)
    for (const auto& core : list_of(part.lists, "Cores").items)
      for (const auto* key : {"CertificateArn", "ThingArn"})
        arns.push_back(text_of(core, key));
  for (const auto& function : list_of(section, "functions").items)
    arns.push_back(text_of(function, "arn"));
  for (const auto& device : list_of(section, "devices").items)
    arns.push_back(text_of(device, "certificate"));
  for (const auto& arn : arns) {
    if (is_unknown(arn))
      continue;
    const auto words = split(arn, ':');
    if (words.size() > 5 && words[0] == "arn" && !words[index].empty())
      return words[index];
  }
  return {};
}

void write_head(Draft& draft, const std::string& group, const std::string& region,
                const std::string& account) {
  draft.line("# Greengrass v1 group " + group +
             ", read by 'mlopsctl template import'. Lines with "
             "DECIDE hold what the group does");
  draft.line("# not say: 'mlopsctl template render edge-group' runs mlopsctl in place of its "
             "functions, 'mlopsctl template");
  draft.line("# migrate' makes components of them.");
  draft.line("schema: " + std::string(k_deploy_schema));
  draft.line("name: " + quoted(stack_name(group)));
  if (region.empty())
    draft.decide("# region: eu-west-1", "region", "where the group's account runs it");
  else
    draft.line("region: " + quoted(region));
  if (account.empty())
    draft.decide("# account: \"123456789012\"", "account", "12 digits, in quotes");
  else
    draft.line("account: " + quoted(account));
}

void write_model(Draft& draft, const Value& section) {
  for (const auto& resource : list_of(section, "resources").items) {
    if (text_of(resource, "kind") != "s3-model")
      continue;
    const auto url = text_of(resource, "source");
    const auto zeros = std::string(64, '0');
    if (!fits("model: {url: " + quoted(url) + ", digest: \"sha256:" + zeros + "\"}"))
      continue;
    draft.line("model:");
    draft.line("  url: " + quoted(url));
    draft.decide("  digest: \"sha256:" + zeros + "\"", "model.digest",
                 "sha256sum of the object at url");
    draft.line("artifacts:");
    const auto bucket = url.substr(5, url.find('/', 5) - 5);
    draft.decide("  bucket: " + quoted(bucket), "artifacts.bucket",
                 "where code is uploaded; this is the bucket of the model");
    return;
  }
  draft.decide("# model: {url: s3://bucket/model.tar.gz, digest: \"sha256:...\"}", "model",
               "the package that the runtime of mlopsctl runs");
  draft.decide("# artifacts: {bucket: my-artifacts}", "artifacts.bucket", "where code is uploaded");
}

/// The first resource of the kind whose line the reader of 'edge' takes; empty if there is none.
template <class LineOf>
std::string first_that_fits(const Value& section, const std::string& kind, LineOf line_of) {
  for (const auto& resource : list_of(section, "resources").items)
    if (text_of(resource, "kind") == kind)
      if (auto line = line_of(resource); fits("retention_days: 1\nedge: {" + line + "}"))
        return line;
  return {};
}

/// Three functions in a row, as capture, inference and storing are: the topic of each step.
/// Empty if the group has another shape.
std::vector<std::pair<std::string, std::string>> find_topics(const Value& section) {
  const auto& routes = list_of(section, "subscriptions").items;
  const auto topic = [&](const std::string& source, const std::string& target) {
    for (const auto& route : routes)
      if (text_of(route, "source") == source && text_of(route, "target") == target)
        return text_of(route, "topic");
    return std::string();
  };
  const auto& functions = list_of(section, "functions").items;
  const auto name = [&](std::size_t i) { return "Lambda::" + text_of(functions[i], "name"); };
  for (std::size_t a = 0; functions.size() == 3 && a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      const std::size_t c = 3 - a - b;
      if (a == b || c > 2 || c == a || c == b)
        continue;
      std::vector<std::pair<std::string, std::string>> topics{
          {"start", topic("cloud", name(a))},       {"status", topic(name(a), "cloud")},
          {"frames", topic(name(a), name(b))},      {"results", topic(name(b), "cloud")},
          {"predictions", topic(name(b), name(c))}, {"stored", topic(name(c), "cloud")}};
      if (std::none_of(topics.begin(), topics.end(),
                       [](const auto& t) { return t.second.empty(); }))
        return topics;
    }
  return {};
}

void write_topics(Draft& draft, const Value& section) {
  std::string line = "topics: {";
  for (const auto& [key, topic] : find_topics(section))
    line += (line.ends_with('{') ? "" : ", ") + key + ": " + quoted(topic);
  line += "}";
  if (line != "topics: {}" && fits("edge: {" + line + "}"))
    draft.line("  " + line);
  else
    draft.decide("  # topics: {start: video/input}", "edge.topics",
                 "the group is no row of capture, inference and storing; those of the example are "
                 "taken");
}

void write_core(Draft& draft, Taker& core, const std::string& group) {
  core.take("Id");
  core.take("SyncShadow");
  auto name = thing_name(core.take("ThingArn")).string;
  if (name.empty() || is_unknown(name)) {
    name = group + "-core";
    draft.decide("    - name: " + quoted(name), core.where() + ".name", "the name of its thing");
  } else {
    draft.line("    - name: " + quoted(name));
  }
  draft.decide("      platform: linux/amd64", core.where() + ".platform",
               "linux/amd64, linux/arm64 or linux/arm/v7");
  const Value certificate = core.text("CertificateArn", "edge.cores: add certificate, its ARN");
  if (!certificate.string.empty())
    draft.line("      certificate: " + quoted(certificate.string));
  core.finish();
}

void write_edge(Draft& draft, const std::vector<V1Lists>& parts, const Value& section,
                const std::string& group, ImportReport& report) {
  draft.decide("retention_days: 30", "retention_days", "when pictures and predictions end");
  draft.line("edge:");
  draft.line("  thing_group: " + quoted(group));
  draft.line("  cores:");
  for (const auto& part : parts)
    for (auto& core : entries(part, "Cores", report))
      write_core(draft, core, group);
  const auto camera = first_that_fits(section, "device", [](const Value& resource) {
    const auto path = text_of(resource, "source");
    return path.starts_with("/dev/video") || path.starts_with("/dev/v4l")
               ? "camera: " + quoted(path)
               : std::string("none");
  });
  if (camera.empty())
    draft.decide("  camera: /dev/video0", "edge.camera", "the device of the camera");
  else
    draft.line("  " + camera);
  const auto buffer = first_that_fits(section, "volume", [](const Value& resource) {
    return "buffer: {source: " + quoted(text_of(resource, "source")) +
           ", destination: " + quoted(text_of(resource, "destination")) + "}";
  });
  if (!buffer.empty())
    draft.line("  " + buffer);
  write_topics(draft, section);
  draft.decide(
      "  # table: gestures", "edge.table",
      "where predictions are put, one of tables: the code of the group's functions has it");
}

std::string group_name(const std::vector<V1Lists>& parts) {
  for (const auto& part : parts)
    if (const Value* name = part.lists.find("Name"); name && !name->is_null()) {
      ObjectReader reader(part.lists, part.path);
      return check_name(reader, "Name", reader.text("Name"),
                        {"the name of a group", 1, 128, ":_-"});
    }
  throw Error(Fault::input, parts.front().path + ": the group has no name",
              "greengo: Group: {name: ...}");
}

} // namespace

std::string to_deploy_yaml(const std::vector<V1Lists>& parts, const Value& section,
                           const ImportOptions& options, ImportReport& report) {
  Draft draft(options.output, report);
  const auto group = group_name(parts);
  write_head(draft, group, options.region.empty() ? from_arns(parts, section, 3) : options.region,
             options.account.empty() ? from_arns(parts, section, 4) : options.account);
  write_model(draft, section);
  write_edge(draft, parts, section, group, report);
  draft.line("# The group as it was, for 'template migrate' and 'template render edge-group "
             "--generation v1'.");
  Value whole = Value::object();
  whole["greengrass_v1"] = section;
  return draft.take() + to_yaml(whole);
}

} // namespace mlopsctl::templates
