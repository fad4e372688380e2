import Logging
import Synchronization
import SystemPackage
import Leads

/// The second path of one stage, apart from the others': a stage whose queue is missing or full holds
/// up only itself.
final class SpoolLane: Sendable {
  let stage: String
  let spool: Spool
  /// A line as short as this is gone in a moment: new messages wait for that instead of prolonging it.
  private static let shortLine = 256
  private static let moment: Duration = .milliseconds(200)

  private let doubted = Atomic<Bool>(false)
  private let pace = Mutex(DrainPace())

  init(stage: String, spool: Spool) {
    self.stage = stage
    self.spool = spool
  }

  /// Whether the broker failed to take something of this stage, and has taken nothing since.
  ///
  /// Then the spool comes first, so that callers do not wait for what will not come.
  var isInDoubt: Bool { doubted.load(ordering: .relaxed) }

  /// True when that is news.
  func setDoubt(_ doubt: Bool) -> Bool {
    // How the line fared before says nothing of how it fares after.
    if doubt { pace.withLock { $0 = DrainPace() } }
    return doubted.exchange(doubt, ordering: .relaxed) != doubt
  }

  /// Whether the next message may go to a broker that looks alive.
  ///
  /// Not while older ones wait here, because it would pass those of the same lead. It may when the line
  /// does not get shorter, see ``DrainPace``, or when the spool takes nothing itself.
  ///
  /// - Parameter deadline: Of the message; the end of a short line is waited for, 0.2 s at most.
  /// - Returns: False when it has to go behind the others.
  func letsPass(by deadline: ContinuousClock.Instant) async -> Bool {
    let now = ContinuousClock.now
    let state = spool.gauge.state(at: now)
    if state.failure != nil { return true }
    if isInDoubt { return false }
    if !pace.withLock({ $0.keepsUp(bodies: state.bodies, at: now) }) { return true }
    guard state.bodies <= Self.shortLine else { return false }
    return await spool.gauge.isEmpty(by: min(deadline, now + Self.moment))
  }

  /// Opens the spools of the stages to which ingress publishes.
  ///
  /// - Returns: None when no folder is set.
  static func open(
    _ settings: IngressSettings,
    logger: Logger
  ) async throws(SpoolError) -> [SpoolLane] {
    guard let folder = settings.spool else { return [] }
    let room = Room(settings.spoolBytesMax)
    var lanes: [SpoolLane] = []
    for stage in [Flow.entry.stage, Flow.crmEntry.stage] {
      var logger = logger
      logger[metadataKey: "stage"] = "\(stage)"
      let spool = try Spool(folder.appending(stage), room: room, logger: logger)
      try await spool.open()
      lanes.append(SpoolLane(stage: stage, spool: spool))
    }
    return lanes
  }
}
