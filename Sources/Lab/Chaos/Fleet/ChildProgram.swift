import Foundation
import Glibc

/// One program of the fleet: brought back whenever it dies, until it is told to stop.
actor ChildProgram {
  struct Stuck: Error { let name: String }

  nonisolated let name: String
  nonisolated let healthPort: UInt16
  nonisolated let logFile: URL
  private let executable: URL
  private let environment: [String: String]
  private var process: Process?
  private var isWanted = false
  /// Where the coming processes die, in order.
  private var failpoints: [String] = []
  private(set) var armed: String?
  /// How often it died at each place; other deaths under their signal or status.
  private(set) var deaths: [String: Int] = [:]
  private var ends: [CheckedContinuation<Void, Never>] = []

  init(
    _ name: String,
    executable: URL,
    environment: [String: String],
    healthPort: UInt16,
    logFile: URL
  ) {
    self.name = name
    self.executable = executable
    self.environment = environment
    self.healthPort = healthPort
    self.logFile = logFile
  }

  func start() throws {
    isWanted = true
    try launch()
  }

  /// The next processes die at these places, each at one; the one that runs is killed for it.
  func die(at places: [String]) {
    failpoints += places
    kill(SIGKILL)
  }

  var isDoneDying: Bool { failpoints.isEmpty && armed == nil }

  func forgetFailpoints() {
    failpoints = []
    guard armed != nil else { return }
    kill(SIGKILL)
  }

  /// Another process of the same program, with some variables changed and a log of its own.
  nonisolated func replica(
    _ name: String,
    healthPort: UInt16,
    changing variables: [String: String]
  ) -> ChildProgram {
    let own = ["ESTEIRA_HEALTH_LISTEN": "127.0.0.1:\(healthPort)"]
    return ChildProgram(
      name,
      executable: executable,
      environment: environment.merging(own.merging(variables) { $1 }) { $1 },
      healthPort: healthPort,
      logFile: logFile.deletingLastPathComponent().appending(path: "\(name).log")
    )
  }

  /// Whether a signal holds it; false when that cannot be told.
  var isStopped: Bool {
    guard let process, process.isRunning,
      let status = FileManager.default.contents(
        atPath: "/proc/\(process.processIdentifier)/stat"
      )
    else { return false }
    // The state follows the name, which stands in brackets.
    return String(decoding: status, as: UTF8.self).split(separator: ")").last?.hasPrefix(" T")
      == true
  }

  func kill(_ signal: Int32) {
    if let process, process.isRunning { Glibc.kill(process.processIdentifier, signal) }
  }

  /// Asks it to drain, waits for its end, and starts it again.
  ///
  /// - Returns: How long the drain took.
  func drain(patience: Duration) async throws -> Duration {
    let begin = ContinuousClock.now
    isWanted = false
    kill(SIGTERM)
    let watchdog = Task {
      try await Task.sleep(for: patience)
      kill(SIGKILL)
    }
    if process?.isRunning == true {
      await withCheckedContinuation { ends.append($0) }
    }
    watchdog.cancel()
    let took = ContinuousClock.now - begin
    isWanted = true
    try launch()
    return took
  }

  func stop() async {
    isWanted = false
    guard process?.isRunning == true else { return }
    kill(SIGKILL)
    await withCheckedContinuation { ends.append($0) }
  }

  private func launch() throws {
    guard process?.isRunning != true else { return }
    if !FileManager.default.fileExists(atPath: logFile.path()) { try Data().write(to: logFile) }
    let log = try FileHandle(forWritingTo: logFile)
    try log.seekToEnd()
    defer { log.closeFile() }
    armed = failpoints.isEmpty ? nil : failpoints.removeFirst()
    let child = Process()
    child.executableURL = executable
    child.environment = environment.merging(armed.map { ["ESTEIRA_FAILPOINT": $0] } ?? [:]) { $1 }
    child.standardInput = FileHandle.nullDevice
    child.standardOutput = log
    child.standardError = log
    child.terminationHandler = { ended in Task { await self.ended(ended) } }
    process = child
    try child.run()
  }

  private func ended(_ process: Process) {
    let isKilled = process.terminationReason == .uncaughtSignal
    let place = armed.map { String($0.prefix { $0 != ":" }) }
    let cause = isKilled ? place ?? "signal \(process.terminationStatus)" : "exit"
    if isWanted || isKilled { deaths[cause, default: 0] += 1 }
    armed = nil
    for end in ends { end.resume() }
    ends = []
    guard isWanted else { return }
    do {
      try launch()
    } catch {
      deaths["could not be started again", default: 0] += 1
    }
  }
}
