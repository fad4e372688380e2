import BeltStorage
import Leads
import Belt

/// A body whose leads do not go into one transaction, or of which one is refused.
///
/// Each piece is committed by itself, and the receipt with what follows comes last. When the process
/// ends in between, the body is delivered again and the pieces that stand are found. What cannot be
/// stored even alone goes on as a body of its own, so that its failure is not that of its neighbours.
extension LeadImporterHandler {
  func storeInPieces(_ content: WebhookContent, after failure: any Failure) async throws -> Outcome
  {
    var failure = failure
    var pieces = Pieces(of: content.leads.count)
    var follows: [Message] = []
    while let places = pieces.next() {
      do {
        switch try await store(content.piece(places)) {
        case .ended(let outcome): return outcome
        case .stored(let more): follows += more
        }
        pieces.stored()
      } catch let error as any Failure where error.isOfTheWork {
        failure = error
        pieces.failed(places, for: error)
      }
    }
    guard pieces.left.count < content.leads.count else { throw failure }
    if !pieces.left.isEmpty, let rest = try content.rest(at: pieces.left) { follows.append(rest) }
    let settled = Settled(content.message, .done(follows: follows), journey: [])
    try await database.record(
      .leadImporter,
      [settled],
      writes: WebhookArchive.writing([content.message])
    )
    return settled.outcome
  }

  private enum Piece {
    /// With what follows from it.
    case stored([Message])
    /// The message is done with: another process was quicker, or the integration is gone.
    case ended(Outcome)
  }

  private func store(_ piece: WebhookContent) async throws -> Piece {
    let message = piece.message
    let made = try await database.plan(
      .leadImporter,
      [message],
      loading: ImportStore.loading([piece])
    ) { _, unit in
      let (decided, known, standing) = try decide([piece], unit)
      let arrivals = decided.flatMap(\.self)
      return StageWork(
        writes: ImportStore.writes(arrivals, known, over: standing),
        notes: arrivals.flatMap { $0.lines(unit) }.map { (message, $0) },
        planned: [(message, arrivals.compactMap { $0.follow(unit) })]
      )
    }
    if let outcome = made.outcomes[message.id] { return .ended(outcome) }
    return .stored(made.planned.flatMap(\.plan))
  }
}

/// The pieces of a body that are still to be tried.
struct Pieces {
  private var waiting: [Range<Int>]
  private var inARow = 0
  /// The places of the leads that cannot be stored, even alone, or were not tried any more.
  private(set) var left: [Int] = []

  init(of count: Int) { waiting = Self.parts(of: 0..<count) }

  mutating func next() -> Range<Int>? { waiting.isEmpty ? nil : waiting.removeFirst() }

  mutating func stored() { inARow = 0 }

  /// Puts smaller pieces of it in its place.
  ///
  /// When two leads fail alone, one after the other, without being at
  /// fault themselves, more of them would: the others are left for later.
  mutating func failed(_ places: Range<Int>, for failure: any Failure) {
    guard places.count == 1 else {
      waiting = Self.parts(of: places) + waiting
      return
    }
    left += places
    inARow = failure.disposition == .reject ? 0 : inARow + 1
    guard inARow == 2 else { return }
    left += waiting.joined()
    waiting = []
  }

  private static func parts(of places: Range<Int>) -> [Range<Int>] {
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
