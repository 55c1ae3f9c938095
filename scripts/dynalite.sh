#!/usr/bin/env bash
# dynalite.sh: prints the path of dynalite's server (DynamoDB for tests).
exec bash "$(dirname "$0")/npm_tool.sh" dynalite dynalite/cli.js
