/// How long a call whose answer was lost may still be carried out and be shown.
///
/// RD Station works on events later than it answers, and shows them later still. Before that time is over,
/// an event that is not there may be on its way, and a second call would tell it twice.
package struct RDPatience: Sendable, Hashable {
  /// Since the call was taken in hand: the longest late commit known (120 s), the lag of what RD shows
  /// (30 s), and the time in which the call itself may begin and end.
  package static let standard = RDPatience(.seconds(180))

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
