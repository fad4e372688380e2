# A private RabbitMQ node: loopback only, its own port mapper, cookie, user and virtual host.

rabbitmq_folder=$state/rabbitmq

# The management plug-in serves definitions; its collector of figures would cost a tenth of a core
# for a page nobody opens, so it stays off. The write-ahead log is kept in memory up to its limit:
# 512 MiB by default, 64 MB is plenty here.
write_rabbitmq_files() {
  mkdir -p "$rabbitmq_folder"/{home,mnesia,config,conf.d}
  chmod 700 "$rabbitmq_folder"
  cat >"$rabbitmq_folder/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$amqp_port
management.tcp.ip = 127.0.0.1
management.tcp.port = $management_port
management_agent.disable_metrics_collector = true
default_user = esteira
default_pass = $server_password
default_vhost = esteira
raft.wal_max_size_bytes = 64000000
log.console = true
log.console.level = info
END
  printf '[rabbitmq_management].\n' >"$rabbitmq_folder/enabled_plugins"
  : >"$rabbitmq_folder/rabbitmq-env.conf"
  if [[ ! -f $rabbitmq_folder/home/.erlang.cookie ]]; then
    openssl rand -hex 24 >"$rabbitmq_folder/home/.erlang.cookie"
  fi
  chmod 600 "$rabbitmq_folder/rabbitmq.conf" "$rabbitmq_folder/home/.erlang.cookie"
}

# Nothing of the caller's environment and nothing under /etc/rabbitmq reaches the node, so that a
# broker which runs on this machine already and ours cannot meet. Schedulers that spin for a moment
# before they sleep answer a lone message sooner: 15 ms instead of 20 from end to end.
rabbitmq_environment() {
  printf '%s\n' \
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin" \
    "LANG=C.UTF-8" \
    "HOME=$rabbitmq_folder/home" \
    "ERL_EPMD_PORT=$epmd_port" \
    "ERL_EPMD_ADDRESS=127.0.0.1" \
    "RABBITMQ_NODENAME=esteira@localhost" \
    "RABBITMQ_DIST_PORT=$distribution_port" \
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt short +sbwtdcpu short +sbwtdio short" \
    "RABBITMQ_CONF_ENV_FILE=$rabbitmq_folder/rabbitmq-env.conf" \
    "RABBITMQ_CONFIG_FILE=$rabbitmq_folder/rabbitmq" \
    "RABBITMQ_CONFIG_FILES=$rabbitmq_folder/conf.d" \
    "RABBITMQ_ADVANCED_CONFIG_FILE=$rabbitmq_folder/advanced.config" \
    "RABBITMQ_GENERATED_CONFIG_DIR=$rabbitmq_folder/config" \
    "RABBITMQ_ENABLED_PLUGINS_FILE=$rabbitmq_folder/enabled_plugins" \
    "RABBITMQ_MNESIA_BASE=$rabbitmq_folder/mnesia" \
    "RABBITMQ_LOG_BASE=$log_folder" \
    "RABBITMQ_LOGS=-"
}

# Written to standard input, where a list of processes does not show the password.
management() {
  curl --silent --show-error --fail --max-time 5 --noproxy '*' --output /dev/null --config - <<END
url = "http://127.0.0.1:$management_port/api/$1"
user = "esteira:$server_password"
END
}

rabbitmq_answers() {
  management "health/checks/port-listener/$amqp_port" && management health/checks/virtual-hosts &&
    management vhosts/esteira
}

start_epmd() {
  is_running epmd && return
  require_free_port "RabbitMQ's port mapper" "$epmd_port"
  start_process epmd epmd -port "$epmd_port" -address 127.0.0.1
}

# With RUNNING_UNDER_SYSTEMD the start script becomes the node instead of staying as its parent, so
# that the recorded process is the node itself.
start_rabbitmq() {
  local environment port
  if is_running rabbitmq; then
    say "RabbitMQ runs on port $amqp_port"
    return
  fi
  for port in "$amqp_port" "$management_port" "$distribution_port"; do
    require_free_port RabbitMQ "$port"
  done
  write_rabbitmq_files
  start_epmd
  say "starting RabbitMQ on port $amqp_port"
  mapfile -t environment < <(rabbitmq_environment)
  start_process rabbitmq env -i "${environment[@]}" RUNNING_UNDER_SYSTEMD=true \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  await_answer 120 rabbitmq rabbitmq_answers
}

stop_rabbitmq() {
  signal_process TERM rabbitmq
  await_end 60 rabbitmq
  signal_process TERM epmd
  await_end 5 epmd
}
