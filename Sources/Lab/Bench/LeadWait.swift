import BeltStorage
import Leads
import Operations

/// Waits for the end of leads with as little work for the database as can be: the workers count what
/// they have handled, and only when they have handled enough, or nothing more, is the database asked.
struct LeadWait {
  private let integration: String
  private let processes: FleetProcesses
  private let access: Fleet
  /// The database's clock before the first lead.
  private let since: String
  private let handledBefore: Int
  /// How often the database was asked so far.
  private(set) var reads = 0

  /// Before the first lead is sent.
  init(integration: String, processes: FleetProcesses, access: Fleet) async throws {
    self.integration = integration
    self.processes = processes
    self.access = access
    handledBefore = try await Self.handled(by: processes)
    since = try await access.now()
    reads += 1
  }

  /// Every lead that arrived, when as many as ingress accepted have an end, or when nothing has moved
  /// for 90 s.
  mutating func untilEnded(_ count: Int) async throws -> [LeadFate] {
    let clock = ContinuousClock()
    let enough = count * LeadFate.lastStages.count
    var handled = 0
    var movedAt = clock.now
    while true {
      let now = try await Self.handled(by: processes) - handledBefore
      if now > handled {
        handled = now
        movedAt = clock.now
      }
      let isStill = clock.now - movedAt >= .seconds(5)
      if handled >= enough || isStill {
        if isStill { _ = try await ParkedQueue.drain(access) }
        let fates = try await LeadFate.all(of: integration, since: since, in: access.pool)
        reads += 1
        if fates.count(where: \.hasEnded) >= count || clock.now - movedAt > .seconds(90) {
          return fates
        }
        try await clock.sleep(for: .seconds(1))
      }
      try await clock.sleep(for: .milliseconds(200))
    }
  }

  private static func handled(by processes: FleetProcesses) async throws -> Int {
    var handled = 0.0
    for stage in LeadFate.lastStages {
      for page in try await processes.metrics(of: stage.program) {
        handled += try page.sum(of: "deliveries_total", with: #"outcome="done""#)
      }
    }
    return Int(handled)
  }
}

/// How many messages each stage has handled, in how many batches.
struct BatchCount: Sendable, Hashable {
  private var messages: [Flow: Double] = [:]
  private var batches: [Flow: Double] = [:]

  static func now(of processes: FleetProcesses) async throws -> BatchCount {
    var count = BatchCount()
    for stage in Flow.allCases {
      for page in try await processes.metrics(of: stage.program) {
        count.messages[stage, default: 0] += try page.sum(of: "batch_size_sum")
        count.batches[stage, default: 0] += try page.sum(of: "batch_size_count")
      }
    }
    return count
  }

  func since(_ earlier: BatchCount) -> BatchCount {
    var difference = self
    difference.messages.merge(earlier.messages) { $0 - $1 }
    difference.batches.merge(earlier.batches) { $0 - $1 }
    return difference
  }

  /// Messages a batch; 0 for a stage that had none.
  subscript(stage: Flow) -> Double {
    guard let number = batches[stage], number > 0 else { return 0 }
    return (messages[stage] ?? 0) / number
  }
}
