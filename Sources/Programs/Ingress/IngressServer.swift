import Bootstrap
import Hummingbird
import Leads
import Logging
import Metrics
import NIOCore
import Observability
import RabbitMQ
import ServiceLifecycle
import Synchronization
import WorkQueues

/// The services of ingress, in the order in which they start; they stop in the reverse order.
struct IngressServer: Sendable {
  let publisher: Publisher
  let watch: TopologyWatch
  let stopping = StoppingFlag()
  /// One a stage; none without a folder for them.
  let lanes: [SpoolLane]
  private let now: @Sendable () -> Int64
  private let responder: HookResponder
  private let listen: ListenAddress
  private let settings: IngressSettings
  private let logger: Logger

  init(
    listen: ListenAddress,
    settings: IngressSettings,
    secret: HookToken.Secret,
    broker: Endpoint,
    lanes: [SpoolLane] = [],
    now: @escaping @Sendable () -> Int64 = currentMilliseconds,
    logger: Logger
  ) {
    self.listen = listen
    self.settings = settings
    self.logger = logger
    self.lanes = lanes
    self.now = now
    publisher = Publisher(broker, logger: logger)
    watch = TopologyWatch(
      broker,
      queues: [Topology.queue(of: .entry), Topology.queue(of: .crmEntry)],
      logger: logger
    )
    let paths = DurablePaths(
      publisher: publisher,
      lanes: lanes,
      brokerShare: settings.brokerShare,
      logger: logger
    )
    responder = HookResponder(
      settings: settings,
      secret: secret,
      paths: FaultyStore.around(paths),
      now: now,
      logger: logger
    )
  }

  /// Whether a request of a genuine address is in hand.
  var isBusy: Bool { !responder.requests.isEmpty }

  /// What ingress needs in order to take a hook.
  var readiness: [ReadinessCheck] {
    let missing = watch.missing
    return [
      ReadinessCheck("running", isReady: !stopping.isRaised, detail: "the program is stopping"),
      brokerReadiness,
      ReadinessCheck(
        "queues",
        isReady: missing.isEmpty,
        detail: "missing: \(missing.joined(separator: ", ")); run: esteira topology apply"
      ),
    ]
  }

  /// While the spool takes what the broker does not, nobody should send elsewhere.
  private var brokerReadiness: ReadinessCheck {
    let takes = publisher.isConnected && !publisher.isBlocked
    let states = lanes.map(\.spool.gauge.state)
    let failure = states.lazy.compactMap(\.failure).first
    let bodies = states.reduce(0) { $0 + $1.bodies }
    let fault =
      publisher.isBlocked
      ? "the broker lacks memory or disk" : "there is no connection to the broker"
    return ReadinessCheck(
      "broker",
      isReady: takes || !lanes.isEmpty && failure == nil,
      detail: failure.map { "\(fault), and \($0)" } ?? fault,
      note: bodies > 0 || !takes && !lanes.isEmpty
        ? "spooling: \(bodies == 1 ? "1 body waits" : "\(bodies) bodies wait") for the broker" : nil
    )
  }

  /// - Parameters:
  ///   - health: Started before the hooks and stopped after them.
  ///   - onListening: Called once with the port.
  /// - Returns: All services; the first to stop turns readiness off.
  func services(
    health: HealthServer?,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> [any Service] {
    let connections = Room(settings.connectionsMax)
    let refused = Counter(label: "ingress_connections_refused_total")
    let hooks = Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionCap(connections, refused: refused)],
          // Also the time that a client has for the head of its first request.
          idleTimeout: .seconds(20),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8 * 1024,
            maxHeaderListSize: 32 * 1024,
            maxHeaderFieldCount: 100
          )
        )
      ),
      configuration: .init(address: .hostname(listen.host, port: listen.port), backlog: 1024),
      onServerRunning: { onListening($0.localAddress?.port ?? 0) },
      logger: logger
    )
    var services: [any Service] = [
      Running {
        await publisher.run()
      } stop: {
        await publisher.shutdown()
      },
      Watching { await watch.run() },
    ]
    services += lanes.map { SpoolReplay(lane: $0, publisher: publisher, logger: logger) }
    if !lanes.isEmpty { services.append(SpoolMetrics(lanes, now: now)) }
    if let health { services.append(health) }
    return services + [hooks, stopping]
  }
}
