import AsyncHTTPClient
import Foundation
import Leads
import Observability
import NIOCore
import NIOHTTP1
import RabbitMQ
import ServiceLifecycle
import StrictJSON
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Ingress

/// Over real HTTP and a real broker; one after the other, because they read the same queues.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct IngressTests {
  static let lead = #"{"leads":[{"uuid":"u","email":"ana@exemplo.com.br"}]}"#

  private func expectProblem(_ reply: HookReply, _ status: Int, _ part: String) {
    #expect(reply.status == status)
    #expect(reply.headers.first(name: "content-type") == "application/problem+json")
    #expect(reply.json?["status"]?.int == status)
    #expect(reply.json?["detail"]?.string?.contains(part) == true, "\(reply.body)")
  }

  @Test(.behaviour("B001", "B004"))
  func `an accepted lead lies in the importer's queue as it was sent`() async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let reply = try await ingress.post(Self.lead, to: "\(ingress.address())?trigger=opportunity")
      #expect(reply.status == 202)
      let id = try #require(reply.json?["id"]?.string.flatMap { Identifier($0) })
      let message = try #require(try await HookBroker.take(.leadImporter))
      #expect(
        message
          == Message(
            id: id,
            type: "webhook.received.v1",
            stage: "lead-importer",
            integration: "acme",
            journey: id,
            body: Array(Self.lead.utf8),
            arrivedAt: RunningIngress.now,
            trigger: .opportunity
          )
      )
    }
  }

  @Test(.behaviour("B122", "B123"))
  func `a hook of the CRM goes to the updater`() async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let body = #"{"Id":7,"StatusID":2}"#
      let reply = try await ingress.post(body, to: ingress.address(.crm))
      #expect(reply.status == 202)
      let message = try #require(try await HookBroker.take(.rdUpdater))
      #expect(message.type == "crm-hook.received.v1")
      #expect(message.body == Array(body.utf8))
    }
  }

  @Test(.behaviour("B180", "B181"))
  func `an address that is not genuine is refused without a reason`() async throws {
    try await HookBroker.purge()
    try await withIngress({ $0.hookGeneration = 2 }) { ingress in
      let valid = try ingress.address(generation: 2)
      let acme = try ingress.address(generation: 2).split(separator: "/").last ?? ""
      let urls = [
        try ingress.address(generation: 1),
        "\(valid)x",
        "\(ingress.base)/v1/hooks/crm/acme/\(acme)",
        "\(ingress.base)/v1/hooks/rd/other/\(acme)",
        "\(ingress.base)/v1/hooks/rd/NO.NAME/\(acme)",
        "\(ingress.base)/v1/hooks/rd/acme/",
      ]
      var bodies: Set<String> = []
      for url in urls {
        let reply = try await ingress.post(Self.lead, to: url)
        expectProblem(reply, 401, "not a valid hook address")
        bodies.insert(reply.body)
      }
      #expect(bodies.count == 1)
      #expect(try await ingress.post(Self.lead, to: valid).status == 202)
    }
    _ = try await HookBroker.take(.leadImporter)
    let more = try await HookBroker.take(.leadImporter)
    #expect(more == nil)
  }

  @Test func `other pages and methods are refused`() async throws {
    try await withIngress { ingress in
      expectProblem(try await ingress.send("\(ingress.base)/", method: .GET), 404, "no such page")
      expectProblem(try await ingress.post("{}", to: "\(ingress.base)/v1/hooks"), 404, "no such")
      expectProblem(
        try await ingress.post("{}", to: "\(ingress.base)/v1/hooks/pipe/acme/1.x"),
        404,
        "no such"
      )
      let reply = try await ingress.send(try ingress.address(), method: .PUT)
      expectProblem(reply, 405, "POST")
      #expect(reply.headers.first(name: "allow") == "POST")
      #expect(try await ingress.send("\(ingress.base)/", method: .HEAD).status == 404)
    }
  }

  @Test(arguments: ["", "{}", " ", #"{"ping":1}"#, "[]"])
  func `the call at registration is welcome and makes no message`(_ body: String) async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let reply = try await ingress.post(body)
      #expect(reply.status == 204)
      #expect(reply.body == "")
      let message = try await HookBroker.take(.leadImporter)
      #expect(message == nil)
    }
  }

  @Test func `a body that is no JSON is refused with reason and place`() async throws {
    try await withIngress { ingress in
      expectProblem(
        try await ingress.post(#"{"leads":[}"#),
        400,
        "a character that JSON does not allow here, at byte 10"
      )
      let deep = String(repeating: "[", count: 10_000)
      expectProblem(try await ingress.post(deep), 400, "nested too deeply, at byte 64")
      expectProblem(
        try await ingress.send(
          try ingress.address(),
          headers: ["content-encoding": "gzip"],
          body: .bytes([0x1F, 0x8B])
        ),
        415,
        "without Content-Encoding"
      )
    }
  }

  @Test func `a body that declares too much is refused before it is sent`() async throws {
    try await withIngress { ingress in
      let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
      let length = Int64(2 << 20)
      let reply = try await ingress.send(
        try ingress.address(),
        body: .stream(bytes, length: .known(length))
      )
      continuation.finish()
      expectProblem(reply, 413, "1048576 bytes at most")
      #expect(reply.headers.first(name: "connection") == "close")
    }
  }

  @Test func `a body without end is refused when it is too large`() async throws {
    try await withIngress { ingress in
      let endless = AsyncStream<ByteBuffer> { ByteBuffer(repeating: 0x20, count: 64 * 1024) }
      let reply = try await ingress.send(
        try ingress.address(),
        body: .stream(endless, length: .unknown)
      )
      expectProblem(reply, 413, "1048576 bytes at most")
    }
  }

  @Test func `a body of just the limit is accepted`() async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let start = #"{"leads":[],"x":""#
      let fill = String(repeating: "a", count: (1 << 20) - start.utf8.count - 2)
      let body = "\(start)\(fill)\"}"
      #expect(body.utf8.count == 1 << 20)
      #expect(try await ingress.post(body).status == 202)
      let message = try await HookBroker.take(.leadImporter)
      #expect(message?.body.count == 1 << 20)
    }
  }

  @Test func `a body that trickles is given up at its deadline`() async throws {
    try await withIngress({ $0.bodyDeadline = .seconds(1) }) { ingress in
      let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
      continuation.yield(ByteBuffer(string: "{"))
      let start = ContinuousClock.now
      let reply = try await ingress.send(
        try ingress.address(),
        body: .stream(bytes, length: .known(Int64(100)))
      )
      continuation.finish()
      expectProblem(reply, 408, "within 1 s")
      #expect(.now - start >= .seconds(1))
      #expect(.now - start < .seconds(5))
    }
  }

  @Test func `one integration in a hurry is slowed down, another is not`() async throws {
    try await withIngress({
      $0.rate = 1
      $0.burst = 3
    }) { ingress in
      for _ in 0..<3 { #expect(try await ingress.post("{}").status == 204) }
      let reply = try await ingress.post("{}")
      expectProblem(reply, 429, "faster than it may")
      #expect(reply.headers.first(name: "retry-after") == "1")
      let other = try ingress.address(of: "other")
      #expect(try await ingress.post("{}", to: other).status == 204)
    }
  }

  @Test func `an address in a hurry is slowed down before its token is looked at`() async throws {
    try await withIngress({
      $0.addressRate = 1
      $0.addressBurst = 3
      $0.proxies = 1
    }) { ingress in
      let guess = "\(ingress.base)/v1/hooks/rd/acme/1.x"
      for _ in 0..<3 { #expect(try await ingress.post("{}", to: guess).status == 401) }
      expectProblem(try await ingress.post("{}", to: guess), 429, "This address sends faster")
      let genuine = try await ingress.send(
        try ingress.address(),
        headers: ["x-forwarded-for": "127.0.0.1, 192.0.2.7"]
      )
      #expect(genuine.status == 204, "the proxy saw another caller")
    }
  }

  @Test func `more requests at once than there is room for are sent away`() async throws {
    try await withIngress({ $0.requestsMax = 1 }) { ingress in
      let url = try ingress.address()
      let bodies = (0..<2).map { _ in AsyncStream.makeStream(of: ByteBuffer.self) }
      try await withThrowingTaskGroup { group in
        // Neither ends by itself, so the first answer is that of the one that found no room.
        for body in bodies {
          group.addTask {
            try await ingress.send(url, body: .stream(body.stream, length: .known(Int64(2))))
          }
        }
        let refused = try #require(try await group.next())
        expectProblem(refused, 503, "Send it again")
        #expect(refused.headers.first(name: "retry-after") == "1")
        for body in bodies {
          body.continuation.yield(ByteBuffer(string: "{}"))
          body.continuation.finish()
        }
        #expect(try await group.next()?.status == 204)
      }
    }
  }

  @Test func `headers without end are refused`() async throws {
    try await withIngress { ingress in
      var headers = HTTPHeaders()
      for index in 0..<500 { headers.add(name: "x-\(index)", value: "1") }
      let reply = try await ingress.send(try ingress.address(), headers: headers)
      #expect(reply.status == 400)
    }
  }

  @Test func `requests that arrive together are all stored, each once`() async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let url = try ingress.address()
      let ids = try await withThrowingTaskGroup { group in
        for _ in 0..<200 {
          group.addTask { try await ingress.post(Self.lead, to: url).json?["id"]?.string }
        }
        var ids: Set<String?> = []
        for try await id in group { ids.insert(id) }
        return ids
      }
      #expect(ids.count == 200)
      #expect(!ids.contains(nil))
      let link = try await HookBroker.link()
      let stored = try await link.purge(Topology.queue(of: .leadImporter))
      #expect(stored == 200)
    }
  }

  @Test func `a request in flight is finished after the program was asked to stop`() async throws {
    try await HookBroker.purge()
    try await withIngress { ingress in
      let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
      let url = try ingress.address()
      let length = Int64(Self.lead.utf8.count)
      async let slow = ingress.send(url, body: .stream(bytes, length: .known(length)))
      // Its first byte is on its way; the rest comes after the order to stop.
      continuation.yield(ByteBuffer(string: String(Self.lead.prefix(1))))
      let deadline = ContinuousClock.now + .seconds(10)
      while !ingress.server.isBusy, .now < deadline { await Task.yield() }
      await ingress.group.triggerGracefulShutdown()
      while !ingress.server.stopping.isRaised, .now < deadline { await Task.yield() }
      #expect(ingress.server.readiness.first { $0.name == "running" }?.isReady == false)
      continuation.yield(ByteBuffer(string: String(Self.lead.dropFirst(1))))
      continuation.finish()
      #expect(try await slow.status == 202)
    }
    let message = try await HookBroker.take(.leadImporter)
    #expect(message != nil)
  }
}
