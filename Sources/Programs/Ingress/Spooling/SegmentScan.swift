/// What can be read of a segment.
///
/// A kill or a full disk leaves half a record at the end: the tail. Damage before a sound record is the
/// disk's, and is passed over.
struct SegmentScan: Sendable, Equatable {
  /// Oldest first.
  private(set) var payloads: [Range<Int>] = []
  /// Where the last sound record ends; 0 without one.
  private(set) var end = 0
  /// Bytes behind the last sound record.
  private(set) var tailBytes = 0
  /// Bytes that are no record though a sound one comes after them.
  private(set) var damagedBytes = 0

  init(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      guard let payload = SpoolFrame.payload(in: bytes, at: offset) else {
        offset += 1
        continue
      }
      damagedBytes += offset - end
      payloads.append(payload)
      end = payload.upperBound
      offset = end
    }
    tailBytes = bytes.count - end
  }
}
