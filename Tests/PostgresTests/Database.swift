import Dispatch
import Logging
import Postgres
import Synchronization
import TestKit

/// Runs a test on a pool over a database of its own, and shuts the pool down afterwards.
func withPool(
  size: Int = 4,
  server: PrivatePostgres? = nil,
  _ change: (inout PostgresOptions) -> Void = { _ in },
  _ body: (PostgresPool) async throws -> Void
) async throws {
  let url =
    if let server { try await server.freshDatabase() } else {
      try await PrivatePostgres.freshDatabase()
    }
  var options = PostgresOptions(url: url, size: size)
  change(&options)
  let pool = PostgresPool(options, logger: Logger(label: "test"))
  do {
    try await body(pool)
  } catch {
    await pool.shutdown()
    throw error
  }
  await pool.shutdown()
}

/// The error that a call ends with, which must be one of ours.
func postgresError<Value>(_ body: () async throws -> Value) async throws -> PostgresError? {
  do {
    _ = try await body()
    return nil
  } catch let error as PostgresError {
    return error
  }
}

/// Waits for something that another process does, by looking again until it is so.
func eventually(
  within limit: Duration = .seconds(30),
  _ condition: () async throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// Repeatable chance: the seed is the argument of the test, so its report is the replay.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  // splitmix64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// A number that tasks share.
final class Counter: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .sequentiallyConsistent) }

  /// - Returns: The number afterwards, so 1 for the first.
  @discardableResult
  func increment() -> Int { number.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// Holds synchronous bodies, each on its connection's thread, until the test lets them pass.
final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func open() { semaphore.signal() }

  func pass() {
    semaphore.wait()
    // For the next one.
    semaphore.signal()
  }
}
