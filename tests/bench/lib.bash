# shellcheck shell=bash
# How tests/bench measures. Source it; it changes no shell option.
#
# Each figure is a line on stdout and a line of JSON in $SVCMGR_BENCH_OUT/rows.jsonl, from which tests/bench/table makes the table that
# tests/bench/run ends with.
#
#   compare NAME OURS PEER [RUNS [OPTION…]]   medians of two commands, by hyperfine, in turns; with more of its OPTIONs
#   row NAME OURS PEER WHAT            figures that something else has measured, in milliseconds; WHAT is the peer
#   memory NAME COMMAND                the most memory that it has at a time
#   count NAME NUMBER                  a number of things
#   seconds COMMAND…                   runs it and prints how long that took
#
# $SVCMGR_BENCH_NICE, when set, is how much nicer than others measured commands are (-15: nearly alone, wherever a machine is shared, and
# sched_autogroup_enabled is 0). Daemons that they ask have to be as nice: see renice_daemon.

SVCMGR_BENCH_OUT=${SVCMGR_BENCH_OUT:?where figures are kept}
SVCMGR_BENCH_RUNS=${SVCMGR_BENCH_RUNS:-30}

measured() { nice -n "${SVCMGR_BENCH_NICE:-0}" "$@"; }

# renice_daemon PROCESS…
renice_daemon() { [[ -z ${SVCMGR_BENCH_NICE-} ]] || renice -n "$SVCMGR_BENCH_NICE" -g "$@" >/dev/null 2>&1 || renice -n "$SVCMGR_BENCH_NICE" -p "$@" >/dev/null; }

row() {
    jq -cn --arg name "$1" --argjson ours "$2" --argjson peer "$3" --arg what "$4" \
        '{$name, unit: "ms", $ours, $peer, what: $what, ratio: (if $peer > 0 then $ours / $peer else null end)}' >>"$SVCMGR_BENCH_OUT/rows.jsonl"
    awk -v name="$1" -v ours="$2" -v peer="$3" -v what="$4" \
        'BEGIN { printf "%-20s %9.2f ms %9.2f ms   %6.3f   %s\n", name, ours, peer, (peer > 0 ? ours / peer : 0), what }'
}

# A machine that becomes slower or faster meanwhile does so for both: each has its turn several times.
compare() {
    local name=$1 ours=$2 peer=$3 runs=${4:-$SVCMGR_BENCH_RUNS} file=$SVCMGR_BENCH_OUT/$1.json turn turns
    shift $(($# < 4 ? 3 : 4))
    turns=$((runs < 5 ? runs : 5))
    for ((turn = 0; turn < turns; turn++)); do
        measured hyperfine -N --ignore-failure --warmup 1 --runs $(((runs + turns - 1) / turns)) "$@" --export-json "$file.$turn" "$ours" "$peer" >/dev/null 2>&1 ||
            { printf '%s: hyperfine failed\n' "$name" >&2 && return 1; }
    done
    jq -s '[(.[0].results | keys[]) as $i | {command: .[0].results[$i].command, times: [.[].results[$i].times[]]}] | {results: .}' "$file".[0-4] >"$file"
    rm "$file".[0-4]
    row "$name" "$(times_in "$file" 0 | median_ms)" "$(times_in "$file" 1 | median_ms)" "$(jq -r '.results[1].command | sub("^[^ ]*/"; "")' "$file")"
}
times_in() { jq ".results[$2].times[]" "$1"; }
median_ms() { median | awk '{ print $1 * 1000 }'; }

memory() {
    local name=$1 kib
    shift
    kib=$(python3 - "$@" <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
    )
    jq -cn --arg name "$name" --argjson kib "$kib" '{$name, unit: "MiB", ours: ($kib / 1024)}' >>"$SVCMGR_BENCH_OUT/rows.jsonl"
    awk -v name="$name" -v kib="$kib" 'BEGIN { printf "%-20s %9.1f MiB\n", name, kib / 1024 }'
}

count() {
    jq -cn --arg name "$1" --argjson number "$2" '{$name, unit: "", ours: $number}' >>"$SVCMGR_BENCH_OUT/rows.jsonl"
    printf '%-20s %9d\n' "$1" "$2"
}

seconds() {
    local begin=$EPOCHREALTIME
    measured "$@" >/dev/null 2>&1 </dev/null || true
    awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { print end - begin }'
}

# median: of the numbers on stdin.
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# rows_of: lines "NAME OURS PEER WHAT…" on stdin become rows.
rows_of() {
    local name ours peer what
    while read -r name ours peer what; do row "$name" "$ours" "$peer" "$what"; done
}
