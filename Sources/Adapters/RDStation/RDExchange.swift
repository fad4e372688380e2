internal import AsyncHTTPClient
private import Glibc
private import NIOCore
internal import NIOHTTP1
internal import StrictJSON
private import Synchronization
private import Belt

/// One request to RD Station.
struct RDRequest: Sendable {
  var method: HTTPMethod
  /// The path with its variables by name: safe to log.
  var route: String
  var path: String
  var body: [UInt8]?

  /// The API whose quota the call counts against.
  let api: RDAPI

  init(_ method: HTTPMethod, _ route: String, path: String, body: JSON? = nil) {
    api = RDAPI(route: route)
    self.method = method
    self.route = "\(method.rawValue) \(route)"
    self.path = path
    self.body = body?.encoded
  }
}

/// A whole answer, whatever its status.
struct RDAnswer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]
  /// When it came, in seconds since 1970 by our clock.
  var receivedAt: Int64
}

/// Sends one request and tells apart "nothing happened" from "it may have happened".
struct RDExchange: Sendable {
  /// The longest answer read.
  static let answerBytesMax = 1 << 20

  let http: HTTPClient
  let baseURL: String
  /// From the call to the last byte of the answer; AsyncHTTPClient's own deadline ends with the head.
  let timeout: Duration
  /// The wall clock in seconds since 1970.
  var now: @Sendable () -> Int64 = { Int64(time(nil)) }

  func perform(
    _ request: RDRequest,
    bearer: String?
  ) async throws(RDStationError) -> RDAnswer {
    var call = HTTPClientRequest(url: baseURL + request.path)
    call.method = request.method
    call.headers.add(name: "Accept", value: "application/json")
    if let bearer { call.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
    let body = request.body.map(WitnessedBody.init)
    if let body {
      call.headers.add(name: "Content-Type", value: "application/json")
      call.body = .stream(body, length: .known(Int64(body.bytes.count)))
    }
    do {
      return try await finished(call)
    } catch {
      if request.method == .GET {
        throw RDStationError(.unavailable(status: nil), underlying: error)
      }
      // The body is asked for after the connection stands and the head went out, so a body that
      // nobody asked for proves that RD cannot have acted.
      let mayHaveHappened = body?.wasAskedFor ?? true
      throw RDStationError(mayHaveHappened ? .outcomeUnknown : .notSent, underlying: error)
    }
  }

  private func finished(_ call: HTTPClientRequest) async throws -> RDAnswer {
    try await withThrowingTaskGroup(of: RDAnswer.self) { group in
      group.addTask {
        let response = try await http.execute(call, deadline: .now() + TimeAmount(timeout))
        // A redirect that the HTTP client followed would have carried the call somewhere else.
        guard response.history.count <= 1 else { throw HTTPClientError.redirectLimitReached }
        var bytes: [UInt8] = []
        for try await buffer in response.body {
          bytes.append(contentsOf: buffer.readableBytesView)
          guard bytes.count <= RDExchange.answerBytesMax else { throw AnswerTooLarge() }
        }
        return RDAnswer(
          status: Int(response.status.code),
          headers: response.headers,
          body: bytes,
          receivedAt: now()
        )
      }
      group.addTask {
        try await Task.sleep(for: timeout)
        throw HTTPClientError.deadlineExceeded
      }
      defer { group.cancelAll() }
      guard let answer = try await group.next() else { throw CancellationError() }
      return answer
    }
  }
}

struct AnswerTooLarge: Error {}

/// A request body that remembers whether the connection began to send it.
private final class WitnessedBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let bytes: [UInt8]
  private let asked = Mutex(false)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var wasAskedFor: Bool { asked.withLock { $0 } }

  struct Iterator: AsyncIteratorProtocol {
    let body: WitnessedBody
    var isDone = false

    mutating func next() async -> ByteBuffer? {
      guard !isDone else { return nil }
      isDone = true
      body.asked.withLock { $0 = true }
      return ByteBuffer(bytes: body.bytes)
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(body: self) }
}

extension RDAnswer {
  /// The answer when RD did what it was asked.
  func accepted(for request: RDRequest) throws(RDStationError) -> RDAnswer {
    if (200..<300).contains(status) { return self }
    throw fault(of: request)
  }

  /// The body of an answer to a read.
  func json() throws(RDStationError) -> JSON {
    do throws(JSONError) {
      return try JSON(parsing: body)
    } catch {
      // A 2xx that is not JSON comes from something between us and RD.
      throw RDStationError(.unavailable(status: status), status: status, underlying: error)
    }
  }

  /// What the answer says of RD Station itself.
  func ending(of request: RDRequest) -> RDPermit.Ending {
    switch status {
    case 429:
      let fault = fault(of: request)
      // The quota of one contact is nothing to the others.
      return fault.limitsOneContact ? .answered : .limited(fault.retryAfter ?? .seconds(60))
    // Who says when to come again is not asked before.
    case 408, 500...: return retryAfter.map { .limited($0) } ?? .failed
    default: return .answered
    }
  }

  private var retryAfter: Duration? { wait(byHeader: "Retry-After") }

  private func wait(byHeader name: String) -> Duration? {
    RetryAfter.wait(
      headers.first(name: name),
      date: headers.first(name: "Date"),
      now: receivedAt
    )
  }

  private func fault(of request: RDRequest) -> RDStationError {
    let said = RDErrorBody(parsing: body)
    let code: RDStationError.Code
    switch status {
    case 401:
      let isDead = ["INVALID_REFRESH_TOKEN", "ACCESS_DENIED", "EXPIRED_CODE_GRANT"].contains {
        said.contains($0)
      }
      code = isDead ? .loginExpired : .unauthorized
    case 404: code = .notFound
    case 429:
      code = .rateLimited(
        retryAfter: said.pause(told: retryAfter ?? wait(byHeader: "Retry-After-Quotas"))
      )
    // A gateway gave up waiting; what stood behind it may have finished the work.
    case 502, 504: code = request.method == .GET ? .unavailable(status: status) : .outcomeUnknown
    case 408, 500...: code = .unavailable(status: status)
    default:
      code = .refused(
        errorType: said.items.first?.type ?? "HTTP_\(status)",
        path: said.items.first?.path
      )
    }
    return RDStationError(
      code,
      status: status,
      limitsOneContact: status == 429 && said.limitsOneContact,
      askedWait: status == 408 || status >= 500 ? retryAfter : nil
    )
  }
}
