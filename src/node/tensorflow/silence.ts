/**
 * C++ sources that silence what TensorFlow logs on standard error while it loads, compiled with its binding.
 *
 * TensorFlow 2.21 ignores TF_CPP_MIN_LOG_LEVEL. Users who set it below 2 still get the whole log.
 */

/** Part of the binding: it limits the log to errors. The symbol is weak, for versions without such a function. */
export const errorsOnly = `
#include <cstdlib>
#include "absl/log/globals.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
__attribute__((weak)) void SetMinLogLevel(LogSeverityAtLeast);
ABSL_NAMESPACE_END
}

namespace {
[[maybe_unused]] const bool silenced = [] {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (absl::SetMinLogLevel && (!level || std::atoi(level) >= 2)) absl::SetMinLogLevel(absl::LogSeverityAtLeast::kError);
  return true;
}();
}
`

/**
 * A separate addon, since the libraries log before the binding runs: it redirects standard error to /dev/null from
 * `hush` to `speak`.
 */
export const hush = `
#include <fcntl.h>
#include <unistd.h>
#include <node_api.h>

static int kept = -1;

static napi_value Hush(napi_env, napi_callback_info) {
  const int nowhere = open("/dev/null", O_WRONLY);
  kept = dup(2);
  if (kept >= 0 && nowhere >= 0) dup2(nowhere, 2);
  if (nowhere >= 0) close(nowhere);
  return nullptr;
}

static napi_value Speak(napi_env, napi_callback_info) {
  if (kept >= 0) dup2(kept, 2), close(kept);
  kept = -1;
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "hush", NAPI_AUTO_LENGTH, Hush, nullptr, &function);
  napi_set_named_property(env, exports, "hush", function);
  napi_create_function(env, "speak", NAPI_AUTO_LENGTH, Speak, nullptr, &function);
  napi_set_named_property(env, exports, "speak", function);
  return exports;
}
`
