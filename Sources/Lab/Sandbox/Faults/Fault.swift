internal import StrictJSON

/// A way to misbehave on some routes.
struct Fault: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable {
    /// Waits, then goes on.
    case latency
    /// Answers with `status` and does nothing.
    case status
    /// Does it, then cuts the connection before the answer.
    case dropAfterCommit = "drop_after_commit"
    /// Cuts the connection and does nothing.
    case dropBefore = "drop_before"
    /// Does it, then cuts the connection in the middle of the answer.
    case cutBody = "cut_body"
    /// Says nothing, or answers with `status`, and does it `milliseconds` later.
    case lateCommit = "late_commit"
    /// Reads do not show what happened in the last `milliseconds`.
    case searchLag = "search_lag"
    /// The three bodies of a 429; nothing is done.
    case rateLimit1 = "rate_limit_1"
    case rateLimit2 = "rate_limit_2"
    case rateLimit3 = "rate_limit_3"
    /// The token of the call expires before the call.
    case expiredToken = "expired_token"
  }

  /// Method and path, each with `*` for any text, such as `POST /platform/events*`.
  ///
  /// The path is compared with and without the simulator's prefix.
  var route: String
  var kind: Kind
  var percent = 100
  /// For `status`, which answers 503 without it, and for `late_commit`, which cuts the connection.
  var status: Int?
  /// For `latency`, `late_commit` and `search_lag`.
  var milliseconds = 200
  /// How often in all; nil means without end.
  var times: Int?
  /// How many requests of the route go unharmed before.
  var after = 0

  /// Nil when it has no route, an unknown kind, or a number out of its bounds.
  init?(_ json: JSON) {
    guard let route = json["route"]?.string, let name = json["kind"]?.string,
      let kind = Kind(rawValue: name)
    else { return nil }
    self.route = route
    self.kind = kind
    percent = json["percent"]?.int ?? percent
    status = json["status"]?.int
    milliseconds = json["milliseconds"]?.int ?? milliseconds
    times = json["times"]?.int
    after = json["after"]?.int ?? after
    guard (0...100).contains(percent), (200...599).contains(status ?? 503),
      (0...600_000).contains(milliseconds), (times ?? 0) >= 0, after >= 0
    else { return nil }
  }

  var json: JSON {
    [
      "route": .string(route), "kind": .string(kind.rawValue), "percent": .number(percent),
      "status": status.map(JSON.number) ?? .null, "milliseconds": .number(milliseconds),
      "times": times.map(JSON.number) ?? .null, "after": .number(after),
    ]
  }

  func matches(method: String, path: String) -> Bool {
    let parts = route.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, Self.glob(parts[0], method) else { return false }
    let inner = path.dropFirst().firstIndex(of: "/").map { path[$0...] } ?? "/"
    return Self.glob(parts[1], path) || Self.glob(parts[1], inner)
  }

  private static func glob(_ pattern: some StringProtocol, _ text: some StringProtocol) -> Bool {
    let pattern = Array(pattern.utf8)
    let text = Array(text.utf8)
    var at = 0
    var place = 0
    var star: (pattern: Int, text: Int)?
    while place < text.count {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        star = (at, place)
        at += 1
      } else if at < pattern.count, pattern[at] == text[place] {
        at += 1
        place += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        at = last.pattern + 1
        place = last.text + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
