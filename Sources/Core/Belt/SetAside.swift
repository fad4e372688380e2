/// What is done but for one queue or exchange that takes nothing: it waits here unacknowledged, and
/// holds up nobody else.
///
/// The prefetch bounds it; once all of that lies here, the worker takes no more by itself.
actor SetAside {
  private var waiting: [Owed] = []
  private var isClosed = false
  private var waiter: CheckedContinuation<Void, Never>?
  private let progress: WorkerProgress

  init(progress: WorkerProgress) { self.progress = progress }

  /// Adds to what waits; a message that waits already is owed once, for all its deliveries.
  func add(_ more: [Owed]) {
    for item in more {
      guard let at = waiting.firstIndex(where: { $0.id == item.id }) else {
        waiting.append(item)
        continue
      }
      waiting[at].deliveries += item.deliveries
      for entry in item.outgoing
      where !waiting[at].outgoing.contains(where: { $0.message == entry.message }) {
        waiting[at].outgoing.append(entry)
      }
    }
    tell()
  }

  /// Waits until something is there; false once closed.
  func isFilled() async -> Bool {
    while waiting.isEmpty, !isClosed {
      await withCheckedContinuation { waiter = $0 }
    }
    return !isClosed
  }

  func takeAll() -> [Owed] {
    defer { waiting = [] }
    return waiting
  }

  /// Puts back what could not be published once more.
  func keep(_ left: [Owed]) {
    waiting = left + waiting
    tell()
  }

  func close() {
    isClosed = true
    tell()
  }

  private func tell() {
    progress.setAside(waiting.count, for: waiting.flatMap(\.failures).map(\.reason.sentence))
    waiter?.resume()
    waiter = nil
  }
}
