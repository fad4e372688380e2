import Foundation
import Leads
import SystemPackage
import TestKit
import Testing
import Belt

@testable import Ingress

/// The spool alone, on real files.
@Suite(.timeLimit(.minutes(1)))
struct SpoolTests {
  private let folder = ScratchFolder()
  private let log = LogLines()

  private func opened(max: Int = 1 << 30, segmentBytes: Int = 4 << 20) async throws -> Spool {
    let spool = try Spool(
      folder.path,
      room: Room(max),
      segmentBytes: segmentBytes,
      logger: SpoolFixture.logger(log)
    )
    try await spool.open()
    return spool
  }

  private func append(_ numbers: Range<Int>, to spool: Spool) async throws {
    for number in numbers {
      let answer = await spool.append(SpoolFixture.message(number), deadline: .now + .seconds(10))
      try answer.get()
    }
  }

  private func drain(_ spool: Spool, by count: Int = 7) async throws -> [Message] {
    var all: [Message] = []
    while case let batch = try await spool.next(max: count), !batch.isEmpty {
      all += batch
      await spool.advance(by: batch.count)
    }
    return all
  }

  private func messages(_ numbers: Range<Int>) -> [Message] {
    numbers.map { SpoolFixture.message($0) }
  }

  private func segmentURL() throws -> URL {
    folder.url.appending(path: try #require(try folder.segments.last))
  }

  @Test func `messages come out in the order they went in, over many segments`() async throws {
    let spool = try await opened(segmentBytes: 1000)
    try await append(0..<50, to: spool)
    #expect(try folder.segments.count > 5)
    #expect(spool.gauge.state.bodies == 50)
    #expect(spool.gauge.state.oldestArrivedAt == 1000)
    #expect(try await drain(spool) == messages(0..<50))
    #expect(spool.gauge.state == SpoolGauge.State())
    #expect(try folder.segments == [])
    try await append(50..<51, to: spool)
    #expect(try await drain(spool) == messages(50..<51))
    await spool.close()
  }

  @Test func `writing goes on while the oldest are taken`() async throws {
    let spool = try await opened(segmentBytes: 1000)
    var taken: [Message] = []
    for start in stride(from: 0, to: 60, by: 6) {
      try await append(start..<start + 6, to: spool)
      taken += try await spool.next(max: 4)
      await spool.advance(by: 4)
    }
    #expect(spool.gauge.state.bodies == 20)
    #expect(try await taken + drain(spool) == messages(0..<60))
    await spool.close()
  }

  @Test func `what was stored is there after the next start, and what was sent is not`()
    async throws
  {
    var spool = try await opened(segmentBytes: 1000)
    try await append(0..<30, to: spool)
    #expect(try await spool.next(max: 13).count <= 13)
    var sent = 0
    while sent < 13 {
      let batch = try await spool.next(max: 13 - sent)
      await spool.advance(by: batch.count)
      sent += batch.count
    }
    await spool.close()
    spool = try await opened(segmentBytes: 1000)
    #expect(spool.gauge.state.bodies == 17)
    #expect(spool.gauge.state.oldestArrivedAt == 1013)
    #expect(log.contains("bodies wait since before the start"))
    try await append(30..<32, to: spool)
    #expect(try await drain(spool) == messages(13..<32))
    await spool.close()
  }

  @Test func `a lost position only sends again`() async throws {
    var spool = try await opened()
    try await append(0..<5, to: spool)
    _ = try await spool.next(max: 2)
    await spool.advance(by: 2)
    await spool.close()
    try FileManager.default.removeItem(at: folder.url.appending(path: "position"))
    spool = try await opened()
    #expect(try await drain(spool) == messages(0..<5))
    await spool.close()
  }

  @Test func `a torn tail is cut off at the start, counted, and kept`() async throws {
    var spool = try await opened()
    try await append(0..<3, to: spool)
    await spool.close()
    let url = try segmentURL()
    let sound = try Data(contentsOf: url)
    let torn = SpoolFrame.encoded(SpoolRecord.encoded(SpoolFixture.message(3))).dropLast(5)
    try (sound + Data(torn)).write(to: url)
    spool = try await opened()
    let tail = url.appendingPathExtension("tail")
    #expect(log.contains("\"bytes\": \(torn.count)"), "\(log.lines)")
    #expect(log.contains("\"files\": \(tail.lastPathComponent)"), "\(log.lines)")
    #expect(try Data(contentsOf: url) == sound)
    #expect(try Data(contentsOf: tail) == Data(torn))
    let mode = try FileManager.default.attributesOfItem(atPath: tail.path())[.posixPermissions]
    #expect(mode as? Int == 0o600, "it may hold a person's data")
    #expect(try await drain(spool) == messages(0..<3))
    await spool.close()
  }

  /// It was accepted, and a kill leaves the same.
  @Test func `a last record that the disk spoiled is kept whole for a person`() async throws {
    var spool = try await opened()
    try await append(0..<1, to: spool)
    await spool.close()
    let url = try segmentURL()
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: url)
    spool = try await opened()
    #expect(try await drain(spool) == [])
    #expect(try Data(contentsOf: url.appendingPathExtension("tail")) == bytes)
    #expect(spool.gauge.state.bodies == 0)
    await spool.close()
  }

