import HTTPTypes
import Hummingbird
import Leads
import Logging
import NIOCore
import Observability
import Belt

/// What a responder needs to know of the connection.
struct HookContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Takes a hook's body, and answers 2xx only when the broker or the disk has it.
///
/// The order of the checks is that of their price, and a stranger passes none of them: the token is
/// first, the body is read last.
struct HookResponder: HTTPResponder {
  let settings: IngressSettings
  let secret: HookToken.Secret
  let paths: any DurableStore
  let limiter: RateLimiter<IntegrationName>
  let addresses: RateLimiter<ClientAddress>
  let requests: Room
  let bodies: BodyReader
  let metrics: IngressMetrics
  /// Milliseconds since 1970.
  let now: @Sendable () -> Int64
  let logger: Logger

  init(
    settings: IngressSettings,
    secret: HookToken.Secret,
    paths: any DurableStore,
    now: @escaping @Sendable () -> Int64,
    logger: Logger
  ) {
    self.settings = settings
    self.secret = secret
    self.now = now
    self.logger = logger
    self.paths = paths
    limiter = RateLimiter(rate: settings.rate, burst: settings.burst)
    addresses = RateLimiter(rate: settings.addressRate, burst: settings.addressBurst)
    requests = Room(settings.requestsMax)
    bodies = BodyReader(
      bytesMax: settings.bodyBytesMax,
      deadline: settings.bodyDeadline,
      room: Room(settings.bodyBytesTotalMax)
    )
    metrics = IngressMetrics()
  }

  private static let forwardedFor: HTTPField.Name = {
    guard let name = HTTPField.Name("x-forwarded-for") else {
      preconditionFailure("a plain word is a name")
    }
    return name
  }()

  func respond(to request: Request, context: HookContext) async throws -> Response {
    let start = ContinuousClock.now
    let address = HookAddress(path: request.uri.path)
    var exchange = Exchange(request: request, channel: context.channel)
    let answer = await answer(address, &exchange)
    metrics.answered(answer.status, kind: address?.kind, after: .now - start)
    report(answer, address, exchange)
    return Response(
      answer,
      isHead: request.method == .head,
      closing: exchange.isRead || !exchange.hasBody ? nil : context.channel
    )
  }

  /// One request, and how far it was read.
  private struct Exchange {
    let request: Request
    let channel: any Channel
    /// Known once the token is proven.
    var integration: IntegrationName?
    var message: Identifier?
    /// Why it was not stored, as a code.
    var failure: String?
    var isRead = false

    var hasBody: Bool {
      let length = request.headers[.contentLength]
      return request.headers[.transferEncoding] != nil || (length != nil && length != "0")
    }
  }

  private func answer(_ address: HookAddress?, _ exchange: inout Exchange) async -> HookAnswer {
    let client = ClientAddress(
      exchange.channel.remoteAddress?.ipAddress,
      forwarded: exchange.request.headers[values: Self.forwardedFor],
      proxies: settings.proxies
    )
    if let wait = addresses.take(client, at: .now) {
      return .tooMany("This address", wait: wait)
    }
    guard let address else { return .notFound }
    let generation = settings.hookGeneration
    guard let integration = address.authenticated(secret: secret, generation: generation) else {
      return .unauthorised
    }
    exchange.integration = integration
    guard exchange.request.method == .post else { return .methodNotAllowed }
    if let wait = limiter.take(integration, at: .now) {
      return .tooMany("This integration", wait: wait)
    }
    guard requests.take(1) else { return .busy }
    defer { requests.giveBack(1) }
    let headers = exchange.request.headers
    guard !bodies.declaresTooMuch(headers) else { return .tooLarge(bytesMax: bodies.bytesMax) }
    guard ["identity", nil].contains(headers[.contentEncoding]?.lowercased()) else {
      return .encoded
    }
    switch await bodies.read(exchange.request, from: exchange.channel) {
    case .tooLarge: return .tooLarge(bytesMax: bodies.bytesMax)
    case .tooSlow: return .tooSlow(bodies.deadline)
    case .broken: return .broken
    case .noRoom: return .busy
    case .complete(let bytes):
      exchange.isRead = true
      defer { bodies.giveBack(bytes) }
      return await take(bytes, address.kind, integration, &exchange)
    }
  }

  private func take(
    _ bytes: [UInt8],
    _ kind: HookToken.Kind,
    _ integration: IntegrationName,
    _ exchange: inout Exchange
  ) async -> HookAnswer {
    switch HookBody(bytes, kind: kind) {
    case .probe: return .probe
    case .invalid(let fault): return .invalid("\(fault)")
    case .forStage: break
    }
    let message = Message(
      hook: kind,
      of: integration,
      body: bytes,
      trigger: exchange.request.uri.queryParameters["trigger"]
        .flatMap { HookTrigger(rawValue: String($0)) },
      arrivedAt: now()
    )
    exchange.message = message.id
    let deadline = ContinuousClock.now + settings.publishDeadline
    switch await paths.store(message, deadline: deadline) {
    case .success: return .accepted(message.id)
    case .failure(let failure):
      exchange.failure = failure.code
      return .notStored
    }
  }

  private func report(_ answer: HookAnswer, _ address: HookAddress?, _ exchange: Exchange) {
    let level: Logger.Level =
      switch answer.status {
      case 500...: .warning
      // What strangers ask for must not fill the disk.
      case 400...: exchange.integration == nil ? .debug : .info
      default: .debug
      }
    logger.log(level: level, "hook answered", metadata: metadata(answer, address, exchange))
  }

  private func metadata(
    _ answer: HookAnswer,
    _ address: HookAddress?,
    _ exchange: Exchange
  ) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      LogKey.route: "\(address?.route ?? "unknown")", LogKey.status: "\(answer.status)",
    ]
    if let integration = exchange.integration { metadata[LogKey.integration] = "\(integration)" }
    if let message = exchange.message { metadata[LogKey.message] = "\(message)" }
    if let failure = exchange.failure { metadata[LogKey.reason] = "\(failure)" }
    return metadata
  }
}
