import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import StrictJSON
import Belt
import Operations

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

  struct Address: Sendable {
    let host: String
    let port: Int
    /// Holds a secret.
    let path: String
  }

  /// Between an answer that asks to come again and doing so.
  static let pause = TimeAmount.milliseconds(20)

  private let url: String
  private let address: Address
  private let group: MultiThreadedEventLoopGroup

  /// Lends what the load needs to a body, on one thread.
  static func open<Value: Sendable>(
    url: String,
    _ body: (HookLoad) async throws -> Value
  ) async throws -> Value {
    guard let parts = URL(string: url), parts.scheme == "http", let host = parts.host() else {
      throw Refusal(
        .invalid,
        "public_url_invalid",
        "the bench needs ESTEIRA_PUBLIC_URL to be http://…"
      )
    }
    let address = Address(host: host, port: parts.port ?? 80, path: parts.path())
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(HookLoad(url: url, address: address, group: group)))
    } catch {
      result = .failure(error)
    }
    try await group.shutdownGracefully()
    return try result.get()
  }

  /// Posts bodies on so many connections, each with its next as soon as it has its answer.
  ///
  /// Ends when all were posted, or when that much time has passed. Throws ``Refusal`` when ingress holds
  /// the integration to a rate.
  func burst(_ bodies: [[UInt8]], connections: Int, atMost time: Duration) async throws -> Outcome {
    let start = ContinuousClock.now
    let queue = BurstConnection.Queue(bodies)
    return try await withThrowingTaskGroup(of: Outcome.self) { tasks in
      for _ in 0..<connections {
        tasks.addTask {
          try await BurstConnection.run(address, queue, until: start + time, on: group)
        }
      }
      var all = Outcome()
      for try await outcome in tasks { all.merge(outcome) }
      all.elapsed = .now - start
      return all
    }
  }

  /// Posts bodies at an even pace, whether or not the earlier ones have been answered.
  func steady(_ bodies: [[UInt8]], perSecond rate: Int) async throws -> Outcome {
    let start = ContinuousClock.now
    return try await withThrowingTaskGroup(of: Outcome.self) { tasks in
      for (index, body) in bodies.enumerated() {
        let due = start + .seconds(Double(index) / Double(rate))
        try await ContinuousClock().sleep(until: due, tolerance: .zero)
        tasks.addTask {
          var outcome = Outcome()
          outcome.lateness = .now - due
          try await post(body, into: &outcome, until: due + .seconds(5))
          return outcome
        }
      }
      var all = Outcome()
      for try await outcome in tasks { all.merge(outcome) }
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
      let clock = Clock()
      switch await answer(to: request) {
      case .accepted(let message):
        outcome.accepted.append(clock.accepted(message))
        return
      case .postponed:
        outcome.postponed += 1
        try await ContinuousClock().sleep(for: Duration(Self.pause))
      case .refused(let refusal): throw refusal
      case .strange:
        outcome.failed += 1
        return
      }
    } while .now < deadline
    outcome.failed += 1
  }

  private func answer(to request: HTTPClientRequest) async -> Answer {
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
      let body = try await response.body.collect(upTo: 64 * 1024)
      return Answer(status: response.status.code, body: Array(buffer: body))
    } catch {
      // The caller counts it; what became of the body is not known.
      return .strange
    }
  }
}

extension HookLoad {
  /// What ingress said to a body.
  enum Answer: Sendable {
    case accepted(Identifier)
    case postponed
    case refused(Refusal)
    case strange

    init(status: UInt, body: [UInt8]) {
      switch status {
      case 202: self = Self.identifier(in: body).map(Self.accepted) ?? .strange
      case 503: self = .postponed
      case 429:
        self = .refused(
          Refusal(
            .failed,
            "ingress_rate",
            "ingress holds the integration to a rate; start it with ESTEIRA_INGRESS_RATE=100000 "
              + "and ESTEIRA_INGRESS_BURST=100000, as deploy/bench does"
          )
        )
      case 401:
        self = .refused(
          Refusal(
            .failed,
            "ingress_refuses",
            "ingress refuses its own address; is ESTEIRA_SECRET_KEY the fleet's?"
          )
        )
      default: self = .strange
      }
    }

    private static func identifier(in body: [UInt8]) -> Identifier? {
      do {
        return try JSON(parsing: body)["id"]?.string.flatMap { Identifier($0) }
      } catch {
        // An answer without JSON names no message.
        return nil
      }
    }
  }

  /// When a request was sent.
  struct Clock: Sendable {
    private let sentAt = Date.now.timeIntervalSince1970 * 1000
    private let start = ContinuousClock.now

    func accepted(_ message: Identifier) -> Accepted {
      Accepted(message: message, sentAt: sentAt, latency: (.now - start) / .milliseconds(1))
    }
  }
}
