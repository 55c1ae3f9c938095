// SPDX-License-Identifier: Apache-2.0
// The module engine_opencv: OpenCV dnn behind engine_api.h.
#include "inference/engine_opencv/engine_api.h"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Session {
  cv::dnn::Net net;
  std::vector<cv::String> names;
  std::vector<cv::Mat> results;
  std::vector<std::vector<int64_t>> shapes;
  int threads = 1;
};

/// OpenCV's text spans lines and repeats its file names; its err holds what is wrong, and for a
/// layer also which one.
void keep_error(const std::string& text, char* error, size_t error_bytes) {
  std::string line = text;
  std::replace(line.begin(), line.end(), '\n', ' ');
  const size_t length = std::min(line.size(), error_bytes - 1);
  std::memcpy(error, line.data(), length);
  error[length] = '\0';
}

/// Runs \p work; nothing that it throws leaves this module.
template <class Work> int guarded(char* error, size_t error_bytes, Work work) {
  try {
    work();
    return 0;
  } catch (const cv::Exception& problem) {
    keep_error(problem.err.empty() ? problem.what() : problem.err, error, error_bytes);
  } catch (const std::exception& problem) {
    keep_error(problem.what(), error, error_bytes);
  } catch (...) {
    keep_error("unknown exception", error, error_bytes);
  }
  return 1;
}

int ignore_error(int, const char*, const char*, const char*, int, void*) {
  return 0;
}

int open_session(const char* model, size_t model_bytes, const char* const* outputs,
                 size_t output_count, int threads, void** session, char* error,
                 size_t error_bytes) {
  return guarded(error, error_bytes, [&] {
    // Errors reach the caller as text; OpenCV would print each of them on stderr as well.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::redirectError(ignore_error);
    auto made = std::make_unique<Session>();
    made->net = cv::dnn::readNetFromONNX(model, model_bytes);
    made->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    made->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    made->names.assign(outputs, outputs + output_count);
    made->shapes.resize(output_count);
    made->threads = threads;
    *session = made.release();
  });
}

int run_session(void* opaque, const mlopsctl_tensor* inputs, size_t input_count,
                mlopsctl_tensor* results, char* error, size_t error_bytes) {
  return guarded(error, error_bytes, [&] {
    auto& session = *static_cast<Session*>(opaque);
    if (cv::getNumThreads() != session.threads)
      cv::setNumThreads(session.threads); // a number of the whole process, not of a net
    for (size_t i = 0; i < input_count; ++i) {
      const std::vector<int> sizes(inputs[i].shape, inputs[i].shape + inputs[i].rank);
      // setInput copies; it has no door for constant data.
      session.net.setInput(cv::Mat(sizes, CV_32F, const_cast<float*>(inputs[i].data)),
                           inputs[i].name);
    }
    session.net.forward(session.results, session.names);
    for (size_t i = 0; i < session.results.size(); ++i) {
      cv::Mat& result = session.results[i];
      if (result.type() != CV_32F || !result.isContinuous())
        result.convertTo(result, CV_32F);
      session.shapes[i].assign(result.size.p, result.size.p + result.dims);
      results[i] = {session.names[i].c_str(), session.shapes[i].data(), result.dims,
                    result.ptr<float>()};
    }
  });
}

void close_session(void* session) {
  delete static_cast<Session*>(session);
}

const mlopsctl_engine_table k_table{
    MLOPSCTL_ENGINE_API_VERSION, "opencv", CV_VERSION, open_session, run_session, close_session};

} // namespace

extern "C" __attribute__((visibility("default"))) const mlopsctl_engine_table*
mlopsctl_engine_api();

const mlopsctl_engine_table* mlopsctl_engine_api() {
  return &k_table;
}
