internal import HTTPTypes
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One run of the lead generator and how far it is.
final class LeadRun: Sendable {
  struct Plan: Sendable {
    var account: String
    /// Nil makes the people known and tells nobody.
    var url: String?
    var leads: Int
    var concurrency = 16
    /// Leads a second; 0 means as fast as answers come.
    var rate = 0

    var script: LeadScript
  }

  struct Progress: Sendable, Hashable {
    var isDone = false
    /// Distinct bodies to deliver.
    var planned = 0
    /// Distinct bodies answered 2xx.
    var delivered = 0
    /// Second deliveries answered 2xx.
    var repeats = 0
    /// Requests in all.
    var attempts = 0
    /// Distinct bodies given up.
    var failed = 0
    /// Of the delivered.
    var conversions = 0
    /// Of the delivered.
    var marks = 0
  }

  let plan: Plan
  let progress = Mutex(Progress())
  private let nextLead = Mutex(0)

  init(plan: Plan) { self.plan = plan }

  /// The number of the next lead, nil when all are taken.
  func take() -> Int? {
    nextLead.withLock { next in
      guard next < plan.leads else { return nil }
      defer { next += 1 }
      return next
    }
  }

  var json: JSON {
    let now = progress.withLock { $0 }
    return [
      "state": now.isDone ? "done" : "running", "planned": .number(now.planned),
      "delivered": .number(now.delivered), "repeats": .number(now.repeats),
      "attempts": .number(now.attempts), "failed": .number(now.failed),
      "conversions": .number(now.conversions), "marks": .number(now.marks),
    ]
  }
}

extension LeadRun.Plan {
  /// Reads the body of `POST /rd/simulate`.
  init(_ json: JSON) throws(Refusal) {
    func number(_ key: String, _ standard: Int, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
      guard let value = json[key] else { return standard }
      guard let number = value.int, range.contains(number) else {
        throw Self.refusal(
          "\(key) is a whole number from \(range.lowerBound) to \(range.upperBound)"
        )
      }
      return number
    }
    guard let account = json["account"]?.string else {
      throw Self.refusal("account is a text")
    }
    guard json["url"] == nil || json["url"]?.string != nil else {
      throw Self.refusal("url is a text, or left out to make the people known and tell nobody")
    }
    guard let shape = LeadScript.Shape(rawValue: json["shape"]?.string ?? "both") else {
      throw Self.refusal("shape is both, legacy or current")
    }
    self.account = account
    url = json["url"]?.string
    leads = try number("leads", 1, 0...10_000_000)
    concurrency = try number("concurrency", 16, 1...1024)
    rate = try number("rate", 0, 0...100_000)
    let people = try number("people", 0, 0...10_000_000)
    script = LeadScript(
      seed: UInt64(try number("seed", 1, 0...Int.max)),
      shape: shape,
      markPercent: try number("mark_percent", 0, 0...100),
      repeatPercent: try number("repeat_percent", 0, 0...100),
      people: people == 0 ? leads : people
    )
  }

  private static func refusal(_ text: String) -> Refusal {
    Refusal(status: .badRequest, body: ["message": .string(text)])
  }
}
