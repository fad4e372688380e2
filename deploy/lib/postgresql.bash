# A private PostgreSQL: loopback only, password required, data of its own, fsync on.

postgresql_programs=/usr/lib/postgresql/15/bin

# PostgreSQL refuses to run as root, so root hands it to Debian's user for it. setpriv becomes the
# command, where runuser would stay as its parent and be the process that is recorded.
postgres_user=()
((EUID != 0)) || postgres_user=(setpriv --reuid postgres --regid postgres --init-groups)

as_postgres() { "${postgres_user[@]}" "$@"; }

# psql as the owner; the password travels in the environment, where other users cannot see it.
postgres_query() {
  PGPASSWORD=$server_password PGCONNECT_TIMEOUT=3 psql --no-psqlrc --quiet --tuples-only --no-align \
    --host 127.0.0.1 --port "$postgres_port" --username esteira --dbname "$1" --command "$2"
}

# The data lie beside the rest, unless the user that PostgreSQL runs as cannot get there, as in a
# home folder that is closed to others. Then they lie under /var/lib and their place is remembered.
choose_postgres_data() {
  local folder=$state/postgres
  [[ -n $postgres_data && -d $postgres_data ]] && return
  mkdir -p "$folder"
  if ((EUID == 0)); then
    chown postgres: "$folder"
    chmod 700 "$folder"
    # Asked by absolute path from inside another folder, as the server will ask.
    if ! (cd / && as_postgres test -w "$folder" -a -x "$folder") 2>/dev/null; then
      rmdir "$folder"
      folder=$(mktemp -d /var/lib/esteira-postgres.XXXXXX)
      chown postgres: "$folder"
      printf '%s\n' "$state" >"$folder/owner"
      folder=$folder/data
      mkdir "$folder"
      chown postgres: "$folder"
      chmod 700 "$folder"
      say "the user postgres cannot reach $state; its data go to $folder"
    fi
  fi
  postgres_data=$folder
  write_environment
}

# The folder counts as initialised once initdb has finished: an interrupted one starts over.
initialise_postgres() {
  local password_file status=0
  [[ -f $postgres_data/esteira-initialised ]] && return
  say "initialising PostgreSQL"
  find "$postgres_data" -mindepth 1 -delete
  password_file=$(mktemp)
  printf '%s\n' "$server_password" >"$password_file"
  ((EUID != 0)) || chown postgres: "$password_file"
  (cd / && as_postgres "$postgresql_programs/initdb" --pgdata "$postgres_data" --username esteira \
    --pwfile "$password_file" --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 \
    --data-checksums) >>"$log_folder/postgresql.log" 2>&1 || status=$?
  rm -f "$password_file"
  if ((status)); then
    tail -n 15 "$log_folder/postgresql.log" >&2
    die "initdb failed; see $log_folder/postgresql.log"
  fi
  as_postgres touch "$postgres_data/esteira-initialised"
}

# Processes that work in our data folder: the server, and after a kill -9 of it the children that
# are still busy with a query.
postgres_processes() {
  local folder data name
  data=$(realpath "$postgres_data")
  for folder in /proc/[0-9]*; do
    { read -r name <"$folder/comm"; } 2>/dev/null || continue
    [[ $name == postgres && $(readlink "$folder/cwd") == "$data" ]] && printf '%s\n' "${folder##*/}"
  done
  return 0
}

# No new server starts before the children of a killed one are gone: they hold its shared memory.
# Its own lock file stays behind too. PostgreSQL sees through that, unless the dead server is a
# zombie (a container whose first process reaps nobody): then it is a server for ever.
clear_after_crash() {
  local deadline=$((SECONDS + 20)) orphans old=''
  mapfile -t orphans < <(postgres_processes)
  [[ ! -f $postgres_data/postmaster.pid ]] || old=$(head -n 1 "$postgres_data/postmaster.pid")
  [[ " ${orphans[*]} " != *" $old "* || -z $old ]] ||
    die "a PostgreSQL that deploy/up did not start (pid $old) works on $postgres_data; stop it first"
  ((${#orphans[@]} == 0)) || say "ending what is left of a killed PostgreSQL"
  while ((${#orphans[@]})); do
    if ((SECONDS < deadline)); then
      kill -s TERM "${orphans[@]}" 2>/dev/null || true
    else
      kill -s KILL "${orphans[@]}" 2>/dev/null || true
    fi
    sleep 0.2
    mapfile -t orphans < <(postgres_processes)
  done
  if [[ -n $old ]] && is_zombie "$old"; then
    rm -f "$postgres_data/postmaster.pid"
  fi
}

# ESTEIRA_POSTGRES_PRELOAD names a library that the server loads, for who looks into it.
# DETAIL lines of errors quote column values, which may be personal: terse leaves them out.
start_postgres() {
  if is_running postgresql; then
    say "PostgreSQL runs on port $postgres_port"
    return
  fi
  require_free_port PostgreSQL "$postgres_port"
  choose_postgres_data
  initialise_postgres
  clear_after_crash
  say "starting PostgreSQL on port $postgres_port"
  (cd / && start_process postgresql "${postgres_user[@]}" "$postgresql_programs/postgres" \
    -D "$postgres_data" -p "$postgres_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on \
    -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=2GB \
    -c log_error_verbosity=terse -c shared_preload_libraries="${ESTEIRA_POSTGRES_PRELOAD:-}")
  await_answer 60 postgresql postgres_query postgres 'select 1'
  [[ $(postgres_query postgres "select 1 from pg_database where datname = 'esteira'") == 1 ]] ||
    postgres_query postgres 'create database esteira'
}

# SIGINT is PostgreSQL's fast stop: SIGTERM would wait until the last client has gone.
stop_postgres() {
  signal_process INT postgresql
  await_end 30 postgresql
}

purge_postgres() {
  [[ -n $postgres_data ]] || return 0
  local owner_file=${postgres_data%/data}/owner
  rm -rf "$state/postgres"
  if [[ $postgres_data == /var/lib/esteira-postgres.*/data && -f $owner_file &&
    $(<"$owner_file") == "$state" ]]; then
    rm -rf "${postgres_data%/data}"
  fi
}
