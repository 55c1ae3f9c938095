// SPDX-License-Identifier: Apache-2.0
// Engine "onnxruntime": ONNX Runtime on the processor.
#include "core/error.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"
#include "inference/onnxruntime_library.hpp"
#include "inference/optimized_graph.hpp"
#include "package/graph.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace mlopsctl::inference {

std::string onnxruntime_version();
std::unique_ptr<Engine> open_onnxruntime(const GraphFile& graph, int threads);

namespace {

constexpr int k_no_optimizations = 0;   // GraphOptimizationLevel ORT_DISABLE_ALL
constexpr int k_all_optimizations = 99; // ORT_ENABLE_ALL
/// A smaller graph is made ready in less time than it takes to look for it.
constexpr std::size_t k_worth_keeping_bytes = std::size_t{1} << 20;
constexpr int k_fatal_only = 4;
constexpr int k_arena_allocator = 1; // OrtAllocatorType
constexpr int k_default_memory = 0;  // OrtMemType
constexpr std::size_t k_max_rank = 16;

/// ONNXTensorElementDataType.
enum class Element {
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  int32 = 6,
  int64 = 7,
  boolean = 9,
  float64 = 11
};

/// The runtime's own words, in one line, as an Error. Null is success.
void check(const OrtFunctions& api, OrtFunctions::Status status, const std::string& what,
           const std::string& hint) {
  if (!status)
    return;
  std::string text = api.error_message(status);
  api.release_status(status);
  std::replace(text.begin(), text.end(), '\n', ' ');
  throw Error(Fault::input, what + ": " + printable(text), hint);
}

using Handle = std::unique_ptr<void, void (*)(void*)>;

template <class Number>
void copy_as_floats(const void* data, std::size_t count, std::vector<float>& out) {
  const auto* numbers = static_cast<const Number*>(data);
  std::transform(numbers, numbers + count, out.begin(),
                 [](Number number) { return static_cast<float>(number); });
}

class OnnxRuntimeEngine final : public Engine {
public:
  OnnxRuntimeEngine(const GraphFile& graph, int threads)
      : runtime_(onnxruntime()), graph_(package::read_graph(graph.bytes, graph.place)),
        place_(graph.place), name_("onnxruntime " + runtime_.version),
        session_(nullptr, runtime_.api.release_session),
        memory_(nullptr, runtime_.api.release_memory_info) {
    open(graph, threads);
    for (const auto& output : graph_.outputs)
      output_names_.push_back(output.name.c_str());
    results_.resize(output_names_.size());
    converted_.resize(output_names_.size());
    void* memory = nullptr;
    check(runtime_.api,
          runtime_.api.create_cpu_memory_info(k_arena_allocator, k_default_memory, &memory), name_,
          "");
    memory_.reset(memory);
  }

  const std::vector<TensorInfo>& inputs() const override { return graph_.inputs; }
  const std::vector<TensorInfo>& outputs() const override { return graph_.outputs; }
  const std::string& name() const override { return name_; }

  std::span<const Tensor> run(std::span<const Tensor> inputs) override {
    std::vector<Handle> values;
    std::vector<const void*> raw;
    std::vector<const char*> names;
    for (const auto& input : inputs) {
      values.push_back(wrap(input));
      raw.push_back(values.back().get());
      names.push_back(input.name.c_str());
    }
    std::vector<void*> outputs(output_names_.size(), nullptr);
    const auto status =
        runtime_.api.run(session_.get(), nullptr, names.data(), raw.data(), raw.size(),
                         output_names_.data(), outputs.size(), outputs.data());
    held_.clear();
    for (void* output : outputs)
      held_.emplace_back(output, runtime_.api.release_value);
    check(runtime_.api, status, place_ + ": " + name_, "do the sizes in model.yaml fit the graph?");
    for (std::size_t i = 0; i < held_.size(); ++i)
      take(i);
    return results_;
  }

private:
  /// From the cache, where an earlier process left the graph ready, else from the model.
  void open(const GraphFile& graph, int threads) {
    const bool is_large = graph.bytes.size() >= k_worth_keeping_bytes;
    OptimizedGraph optimized(is_large ? graph.digest : "", runtime_key());
    if (open_kept(optimized, threads))
      return;
    if (!optimized.draft().empty() && open_and_keep(graph, optimized, threads))
      return;
    const auto options = session_options(threads, k_all_optimizations);
    check(runtime_.api, create_session(graph.bytes, options.get()),
          place_ + ": " + name_ + " cannot load this graph (opset " + std::to_string(graph_.opset) +
              ")",
          "a newer ONNX Runtime reads newer graphs; or try --engine opencv");
  }

  bool open_kept(OptimizedGraph& optimized, int threads) {
    kept_ = optimized.open();
    if (!kept_)
      return false;
    const auto options = session_options(threads, k_no_optimizations);
    configure(options.get(), "session.load_model_format", "ORT");
    configure(options.get(), "session.use_ort_model_bytes_directly", "1");
    configure(options.get(), "session.use_ort_model_bytes_for_initializers", "1");
    if (succeeds(create_session(*kept_->mapped(), options.get())))
      return true;
    kept_.reset();
    optimized.forget();
    return false;
  }

