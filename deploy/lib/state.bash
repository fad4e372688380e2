# What a run of the deploy scripts remembers: addresses, secrets and ports in one file that only
# its owner reads, and a lock that keeps two runs apart.
#
# ESTEIRA_STATE      folder of everything that is started here; default: .esteira in the repository
# ESTEIRA_PORT_BASE  first of the 100 ports; default: a free block, chosen once and remembered

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
state=${ESTEIRA_STATE:-$repository/.esteira}
run_folder=$state/run
log_folder=$state/log
environment_file=$state/env

say() { printf '%s\n' "$*"; }

warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  warn "$*"
  exit 1
}

# The lock lives on descriptor 9. What is started in the background closes it, or it would hold
# the lock for as long as it runs.
take_lock() {
  mkdir -p "$state" 2>/dev/null || die "cannot write to $state; set ESTEIRA_STATE to a folder of yours"
  [[ -w $state ]] || die "cannot write to $state; set ESTEIRA_STATE to a folder of yours"
  # The folder may be entered, because PostgreSQL runs as a user of its own when we are root; every
  # secret in it is in a file or folder that is closed.
  chmod 711 "$state"
  exec 9>"$state/lock"
  flock --nonblock 9 && return
  say "another run is at work on $state; waiting for it"
  flock 9
}

# Reads what an earlier run remembered. The secrets of the caller's own shell never slip in.
load_state() {
  requested_port_base=${ESTEIRA_PORT_BASE:-}
  unset ESTEIRA_SECRET_KEY ESTEIRA_PORT_BASE
  server_password=''
  postgres_data=''
  if [[ -f $environment_file ]]; then
    # shellcheck disable=SC1090
    source "$environment_file"
  fi
  port_base=${ESTEIRA_PORT_BASE:-}
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below 32768, where the kernel begins to hand out ports to clients.
free_port_block() {
  local base port tries
  for ((tries = 0; tries < 50; tries++)); do
    base=$((20000 + 100 * (RANDOM % 120)))
    for ((port = base; port < base + 100; port++)); do
      port_is_free "$port" || continue 2
    done
    printf '%s\n' "$base"
    return
  done
  die "no block of 100 free ports found below 32000; set ESTEIRA_PORT_BASE"
}

# Fills in what is not yet remembered and derives the ports. An asked-for block replaces the
# remembered one only while nothing runs on that.
settle_state() {
  if [[ -n $requested_port_base && $requested_port_base != "$port_base" ]]; then
    if [[ ! $requested_port_base =~ ^[0-9]{4,5}$ ]] ||
      ((requested_port_base < 1024 || requested_port_base > 65400)); then
      die "ESTEIRA_PORT_BASE must be a number from 1024 to 65400"
    fi
    if [[ -n $port_base ]] && anything_runs; then
      die "programs run on the ports from $port_base; deploy/down first, then ESTEIRA_PORT_BASE counts"
    fi
    port_base=$requested_port_base
  fi
  [[ -n $port_base ]] || port_base=$(free_port_block)
  [[ -n $server_password ]] || server_password=$(openssl rand -hex 24)
  [[ -n ${ESTEIRA_SECRET_KEY:-} ]] || ESTEIRA_SECRET_KEY=$(openssl rand -base64 32)

  postgres_port=$port_base
  amqp_port=$((port_base + 1))
  management_port=$((port_base + 2))
  distribution_port=$((port_base + 3))
  epmd_port=$((port_base + 4))
  ingress_port=$((port_base + 5))
  sandbox_port=$((port_base + 6))
}

# Replaced as a whole, so that a reader never meets half a file.
write_environment() {
  local new
  mkdir -p "$run_folder" "$log_folder"
  chmod 700 "$run_folder" "$log_folder"
  new=$(mktemp "$environment_file.XXXXXX")
  cat >"$new" <<END
# Written by deploy/up. Holds secrets: keep it to yourself. To use it: source ${environment_file@Q}
ESTEIRA_PORT_BASE=$port_base
server_password=$server_password
postgres_data=${postgres_data@Q}
export ESTEIRA_AMQP_URL=amqp://esteira:$server_password@127.0.0.1:$amqp_port/esteira
export ESTEIRA_RABBITMQ_MANAGEMENT_URL=http://esteira:$server_password@127.0.0.1:$management_port
export ESTEIRA_POSTGRES_URL=postgres://esteira:$server_password@127.0.0.1:$postgres_port/esteira
export ESTEIRA_SECRET_KEY=$ESTEIRA_SECRET_KEY
export ESTEIRA_INGRESS_LISTEN=127.0.0.1:$ingress_port
export ESTEIRA_INGRESS_SPOOL=${state@Q}/spool
export ESTEIRA_PUBLIC_URL=http://127.0.0.1:$ingress_port
export ESTEIRA_SANDBOX_LISTEN=127.0.0.1:$sandbox_port
export ESTEIRA_RD_URL=http://127.0.0.1:$sandbox_port/rd
# The sandbox grants what is asked; a demo is not to wait for RD Station's quotas.
export ESTEIRA_RD_CALLS_PER_MINUTE=1000000
export ESTEIRA_CRM_CALLS_PER_MINUTE=1000000
# The sandbox's own login, which deploy/examples/acme.yaml refers to.
export RD_CLIENT_ID=sandbox-client
export RD_CLIENT_SECRET=sandbox-secret
export RD_REFRESH_TOKEN=sandbox-refresh-acme
# Its accounts at the simulated CRMs, which the other documents there refer to.
export RD_STATION_CRM_ADDRESS=http://127.0.0.1:$sandbox_port/rdcrm
export RD_STATION_CRM_TOKEN=sandbox-token-acme
export TOTVS_ADDRESS=http://127.0.0.1:$sandbox_port/totvs
export TOTVS_USER=integracao@acme.example
export TOTVS_PASSWORD=sandbox-secret
export TOTVS_TENANT=acme
export DATACRM_ADDRESS=http://127.0.0.1:$sandbox_port/datacrm/acme
export DATACRM_USER=rdstation
export DATACRM_ACCESS_KEY=sandbox-key-rdstation-acme
END
  chmod 600 "$new"
  mv "$new" "$environment_file"
  # shellcheck disable=SC1090
  source "$environment_file"
}
