package import AsyncHTTPClient
package import Belt
private import Glibc
private import NIOCore
private import NIOHTTP1
private import Synchronization

/// Sends one request and tells apart "nothing happened" from "it may have happened".
package struct Exchange: Sendable {
  /// The longest answer read.
  static let answerBytesMax = 1 << 20

  let http: HTTPClient
  let baseURL: String
  let dialect: Dialect
  /// From the call to the last byte of the answer; AsyncHTTPClient's own deadline ends with the head.
  let timeout: Duration
  /// The wall clock in seconds since 1970.
  var now: @Sendable () -> Int64 = { Int64(time(nil)) }

  /// - Parameters:
  ///   - http: Made with `HTTPClient.Configuration(calling:logger:)`, so that the calls go nowhere else.
  ///   - baseURL: Such as `https://api.rd.services`, without a slash at the end.
  ///   - dialect: Of the system there.
  ///   - timeout: Of one call, from its start to the last byte of the answer.
  package init(
    http: HTTPClient,
    baseURL: String,
    dialect: Dialect,
    timeout: Duration = .seconds(10)
  ) {
    self.http = http
    self.baseURL = baseURL
    self.dialect = dialect
    self.timeout = timeout
  }

  /// Makes a call that needs no permit, such as one for a login.
  package func answer<Answer>(_ call: Call<Answer>, with pass: Pass? = nil) async throws(CallError)
    -> Answer
  {
    try await reply(to: call, with: pass).answer(to: call, dialect)
  }

  /// Makes a call that begins a session.
  ///
  /// - Returns: The cookie of that name, which the answer sets.
  package func session(_ cookie: String, begunBy call: Call<Void>) async throws(CallError) -> String
  {
    let reply = try await reply(to: call, with: nil)
    try reply.answer(to: call, dialect)
    guard let session = reply.cookie(cookie) else {
      throw call.error(.unreadable, at: dialect.system, status: reply.status)
    }
    return session
  }

  func reply<Answer>(to call: Call<Answer>, with pass: Pass?) async throws(CallError) -> Reply {
    var call = call
    if let pass, case .parameter(let name) = pass.carrier { call = call.adding(name, pass.token) }
    var request = HTTPClientRequest(url: baseURL + call.path)
    request.method = HTTPMethod(rawValue: call.route.pattern.method.rawValue)
    request.headers.add(name: "Accept", value: "application/json")
    for (name, value) in call.headers { request.headers.add(name: name, value: value) }
    if let pass, case .header(let name, let value) = pass.carrier {
      request.headers.add(name: name, value: value)
    }
    let body = call.body.map(WitnessedBody.init)
    if let body {
      request.headers.add(name: "Content-Type", value: call.contentType)
      request.body = .stream(body, length: .known(Int64(body.bytes.count)))
    }
    do {
      return try await finished(request)
    } catch {
      // The body is asked for after the connection stands and the head went out, so a body that
      // nobody asked for proves that the other side cannot have acted.
      let mayHaveHappened = body?.wasAskedFor ?? true
      throw call.error(mayHaveHappened ? .lost : .notSent, at: dialect.system, underlying: error)
    }
  }

  private func finished(_ request: HTTPClientRequest) async throws -> Reply {
    try await withThrowingTaskGroup(of: Reply.self) { group in
      group.addTask {
        let response = try await http.execute(request, deadline: .now() + TimeAmount(timeout))
        // A redirect that the HTTP client followed would have carried the call somewhere else.
        guard response.history.count <= 1 else { throw HTTPClientError.redirectLimitReached }
        var bytes: [UInt8] = []
        for try await buffer in response.body {
          bytes.append(contentsOf: buffer.readableBytesView)
          guard bytes.count <= Exchange.answerBytesMax else { throw AnswerTooLarge() }
        }
        return Reply(
          status: Int(response.status.code),
          body: bytes,
          headers: response.headers.map { ($0.name, $0.value) },
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

/// An answer of more than 1 MiB, which was not read to its end.
package struct AnswerTooLarge: Error {}

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
