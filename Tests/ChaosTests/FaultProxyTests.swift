import Foundation
import Glibc
import BeltStorage
import Bootstrap
import LabBooks
import Leads
import StrictJSON
import Testing
import Belt
import Operations

@testable import Chaos

@Suite(.serialized) struct FaultProxyTests {
  /// A server that answers every piece with the same piece.
  private static func echo() throws -> UInt16 {
    let (listener, port) = try Socket.listen()
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread {
          var buffer = [UInt8](repeating: 0, count: 4096)
          while true {
            let count = read(client, &buffer, buffer.count)
            guard count > 0, Socket.write(buffer[..<count], to: client) else { break }
          }
          close(client)
        }
      }
    }
    return port
  }

  private static func answer(on socket: Int32, milliseconds: Int32 = 3000) -> String? {
    guard Socket.isReadable(socket, milliseconds: milliseconds) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(socket, &buffer, buffer.count)
    return count < 0 ? "reset" : String(decoding: buffer[..<count], as: UTF8.self)
  }

  @Test func `a sound link carries both ways`() throws {
    let proxy = try FaultProxy(to: Self.echo())
    defer { proxy.close() }
    let socket = try #require(Socket.connect(to: proxy.port))
    #expect(Socket.write(Array("hello".utf8)[...], to: socket))
    #expect(Self.answer(on: socket) == "hello")
    close(socket)
  }

  @Test(arguments: [LinkFault.blackHole, .deafServer, .deafClient])
  func `what a hole held back arrives after it`(fault: LinkFault) throws {
    let proxy = try FaultProxy(to: Self.echo())
    defer { proxy.close() }
    let socket = try #require(Socket.connect(to: proxy.port))
    proxy.set(fault)
    #expect(Socket.write(Array("held".utf8)[...], to: socket))
    #expect(Self.answer(on: socket, milliseconds: 200) == nil)
    proxy.set(.none)
    #expect(Self.answer(on: socket) == "held")
    close(socket)
  }

  @Test func `a reset ends what stands and what comes`() throws {
    let proxy = try FaultProxy(to: Self.echo())
    defer { proxy.close() }
    let socket = try #require(Socket.connect(to: proxy.port))
    #expect(Socket.write(Array("hello".utf8)[...], to: socket))
    #expect(Self.answer(on: socket) == "hello")
    proxy.set(.reset)
    #expect(Self.answer(on: socket) == "reset")
    let next = try #require(Socket.connect(to: proxy.port))
    #expect(Self.answer(on: next) == "reset")
    close(socket)
    close(next)
  }

  @Test func `a cut lets half of a piece through`() throws {
    let proxy = try FaultProxy(to: Self.echo())
    defer { proxy.close() }
    let socket = try #require(Socket.connect(to: proxy.port))
    #expect(Socket.write(Array("first".utf8)[...], to: socket))
    #expect(Self.answer(on: socket) == "first")
    proxy.set(.cut)
    #expect(Socket.write(Array("12345678".utf8)[...], to: socket))
    let answer = Self.answer(on: socket)
    #expect(answer == "" || answer == "reset" || answer == "12")
    close(socket)
  }
}

struct VerdictTests {
  private func line(_ effect: String, _ marker: String?) -> JSON {
    [
      "system": "rd", "account": "acme", "effect": .string(effect), "identifier": "x",
      "contact": "c", "marker": marker.map(JSON.string) ?? .null,
    ]
  }

  @Test func `an effect that stands twice under one marker is counted once as doubled`() {
    var book = OutsideBook()
    for line in [
      line("conversion", "m1"), line("conversion", "m1"), line("conversion", "m2"),
      line("sale", "m1"), line("sale", nil), line("sale", nil),
    ] {
      book.enter(line)
    }
    #expect(book.repeats == 1)
    func told(_ effect: String, _ identifier: String?) -> Int? {
      book.told[.init(account: "acme", contact: "c", effect: effect, identifier: identifier)]
    }
    #expect(told("conversion", "x") == 3)
    #expect(told("sale", nil) == 3)
  }

  @Test func `books that agree leave no complaint`() {
    var verdict = Verdict()
    verdict.lose(0, "events")
    verdict.lose(-3, "events")
    verdict.double(0, "effects")
    #expect(verdict.complaints.isEmpty && verdict.lost == 0 && verdict.duplicated == 0)
  }

