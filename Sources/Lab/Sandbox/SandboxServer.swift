private import AsyncHTTPClient
internal import Hummingbird
internal import Logging
private import NIOCore
internal import SandboxLeads
private import ServiceLifecycle
private import StrictJSON

/// The simulators, what they share, and the application that serves them.
///
/// A further outside system is one more simulator here: a folder of its own, a path prefix of its
/// own, the same ledger and faults.
struct SandboxServer: Sendable {
  let ledger: Ledger
  let faults = FaultPlan()
  let work = BackgroundWork()
  let rd: RDSimulator
  let dataCRM: DataCRMSimulator
  let totvs: TOTVSSimulator
  let rdCRM: RDCRMSimulator
  private let http: HTTPClient
  private let logger: Logger

  init(
    ledger: Ledger,
    logger: Logger,
    now: @escaping @Sendable () -> Timestamp = WallClock.now
  ) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
    configuration.timeout.connect = .seconds(2)
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.ledger = ledger
    self.logger = logger
    let poster = WebhookPoster(http: http, ledger: ledger)
    rd = RDSimulator(ledger: ledger, poster: poster, work: work, now: now)
    dataCRM = DataCRMSimulator(ledger: ledger, poster: poster, work: work, now: now)
    totvs = TOTVSSimulator(ledger: ledger, poster: poster, work: work, now: now)
    rdCRM = RDCRMSimulator(ledger: ledger, poster: poster, work: work, now: now)
  }

  /// The application; with port 0 the system chooses one and `onRunning` is told.
  func application(
    host: String,
    port: Int,
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    let router = Router(context: SandboxContext.self)
    router.add(middleware: UnknownPathMiddleware())
    for path: RouterPath in ["livez", "readyz"] {
      router.get(path) { _, _ in Response(status: .ok) }
    }
    ledger.addRoutes(to: router)
    faults.addRoutes(to: router)
    rd.addRoutes(to: router.group("rd"), faults: faults)
    dataCRM.addRoutes(to: router.group("datacrm"), faults: faults)
    totvs.addRoutes(to: router.group("totvs"), faults: faults)
    rdCRM.addRoutes(to: router.group("rdcrm"), faults: faults)
    return Application(
      router: router,
      configuration: .init(address: .hostname(host, port: port), serverName: "esteira-sandbox"),
      services: [work],
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        logger.info("listening", metadata: ["port": "\(port)"])
        await onRunning(port)
      },
      logger: logger
    )
  }

  func shutdown() async throws { try await http.shutdown() }
}

/// Answers for a path that no simulator has, naming it, so that a wrong prefix is seen at once.
struct UnknownPathMiddleware: RouterMiddleware {
  func handle(
    _ request: Request,
    context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      return .json(
        [
          "type": "about:blank", "title": "No simulator has this path", "status": 404,
          "detail": .string("\(request.method.rawValue) \(request.uri.path)"),
        ],
        status: .notFound,
        type: "application/problem+json"
      )
    }
  }
}