  /// False: the graph cannot be loaded, or what it became cannot be written.
  bool open_and_keep(const GraphFile& graph, OptimizedGraph& optimized, int threads) {
    const auto options = session_options(threads, k_all_optimizations);
    configure(options.get(), "session.save_model_format", "ORT");
    check(runtime_.api,
          runtime_.api.set_optimized_model_path(options.get(), optimized.draft().c_str()), name_,
          "");
    if (!succeeds(create_session(graph.bytes, options.get())))
      return false;
    optimized.keep();
    return true;
  }

  /// Two libraries of one version may be built differently.
  std::string runtime_key() const {
    std::error_code unknown;
    return runtime_.version + " " +
           std::to_string(std::filesystem::file_size(runtime_.path, unknown));
  }

  Handle session_options(int threads, int optimizations) const {
    const auto& api = runtime_.api;
    void* options = nullptr;
    check(api, api.create_session_options(&options), name_, "");
    Handle owner(options, api.release_session_options);
    check(api, api.set_log_severity(options, k_fatal_only), name_, "");
    check(api, api.set_optimization_level(options, optimizations), name_, "");
    check(api, api.set_intra_threads(options, threads), name_, "--threads");
    check(api, api.set_inter_threads(options, 1), name_, "");
    return owner;
  }

  void configure(void* options, const char* key, const char* value) const {
    check(runtime_.api, runtime_.api.add_config_entry(options, key, value), name_, "");
  }

  OrtFunctions::Status create_session(std::string_view bytes, const void* options) {
    void* session = nullptr;
    const auto status = runtime_.api.create_session_from_array(runtime_.env, bytes.data(),
                                                               bytes.size(), options, &session);
    session_.reset(session);
    return status;
  }

  bool succeeds(OrtFunctions::Status status) const {
    if (status)
      runtime_.api.release_status(status);
    return !status;
  }

  /// The input's own numbers, not a copy.
  Handle wrap(const Tensor& input) const {
    void* value = nullptr;
    check(runtime_.api,
          runtime_.api.create_tensor(
              memory_.get(), const_cast<float*>(input.data.data()), input.data.size_bytes(),
              input.shape.data(), input.shape.size(), static_cast<int>(Element::float32), &value),
          place_ + ": " + name_ + ": input '" + input.name + "'", "");
    return {value, runtime_.api.release_value};
  }

  /// Output \p i as floats: decoders know no other numbers.
  void take(std::size_t i) {
    const auto& api = runtime_.api;
    const std::string what = place_ + ": " + name_ + ": output '" + graph_.outputs[i].name + "'";
    void* const value = held_[i].get();
    int is_tensor = 0;
    check(api, api.is_tensor(value, &is_tensor), what, "");
    if (is_tensor == 0)
      throw Error(Fault::input, what + ": is a list or a map, not a tensor",
                  "export the model without the ZipMap or sequence at its end");
    void* described = nullptr;
    check(api, api.type_and_shape(value, &described), what, "");
    const Handle info(described, api.release_type_and_shape);
    std::size_t rank = 0;
    std::size_t count = 0;
    int type = 0;
    void* data = nullptr;
    check(api, api.dimension_count(described, &rank), what, "");
    if (rank > k_max_rank)
      throw Error(Fault::input, what + ": has " + std::to_string(rank) + " dimensions");
    auto& result = results_[i];
    result.name = graph_.outputs[i].name;
    result.shape.resize(rank);
    check(api, api.dimensions(described, result.shape.data(), rank), what, "");
    check(api, api.element_count(described, &count), what, "");
    check(api, api.element_type(described, &type), what, "");
    check(api, api.tensor_data(value, &data), what, "");
    result.data = floats(data, count, type, i, what);
  }

  std::span<const float> floats(const void* data, std::size_t count, int type, std::size_t i,
                                const std::string& what) {
    if (type == static_cast<int>(Element::float32))
      return {static_cast<const float*>(data), count};
    auto& out = converted_[i];
    out.resize(count);
    switch (static_cast<Element>(type)) {
    case Element::float64: copy_as_floats<double>(data, count, out); break;
    case Element::int64: copy_as_floats<std::int64_t>(data, count, out); break;
    case Element::int32: copy_as_floats<std::int32_t>(data, count, out); break;
    case Element::int8: copy_as_floats<std::int8_t>(data, count, out); break;
    case Element::uint8:
    case Element::boolean: copy_as_floats<std::uint8_t>(data, count, out); break;
    default:
      throw Error(Fault::input,
                  what + ": holds numbers of a kind that is not read here (element type " +
                      std::to_string(type) + ")",
                  "export it with float32 outputs");
    }
    return out;
  }

  const OnnxRuntime& runtime_;
  package::Graph graph_;
  std::string place_;
  std::string name_;
  std::unique_ptr<ByteSource> kept_; ///< the session looks into it
  Handle session_;
  Handle memory_;
  std::vector<const char*> output_names_;
  std::vector<Handle> held_; ///< the outputs of the last run; results_ look into them
  std::vector<std::vector<float>> converted_;
  std::vector<Tensor> results_;
};

} // namespace

std::string onnxruntime_version() {
  return onnxruntime().version;
}

std::unique_ptr<Engine> open_onnxruntime(const GraphFile& graph, int threads) {
  return std::make_unique<OnnxRuntimeEngine>(graph, threads);
}

} // namespace mlopsctl::inference
