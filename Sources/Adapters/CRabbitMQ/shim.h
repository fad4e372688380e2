#pragma once
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/// Logs in with user and password; the library's own function is variadic, which Swift cannot call.
/// `channel_max` 0 takes what the server offers.
static inline amqp_rpc_reply_t esteira_amqp_login(
    amqp_connection_state_t connection, const char *virtual_host, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
  return amqp_login_with_properties(connection, virtual_host, 0, frame_max, heartbeat, properties,
                                    AMQP_SASL_METHOD_PLAIN, user, password);
}

/// Makes the kernel end a connection whose peer no longer answers; the library itself would wait
/// for ever in a write. Returns 0, or -1 with errno.
static inline int esteira_tcp_end_when_silent(int socket, unsigned milliseconds) {
  int on = 1, idle = 30, interval = 10, count = 3;
  if (setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on)) return -1;
  if (setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle)) return -1;
  if (setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval)) return -1;
  if (setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count)) return -1;
  return setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

/// Holds small segments back (1) or lets them go (0), so that a batch of publishes leaves in full
/// packets. A refusal costs speed only, so it is not reported.
static inline void esteira_tcp_cork(int socket, int on) {
  (void)setsockopt(socket, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}
