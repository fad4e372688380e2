import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One connection of a burst: posts a body, reads the answer, posts the next.
///
/// It lives on its event loop, without a task: the load must not take the processor from what is
/// measured, and a full HTTP client takes several times as much for a request.
final class BurstConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// The bodies that are still to be posted, taken by many.
  final class Queue: Sendable {
    private let bodies: [[UInt8]]
    private let taken = Atomic<Int>(0)

    init(_ bodies: [[UInt8]]) { self.bodies = bodies }

    func take() -> [UInt8]? {
      let next = taken.add(1, ordering: .relaxed).oldValue
      return next < bodies.count ? bodies[next] : nil
    }
  }

  private struct Exchange {
    let body: [UInt8]
    let clock = HookLoad.Clock()
    var status: UInt = 0
    var answer: [UInt8] = []
  }

  private let address: HookLoad.Address
  private let queue: Queue
  private let deadline: ContinuousClock.Instant
  private let promise: EventLoopPromise<HookLoad.Outcome>
  private var outcome = HookLoad.Outcome()
  private var exchange: Exchange?

  private init(
    _ address: HookLoad.Address,
    _ queue: Queue,
    until deadline: ContinuousClock.Instant,
    _ promise: EventLoopPromise<HookLoad.Outcome>
  ) {
    self.address = address
    self.queue = queue
    self.deadline = deadline
    self.promise = promise
  }

  /// Posts until the queue is empty or the deadline has come; a connection that is lost ends its part.
  static func run(
    _ address: HookLoad.Address,
    _ queue: Queue,
    until deadline: ContinuousClock.Instant,
    on group: MultiThreadedEventLoopGroup
  ) async throws -> HookLoad.Outcome {
    let promise = group.any().makePromise(of: HookLoad.Outcome.self)
    ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(
            BurstConnection(address, queue, until: deadline, promise)
          )
        }
      }
      .connect(host: address.host, port: address.port)
      .whenFailure { promise.fail($0) }
    return try await promise.futureResult.get()
  }

  func channelActive(context: ChannelHandlerContext) {
    // Ingress answers within 3 s; without an answer the burst must end all the same.
    context.eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(deadline - .now + .seconds(10))
    ) { context.close(promise: nil) }
    postNext(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): exchange?.status = UInt(head.status.code)
    case .body(let part): exchange?.answer += Array(buffer: part)
    case .end: finish(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if exchange != nil { outcome.failed += 1 }
    promise.succeed(outcome)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The channel becomes inactive, and what was in hand is counted there.
    context.close(promise: nil)
  }

  private func postNext(_ context: ChannelHandlerContext) {
    guard .now < deadline, let body = queue.take() else {
      exchange = nil
      context.close(promise: nil)
      return
    }
    post(body, context)
  }

  private func post(_ body: [UInt8], _ context: ChannelHandlerContext) {
    exchange = Exchange(body: body)
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.path)
    head.headers = [
      "host": address.host, "content-type": "application/json", "content-length": "\(body.count)",
    ]
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard let exchange else { return }
    switch HookLoad.Answer(status: exchange.status, body: exchange.answer) {
    case .accepted(let message):
      outcome.accepted.append(exchange.clock.accepted(message))
      postNext(context)
    case .postponed where .now < deadline:
      outcome.postponed += 1
      context.eventLoop.assumeIsolated().scheduleTask(in: HookLoad.pause) {
        self.post(exchange.body, context)
      }
    case .refused(let refusal):
      promise.fail(refusal)
      self.exchange = nil
      context.close(promise: nil)
    case .postponed, .strange:
      outcome.failed += 1
      postNext(context)
    }
  }
}
