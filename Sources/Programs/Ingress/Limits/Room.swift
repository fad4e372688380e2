import Synchronization

/// A bounded amount that requests take a part of and give back.
final class Room: Sendable {
  private let taken = Atomic<Int>(0)
  let capacity: Int

  init(_ capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { taken.load(ordering: .relaxed) == 0 }

  /// False when there is not so much left; nothing is taken then.
  func take(_ amount: Int) -> Bool {
    let (_, total) = taken.add(amount, ordering: .relaxed)
    guard total > capacity else { return true }
    giveBack(amount)
    return false
  }

  /// Takes what is there already, also beyond the bound.
  func hold(_ amount: Int) { taken.add(amount, ordering: .relaxed) }

  func giveBack(_ amount: Int) { taken.subtract(amount, ordering: .relaxed) }
}
