/// Values in order, for the one below which a share of them lies.
struct Percentiles: Sendable, Hashable {
  private let sorted: [Double]

  init(_ values: some Sequence<Double>) { sorted = values.sorted() }

  var max: Double { sorted.last ?? 0 }

  /// The smallest value that so many per cent, above 0 to 100, do not exceed (nearest rank).
  ///
  /// 0 when there are no values.
  subscript(percent: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return sorted[Swift.min(Swift.max(rank, 1), sorted.count) - 1]
  }
}
