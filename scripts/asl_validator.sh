#!/usr/bin/env bash
# asl_validator.sh: prints the path of asl-validator (judges state machines of Step Functions, in tests).
exec bash "$(dirname "$0")/npm_tool.sh" asl-validator asl-validator/dist/bin/asl-validator.js
