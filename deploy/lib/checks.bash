# The checks that need no server, and the suites that are made of them; for deploy/quick and deploy/test.

# Suites that touch no server, no clock and no file of others: they run side by side, in seconds.
pure_suites=(StrictJSON Belt Leads SettingsDocument Repository)

# A test that hangs must not hold a CI machine for ever.
test_seconds=1500

pure_pattern() {
  local names
  names=$(IFS='|'; printf '%s' "${pure_suites[*]}")
  printf '^(%s)Tests\\.' "$names"
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

# run_tests LOG OPTION…: kept in a file as well, which the behaviour report and the closing line are read from.
run_tests() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  timeout --kill-after 30 "$test_seconds" \
    swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$log"
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
