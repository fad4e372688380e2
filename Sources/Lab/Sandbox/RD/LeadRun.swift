internal import HTTPTypes
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One run of the lead generator and how far it is.
final class LeadRun: Sendable {
  /// What becomes of each lead.
  enum Way: Sendable, Hashable {
    /// The person is known to RD from then on, and nobody is told.
    case know
    /// Its bodies are posted there, past the account's webhooks.
    case post(url: String)
    /// The person converts on a form, and the account's webhooks are fired.
    case convert
  }

  struct Plan: Sendable {
    var account: String
    var way: Way
    var leads: Int
    var concurrency = 16
    /// Leads a second; 0 means as fast as answers come.
    var rate = 0

    var script: LeadScript
  }

  struct Progress: Sendable, Hashable {
    var isDone = false
    /// Distinct bodies to deliver; where people convert, what they are to do, each of which is as many
    /// bodies as webhooks hear it.
    var planned = 0
    /// Distinct bodies answered 2xx.
    var delivered = 0
    /// Second deliveries answered 2xx.
    var repeats = 0
    /// Requests in all.
    var attempts = 0
    /// Distinct bodies given up.
    var failed = 0
    /// Of the delivered; where people convert, all.
    var conversions = 0
    /// Of the delivered; where people convert, all.
    var marks = 0
  }

  let name: String
  let plan: Plan
  let progress = Mutex(Progress())
  private let nextLead = Mutex(0)

  init(name: String, plan: Plan) {
    self.name = name
    self.plan = plan
  }

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
    switch (json["url"], json["convert"]) {
    case (nil, nil), (nil, .bool(false)): way = .know
    case (nil, .bool(true)): way = .convert
    case (.string(let url), nil), (.string(let url), .bool(false)): way = .post(url: url)
    default:
      throw Self.refusal(
        "url is a text to which the bodies are posted, or convert is true and the webhooks of the "
          + "account are fired, or neither is there: the people become known and nobody is told"
      )
    }
    guard let shape = LeadScript.Shape(rawValue: json["shape"]?.string ?? "both") else {
      throw Self.refusal("shape is both, legacy or current")
    }
    self.account = account
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
