package import Foundation
private import Glibc

/// A RabbitMQ node of the test process's own, on free loopback ports, that can be made to fail.
///
/// The node and its directory go when the test process ends, however it ends: a small shell beside
/// the node waits for its input to close.
package actor PrivateBroker {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package nonisolated let directory: URL
  package nonisolated let port: UInt16
  package nonisolated let tlsPort: UInt16
  /// Of the management API, if it was asked for.
  package nonisolated let managementPort: UInt16
  private let distributionPort: UInt16
  private let mapperPort: UInt16
  private let withTLS: Bool
  private var guardian: Process?
  private var guardianInput: FileHandle?
  /// Process group of the node; zero while there is none.
  private var group: pid_t = 0

  /// With a heartbeat short enough for tests that wait for one to be missed.
  package nonisolated var url: String { "amqp://guest:guest@127.0.0.1:\(port)/?heartbeat=2" }
  package nonisolated var authorityFile: String { path("ca.pem") }

  private static let first = Task { try await PrivateBroker() }

  /// The node that all ordinary tests of a process share.
  package static func shared() async throws -> PrivateBroker { try await first.value }

  /// The broker for tests that do it no harm: the one in `ESTEIRA_TEST_AMQP_URL`, else the shared
  /// node.
  package static func sharedURL() async throws -> String {
    if let url = ProcessInfo.processInfo.environment["ESTEIRA_TEST_AMQP_URL"] { return url }
    return try await shared().url
  }

  /// Starts a node and waits until it takes connections.
  ///
  /// - Parameters:
  ///   - tls: Also listen on `tlsPort` with a certificate for `localhost` from an authority made for
  ///     this node.
  ///   - management: Also serve the management API on `managementPort`.
  /// - Throws: What the system refused, or a `Failure` when the node does not start in 90 s.
  package init(tls: Bool = false, management: Bool = false) async throws {
    withTLS = tls
    directory = FileManager.default.temporaryDirectory
      .appending(path: "esteira-broker-\(UUID().uuidString)")
    let ports = try Self.freePorts(5)
    (port, tlsPort, distributionPort, mapperPort) = (ports[0], ports[1], ports[2], ports[3])
    managementPort = ports[4]
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var settings = """
      listeners.tcp.1 = 127.0.0.1:\(port)
      raft.wal_max_size_bytes = 64000000
      disk_free_limit.absolute = 1MB
      log.console = false

      """
    if management {
      settings += """
        management.tcp.ip = 127.0.0.1
        management.tcp.port = \(managementPort)

        """
    }
    if tls {
      try await makeCertificates()
      settings += """
        listeners.ssl.1 = 127.0.0.1:\(tlsPort)
        ssl_options.cacertfile = \(path("ca.pem"))
        ssl_options.certfile = \(path("server.pem"))
        ssl_options.keyfile = \(path("server.key"))
        ssl_options.verify = verify_none

        """
    }
    try settings.write(
      to: directory.appending(path: "node.conf"),
      atomically: true,
      encoding: .utf8
    )
    try (management ? "[rabbitmq_management]." : "[].").write(
      to: directory.appending(path: "plugins"),
      atomically: true,
      encoding: .utf8
    )
    try await start()
  }

  /// Starts the node again after `kill()`, with the same data and ports.
  package func start() async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", Self.guardianScript]
    process.environment = environment
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guardian = process
    guardianInput = input.fileHandleForWriting
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let group = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)), group > 1 else {
      throw Failure(description: "the broker's guardian did not name its process group")
    }
    self.group = group
    try await waitUntilListening(on: withTLS ? [port, tlsPort] : [port])
  }

  /// Stops all its processes as they stand: connections stay open and nothing answers.
  package func freeze() { Glibc.kill(-group, SIGSTOP) }

  package func thaw() { Glibc.kill(-group, SIGCONT) }

  /// Waits until a quorum queue would outlive `kill()`.
  ///
  /// RabbitMQ 3.10 writes the registry of its quorum queues half a second after a change; killed
  /// before, it comes back with a queue that exists but never answers.
  package func waitUntilStored(queue: String) async throws {
    let name = "esteira\(port)@localhost"
    let registry = directory.appending(path: "data/\(name)/quorum/\(name)/names.dets")
    let deadline = ContinuousClock.now + .seconds(30)
    while try Data(contentsOf: registry).range(of: Data(queue.utf8)) == nil {
      guard .now < deadline else {
        throw Failure(description: "the broker did not store the queue \(queue)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Ends it without warning; its data stay for `start()`.
  package func kill() {
    Glibc.kill(-group, SIGKILL)
    endGuardian(order: "keep\n")
    group = 0
  }

  /// Under any of them a broker takes no messages.
  package enum Alarm: CaseIterable, Sendable {
    case memory, disk
  }

  /// Raises or clears an alarm.
  package func set(_ alarm: Alarm, _ on: Bool) async throws {
    switch alarm {
    case .memory:
      try await control(
        ["set_vm_memory_high_watermark"] + (on ? ["absolute", "1000"] : ["0.6"])
      )
    case .disk: try await control(["set_disk_free_limit", on ? "1000000GB" : "1MB"])
    }
  }

  /// Runs `rabbitmqctl` against the node.
  package func control(_ arguments: [String]) async throws {
    try await run("/usr/lib/rabbitmq/bin/rabbitmqctl", arguments)
  }

  /// Ends it and removes its data.
  package func stop() {
    endGuardian(order: "remove\n")
    group = 0
  }

  // Starts the port mapper itself: left to the node, it would become a daemon out of reach.
  private static let guardianScript = """
    setsid sh -c 'epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & \
      exec /usr/lib/rabbitmq/bin/rabbitmq-server' \
      >>"$ESTEIRA_BROKER_DIRECTORY/output" 2>&1 </dev/null &
    group=$!
    echo "$group"
    exec >/dev/null
    read -r order
    kill -KILL "-$group"
    [ "$order" = keep ] || rm -rf "$ESTEIRA_BROKER_DIRECTORY"
    """

  private var environment: [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "LANG": "C.UTF-8",
      "HOME": directory.path(),
      "ESTEIRA_BROKER_DIRECTORY": directory.path(),
      "ERL_EPMD_PORT": "\(mapperPort)",
      "RABBITMQ_NODENAME": "esteira\(port)@localhost",
      "RABBITMQ_DIST_PORT": "\(distributionPort)",
      "RABBITMQ_MNESIA_BASE": path("data"),
      "RABBITMQ_LOG_BASE": path("log"),
      "RABBITMQ_CONFIG_FILE": path("node.conf"),
      "RABBITMQ_ENABLED_PLUGINS_FILE": path("plugins"),
      "RABBITMQ_CONF_ENV_FILE": path("none"),
      "ERL_CRASH_DUMP": path("crash.dump"),
      // Two small machines' worth of schedulers that do not spin while idle. What a delay queue could
      // not hand on is tried again after 5 s: nobody waits for the three minutes of production here.
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
        "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1} "
        + "-rabbit dead_letter_worker_publisher_confirm_timeout 5000",
    ]
  }

  private nonisolated func path(_ name: String) -> String {
    directory.appending(path: name).path()
  }

  private func endGuardian(order: String) {
    guard let guardian else { return }
    guardianInput?.write(Data(order.utf8))
    guardian.waitUntilEnded()
    self.guardian = nil
    guardianInput = nil
  }

  private func waitUntilListening(on ports: [UInt16]) async throws {
    let deadline = ContinuousClock.now + .seconds(90)
    while !ports.allSatisfy(Self.listens) {
      guard .now < deadline, guardian?.isRunning == true else {
        throw Failure(description: "the broker did not start; see \(path("output"))")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func makeCertificates() async throws {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try await run(
      "/usr/bin/openssl",
      ["req", "-x509", "-days", "2", "-subj", "/CN=esteira-test-authority"] + key
        + ["-keyout", path("ca.key"), "-out", path("ca.pem")]
    )
    try await run(
      "/usr/bin/openssl",
      ["req", "-subj", "/CN=localhost"] + key
        + ["-keyout", path("server.key"), "-out", path("server.csr")]
    )
    try "subjectAltName=DNS:localhost"
      .write(to: directory.appending(path: "names"), atomically: true, encoding: .utf8)
    try await run(
      "/usr/bin/openssl",
      [
        "x509", "-req", "-days", "2", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey",
        path("ca.key"), "-CAcreateserial", "-extfile", path("names"), "-out", path("server.pem"),
      ]
    )
  }

  private func run(_ program: String, _ arguments: [String]) async throws {
    let transcript = directory.appending(path: "transcript")
    try Data().write(to: transcript)
    let output = try FileHandle(forWritingTo: transcript)
    defer { output.closeFile() }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    // Not waitUntilExit: it would hold one of the few threads that the other tests need.
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else {
      let text = try String(contentsOf: transcript, encoding: .utf8)
      throw Failure(description: "\(program): \(text)")
    }
  }

  /// Ports that nothing listens on now; all are held at once, so they differ.
  private static func freePorts(_ count: Int) throws -> [UInt16] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(descriptor)
      var address = loopback(port: 0)
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = withSocketAddress(&address) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
      guard bound else { throw Failure(description: "no free port") }
      return UInt16(bigEndian: address.sin_port)
    }
  }

  private static func listens(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: port)
    return withSocketAddress(&address) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private static func withSocketAddress<Answer>(
    _ address: inout sockaddr_in,
    _ body: (UnsafeMutablePointer<sockaddr>) -> Answer
  ) -> Answer {
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { rebound in
        guard let start = rebound.baseAddress else { preconditionFailure("an address has bytes") }
        return body(start)
      }
    }
  }
}
