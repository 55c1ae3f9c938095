# schema: JSON Schemas of the files that people write.
. "$(dirname "$0")/../lib.sh"
run 0 schema model
json '.["$schema"]' https://json-schema.org/draft/2020-12/schema
json .properties.schema.const mlopsctl.model/1
run 0 schema deploy
json .properties.schema.const mlopsctl.deploy/1
run 0 schema score
json .properties.schema.const mlopsctl.bench.score/1
run 0 schema store
json '[."$defs"[].properties.schema.const | select(.)]' '["mlopsctl.store.ls/1","mlopsctl.store.cp/1","mlopsctl.store.sync/1"]'
run 0 schema config
json '.properties.package.properties.model.properties.jobs | type' object
run 0 schema sources
json '.properties.sources.items.properties | [has("fps"), has("file-name"), has("name"), has("onnxruntime"), has("output")]' '[true,true,true,false,false]'
run 2 schema modle
err_has "did you mean 'model'?"
run 2 schema
err_has "NAME"
