/// How long a call whose answer was lost may still be carried out and be shown.
///
/// A system may work on what it took later than it answers, and show it later still. Before that time is
/// over, what is not there may be on its way, and a second call would do it twice.
package struct Patience: Sendable, Hashable {
  /// Since the call was taken in hand: the longest late commit known (120 s), the lag of what is shown
  /// (30 s), and the time in which the call itself may begin and end.
  package static let standard = Patience(.seconds(180))

  let length: Duration

  package init(_ length: Duration) { self.length = length }

  func isOver(at age: Duration) -> Bool { age >= length }

  /// How long to wait before the next look: longer each time, and the last one right after the end.
  func wait(afterLooks reads: Int, at age: Duration) -> Duration {
    let steps: [Duration] = [.seconds(5), .seconds(15), .seconds(30), .seconds(60)]
    let step = steps[min(max(reads, 0), steps.count - 1)]
    let left = length - age
    return left > .zero ? min(step, left + .seconds(1)) : step
  }
}
