import Leads
import StrictJSON
import TestKit
import Testing
import WorkQueues
import Belt

@testable import RabbitMQ

struct WireFormTests {
  static let message = Golden.message

  /// Old and new programs run side by side during an update: this form may gain, never change.
  @Test func `the wire form is the one that running programs read`() throws {
    let wire = OutboundMessage(Outgoing(Self.message))
    #expect(wire.exchange == "esteira.work")
    #expect(Self.json(wire) == (try JSON(parsing: Golden.bytes("broker"))))
  }

  @Test func `what the version before reads is there`() throws {
    let (now, before) = try (
      JSON(parsing: Golden.bytes("broker")), JSON(parsing: Golden.bytes("broker.previous"))
    )
    for member in before.members ?? [] where member.key != "headers" {
      #expect(now[member.key] == member.value)
    }
    for header in before["headers"]?.members ?? [] {
      #expect(now["headers"]?[header.key] == header.value)
    }
  }

  @Test(arguments: ["broker", "broker.previous"])
  func `this version's form and the one before are read`(_ golden: String) throws {
    let expected = golden == "broker" ? Golden.message : Golden.messageOfBefore
    #expect(try Message(Self.inbound(JSON(parsing: Golden.bytes(golden)))) == expected)
  }

  /// A worker of the version before keeps the notes that it knows, and drops the headers that it does not.
  @Test func `a wait that the version before has counted down goes on from there`() throws {
    var json = JSON.Members(try JSON(parsing: Golden.bytes("broker.previous")).members ?? [])
    var headers = JSON.Members(json["headers"]?.members ?? [])
    headers["x-note-wait"] = "10"
    json["headers"] = .object(headers)
    #expect(try Message(Self.inbound(.object(json))).wait == 10)
  }

  private static func json(_ wire: OutboundMessage) -> JSON {
    let headers = wire.headers.sorted { $0.key < $1.key }.map { header in
      JSON.Members.Member(
        key: header.key,
        value: header.value.string.map(JSON.string)
          ?? .number(Int(header.value.int ?? .min))
      )
    }
    return [
      "message_id": .optional(wire.messageID), "correlation_id": .optional(wire.correlationID),
      "type": .optional(wire.type), "routing_key": .string(wire.routingKey),
      "timestamp": .number(Int(wire.timestamp)), "app_id": .optional(wire.appID),
      "content_type": .optional(wire.contentType), "headers": .object(JSON.Members(headers)),
      "body": .string(String(decoding: wire.body, as: UTF8.self)),
    ]
  }

  private static func inbound(_ json: JSON) -> InboundMessage {
    var headers: FieldTable = [:]
    for header in json["headers"]?.members ?? [] {
      headers[header.key] =
        header.value.string.map(FieldValue.string) ?? .int(Int64(header.value.int ?? .min))
    }
    return InboundMessage(
      messageID: json["message_id"]?.string,
      type: json["type"]?.string,
      correlationID: json["correlation_id"]?.string,
      exchange: Topology.workExchange,
      routingKey: json["routing_key"]?.string ?? "",
      headers: headers,
      timestamp: json["timestamp"]?.int.map { UInt64($0) },
      body: Array((json["body"]?.string ?? "").utf8),
      redelivered: false,
      token: DeliveryToken(epoch: 1, tag: 1)
    )
  }

  @Test func `what is absent takes no header`() {
    let message = Message(
      id: Self.message.id,
      type: Self.message.type,
      stage: Self.message.stage,
      integration: "acme",
      journey: Self.message.journey,
      body: []
    )
    let wire = OutboundMessage(Outgoing(message))
    #expect(wire.headers == ["x-integration": .string("acme")])
    #expect(wire.timestamp == 0)
  }

  @Test(arguments: DelayTier.allCases)
  func `a delay keeps the routing key, so the message returns to its stage`(_ tier: DelayTier) {
    let wire = OutboundMessage(Outgoing(Self.message, to: .delay(tier)))
    #expect(wire.exchange == "esteira.retry.\(tier.rawValue)")
    #expect(wire.routingKey == "centralizer.acme")
  }

  @Test func `a parked message carries its reason as code and sentence`() {
    let reason = Reason("rd_login_expired", "RD Station no longer accepts the login.")
    let wire = OutboundMessage(Outgoing(Self.message, to: .parking(reason)))
    #expect(wire.exchange == "esteira.parking")
    #expect(wire.headers["x-reason-code"] == .string("rd_login_expired"))
    #expect(wire.headers["x-reason"] == .string("RD Station no longer accepts the login."))
  }

