import AsyncHTTPClient
import Foundation
import Leads
import NIOCore
import NIOHTTP1
import RabbitMQ
import StrictJSON
import SystemPackage
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Ingress

extension IngressTests {
  /// The built program, killed and starved.
  ///
  /// On the same node, one after the other with the tests above.
  @Suite(.serialized, .timeLimit(.minutes(4)))
  struct Processes {
    private let folder = ScratchFolder()

    @Test func `what was accepted survives the death of broker and ingress together`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      var ids: [String] = []
      await broker.kill()
      // Killed under load, so that something is half done each time.
      for round in 0..<4 {
        let ingress = try await IngressProcess(spool: folder, broker: broker.url)
        let accepted = await withTaskGroup { group in
          for _ in 0..<8 {
            group.addTask {
              var ids: [String] = []
              while let id = await ingress.acceptedID() { ids.append(id) }
              return ids
            }
          }
          group.addTask {
            await ingress.kill(after: .milliseconds(200 + 150 * round))
            return []
          }
          return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(accepted.count > 0)
        ids += accepted
      }
      try await broker.start()
      let last = try await IngressProcess(spool: folder, broker: broker.url)
      try await wait("everything was sent") { try !holdsSegments() }
      await last.kill(after: .zero)
      let arrived = try await HookBroker.takeAll(.leadImporter)
      let missing = Set(ids).subtracting(arrived)
      #expect(missing.isEmpty, "accepted \(ids.count), arrived \(arrived.count)")
      #expect(Set(ids).count == ids.count)
    }

    @Test func `killed again and again while it replays, it sends everything in order`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      await broker.freeze()
      var ids: [String] = []
      do {
        let ingress = try await IngressProcess(spool: folder, broker: broker.url)
        while ids.count < 2000 { ids.append(try #require(await ingress.acceptedID())) }
        await ingress.kill(after: .zero)
      } catch {
        await broker.thaw()
        throw error
      }
      await broker.thaw()
      let link = try await HookBroker.link()
      let queue = Topology.queue(of: .leadImporter)
      var processes = 0
      repeat {
        // Frozen while it starts, so that it sends nothing before it is watched.
        let sent = try await link.checkQueue(queue).ready
        await broker.freeze()
        let ingress: IngressProcess
        do {
          ingress = try await IngressProcess(spool: folder, broker: broker.url)
        } catch {
          await broker.thaw()
          throw error
        }
        await broker.thaw()
        try await wait("something was sent") {
          let ready = try await link.checkQueue(queue).ready
          return try ready > sent || !holdsSegments()
        }
        await ingress.kill(after: .milliseconds(20 * processes))
        processes += 1
      } while try holdsSegments()
      await link.close()
      #expect(processes > 1, "it was killed in the middle")
      #expect(try await HookBroker.takeAll(.leadImporter) == ids)
    }

    private func holdsSegments() throws -> Bool {
      let lane = folder.url.appending(path: "lead-importer").path()
      return try FileManager.default.contentsOfDirectory(atPath: lane)
        .contains { $0.hasSuffix(".spool") }
    }

    @Test func `a file that may not grow refuses the large and keeps the small`() async throws {
      let url = "amqp://guest:guest@127.0.0.1:1/"
      // In blocks of 512 bytes: 64 KiB, where the system cuts a write in the middle.
      let starved = try await IngressProcess(spool: folder, broker: url, fileBlocksMax: 128)
      let large = #"{"leads":[],"x":""# + String(repeating: "a", count: 100_000) + "\"}"
      var ids: [String] = []
      for _ in 0..<2 {
        ids.append(try #require(await starved.acceptedID()))
        #expect(try await starved.post(large).status == 503)
      }
      await starved.kill(after: .zero)
      let spool = try Spool(
        folder.path.appending("lead-importer"),
        room: Room(1 << 30),
        logger: SpoolFixture.logger()
      )
      // Its last threads may hold the folder for a moment longer than the process is seen.
      try await wait("the folder is free") {
        do {
          try await spool.open()
          return true
        } catch SpoolError.inUse {
          return false
        }
      }
      var kept: [String] = []
      while case let batch = try await spool.next(max: 10), !batch.isEmpty {
        kept += batch.map { "\($0.id)" }
        await spool.advance(by: batch.count)
      }
      await spool.close()
      #expect(kept == ids)
    }

    @Test(.enabled(if: IngressProcess.mayMount))
    func `a full disk refuses, loses nothing, and is used again when there is room`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      await broker.freeze()
      do {
        try await fillDisk(broker)
      } catch {
        await broker.thaw()
        throw error
      }
    }

    private func fillDisk(_ broker: PrivateBroker) async throws {
      let ingress = try await IngressProcess(
        spool: folder,
        broker: broker.url,
        diskBytes: 256 << 10
      )
      let body = #"{"leads":[],"x":""# + String(repeating: "a", count: 10_000) + "\"}"
      var ids: [String] = []
      for _ in 0..<2 {
        var reply = try await ingress.post(body)
        while reply.status == 202 {
          ids.append(try #require(reply.json?["id"]?.string))
          reply = try await ingress.post(body)
        }
        #expect(reply.status == 503)
      }
      #expect(ids.count > 10)
      await broker.thaw()
      var arrived: [String] = []
      try await wait("everything was sent") {
        arrived += try await HookBroker.takeAll(.leadImporter)
        return Set(arrived).isSuperset(of: ids)
      }
      await broker.freeze()
      let again = try #require(await ingress.acceptedID(), "there is room again")
      await broker.thaw()
      try await wait("the last arrived") {
        arrived += try await HookBroker.takeAll(.leadImporter)
        return arrived.contains(again)
      }
      await ingress.kill(after: .zero)
    }
  }
}
