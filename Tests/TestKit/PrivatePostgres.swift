package import Foundation
private import Glibc

/// A PostgreSQL server of the test process's own, on a free loopback port, that can be made to fail.
///
/// The server and its directory go when the test process ends, however it ends: a small shell
/// beside the server waits for its input to close. It keeps its promise of durability (`fsync` is
/// on), so that speed and crash tests mean something.
package actor PrivatePostgres {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package nonisolated let directory: URL
  package nonisolated let port: UInt16
  private nonisolated let programs: URL
  private let settings: [String: String]
  private var guardian: Process?
  private var guardianInput: FileHandle?
  /// The postmaster; zero while there is none.
  private var server: pid_t = 0

  /// The server's own database, for a user who may do everything.
  package nonisolated var url: String { "postgres://postgres@127.0.0.1:\(port)/postgres" }

  private static let first = Task { try await PrivatePostgres() }

  /// The server that all ordinary tests of a process share.
  package static func shared() async throws -> PrivatePostgres { try await first.value }

  /// The URL of a new database for tests that do the server no harm: on the server in
  /// `ESTEIRA_TEST_POSTGRES_URL`, else on the shared one.
  ///
  /// `model`: the URL of a database of that server to which nobody is connected; the new one is a copy
  ///   of it. Without one it is empty.
  package static func freshDatabase(like model: String? = nil) async throws -> String {
    if let url = ProcessInfo.processInfo.environment["ESTEIRA_TEST_POSTGRES_URL"] {
      return try await createDatabase(at: url, like: model, programs: findPrograms())
    }
    let server = try await shared()
    return try await createDatabase(at: server.url, like: model, programs: server.programs)
  }

  /// Creates a server and waits until it takes connections.
  ///
  /// `settings`: names and values of the server's own, without spaces, over those that all have.
  package init(settings: [String: String] = [:]) async throws {
    self.settings = settings
    programs = try Self.findPrograms()
    port = try Self.freePort()
    directory = FileManager.default.temporaryDirectory
      .appending(path: "esteira-postgres-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    if geteuid() == 0 {
      try await Self.run(URL(filePath: "/bin/chown"), ["postgres:", directory.path()])
    }
    try await start()
  }

  /// The URL of a new, empty database on this server.
  package func freshDatabase() async throws -> String {
    try await Self.createDatabase(at: url, like: nil, programs: programs)
  }

  /// Starts the server again after `kill()`, with the same data and port.
  package func start() async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", Self.guardianScript, "guardian", directory.path(), programs.path(), "\(port)",
      settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " "),
    ]
    if geteuid() == 0 {
      // The server refuses to run as root.
      process.arguments? += [
        "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
      ]
    }
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guardian = process
    guardianInput = input.fileHandleForWriting
    let line = await Self.firstLine(of: output.fileHandleForReading)
    guard let server = pid_t(line), server > 1
    else { throw Failure(description: "the server's guardian did not name its process") }
    self.server = server
    try await waitUntilReady()
  }

  /// Stops all its processes as they stand: connections stay open and nothing answers.
  package func freeze() {
    // The postmaster first, so that it starts no others meanwhile.
    Glibc.kill(server, SIGSTOP)
    for process in sessions { Glibc.kill(process, SIGSTOP) }
  }

  package func thaw() {
    for process in sessions { Glibc.kill(process, SIGCONT) }
    Glibc.kill(server, SIGCONT)
  }

  /// Ends all its processes without warning; its data stay for `start()`.
  package func kill() async throws {
    let processes = [server] + sessions
    for process in processes { Glibc.kill(process, SIGKILL) }
    for process in processes {
      while ProcessTable.isRunning(process) { try await Task.sleep(for: .milliseconds(2)) }
    }
    // Where nobody collects orphans the dead process keeps its number, and the next server would
    // take this file for the proof that it still runs.
    try FileManager.default.removeItem(at: directory.appending(path: "data/postmaster.pid"))
    endGuardian(order: "keep\n")
    server = 0
  }

  /// Crashes it and brings it back.
  package func restart() async throws {
    try await kill()
    try await start()
  }

  /// Ends it and removes its data.
  package func stop() {
    thaw()
    endGuardian(order: "remove\n")
    server = 0
  }

  // SIGQUIT is the immediate shutdown: no waiting for clients, but shared memory is given back. The
  // children are woken first, in case they are frozen. `wait` would be shorter, but does not return
  // where the caller's signal mask hides the child's end.
  private static let guardianScript = """
    # The caller may be gone before it is told the process, and that must not end us too.
    trap '' PIPE
    directory=$1
    programs=$2
    port=$3
    settings=$4
    shift 4
    exec 2>>"$directory/output"
    [ -d "$directory/data" ] ||
      "$@" "$programs/initdb" -D "$directory/data" --auth=trust --username=postgres \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions >&2 </dev/null
    # A deadlock is looked for after a pause; the usual second only makes tests slow.
    "$@" "$programs/postgres" -D "$directory/data" -p "$port" \
      -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
      -c deadlock_timeout=100ms $settings >&2 </dev/null &
    server=$!
    echo "$server"
    exec >/dev/null 2>&1
    read -r order
    [ "$order" = keep ] && exit
    for status in /proc/[0-9]*/status; do
      parent=$(sed -n 's/^PPid:[[:space:]]*//p' "$status") && [ "$parent" = "$server" ] &&
        process=${status#/proc/} && kill -CONT "${process%/status}"
    done
    kill -CONT "$server"
    kill -QUIT "$server"
    rounds=0
    while [ -e "$directory/data/postmaster.pid" ] && [ "$rounds" -lt 500 ]; do
      rounds=$((rounds + 1))
      sleep 0.02
    done
    rm -rf "$directory"
    """

  /// The server's other processes; each leads a process group of its own.
  private var sessions: [pid_t] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
      return []
    }
    return names.compactMap { pid_t($0) }.filter { ProcessTable.fields(of: $0)?[1] == "\(server)" }
  }

  private func waitUntilReady() async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    let probe = programs.appending(path: "pg_isready")
    while (try? await Self.run(probe, ["-q", "-h", "127.0.0.1", "-p", "\(port)"])) == nil {
      guard .now < deadline, guardian?.isRunning == true else {
        throw Failure(description: "the server did not start; see \(directory.path())/output")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func endGuardian(order: String) {
    guard let guardian else { return }
    guardianInput?.write(Data(order.utf8))
    guardian.waitUntilEnded()
    self.guardian = nil
    guardianInput = nil
  }

  private static func createDatabase(
    at url: String,
    like model: String?,
    programs: URL
  ) async throws -> String {
    let name =
      "esteira_test_"
      + UUID().uuidString.lowercased().replacing("-", with: "")
    let template = model.flatMap { URLComponents(string: $0) }?.path.dropFirst() ?? "template1"
    try await run(
      programs.appending(path: "psql"),
      [
        "-X", "-q", "-v", "ON_ERROR_STOP=1",
        "-c", "create database \(name) template \(template)", url,
      ]
    )
    guard var components = URLComponents(string: url), components.scheme != nil else {
      return "\(url) dbname=\(name)"
    }
    components.path = "/\(name)"
    return components.string ?? url
  }

  /// The folder of `postgres`, `initdb` and `psql`; Debian keeps them apart by version.
  private static func findPrograms() throws -> URL {
    let root = URL(filePath: "/usr/lib/postgresql")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path())) ?? []
    guard let newest = versions.compactMap({ Int($0) }).max() else {
      throw Failure(description: "no PostgreSQL server under \(root.path())")
    }
    return root.appending(path: "\(newest)/bin")
  }

  // Waits without holding a thread: there are as few of Swift's as there are processors.
  private static func run(_ program: URL, _ arguments: [String]) async throws {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/")
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        continuation.resume(throwing: error)
      }
    }
    guard status == 0 else {
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      throw Failure(description: "\(program.path()): \(String(decoding: text, as: UTF8.self))")
    }
  }

  private static func firstLine(of handle: FileHandle) async -> String {
    // Foundation may call the handler once more while it is being taken away.
    let (lines, found) = AsyncStream.makeStream(of: String.self)
    handle.readabilityHandler = { handle in
      handle.readabilityHandler = nil
      let text = String(decoding: handle.availableData, as: UTF8.self)
      found.yield(text.trimmingCharacters(in: .whitespacesAndNewlines))
      found.finish()
    }
    return await lines.first { _ in true } ?? ""
  }

  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
