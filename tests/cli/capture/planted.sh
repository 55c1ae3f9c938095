# What is planted in the test pattern is found again by --keep: F1 of at least 0.95 for each rule, seed, size and frame rate.
. "$(dirname "$0")/../lib.sh"
# jq: right, wrong and missed, from the truth that the journal holds.
counts() {
  jq -s --arg reason "$1" --arg truth "$2" '[(map(select(.planted[$truth] and .reason==$reason))|length),
    (map(select((.planted[$truth]|not) and .reason==$reason))|length), (map(select(.planted[$truth] and .reason!=$reason))|length)]' o/frames.jsonl
}
# Of each standstill one frame stays: which one does not matter.
standstills() {
  jq -s '([group_by(.planted.standstill)[]|select(.[0].planted.standstill!=null)|{n:length,kept:(map(select(.kept))|length)}]) as $s |
    [($s|map(.n-([.kept,1]|max))|add), (map(select(.planted.standstill==null and .reason=="duplicate"))|length)+($s|map(select(.kept==0))|length),
     ($s|map([.kept-1,0]|max)|add)]' o/frames.jsonl
}
found() { # RULE SEED SIZE FPS SAMPLING...
  local rule=$1 what="$*" planted
  case $rule in sharp) planted=blur=0.25 ;; distinct) planted=freeze=0.4 ;; still) planted=transition=0.3 ;; esac
  local source="pattern:shapes?seed=$2&size=$3&fps=$4&seconds=20&$planted"
  shift 4
  run 0 capture "$source" -o o --keep "$rule" --overwrite --quality 50 "$@"
  case $rule in sharp) counts blurred blurred ;; distinct) standstills ;; still) counts transition transition ;; esac >counts
  jq -e '.[0] > 10 and 2*.[0]/(2*.[0]+.[1]+.[2]) >= 0.95' counts >"$OUT" || fail "$what: right, wrong, missed: $(tr -d ' \n' <counts)"
}
for rule in sharp distinct still; do
  for seed in 1 2 3 4; do found $rule $seed 320x240 30 --fps 5; done
  found $rule 5 160x120 15 --fps 5
  found $rule 6 640x480 60 --fps 6
  # From one frame to the next at full rate slow shapes look alike, and are dropped rightly.
  if [ $rule = distinct ]; then found $rule 7 320x240 25 --every 5; else found $rule 7 320x240 25; fi
  found $rule 8 480x640 12 --every 2
done

# All rules at once, and only so many.
P='pattern:shapes?seed=5&size=320x240&fps=20&seconds=20&blur=0.2&transition=0.3'
run 0 capture "$P" -o all --keep sharp,distinct,still --json
jq -s 'map(select(.kept and (.planted.blurred or .planted.transition)))|length' all/frames.jsonl >"$OUT"
[ "$(cat "$OUT")" -le 1 ] || fail "blurred or moving frames are kept"
kept=$(ls all/*.jpg | wc -l)
[ "$kept" -ge 8 ] && [ "$kept" -le 14 ] || fail "one frame a pose, of 11 poses: $kept"
run 0 capture "$P" -o five --keep sharp,distinct,still --at-most 5 --json
json .frames_kept 5
json .dropped.at_most $((kept - 5))
jq -r 'select(.kept)|.frame_index' five/frames.jsonl >five.txt
jq -r 'select(.kept)|.frame_index' all/frames.jsonl >all.txt
[ "$(sort five.txt | comm -12 - <(sort all.txt) | wc -l)" -eq 5 ] || fail "those that --at-most keeps are not of those that are kept without it"
run 0 capture "$P" -o five1 --keep sharp,distinct,still --at-most 5 --every 1 --jobs 1
cmp five/frames.jsonl five1/frames.jsonl || fail "one job chooses others"
run 2 capture "$P" -o o2 --at-most 5 --every 2
err_has "--fps, --every and --at-most are three ways to choose frames"
run 2 capture 'pattern:shapes?freeze=0.2&transition=0.2' -o o2
err_has "pattern:shapes: freeze and transition exclude each other; between transitions the picture stands still anyway"
for bad in blur=0.9 freeze=-1 transition=x; do
  run 2 capture "pattern:shapes?$bad" -o o2
  err_has "pattern:shapes: ${bad%%=*}=${bad#*=} is not a part of the time, 0 to 0.8"
done
run 0 capture 'pattern:shapes?blur=0&seconds=1' -o plain
[ "$(jq -c .planted plain/frames.jsonl | sort -u)" = null ] || fail "truth of nothing planted"