  @Test func `a message without properties is malformed and keeps what could be read`() {
    let bare = inbound(messageID: nil, type: nil, correlationID: nil, headers: [:])
    let fault = #expect(throws: MalformedMessage.self) { try Message(bare) }
    #expect(fault?.reason.code == "message_malformed")
    #expect(fault?.remains.stage == "centralizer")
    #expect(fault?.remains.body == Array("{}".utf8))
    // So that the same bytes, delivered again, park under the same id.
    let again = #expect(throws: MalformedMessage.self) { try Message(bare) }
    #expect(again?.remains.id == fault?.remains.id)
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `what is written is read back`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let message = Message(
        id: .random(using: &generator),
        type: "lead.imported.v1",
        stage: Flow.allCases.randomElement(using: &generator)?.stage ?? "",
        integration: ["a", "acme-2", "0-0"].randomElement(using: &generator) ?? "",
        journey: .random(using: &generator),
        body: (0..<Int.random(in: 0..<50, using: &generator)).map { UInt8($0) },
        attempt: .random(in: 1...9, using: &generator),
        deferrals: .random(in: 0...9, using: &generator),
        arrivedAt: .random(in: 0...2_000_000_000_000, using: &generator),
        cause: Bool.random(using: &generator) ? "quota" : nil,
        round: .random(in: 0...9, using: &generator),
        wait: .random(in: 0...9, using: &generator),
        trigger: HookTrigger.allCases.randomElement(using: &generator),
        trace: Bool.random(using: &generator) ? Self.message.trace : nil
      )
      let wire = OutboundMessage(Outgoing(message))
      let read = try Message(
        inbound(
          key: wire.routingKey,
          messageID: wire.messageID,
          type: wire.type,
          correlationID: wire.correlationID,
          headers: wire.headers,
          body: wire.body
        )
      )
      #expect(read == message)
    }
  }

  struct Odd: Sendable, CustomTestStringConvertible {
    let fault: String
    var key = "centralizer.acme"
    var id = "01234567-89ab-8def-8123-456789abcdef"
    var correlation: String? = "fedcba98-7654-4210-9edc-ba9876543210"
    var headers: FieldTable = ["x-integration": .string("acme"), "x-attempt": .int(1)]
    var testDescription: String { fault }
  }

  static let odd = [
    Odd(fault: "id is no UUID", id: "42"),
    Odd(fault: "journey is missing", correlation: nil),
    Odd(fault: "journey is no UUID", correlation: "x"),
    Odd(fault: "x-integration is missing", headers: [:]),
    Odd(fault: "x-integration is no text", headers: ["x-integration": .int(1)]),
    Odd(
      fault: "the header and the routing key name two integrations",
      headers: ["x-integration": .string("other")]
    ),
    Odd(
      fault: "attempt is no number from 1 to 2147483647",
      headers: ["x-integration": .string("acme"), "x-attempt": .int(0)]
    ),
    Odd(
      fault: "attempt is no number from 1 to 2147483647",
      headers: ["x-integration": .string("acme"), "x-attempt": .string("2")]
    ),
    Odd(
      fault: "deferrals is no number from 0 to 2147483647",
      headers: ["x-integration": .string("acme"), "x-deferrals": .int(-1)]
    ),
    Odd(
      fault: "trigger is no text",
      headers: ["x-integration": .string("acme"), "x-trigger": .bool(true)]
    ),
    Odd(fault: "the routing key is not <stage>.<integration>", key: "centralizer"),
  ]

  @Test(arguments: odd)
  func `an odd property is told by its name`(_ row: Odd) {
    let odd = inbound(
      key: row.key,
      messageID: row.id,
      correlationID: row.correlation,
      headers: row.headers
    )
    let fault = #expect(throws: MalformedMessage.self) { try Message(odd) }
    #expect(fault?.reason.sentence.contains(row.fault) == true)
    #expect(fault?.remains.stage == "centralizer")
  }

  @Test func `an older message without optional headers is read with their defaults`() throws {
    let message = try Message(inbound(headers: ["x-integration": .string("acme")]))
    #expect(message.attempt == 1)
    #expect(message.deferrals == 0)
    #expect(message.arrivedAt == 1_700_000_000_000)
  }

  @Test func `a message over the delivery limit is told as one that ends its worker`() {
    let deaths = FieldValue.array([
      .table(["reason": .string("delivery_limit")]), .table(["reason": .string("expired")]),
    ])
    let parked = ParkedMessage(
      inbound(headers: ["x-integration": .string("acme"), "x-death": deaths])
    )
    #expect(parked.reason.code == "delivery_limit")
  }

  @Test func `a message without a queue is told as unroutable, also after a delay`() {
    let deaths = FieldValue.array([.table(["reason": .string("expired")])])
    let parked = ParkedMessage(
      inbound(headers: ["x-integration": .string("acme"), "x-death": deaths])
    )
    #expect(parked.reason.code == "unroutable")
    #expect(parked.reason.sentence.contains("esteira topology apply"))
  }

  @Test func `a parked message that cannot be read is parked with what remains`() {
    let parked = ParkedMessage(inbound(type: nil))
    #expect(parked.reason.code == "message_malformed")
    #expect(parked.message.integration == "acme")
  }

  private func inbound(
    key: String = "centralizer.acme",
    messageID: String? = "01234567-89ab-8def-8123-456789abcdef",
    type: String? = "lead.imported.v1",
    correlationID: String? = "fedcba98-7654-4210-9edc-ba9876543210",
    headers: FieldTable = ["x-integration": .string("acme")],
    body: [UInt8] = Array("{}".utf8)
  ) -> InboundMessage {
    InboundMessage(
      messageID: messageID,
      type: type,
      correlationID: correlationID,
      exchange: Topology.workExchange,
      routingKey: key,
      headers: headers,
      timestamp: 1_700_000_000,
      body: body,
      redelivered: false,
      token: DeliveryToken(epoch: 1, tag: 1)
    )
  }
}

/// SplitMix64: the seed in the test's name is the replay.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
