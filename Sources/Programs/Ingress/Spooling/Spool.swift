import DedicatedThreads
import Glibc
import Logging
import Synchronization
import SystemPackage
import Belt

/// Bodies on the local disk for as long as the broker cannot take them, in the order they came.
///
/// Runs on a thread of its own, because files block. Requests that wait together share one write and
/// one wait for the disk. What a request was told to be stored survives the death of the process and of
/// the machine; what it was not told may be there all the same, and is then sent all the same.
actor Spool {
  struct Segment {
    let number: Int
    /// Bytes on the disk, all of them sound or passed over.
    var bytes: Int
    /// Not replayed yet.
    var bodies: Int
  }

  private struct Pending {
    let frame: [UInt8]
    let arrivedAt: Int64
    let receipt: SpoolReceipt
  }

  /// A flush takes no more bytes than this, beyond one record.
  private static let flushBytesMax = 1 << 20

  nonisolated let gauge = SpoolGauge()
  /// Told after each flush; a stream for one reader.
  nonisolated let news: AsyncStream<Void>
  private nonisolated let announce: AsyncStream<Void>.Continuation
  private nonisolated let thread = DedicatedThread(name: "spool")
  /// Bytes that wait for the disk.
  private nonisolated let waitingRoom = Room(64 << 20)
  let folder: SpoolFolder
  private let room: Room
  private let segmentBytes: Int
  let logger: Logger

  var segments: [Segment] = []
  var reading: Reading?
  /// Open for the last segment; nil when the next flush has to make one.
  private var writing: FileDescriptor?
  private var lock: FileDescriptor?
  private var nextNumber = 1
  private var pending: [Pending] = []
  private var isFlushing = false
  private var isClosed = false

  /// Makes the folder when it is missing, and reads nothing yet.
  ///
  /// `room` counts bytes on the disk and is shared with other spools; a segment takes no record beyond
  /// `segmentBytes`.
  init(
    _ path: FilePath,
    room: Room,
    segmentBytes: Int = 4 << 20,
    logger: Logger
  ) throws(SpoolError) {
    folder = try SpoolFolder(path)
    self.room = room
    self.segmentBytes = segmentBytes
    self.logger = logger
    (news, announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Takes possession of the folder and cuts off what a kill left half written; call it once, first.
  ///
  /// - Throws: When another process has the folder, or the system refuses.
  func open() throws(SpoolError) {
    lock = try folder.lock()
    let position = try folder.position()
    var cutBytes = 0
    var tails: [String] = []
    for number in try folder.segments() {
      let bytes = try folder.read(number)
      let scan = SegmentScan(bytes)
      var isCut = true
      if scan.tailBytes > 0 {
        do throws(SpoolError) {
          tails.append(try folder.keepTail(bytes[scan.end...], of: number))
          try folder.cut(number, to: scan.end)
          cutBytes += scan.tailBytes
        } catch {
          // Such as a full disk, which must not keep us from sending what is sound.
          isCut = false
          logger.error("spool: the end of a segment is no record, and could not be cut: \(error)")
        }
      }
      nextNumber = number + 1
      let replayed = position?.segment == number ? position?.offset ?? 0 : 0
      let bodies = scan.payloads.count { $0.upperBound > replayed }
      guard bodies > 0 else {
        if isCut { try folder.remove(number) } else { try folder.setAside(number) }
        continue
      }
      room.hold(scan.end)
      segments.append(Segment(number: number, bytes: scan.end, bodies: bodies))
    }
    nextNumber = max(nextNumber, (position?.segment ?? 0) + 1)
    room.hold(try folder.boundTails(to: room.capacity / 8))
    if cutBytes > 0 {
      logger.warning(
        "spool: cut off what is no whole record, half written or spoiled; it is kept beside the rest",
        metadata: ["bytes": "\(cutBytes)", "files": "\(tails.joined(separator: " "))"]
      )
    }
    show(oldestArrivedAt: try read(after: position)?.entries.first?.message.arrivedAt)
    if !segments.isEmpty {
      logger.notice("spool: bodies wait since before the start", metadata: gauge.metadata)
      announce.yield()
    }
  }

  /// Stores one message for good; success when the disk has it.
  ///
  /// By the deadline there is an answer, give or take a scheduling delay, however slow the disk.
  nonisolated func append(
    _ message: Message,
    deadline: ContinuousClock.Instant
  ) async -> Result<Void, SpoolError> {
    let frame = SpoolFrame.encoded(SpoolRecord.encoded(message))
    guard waitingRoom.take(frame.count) else { return .failure(.tooSlow) }
    let receipt = SpoolReceipt()
    Task {
      await enqueue(Pending(frame: frame, arrivedAt: message.arrivedAt, receipt: receipt))
    }
    let answer = await receipt.answer(by: deadline)
    if case .failure(.tooSlow) = answer, gauge.failed(.tooSlow) {
      logger.error("\(SpoolError.tooSlow)", metadata: gauge.metadata)
    }
    return answer
  }

  private func enqueue(_ one: Pending) {
    pending.append(one)
    guard !isFlushing else { return }
    isFlushing = true
    // Whoever else is in the queue of this actor by now comes before it, and shares the flush.
    Task { flush() }
  }

  private func flush() {
    isFlushing = false
    var batch: [Pending] = []
    var size = 0
    while let next = pending.first, batch.isEmpty || size + next.frame.count <= Self.flushBytesMax {
      pending.removeFirst()
      waitingRoom.giveBack(next.frame.count)
      // Nobody waits for it any more; it was refused and will be sent again.
      guard !next.receipt.isSettled else { continue }
      guard !isClosed else {
        next.receipt.settle(.failure(.closed))
        continue
      }
      guard room.take(next.frame.count) else {
        if gauge.failed(.full) { logger.error("\(SpoolError.full)", metadata: gauge.metadata) }
        next.receipt.settle(.failure(.full))
        continue
      }
      size += next.frame.count
      batch.append(next)
    }
    if !pending.isEmpty {
      isFlushing = true
      Task { flush() }
    }
    guard !batch.isEmpty else { return }
    let answer: Result<Void, SpoolError>
    do throws(SpoolError) {
      try store(batch, size)
      answer = .success(())
      gauge.recovered()
      announce.yield()
    } catch {
      room.giveBack(size)
      answer = .failure(error)
      if gauge.failed(error) { logger.error("\(error)") }
    }
    for one in batch { one.receipt.settle(answer) }
  }

  private func store(_ batch: [Pending], _ size: Int) throws(SpoolError) {
    if let last = segments.last, last.bytes + size > segmentBytes { seal() }
    let file = if let writing { writing } else { try open(nextNumber) }
    let place = segments.count - 1
    let start = segments[place].bytes
    do throws(SpoolError) {
      try SpoolFolder.trying {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for one in batch { bytes += one.frame }
        _ = try file.writeAll(toAbsoluteOffset: Int64(start), bytes)
        try SpoolFolder.check(fdatasync(file.rawValue))
      }
    } catch {
      cutBack(file, to: start)
      throw error
    }
    let wasEmpty = gauge.state.bodies == 0
    segments[place].bytes += size
    segments[place].bodies += batch.count
    show(oldestArrivedAt: wasEmpty ? batch.first?.arrivedAt : gauge.state.oldestArrivedAt)
  }

  /// After a failure no one knows what the disk has behind the last sound record, so it goes, and the
  /// next record starts another segment.
  private func cutBack(_ file: FileDescriptor, to bytes: Int) {
    do throws(SpoolError) {
      try SpoolFolder.trying { try file.resize(to: Int64(bytes)) }
    } catch {
      // What stays is half a record, or a whole one that was refused: the reader copes with both.
      logger.error("spool: a segment could not be cut back: \(error)")
    }
    seal()
    guard bytes == 0, let last = segments.popLast() else { return }
    discard(last, isDamaged: false)
  }

  private func open(_ number: Int) throws(SpoolError) -> FileDescriptor {
    // Taken even if this fails: a name is used once.
    nextNumber += 1
    let file = try folder.create(number)
    segments.append(Segment(number: number, bytes: 0, bodies: 0))
    writing = file
    return file
  }

  func seal() {
    guard let file = writing else { return }
    writing = nil
    do throws(SpoolError) {
      try SpoolFolder.trying { try file.close() }
    } catch {
      // Everything in it was on the disk before.
      logger.debug("spool: a segment did not close cleanly: \(error)")
    }
  }

  func discard(_ segment: Segment, isDamaged: Bool) {
    room.giveBack(segment.bytes)
    do throws(SpoolError) {
      if isDamaged {
        try folder.setAside(segment.number)
      } else {
        try folder.remove(segment.number)
      }
    } catch {
      logger.error("spool: a finished segment stays and will be sent again: \(error)")
    }
  }

  func show(oldestArrivedAt: Int64?) {
    gauge.show(
      bodies: segments.reduce(0) { $0 + $1.bodies },
      bytes: segments.reduce(0) { $0 + $1.bytes },
      oldestArrivedAt: oldestArrivedAt
    )
  }

  /// Lets the folder go; what waits in it stays for the next start.
  func close() {
    isClosed = true
    flush()
    seal()
    announce.finish()
    do throws(SpoolError) {
      try SpoolFolder.trying { () throws in try lock?.close() }
    } catch {
      // The process ends, and the lock with it.
      logger.debug("spool: the lock did not close cleanly: \(error)")
    }
    lock = nil
    thread.stop()
  }
}
