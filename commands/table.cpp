// SPDX-License-Identifier: Apache-2.0
// Every command of mlopsctl, in the order in which help shows them. Adding one: its file, its
// declaration here, its line.
#include "commands/command.hpp"

namespace mlopsctl::commands {

extern const Command capture_command;
extern const Command doctor, help, completion, config_trust, schema;
extern const Command manifest_build, manifest_convert, manifest_join, manifest_split;
extern const Command manifest_augment, manifest_crop, manifest_diff, manifest_filter;
extern const Command manifest_leakage, manifest_scan, manifest_preview, manifest_relabel;
extern const Command manifest_merge_detections, manifest_stats, manifest_validate, list_formats;
extern const Command package_describe, package_model, package_inspect, package_verify;
extern const Command package_component, package_deployable, package_mar;
extern const Command package_image, package_lambda, package_push, package_runtime;
extern const Command infer, engines;
extern const Command serve_http, serve_lambda, serve_edge;
extern const Command store_cp, store_ls, store_sync;
extern const Command bench_export, bench_pull, bench_push;
extern const Command bench_compare, bench_load, bench_run, bench_score, bench_show;
extern const Command template_import, template_init, template_list, template_migrate,
    template_render, template_show;
extern const Command template_diff, template_validate;

const std::vector<const Command*>& all_commands() {
  // clang-format off
  static const std::vector<const Command*> table{
      &capture_command,
      &manifest_build, &manifest_convert, &manifest_join, &manifest_filter, &manifest_relabel,
      &manifest_split, &manifest_leakage, &manifest_scan,
      &manifest_merge_detections, &manifest_stats, &manifest_validate,
      &manifest_diff, &manifest_preview, &manifest_augment, &manifest_crop,
      &package_describe, &package_model, &package_deployable,
      &package_inspect, &package_verify,
      &package_runtime, &package_lambda, &package_image, &package_component, &package_mar, &package_push,
      &bench_run, &bench_load, &bench_score, &bench_compare, &bench_show, &bench_export, &bench_push, &bench_pull,
      &infer, &engines, &list_formats,
      &serve_http, &serve_lambda, &serve_edge,
      &store_ls, &store_cp, &store_sync,
      &template_init, &template_list, &template_show, &template_render, &template_import, &template_migrate, &template_validate, &template_diff,
      &doctor, &schema, &completion, &config_trust, &help,
  };
  // clang-format on
  return table;
}

} // namespace mlopsctl::commands
