# Reads every #include "room/..." and fails on any arrow that the house does not have (README: the house).
set -eu
cd "$1"
declare -A may=(
  [core]="" [dataset]="" [net]="" [storage]="net" [formats]="dataset" [imaging]="dataset"
  [capture]="imaging storage dataset" [package]="formats storage dataset" [templates]="package dataset"
  [inference]="package imaging dataset" [bench]="inference package imaging storage dataset net"
  [report]="bench imaging dataset" [serving]="inference package capture bench imaging storage dataset formats net"
  [commands]="*" [cli]="*"
)
bad=0
count=0
while IFS=: read -r file line text; do
  from=${file%%/*}
  to=$(printf '%s' "$text" | sed -E 's/.*"([^"]+)".*/\1/')
  room=${to%%/*}
  count=$((count + 1))
  if [ "$from" = commands ] && [ "$room" = commands ] && grep -qs 'extern const Command' "${to%.hpp}.cpp"; then
    echo "$file:$line: a command may not include another command ($to)"
    bad=1
  fi
  if [ "$room" = "$from" ] || [ "$room" = core ]; then continue; fi
  case " ${may[$from]-?} " in
    " * ") [ "$from" = commands ] && [ "$room" = cli ] || continue ;;
    *" $room "*) continue ;;
  esac
  echo "$file:$line: $from may not include $to"
  bad=1
done < <(grep -rnE '^#include "[a-z_]+/' --include='*.cpp' --include='*.hpp' --include='*.h' \
           core dataset formats imaging capture package inference bench report templates serving net storage commands cli 2>/dev/null |
         grep -v '^bench/self/')
[ "$count" -gt 0 ] || { echo "no include was read: is this the source tree?"; exit 1; }
echo "$count includes read"
exit $bad
