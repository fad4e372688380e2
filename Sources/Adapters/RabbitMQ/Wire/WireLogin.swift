import CRabbitMQ
private import Glibc

extension Wire {
  /// Opens the socket, verified when it is TLS.
  func connect(to host: Endpoint.Host, _ endpoint: Endpoint) throws(LinkError) {
    let socket: OpaquePointer?
    if let authorityFile = endpoint.authorityFile {
      socket = amqp_ssl_socket_new(connection)
      guard let socket else { throw .tls("no TLS socket") }
      amqp_ssl_socket_set_verify_peer(socket, 1)
      amqp_ssl_socket_set_verify_hostname(socket, 1)
      try check(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), "TLS 1.2")
      guard amqp_ssl_socket_set_cacert(socket, authorityFile) == AMQP_STATUS_OK.rawValue else {
        throw .tls("no certificate authorities could be read from \(authorityFile)")
      }
    } else {
      socket = amqp_tcp_socket_new(connection)
    }
    guard let socket else { throw .connect("no memory") }
    var timeout = timeval(.seconds(5))
    let status = amqp_socket_open_noblock(socket, host.name, Int32(host.port), &timeout)
    switch LinkError(status: status, doing: "connecting") {
    case nil: break
    case .tls(let text): throw .tls("\(host.name):\(host.port): \(text)")
    case .socketClosed: throw .connect("\(host.name):\(host.port): refused or unreachable")
    case .timedOut: throw .connect("\(host.name):\(host.port): no answer within 5 s")
    case .some(let other): throw .connect("\(host.name):\(host.port): \(other)")
    }
    // Two heartbeats, as the library itself allows for silence.
    let silence = UInt32(endpoint.heartbeatSeconds) * 2000
    guard esteira_tcp_end_when_silent(self.socket, silence) == 0 else {
      throw .connect("\(host.name):\(host.port): the socket took no time-outs, errno \(errno)")
    }
    amqp_set_handshake_timeout(connection, &timeout)
    var answer = timeval(.seconds(10))
    amqp_set_rpc_timeout(connection, &answer)
  }

  /// Logs in with the capabilities that this client relies on.
  func logIn(_ endpoint: Endpoint, name: String) throws(LinkError) {
    defer { pool.recycle() }
    // Without these the broker never says that it is short of memory or that a queue is gone.
    var properties = try pool.table([
      "product": .string("Esteira"),
      "connection_name": .string(name),
      "capabilities": .table([
        "authentication_failure_close": .bool(true),
        "connection.blocked": .bool(true),
        "consumer_cancel_notify": .bool(true),
      ]),
    ])
    let reply = esteira_amqp_login(
      connection,
      endpoint.virtualHost,
      131_072,
      Int32(endpoint.heartbeatSeconds),
      &properties,
      endpoint.user,
      endpoint.password
    )
    do {
      try check(reply, "logging in")
    } catch .connectionClosed(let code, let text) {
      throw .handshake(code: code, text: text)
    } catch .timedOut {
      throw .connect("the broker took the connection but did not answer the login")
    }
  }
}
