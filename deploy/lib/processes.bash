# Processes in the background, each recorded so that exactly it can be found and ended later.
#
# A pid file has two lines: the pid, and what makes it this very process: its start time in clock
# ticks and the id of the machine's boot. A number that the kernel gave to another process since
# then never matches, so nothing foreign is ever taken for ours or killed.

pid_file() { printf '%s/%s.pid\n' "$run_folder" "$1"; }

# The process writes its own record before it becomes the program, so there is no moment in which
# it runs unrecorded.
# shellcheck disable=SC2016
record_and_exec='
  read -r status </proc/$$/stat
  read -ra fields <<<"${status##*) }"
  read -r boot </proc/sys/kernel/random/boot_id
  printf "%s\n%s %s\n" "$$" "${fields[19]}" "$boot" >"$1.new"
  mv "$1.new" "$1"
  shift
  exec "$@"
'

# start_process NAME COMMAND…: in a session of its own, output to NAME.log.
start_process() {
  local name=$1 file tries
  shift
  file=$(pid_file "$name")
  rm -f "$file"
  setsid bash -c "$record_and_exec" record "$file" "$@" \
    </dev/null >>"$log_folder/$name.log" 2>&1 9>&- &
  for ((tries = 0; tries < 100; tries++)); do
    [[ -f $file ]] && return
    sleep 0.05
  done
  die "$name could not be started; see $log_folder/$name.log"
}

recorded_pid() { head -n 1 "$(pid_file "$1")"; }

# A zombie has ended; in a container whose first process reaps nobody it stays visible for ever.
is_running() {
  local file pid identity status boot fields
  file=$(pid_file "$1")
  [[ -f $file ]] || return 1
  { read -r pid && read -r identity; } <"$file" || return 1
  { read -r status <"/proc/$pid/stat"; } 2>/dev/null || return 1
  read -r boot </proc/sys/kernel/random/boot_id
  read -ra fields <<<"${status##*) }"
  [[ ${fields[0]} != Z && $identity == "${fields[19]} $boot" ]]
}

is_zombie() {
  local status
  { read -r status <"/proc/$1/stat"; } 2>/dev/null && [[ ${status##*) } == Z* ]]
}

recorded_names() {
  local file
  for file in "$run_folder"/*.pid; do
    [[ -f $file ]] || continue
    file=${file##*/}
    printf '%s\n' "${file%.pid}"
  done
}

anything_runs() {
  local name
  while read -r name; do
    is_running "$name" && return
  done < <(recorded_names)
  return 1
}

# signal_process SIGNAL NAME: to the recorded process or to nobody. It may end by itself in between;
# await_end finds out.
signal_process() {
  is_running "$2" || return 0
  say "stopping $2"
  kill -s "$1" "$(recorded_pid "$2")" 2>/dev/null || true
}

# await_end SECONDS NAME…: what has not ended by then is killed, and said.
await_end() {
  local deadline=$((SECONDS + $1)) name
  shift
  for name in "$@"; do
    while is_running "$name" && ((SECONDS < deadline)); do
      sleep 0.1
    done
    if is_running "$name"; then
      warn "$name did not stop in time and is killed; see $log_folder/$name.log"
      signal_process KILL "$name"
      while is_running "$name"; do sleep 0.1; done
    fi
    rm -f "$(pid_file "$name")" "$run_folder/$name.health"
  done
}

# await_answer SECONDS NAME COMMAND…: until the command succeeds; gives up at once when the
# process has ended, and always says where its log is.
await_answer() {
  local deadline=$((SECONDS + $1)) name=$2 announce=$((SECONDS + 5))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! is_running "$name"; then
      tail -n 15 "$log_folder/$name.log" >&2
      die "$name ended while it was starting; its last lines are above, all of them in $log_folder/$name.log"
    fi
    if ((SECONDS >= deadline)); then
      tail -n 15 "$log_folder/$name.log" >&2
      die "$name gave no answer in time; its last lines are above, all of them in $log_folder/$name.log"
    fi
    if ((SECONDS >= announce)); then
      say "still waiting for $name"
      announce=$((SECONDS + 5))
    fi
    sleep 0.2
  done
}

require_free_port() {
  port_is_free "$2" ||
    die "port $2, meant for $1, is taken by another program; end that, or choose other ports with ESTEIRA_PORT_BASE"
}
