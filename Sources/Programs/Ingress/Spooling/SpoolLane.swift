import Logging
import Synchronization
import SystemPackage
import WorkQueues
import Leads

/// The second path of one stage, apart from the others': a stage whose queue is missing or full holds
/// up only itself.
final class SpoolLane: Sendable {
  let stage: String
  let spool: Spool
  private let doubted = Atomic<Bool>(false)

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
    doubted.exchange(doubt, ordering: .relaxed) != doubt
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
    for stage in [Flow.leadImporter.stage, Flow.rdUpdater.stage] {
      var logger = logger
      logger[metadataKey: "stage"] = "\(stage)"
      let spool = try Spool(folder.appending(stage), room: room, logger: logger)
      try await spool.open()
      lanes.append(SpoolLane(stage: stage, spool: spool))
    }
    return lanes
  }
}
