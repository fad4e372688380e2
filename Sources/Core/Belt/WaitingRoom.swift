/// Messages whose turn has not come: they wait here unacknowledged, and hold up nobody else.
///
/// The earlier event of their lead is nearly always in another lane or replica, or right behind them in the
/// queue, and done within milliseconds; the broker's shortest wait is 5 s. So they are tried again after
/// each batch that has messages of their integration, and by a timer that slows down. The broker's way go
/// those that have waited ``patience``, those that find no room, those that come from such a wait, and what
/// was delivered before, which may be what ended a process.
actor WaitingRoom {
  /// The longest wait here; what takes longer is no matter of moments.
  static let patience = Duration.seconds(2)
  private static let pauses = (first: 20, last: 250)

  private let capacity: Int
  private let now: @Sendable () -> ContinuousClock.Instant
  private let progress: WorkerProgress
  private var waiting: [InHand] = []
  /// How many are out to be tried; their places are kept.
  private var out = 0
  private var isClosed = false
  private var waiter: CheckedContinuation<Void, Never>?

  init(
    capacity: Int,
    now: @escaping @Sendable () -> ContinuousClock.Instant,
    progress: WorkerProgress
  ) {
    self.capacity = capacity
    self.now = now
    self.progress = progress
  }

  /// Lets in those that may wait here, and back those that were tried.
  ///
  /// - Returns: Where each is that may not.
  func add(_ arrived: [InHand]) -> [Int] {
    var left: [Int] = []
    for (place, var taken) in arrived.enumerated() {
      if taken.isGuest { out -= 1 }
      let wait = taken.wait ?? (now(), 0)
      guard !isClosed, waiting.count + out < capacity, !taken.delivery.isRedelivered,
        taken.message.cause != Reason.earlierEventFirst.code, now() < wait.since + Self.patience
      else {
        left.append(place)
        continue
      }
      taken.wait = (wait.since, wait.tries + 1)
      waiting.append(taken)
    }
    tell()
    return left
  }

  /// Frees the places of guests who do not come back.
  func leave(_ guests: Int) {
    out -= guests
    tell()
  }

  /// Takes out who waits, in the order of their coming, at most `max`; nil means of any integration.
  ///
  /// Each comes back by ``add(_:)`` or is told to ``leave(_:)``.
  func take(max: Int, of integrations: Set<String>? = nil) -> [InHand] {
    var taken: [InHand] = []
    waiting.removeAll {
      guard taken.count < max, integrations?.contains($0.message.integration) ?? true else {
        return false
      }
      taken.append($0)
      return true
    }
    out += taken.count
    tell()
    return taken
  }

  /// Waits until somebody waits here, and says how long until the next try; nil once closed.
  func pauseBeforeNextTry() async -> Duration? {
    while waiting.isEmpty, !isClosed {
      await withCheckedContinuation { waiter = $0 }
    }
    guard !isClosed else { return nil }
    let tries = waiting.compactMap(\.wait?.tries).min() ?? 1
    return .milliseconds(min(Self.pauses.last, Self.pauses.first << min(tries - 1, 8)))
  }

  /// Lets nobody in any more.
  ///
  /// - Returns: Who was waiting.
  func close() -> [InHand] {
    isClosed = true
    defer {
      waiting = []
      tell()
    }
    return waiting
  }

  private func tell() {
    progress.waitsForTurn(waiting.count + out)
    guard isClosed || !waiting.isEmpty else { return }
    waiter?.resume()
    waiter = nil
  }
}

extension Reason {
  /// Of a message whose turn has not come; the engine lets it wait in the process first.
  package static let earlierEventFirst = Reason(
    "earlier_event_first",
    "An earlier event of this lead is still on its way to this stage."
  )
}

extension Outcome {
  /// Whether the message waits for an earlier event of its lead, and for nothing else.
  package var waitsForItsTurn: Bool {
    guard case .snooze(_, .earlierEventFirst) = self else { return false }
    return true
  }
}
