import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import StrictJSON
import Synchronization
import Workers

private import Glibc

/// Posts webhook bodies to ingress, and remembers which were accepted, when and how fast.
struct HookLoad: Sendable {
  struct Accepted: Sendable {
    let message: Identifier
    /// Milliseconds since 1970, just before the request.
    let sentAt: Double
    /// Milliseconds from the request to its answer.
    let latency: Double
  }

  struct Outcome: Sendable {
    var accepted: [Accepted] = []
    /// Answers that ask to come again; the body was sent again.
    var postponed = 0
    /// No answer, or one that was not expected; the body was not sent again.
    var failed = 0
    var elapsed = Duration.zero
    /// How late the latest request was sent, against the plan.
    var lateness = Duration.zero

    /// Accepted bodies a second.
    var rate: Double { Double(accepted.count) / (elapsed / .seconds(1)) }

    mutating func merge(_ other: Outcome) {
      accepted += other.accepted
      postponed += other.postponed
      failed += other.failed
      lateness = max(lateness, other.lateness)
    }
  }

  private let http: HTTPClient
  private let url: String

  /// Lends the connections to a body, and closes them.
  static func open<Value: Sendable>(
    url: String,
    connections: Int,
    _ body: (HookLoad) async throws -> Value
  ) async throws -> Value {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    let http = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(HookLoad(http: http, url: url)))
    } catch {
      result = .failure(error)
    }
    try await http.shutdown()
    return try result.get()
  }

  /// Posts bodies on so many connections, each with its next as soon as it has its answer.
  ///
  /// - Returns: When all were posted, or that much time has passed.
  /// - Throws: ``Refusal`` when ingress holds the integration to a rate.
  func burst(_ bodies: [[UInt8]], connections: Int, atMost time: Duration) async throws -> Outcome {
    let start = ContinuousClock.now
    let queue = Queue(bodies)
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<connections {
        group.addTask {
          var outcome = Outcome()
          while .now - start < time, let body = queue.take() {
            try await post(body, into: &outcome, until: start + time)
          }
          return outcome
        }
      }
      var all = Outcome()
      for try await outcome in group { all.merge(outcome) }
      all.elapsed = .now - start
      return all
    }
  }

  /// The bodies that are still to be posted, taken by many.
  private final class Queue: Sendable {
    private let bodies: [[UInt8]]
    private let taken = Atomic<Int>(0)

    init(_ bodies: [[UInt8]]) { self.bodies = bodies }

    func take() -> [UInt8]? {
      let next = taken.add(1, ordering: .relaxed).oldValue
      return next < bodies.count ? bodies[next] : nil
    }
  }

  /// Posts bodies at an even pace, whether or not the earlier ones have been answered.
  func steady(_ bodies: [[UInt8]], perSecond rate: Int) async throws -> Outcome {
    let start = ContinuousClock.now
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      for (index, body) in bodies.enumerated() {
        let due = start + .seconds(Double(index) / Double(rate))
        try await ContinuousClock().sleep(until: due, tolerance: .zero)
        group.addTask {
          var outcome = Outcome()
          outcome.lateness = .now - due
          try await post(body, into: &outcome, until: due + .seconds(5))
          return outcome
        }
      }
      var all = Outcome()
      for try await outcome in group { all.merge(outcome) }
      all.elapsed = .now - start
      return all
    }
  }

  private func post(
    _ body: [UInt8],
    into outcome: inout Outcome,
    until deadline: ContinuousClock.Instant
  ) async throws {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: body))
    repeat {
      let sentAt = Self.wallClock()
      let start = ContinuousClock.now
      switch await answer(to: request) {
      case (202, let message?):
        let latency = (.now - start) / .milliseconds(1)
        outcome.accepted.append(Accepted(message: message, sentAt: sentAt, latency: latency))
        return
      case (429, _):
        throw Refusal(
          "ingress holds the integration to a rate; start it with ESTEIRA_INGRESS_RATE=100000 and "
            + "ESTEIRA_INGRESS_BURST=100000, as deploy/bench does"
        )
      case (503, _):
        outcome.postponed += 1
        try await ContinuousClock().sleep(for: .milliseconds(20))
      case (401?, _):
        throw Refusal("ingress refuses its own address; is ESTEIRA_SECRET_KEY the fleet's?")
      default:
        outcome.failed += 1
        return
      }
    } while .now < deadline
  }

  /// The status, nil when there was no answer, and the message that was made of the body.
  private func answer(to request: HTTPClientRequest) async -> (status: UInt?, message: Identifier?)
  {
    do {
      let response = try await http.execute(request, timeout: .seconds(10))
      let body = try await response.body.collect(upTo: 64 * 1024)
      let id = try JSON(parsing: Array(buffer: body))["id"]?.string
      return (response.status.code, id.flatMap { Identifier($0) })
    } catch {
      // The caller counts it; what became of the body is not known.
      return (nil, nil)
    }
  }

  private static func wallClock() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) * 1e3 + Double(now.tv_nsec) / 1e6
  }
}
