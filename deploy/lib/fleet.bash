# The programs: their order, how they are built, started and found ready.

# In the order of the flow. Each worker scales by replicas; the two that listen for others run once.
workers=(
  esteira-lead-importer esteira-centralizer esteira-opportunity-creator esteira-rd-updater
  esteira-tag-sync
)
listeners=(esteira-sandbox esteira-ingress)
most_replicas=16

# build_fleet CONFIGURATION [OPTION…]: OPTIONs go to the compiler's driver.
build_fleet() { build_products "$@" -- esteira "${listeners[@]}" "${workers[@]}"; }

# build_products CONFIGURATION [OPTION…] -- PRODUCT…
#
# ESTEIRA_BUILT: the configuration of which the caller has built everything just now. To find out that
# nothing is to be done takes seconds a product.
build_products() {
  local configuration=$1 options=() product
  shift
  [[ $1 != -- || $configuration != "${ESTEIRA_BUILT:-}" ]] || return 0
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  for product in "$@"; do
    say "building $product ($configuration)"
    (cd "$repository" &&
      swift build --configuration "$configuration" "${options[@]}" --product "$product" 9>&-) \
      >"$log_folder/build-$product.log" 2>&1 || {
      { grep -E '^[^ ]*error:' "$log_folder/build-$product.log" || tail -n 20 "$log_folder/build-$product.log"; } |
        awk '!seen[$0]++' | head -n 20 >&2
      die "$product does not build; see $log_folder/build-$product.log"
    }
  done
}

# The folder with the built programs of a configuration.
programs_folder() { (cd "$repository" && swift build --configuration "$1" --show-bin-path 9>&-); }

# health_address PROGRAM REPLICA: where it answers /livez, /readyz and /metrics.
health_address() {
  local index
  case $1 in
  esteira-ingress) printf '127.0.0.1:%s\n' $((ingress_port + 2)) ;;
  esteira-sandbox) printf '127.0.0.1:%s\n' "$sandbox_port" ;;
  *)
    for index in "${!workers[@]}"; do
      [[ ${workers[index]} == "$1" ]] || continue
      printf '127.0.0.1:%s\n' $((port_base + 10 + index * most_replicas + $2 - 1))
    done
    ;;
  esac
}

# start_program FOLDER PROGRAM REPLICA
start_program() {
  local name=$2.$3 address
  is_running "$name" && return
  address=$(health_address "$2" "$3")
  require_free_port "$name" "${address##*:}"
  printf '%s\n' "$address" >"$run_folder/$name.health"
  start_process "$name" env "ESTEIRA_HEALTH_LISTEN=$address" "$1/$2"
}

# start_fleet FOLDER REPLICAS: all at once, then waits for each.
start_fleet() {
  local program replica names=() name
  for program in "${listeners[@]}"; do
    names+=("$program.1")
  done
  for program in "${workers[@]}"; do
    for ((replica = 1; replica <= $2; replica++)); do
      names+=("$program.$replica")
    done
  done
  for name in "${names[@]}"; do
    start_program "$1" "${name%.*}" "${name##*.}"
  done
  for name in "${names[@]}"; do
    await_answer 60 "$name" "$repository/deploy/ready" "$(<"$run_folder/$name.health")"
  done
}

# Names PROGRAM.REPLICA in the order in which they were started.
running_programs() {
  local program name
  for program in "${listeners[@]}" "${workers[@]}"; do
    while read -r name; do
      [[ $name == "$program".* ]] && is_running "$name" && printf '%s\n' "$name"
    done < <(recorded_names | sort --version-sort)
  done
}

# A program whose file was replaced by a later build still runs the earlier one; the table says so.
print_fleet() {
  local name note pid
  printf '%-34s %8s  %s\n' program pid address
  while read -r name; do
    pid=$(recorded_pid "$name")
    note=''
    [[ $(readlink "/proc/$pid/exe") == *' (deleted)' ]] && note='  (an earlier build; deploy/down and up renew it)'
    printf '%-34s %8s  http://%s%s\n' "$name" "$pid" "$(<"$run_folder/$name.health")" "$note"
  done < <(running_programs)
}

# The sandbox goes last: programs that finish their work may still be calling it.
stop_fleet() {
  local names=() name
  while read -r name; do
    names=("$name" "${names[@]}")
  done < <(recorded_names | grep -E '^esteira-.*\.[0-9]+$' | grep -v '^esteira-sandbox\.' | start_order)
  for name in "${names[@]}"; do
    signal_process TERM "$name"
  done
  await_end 30 "${names[@]}"
  signal_process TERM esteira-sandbox.1
  await_end 30 esteira-sandbox.1
}

# Sorts names of programs by the order in which they are started; a name of an older release, no
# longer in the list, comes last.
start_order() {
  local name index program rank
  while read -r name; do
    rank=99
    index=0
    for program in "${listeners[@]}" "${workers[@]}"; do
      [[ $name == "$program".* ]] && rank=$index
      index=$((index + 1))
    done
    printf '%02d %s\n' "$rank" "$name"
  done | sort --version-sort | cut -d ' ' -f 2
}
