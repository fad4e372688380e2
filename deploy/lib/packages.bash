# The Debian packages that the build and the servers need. Nothing is asked of the package
# registry while all of them are there.

needed_packages=(
  rabbitmq-server postgresql-15 librabbitmq-dev libpq-dev pkg-config openssl curl ca-certificates
)

service_policy=/usr/sbin/policy-rc.d
saved_service_policy=/usr/sbin/policy-rc.d.before-esteira

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

missing_packages() {
  local package
  for package in "${needed_packages[@]}"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      printf '%s\n' "$package"
  done
}

# Debian starts a server as soon as its package is installed, unless this file says no (101).
forbid_service_starts() {
  if [[ -e $service_policy && ! -e $saved_service_policy ]]; then
    as_root mv "$service_policy" "$saved_service_policy"
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$service_policy" >/dev/null
  as_root chmod 755 "$service_policy"
}

restore_service_policy() {
  if [[ -e $saved_service_policy ]]; then
    as_root mv -f "$saved_service_policy" "$service_policy"
  else
    as_root rm -f "$service_policy"
  fi
}

# A new package would also start its service at the next boot; one that was there stays as it is.
# RabbitMQ brings Erlang's port mapper along, which has a service of its own.
disable_new_services() {
  local package
  $had_port_mapper || ! command -v systemctl >/dev/null ||
    as_root systemctl disable epmd.service epmd.socket >/dev/null 2>&1 ||
    warn "could not disable the service epmd; it may start at the next boot"
  for package in "${missing_before[@]}"; do
    case $package in
    rabbitmq-server) as_root update-rc.d rabbitmq-server disable >/dev/null 2>&1 ||
      warn "could not disable the service rabbitmq-server; it may start at the next boot" ;;
    postgresql-15) as_root update-rc.d postgresql disable >/dev/null 2>&1 ||
      warn "could not disable the service postgresql; it may start at the next boot" ;;
    esac
  done
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o DPkg::Lock::Timeout=300 "$@" 9>&-
}

install_packages() {
  local log=$log_folder/packages.log
  apt_get update >>"$log" 2>&1 || return
  apt_get install --yes --no-install-recommends "$@" >>"$log" 2>&1
}

# Also after an interrupt, which may come when all is installed already. With the services disabled
# first, none can start in between.
finish_installation() {
  trap - EXIT INT TERM
  disable_new_services
  restore_service_policy
}

require_packages() {
  local status=0
  mapfile -t missing_before < <(missing_packages)
  ((${#missing_before[@]})) || return 0
  command -v apt-get >/dev/null ||
    die "needs ${missing_before[*]}, and this is no Debian machine; install them by hand"
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "needs ${missing_before[*]}; run as root, install sudo, or: apt-get install ${missing_before[*]}"
  had_port_mapper=false
  ! command -v epmd >/dev/null || had_port_mapper=true
  say "installing ${missing_before[*]}"
  trap finish_installation EXIT
  trap 'exit 130' INT TERM
  forbid_service_starts
  install_packages "${missing_before[@]}" || status=$?
  finish_installation
  if ((status)); then
    tail -n 15 "$log_folder/packages.log" >&2
    die "installing ${missing_before[*]} failed; its last lines are above, all of them in $log_folder/packages.log"
  fi
}
