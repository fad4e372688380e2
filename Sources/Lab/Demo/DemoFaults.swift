import StrictJSON

/// How an outside CRM misbehaves while a demo runs with faults.
enum DemoFaults {
  /// Of a hundred calls of that simulator ten lose their answer, five are carried out late, five meet a 429
  /// and five a 503.
  static func all(of system: String) -> JSON {
    func fault(_ kind: String, _ percent: Int) -> JSON {
      [
        "route": .string("* /\(system)/*"), "kind": .string(kind), "percent": .number(percent),
        // Of a late one; shorter than any CRM is believed to take.
        "milliseconds": 20_000,
      ]
    }
    return [
      fault("drop_after_commit", 10), fault("late_commit", 5), fault("rate_limit_1", 5),
      fault("status", 5),
    ]
  }

  /// How often each has struck, in words.
  static func text(_ faults: JSON) -> String {
    (faults.array ?? []).map { "\($0["kind"]?.string ?? "") \($0["fired"]?.int ?? 0)" }
      .joined(separator: ", ")
  }
}
