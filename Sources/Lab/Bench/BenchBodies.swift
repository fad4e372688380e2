import SandboxLeads

/// Bodies of made-up leads in both webhook shapes, each of another person, about three to a company.
enum BenchBodies {
  /// Another seed makes other leads; one that the fleet has met makes duplicates.
  static func make(_ count: Int, seed: UInt64) -> [[UInt8]] {
    let script = LeadScript(seed: seed, people: count)
    return (0..<count).flatMap { script.lead($0).deliveries.map { $0.body() } }
  }
}
