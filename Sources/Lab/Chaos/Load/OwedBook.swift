import Foundation
import BeltStorage
import LabBooks
import StrictJSON
import Belt
import Operations

/// What the fleet owes: every 2xx, on disk before the next request, so that nothing of it is opinion.
actor OwedBook {
  /// The messages answered 2xx.
  private(set) var messages: [Identifier] = []
  /// Distinct events.
  private(set) var events = 0
  /// What people did whose leads the harness posted itself, by integration.
  private(set) var posted: [String: [PeopleOwed.Act]] = [:]
  /// Answers other than 2xx, and none at all.
  private(set) var refusals = 0
  /// Personal data that no log may hold.
  private(set) var canaries: [String] = []
  /// The longest that ingress let anybody wait for an answer.
  private(set) var slowest = Duration.zero
  /// Of the messages, those that nobody has seen arrive.
  private var unseen: [Identifier] = []
  /// The last of the sandbox's deliveries that is noted.
  private var place = 0
  private let file: FileHandle

  init(file url: URL) throws {
    try Data().write(to: url)
    file = try FileHandle(forWritingTo: url)
  }

  /// One event that the harness posts.
  func expect(_ act: PeopleOwed.Act, of integration: String) {
    posted[integration, default: []].append(act)
    events += 1
  }

  /// So many events that the sandbox's people made.
  func count(_ events: Int) { self.events += events }

  func remember(_ canaries: [String]) { self.canaries += canaries }

  func countRefusal() { refusals += 1 }

  /// Notes an answer of 2xx.
  @discardableResult
  func note(_ answer: [UInt8], of integration: String) throws -> Identifier {
    let id = try enter(answer, of: integration)
    try file.synchronize()
    return id
  }

  /// Notes the webhooks that the sandbox has brought to their end since it was asked last; the sandbox
  /// itself is never struck, so its word is as good as the disk's.
  func collect(from sandbox: Sandbox) async throws {
    var lines: [JSON] = []
    try await sandbox.lines("/rd/deliveries?after=\(place)") { lines.append($0) }
    // Another look may have noted some of them meanwhile.
    for line in lines {
      guard let number = line["seq"]?.int, number > place else { continue }
      place = number
      refusals += max(0, (line["attempts"]?.int ?? 1) - 1)
      took(.milliseconds(line["slowest_milliseconds"]?.int ?? 0))
      guard line["status"]?.string == "delivered" else { continue }
      try enter(Array((line["answer"]?.string ?? "").utf8), of: line["account"]?.string ?? "")
    }
  }

  @discardableResult
  private func enter(_ answer: [UInt8], of integration: String) throws -> Identifier {
    guard let id = try JSON(parsing: answer)["id"]?.string.flatMap({ Identifier($0) }) else {
      throw ChaosFleet.Failure(description: "ingress answered 2xx without an id")
    }
    try file.write(contentsOf: Data("\(integration) \(id)\n".utf8))
    messages.append(id)
    unseen.append(id)
    return id
  }

  func took(_ duration: Duration) { slowest = max(slowest, duration) }

  /// Begins to look for the longest wait afresh.
  func forgetSlowest() { slowest = .zero }

  /// Hands over what nobody has seen arrive; what of it has still not arrived is to be given back.
  func takeUnseen() -> [Identifier] {
    defer { unseen = [] }
    return unseen
  }

  func giveBack(unseen missing: [Identifier]) { unseen += missing }
}