  @Test func `what a person has once too often is a second opportunity, whatever bears it`() {
    let ana = PeopleReader.Deal(email: "ana@exemplo.com.br", pipeline: "Vendas")
    let caio = PeopleReader.Deal(email: "caio@exemplo.com.br", pipeline: "Vendas")
    let (missing, surplus, _) = PeopleBooks.difference([ana: 1, caio: 2], [ana: 2, caio: 1])
    #expect(missing == 1)
    #expect(surplus == 1)
    var verdict = Verdict()
    PeopleBooks(
      owed: PeopleOwed(acts: [], settings: .sample),
      events: [:],
      records: [ana: 1],
      holdings: CRMHoldings(opportunities: []),
      told: [:]
    ).compare(&verdict)
    #expect(verdict.duplicated == 1)
    #expect(verdict.complaints.first?.contains("second opportunity") == true)
  }

  @Test func `a late commit and the lag of a search end before the patience does`() {
    for lane in Lane.allCases {
      let end = lane.lateCommitMilliseconds + lane.searchLagMilliseconds
      #expect(end < lane.rdPatience * 1000)
    }
    #expect(Lane.night.lateCommitMilliseconds == 120_000)
    #expect(Lane.night.searchLagMilliseconds == 30_000)
  }

  @Test func `T1 kills every program of the belt, and at every failpoint that there is`() {
    let places = ChaosTest.places(.embedded)
    #expect(places.map(\.program) == ["esteira-ingress"] + Flow.allCases.map(\.program))
    #expect(Set(places.flatMap(\.places)) == Set(Failpoint.allCases))
    for stage in Flow.allCases where !stage.gives.isEmpty {
      #expect(
        places.contains { $0.program == stage.program && $0.places.contains(.publishing) },
        "\(stage.program) is never killed while it publishes"
      )
    }
  }

  @Test func `who creates in an outside CRM is killed at each step of that call`() {
    func places(_ crm: CRMKind) -> Set<Failpoint> {
      Set(
        ChaosTest.places(crm).filter { $0.program == Flow.opportunityCreator.program }
          .flatMap(\.places)
      )
    }
    #expect(places(.totvs).isSuperset(of: [.planned, .requestSent, .answered]))
    #expect(!places(.embedded).contains(.requestSent))
  }

  @Test func `a second record of a person in the CRM is seen`() {
    var verdict = Verdict()
    PeopleBooks(
      owed: PeopleOwed(acts: [], settings: .sample),
      events: [:],
      records: [:],
      holdings: CRMHoldings(
        opportunities: [],
        parties: [.init(.contact, "ana@exemplo.com.br"): 2],
        vanished: 1
      ),
      told: [:]
    ).compare(&verdict)
    #expect(verdict.duplicated == 1)
    #expect(verdict.lost == 1)
  }

  @Test func `the documents of chaos are the examples, with accounts of their own`() throws {
    let logins = SandboxLogins.environment(of: ["acme", "beta"], through: 1)
    for crm in CRMKind.allCases {
      let text = try SandboxLogins.document(of: "beta", crm, in: Self.examples)
      #expect(text.contains("integration: beta\n"))
      let lines = text.split(whereSeparator: \.isNewline).filter { !$0.contains("#") }
      for reference in lines.joined(separator: " ").matches(of: /env:([A-Z_]+)/) {
        #expect(logins[String(reference.1)] != nil, "\(reference.1)")
      }
    }
  }

  private static let examples = URL(filePath: #filePath).resolvingSymlinksInPath()
    .appending(path: "../../../deploy/examples").standardized

  @Test func `every saboteur has a test of the quick lane that should catch it`() {
    let tests = ChaosTest.all(.quick).map(\.id)
    #expect(tests.count == Set(tests).count)
    for saboteur in Saboteur.allCases { #expect(tests.contains(saboteur.catcher)) }
    #expect(Saboteur.allCases.count >= 16)
  }

  @Test func `a saboteur is caught by a complaint of its own promise and by no other`() {
    func isCaught(_ complaints: [String]) -> Bool {
      Hunt.Catch(saboteur: .turnsOff, complaints: complaints, seconds: 1).isCaught
    }
    #expect(!isCaught([]))
    #expect(
      !isCaught(["the fleet did not come up: no port", "2 events without an opportunity (I4)"])
    )
    #expect(isCaught(["1 dead letters: x", "35 events told before an earlier one (I5)"]))
  }
}

extension Settings {
  fileprivate static let sample = Settings(
    integration: "acme",
    rdAccount: "acme",
    crm: .embedded,
    triggers: [],
    catalogue: CRMCatalogue()
  )
}