  @Test func `kept tails stay within an eighth of the spool, and the newest always stays`()
    async throws
  {
    let folder = try SpoolFolder(folder.path)
    for number in 1...5 {
      _ = try folder.keepTail([UInt8](repeating: 7, count: 100)[...], of: number)
    }
    let spool = try await opened(max: 2000)
    #expect(
      try self.folder.names().filter { $0.hasSuffix(".tail") }.map { $0.suffix(12) } == [
        "4.spool.tail", "5.spool.tail",
      ]
    )
    await spool.close()
    let tight = try await opened(max: 300)
    #expect(try self.folder.names().filter { $0.hasSuffix(".tail") }.count == 1)
    let answer = await tight.append(
      SpoolFixture.message(0, bytes: 150),
      deadline: .now + .seconds(10)
    )
    #expect(answer.failure == .full, "a tail takes room like everything else")
    await tight.close()
  }

  @Test func `writing goes on behind what was read of the same segment`() async throws {
    let spool = try await opened()
    var taken: [Message] = []
    for start in stride(from: 0, to: 60, by: 6) {
      try await append(start..<start + 6, to: spool)
      while taken.count < start + 5 {
        let batch = try await spool.next(max: start + 5 - taken.count)
        taken += batch
        await spool.advance(by: batch.count)
      }
    }
    #expect(try await taken + drain(spool) == messages(0..<60))
    #expect(!log.contains("is damaged"))
    await spool.close()
  }

  @Test func `damage costs one body, is told, and the file is kept`() async throws {
    var spool = try await opened()
    try await append(0..<3, to: spool)
    await spool.close()
    let url = try segmentURL()
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
    spool = try await opened()
    #expect(try await drain(spool) == [SpoolFixture.message(0), SpoolFixture.message(2)])
    #expect(log.contains("is damaged"))
    #expect(try folder.names().contains { $0.hasSuffix(".spool.damaged") })
    await spool.close()
  }

  @Test func `a record of a later version is kept for it`() async throws {
    var spool = try await opened()
    try await append(0..<1, to: spool)
    await spool.close()
    let url = try segmentURL()
    let later = SpoolFrame.encoded([9, 9, 9, 9, 9])
    try (try Data(contentsOf: url) + Data(later)).write(to: url)
    spool = try await opened()
    #expect(try await drain(spool) == messages(0..<1))
    #expect(try folder.names().contains { $0.hasSuffix(".spool.damaged") })
    await spool.close()
  }

  @Test func `a full spool refuses, and takes again when some were sent`() async throws {
    let spool = try await opened(max: 1500, segmentBytes: 500)
    var stored = 0
    while case .success = await spool.append(
      SpoolFixture.message(stored),
      deadline: .now + .seconds(10)
    ) { stored += 1 }
    #expect(stored > 2)
    #expect(spool.gauge.state.failure == .full)
    #expect(spool.gauge.state.bytes <= 1500)
    let again = await spool.append(SpoolFixture.message(99), deadline: .now + .seconds(10))
    #expect(again.failure == .full)
    #expect(try await drain(spool) == messages(0..<stored))
    #expect(spool.gauge.state.failure == nil)
    try await append(0..<1, to: spool)
    await spool.close()
  }

  @Test func `the bound holds after a start too`() async throws {
    var spool = try await opened()
    try await append(0..<10, to: spool)
    let bytes = spool.gauge.state.bytes
    await spool.close()
    spool = try await opened(max: bytes / 2)
    let answer = await spool.append(SpoolFixture.message(10), deadline: .now + .seconds(10))
    #expect(answer.failure == .full)
    #expect(try await drain(spool) == messages(0..<10))
    await spool.close()
  }

  @Test func `many at once are each stored once`() async throws {
    let spool = try await opened(segmentBytes: 10_000)
    await withTaskGroup { group in
      for number in 0..<300 {
        group.addTask {
          let answer = await spool.append(
            SpoolFixture.message(number),
            deadline: .now + .seconds(20)
          )
          #expect(answer.failure == nil)
        }
      }
    }
    let ids = try await drain(spool, by: 256).map(\.id)
    #expect(ids.count == 300 && Set(ids) == Set(messages(0..<300).map(\.id)))
    await spool.close()
  }

  @Test func `a closed spool refuses`() async throws {
    let spool = try await opened()
    await spool.close()
    let late = await spool.append(SpoolFixture.message(1), deadline: .now + .seconds(10))
    #expect(late.failure == .closed)
  }

  @Test func `a folder has one owner at a time`() async throws {
    let first = try await opened()
    await #expect(throws: SpoolError.inUse) { _ = try await opened() }
    await first.close()
    let second = try await opened()
    await second.close()
  }

  @Test func `a folder that cannot be written is told at the start`() async throws {
    let file = folder.path
    try Data().write(to: folder.url)
    #expect(throws: SpoolError.self) {
      try Spool(file.appending("below"), room: Room(1), logger: SpoolFixture.logger())
    }
  }

  @Test func `a folder that vanishes refuses, and nothing is said to be stored`() async throws {
    let spool = try await opened()
    try FileManager.default.removeItem(at: folder.url)
    let answer = await spool.append(SpoolFixture.message(0), deadline: .now + .seconds(10))
    #expect(answer.failure == .storage(.noSuchFileOrDirectory))
    #expect(spool.gauge.state.failure == .storage(.noSuchFileOrDirectory))
    #expect(spool.gauge.state.bodies == 0)
    await spool.close()
  }
}

extension Result where Success == Void {
  /// Nil for a success.
  var failure: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
