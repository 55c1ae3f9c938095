#!/usr/bin/env bash
# Reads every #include "room/..." and fails on any arrow that the house does not have (README: the house).
set -eu
cd "$1"
rooms="core dataset formats imaging capture package inference bench report templates serving net storage commands cli"
# shellcheck disable=SC2086 # a list of folders
grep -rnE '^#include "[a-z_]+/' --include='*.cpp' --include='*.hpp' --include='*.h' --exclude-dir=self $rooms 2>/dev/null |
  awk -F: -v rooms="$rooms" '
    BEGIN {
      split("storage=net|formats=dataset|imaging=dataset|capture=imaging storage dataset|package=formats storage dataset|" \
            "templates=package dataset|inference=package imaging dataset|bench=inference package imaging storage dataset net|" \
            "report=bench imaging dataset|serving=inference package capture bench imaging storage dataset formats net", rows, "|")
      for (i in rows) { split(rows[i], pair, "="); n = split(pair[2], list, " "); for (k = 1; k <= n; ++k) may[pair[1], list[k]] = 1 }
      n = split(rooms, list, " ")
      for (k = 1; k <= n; ++k) if (list[k] != "cli") { may["cli", list[k]] = 1; if (list[k] != "commands") may["commands", list[k]] = 1 }
    }
    {
      from = $1; sub("/.*", "", from)
      to = $3; sub(/^[^"]*"/, "", to); sub(/".*/, "", to)
      room = to; sub("/.*", "", room)
      ++count
      if (from == room || room == "core" || (from, room) in may) next
      print $1 ":" $2 ": " from " may not include " to
      bad = 1
    }
    END {
      if (!count) { print "no include was read: is this the source tree?"; exit 1 }
      print count " includes read"
      exit bad
    }'
