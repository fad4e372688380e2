import Logging
import Belt

/// What was stored comes out again, in order.
extension Spool {
  /// The oldest segment as it was read, and what of it is still to be replayed.
  struct Reading {
    let segment: Int
    let bytesRead: Int
    var entries: ArraySlice<(message: Message, end: Int)>
    var isDamaged: Bool
  }

  /// The oldest messages that were not replayed yet; empty when there is none.
  ///
  /// The same again until ``advance(by:)``.
  func next(max: Int) throws(SpoolError) -> [Message] {
    while let first = segments.first {
      if reading?.segment != first.number {
        reading = try read(after: nil)
      } else if let known = reading, known.entries.isEmpty, known.bytesRead < first.bytes {
        reading = try read(after: nil, more: known)
      }
      guard let entries = reading?.entries, let oldest = entries.first else {
        finish(first)
        continue
      }
      show(oldestArrivedAt: oldest.message.arrivedAt)
      return entries.prefix(max).map(\.message)
    }
    return []
  }

  /// Notes that so many of the oldest messages are safe with the broker.
  func advance(by count: Int) {
    guard count > 0, var known = reading, let last = known.entries.prefix(count).last else {
      return
    }
    known.entries.removeFirst(count)
    reading = known
    segments[0].bodies -= count
    if known.entries.isEmpty, known.bytesRead == segments[0].bytes {
      finish(segments[0])
    } else {
      do throws(SpoolError) {
        try folder.setPosition(SpoolPosition(segment: known.segment, offset: last.end))
      } catch {
        logger.warning("spool: the position is not kept, more is sent again: \(error)")
      }
    }
    // Of the segment behind it, until it is read.
    show(oldestArrivedAt: known.entries.first?.message.arrivedAt ?? gauge.state.oldestArrivedAt)
  }

  private func finish(_ first: Segment) {
    gauge.recovered()
    if segments.count == 1 { seal() }
    segments.removeFirst()
    discard(first, isDamaged: reading?.isDamaged ?? false)
    reading = nil
  }

  /// Reads what of the oldest segment is sound and lies behind a position, or behind what was read of it.
  func read(
    after position: SpoolPosition?,
    more known: Reading? = nil
  ) throws(SpoolError) -> Reading? {
    guard let first = segments.first else { return nil }
    let base = known?.bytesRead ?? 0
    // The file may be longer: what is behind was refused, or is not on the disk yet.
    let bytes = Array(try folder.read(first.number, from: base).prefix(first.bytes - base))
    let scan = SegmentScan(bytes)
    let offset = position?.segment == first.number ? position?.offset ?? 0 : 0
    var isDamaged = known?.isDamaged ?? false
    if scan.damagedBytes > 0 || base + scan.end < first.bytes { isDamaged = true }
    var entries: [(message: Message, end: Int)] = []
    for payload in scan.payloads where payload.upperBound > offset {
      if let message = SpoolRecord.message(bytes[payload]) {
        entries.append((message, base + payload.upperBound))
      } else {
        isDamaged = true
      }
    }
    if isDamaged, reading?.isDamaged != true {
      logger.error(
        "spool: a segment is damaged; its sound bodies are sent, and the file is kept",
        metadata: ["segment": "\(first.number)", "bytes": "\(scan.damagedBytes)"]
      )
    }
    segments[0].bodies = entries.count
    let read = Reading(
      segment: first.number,
      bytesRead: first.bytes,
      entries: entries[...],
      isDamaged: isDamaged
    )
    reading = read
    return read
  }
}
