import Leads
import Postgres
import Belt

/// A message that does not go into one transaction, or of which a part is refused.
///
/// Each part is committed by itself, and the receipt with what follows comes last. When the process
/// ends in between, the message is delivered again and the parts that stand are found. What cannot be
/// stored even alone goes on as a message of its own, so that its failure is not that of its neighbours.
extension StageRunner {
  func inParts(_ message: Message, _ division: Division<S.Input>, after failure: any Failure)
    async throws -> Outcome
  {
    var failure = failure
    var parts = Parts(of: division.count)
    var follows: [Message] = []
    while let places = parts.next() {
      do {
        let part = Taken(message, division.part(places))
        let made = try await commit([part], withReceipts: false)
        switch made.outcomes[message.id] {
        case .done(let more)? where !made.handled.contains(message.id): follows += more
        // The message is done with: another process was quicker, or the integration is gone.
        case let ended?: return ended
        case nil: break
        }
        parts.stored()
      } catch let error as any Failure where error.isOfTheWork {
        failure = error
        parts.failed(places, for: error)
      }
    }
    guard parts.left.count < division.count else {
      return try await ended(message, orElse: failure)
    }
    if !parts.left.isEmpty, let rest = try division.rest(parts.left) { follows.append(rest) }
    let settled = Settled(message, .done(follows: follows), journey: [])
    do {
      let writes = division.writes + Receipts.writing([settled], at: S.flow)
      try await pool.run(writes.statements)
      return settled.outcome
    } catch {
      guard error.isUniqueViolation else { throw error }
      return try await ended(message, orElse: error)
    }
  }

  /// How another process ended the message meanwhile.
  private func ended(_ message: Message, orElse failure: any Failure) async throws -> Outcome {
    guard let outcome = try await receipts(of: [message])[message.id] else { throw failure }
    return outcome
  }
}

/// The parts of a message that are still to be tried.
struct Parts {
  private var waiting: [Range<Int>]
  private var inARow = 0
  /// The places of those that cannot be stored, even alone, or were not tried any more.
  private(set) var left: [Int] = []

  init(of count: Int) { waiting = Self.quarters(of: 0..<count) }

  mutating func next() -> Range<Int>? { waiting.isEmpty ? nil : waiting.removeFirst() }

  mutating func stored() { inARow = 0 }

  /// Puts smaller parts of it in its place.
  ///
  /// When two fail alone, one after the other, without being at fault themselves, more of them would:
  /// the others are left for later.
  mutating func failed(_ places: Range<Int>, for failure: any Failure) {
    guard places.count == 1 else {
      waiting = Self.quarters(of: places) + waiting
      return
    }
    left += places
    inARow = failure.disposition == .reject ? 0 : inARow + 1
    guard inARow == 2 else { return }
    left += waiting.joined()
    waiting = []
  }

  private static func quarters(of places: Range<Int>) -> [Range<Int>] {
    let size = max(1, (places.count + 3) / 4)
    return stride(from: places.lowerBound, to: places.upperBound, by: size).map {
      $0..<min($0 + size, places.upperBound)
    }
  }
}

extension Failure {
  /// Less work may succeed where more of it failed.
  var isOfTheWork: Bool {
    switch disposition {
    case .split, .reject, .retry: true
    case .busy, .stop: false
    }
  }
}
