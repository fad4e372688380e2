# The checks that need no server, and the lanes in which all tests run; for deploy/quick and deploy/test.

# Suites that touch no server, no clock and no file of others: they run side by side, in seconds.
pure_suites=(StrictJSON Belt Leads SettingsDocument Repository)

# Suites with servers that tests freeze and kill, and with bounds on how long something may take: one test
# at a time, with nothing beside it.
timed_suites=(Ingress RabbitMQ Postgres WorkQueues Chaos)

# Suites that share servers and mind no neighbour. They wait more than they work, so several lanes run side
# by side, each one test at a time. A suite that is named nowhere is in the last lane, `rest`.
flow_suites=(Flow)
outside_suites=(OutsideCalls RDStation RDStationCRM TOTVSCRM DataCRM Sandbox)
shared_lanes=(flow outside rest)

# A test that hangs must not hold a CI machine for ever.
test_seconds=1500

# pattern_of SUITE…: the names of their tests.
pattern_of() {
  local names
  names=$(IFS='|'; printf '%s' "$*")
  printf '^(%s)Tests\\.' "$names"
}

pure_pattern() { pattern_of "${pure_suites[@]}"; }

# lane_options LANE: one option a line, which choose its tests.
lane_options() {
  case $1 in
  pure) printf '%s\n' --filter "$(pure_pattern)" ;;
  timed) printf '%s\n' --no-parallel --filter "$(pattern_of "${timed_suites[@]}")" ;;
  flow) printf '%s\n' --no-parallel --filter "$(pattern_of "${flow_suites[@]}")" ;;
  outside) printf '%s\n' --no-parallel --filter "$(pattern_of "${outside_suites[@]}")" ;;
  rest)
    printf '%s\n' --no-parallel --skip "$(pattern_of "${pure_suites[@]}" "${timed_suites[@]}" \
      "${flow_suites[@]}" "${outside_suites[@]}")"
    ;;
  *) return 1 ;;
  esac
}

# run_lanes FOLDER LANE…: side by side, each with its log there; fails when one fails.
run_lanes() {
  local folder=$1 lane options running=() status=0
  shift
  for lane in "$@"; do
    mapfile -t options < <(lane_options "$lane")
    run_tests "$folder/$lane.log" "${options[@]}" &
    running+=($!)
  done
  for lane in "${running[@]}"; do wait "$lane" || status=$?; done
  return "$status"
}

# check_format [FILE…]: all of it without files.
check_format() {
  if (($#)); then
    swift format lint --strict --parallel "$@"
  else
    swift format lint --strict --recursive --parallel Sources Tests Package.swift
  fi
}

build_tests() { swift build --build-tests --explicit-target-dependency-import-check error; }

# What build_tests makes. It runs without `swift test`, of which no two go side by side, and which plans the
# build once more each time.
test_program=.build/debug/esteiraPackageTests.xctest

# run_tests LOG OPTION…: kept in a file as well, which the behaviour report and the closing line are read from.
run_tests() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  timeout --kill-after 30 "$test_seconds" \
    "$test_program" --testing-library swift-testing "$@" 2>&1 | tee "$log"
}

# closing_line LOG…: the line with which a test run ends, summed over several. One whose log has no such line
# died, and is named before it.
closing_line() {
  awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    match($0, /Test run with [0-9]+ tests? in [0-9]+ suites? (passed|failed) after [0-9.]+ seconds/) {
      count = split(substr($0, RSTART, RLENGTH), word, " ")
      tests += word[4]; suites += word[7]; seconds += word[count - 1]
      if (word[9] == "failed") failed = 1
      ended[FILENAME] = 1
    }
    match($0, / with [0-9]+ issues?/) && /Test run with/ { split(substr($0, RSTART, RLENGTH), word, " "); issues += word[2] }
    END {
      for (place = 1; place < ARGC; place++) if (!ended[ARGV[place]]) {
        failed = 1
        printf "No end of the tests in %s.\n", ARGV[place]
      }
      printf "Test run with %d tests in %d suites %s after %.3f seconds%s.\n", tests, suites, \
        failed ? "failed" : "passed", seconds, issues ? " with " issues " issues" : ""
    }
  ' "$@"
}

# with_servers STATE SECONDS COMMAND…: a command that brings up servers of its own in that folder. One that has
# to be killed leaves them, so they are stopped after every failure.
with_servers() {
  local folder=$1 seconds=$2 status=0
  shift 2
  timeout --kill-after 120 "$seconds" "$@" || status=$?
  if ((status)); then ESTEIRA_STATE=$folder deploy/down; fi
  return "$status"
}
