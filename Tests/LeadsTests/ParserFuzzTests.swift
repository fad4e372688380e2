import StrictJSON
import TestKit
import Testing
import Belt

@testable import Leads

/// Real bodies, damaged: whatever arrives, it is read or refused with a reason, and always the same.
///
/// A failure names its round; `mutant(round)` gives the body again.
@Suite(.timeLimit(.minutes(1)))
struct ParserFuzzTests {
  private static let seed: UInt64 = 0x0E57_E12A

  private static let bodies: [[UInt8]] = [
    Bodies.legacy(), Bodies.current(), Bodies.flow(),
    Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00"),
    Bodies.current(type: "WEBHOOK.MARKED_OPPORTUNITY", identifier: "default"),
    ["leads": .string((Bodies.legacy()["leads"] ?? .null).text)],
    Bodies.legacy { lead in
      lead["name"] = "Joa\u{303}o Conceic\u{327}a\u{303}o 😀"
      lead["custom_fields"] = ["Opc\u{327}a\u{303}o": ["e\u{301}", .number("1e30"), .null]]
      lead["last_conversion"] = [
        "source": "guia",
        "content": ["traffic_source": "encoded_eyJjdXJyZW50X3Nlc3Npb24iOnsidmFsdWUiOiJ1dG0ifX0"],
      ]
    },
  ].map(\.encoded)

  @Test func `damaged bytes are read or refused, and never crash`() throws {
    var read = 0
    for round in 0..<1_500 {
      let bytes = mutant(round)
      let items = try checked(bytes, round)
      read += items.count { (try? $0.get()) != nil }
    }
    // The damage is small enough that both sides are met.
    #expect((100..<1_400).contains(read))
  }

  @Test func `bodies with values of other types are read or refused, and never crash`() throws {
    var events = 0
    for round in 0..<1_000 {
      var generator = FuzzGenerator(seed: Self.seed, round: round)
      let body = try JSON(parsing: Self.bodies.randomElement(using: &generator) ?? [])
      var swaps = Int.random(in: 1...4, using: &generator)
      var mutant = body
      while swaps > 0 {
        mutant = swapped(mutant, &generator)
        swaps -= 1
      }
      events += try checked(mutant.encoded, round).count { (try? $0.get()) != nil }
    }
    #expect(events > 300)
  }

  /// Reads a body twice and checks what must hold of everything that is read.
  private func checked(_ bytes: [UInt8], _ round: Int) throws -> [RDWebhookBody.Item] {
    let items = content(bytes).leads.map(\.item)
    #expect(items == content(bytes).leads.map(\.item), "round \(round)")
    if let json = try? JSON(parsing: bytes) {
      try #require(try JSON(parsing: json.encoded) == json, "round \(round)")
      #expect(try JSON(parsing: json.encoded).encoded == json.encoded, "round \(round)")
    }
    for item in items {
      switch item {
      case .success(let event): try check(event, round)
      case .failure(let unreadable):
        #expect(unreadable.detail.split(separator: " ").count > 2, "round \(round)")
        #expect(unreadable.detail.utf8.count < 200, "round \(round)")
      }
    }
    return items
  }

  private func content(_ bytes: [UInt8]) -> WebhookContent {
    WebhookContent(
      of: Message(
        id: Identifier(derivedFrom: "fuzz"),
        type: "webhook.received.v1",
        stage: Flow.leadImporter.stage,
        integration: "acme",
        journey: Identifier(derivedFrom: "fuzz"),
        body: bytes
      )
    )
  }

  private func check(_ event: LeadEvent, _ round: Int) throws {
    #expect(event.leadID != nil, "round \(round)")
    #expect(event.number.map { $0 <= Int32.max } ?? true, "round \(round)")
    let lead = event.lead
    let custom = JSON.object(JSON.Members(lead.customFields))
    let stored = LeadProfile(
      json: try JSON(parsing: lead.json.encoded),
      customFields: try JSON(parsing: custom.encoded)
    )
    try #require(stored == lead, "round \(round)")
    let kept: JSON = [
      "lead": lead.json, "custom": custom, "identifier": .optional(event.identifier),
      "origin": .optional(event.origin), "key": .string(event.key),
    ]
    #expect(kept.encoded == kept.nfc.encoded, "round \(round)")
    for name in ["name", "tags", "cf_segmento", "Segmento de atuação", "cf_opcao", "owner_email"] {
      let value = lead.field(name)
      if case .value = lead.state(of: name) { continue }
      #expect(value == nil, "round \(round)")
    }
  }

  private func mutant(_ round: Int) -> [UInt8] {
    var generator = FuzzGenerator(seed: Self.seed, round: round)
    var bytes = Self.bodies.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...24, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4:
        let other = Self.bodies.randomElement(using: &generator) ?? []
        let from = Int.random(in: 0..<other.count, using: &generator)
        bytes.replaceSubrange(place..<end, with: other[from..<min(other.count, from + 40)])
      default: repeatMember(in: &bytes, after: place)
      }
    }
    return bytes
  }

  /// Puts a member that exists once more behind the next comma.
  private func repeatMember(in bytes: inout [UInt8], after place: Int) {
    guard let comma = bytes[place...].firstIndex(of: UInt8(ascii: ",")) else { return }
    bytes.insert(contentsOf: Array(#","email":"outra@exemplo.com.br""#.utf8), at: comma)
  }

  private static let odd: [JSON] = [
    .null, true, false, "", " ", 0, .number("-1"), .number("1e900"), "true", "3.0", [], [:], "42",
    ["a", .null, 7], ["k": ["k": []]], "e\u{301}", "\u{1}\u{7F}\u{FFFD}", "unknown",
    .string(String(repeating: "ã", count: 600)), "2026-03-09T14:02:10Z", "encoded_e30",
    .array(Array(repeating: [], count: 50)), "{\"a\":1}",
  ]

  /// The value with one of those in it replaced, removed or put twice under another name.
  private func swapped(_ json: JSON, _ generator: inout FuzzGenerator) -> JSON {
    let odd = Self.odd.randomElement(using: &generator) ?? .null
    switch json {
    case .null, .bool, .number, .string: return odd
    case .array(var items):
      guard let index = items.indices.randomElement(using: &generator) else { return odd }
      items[index] = swapped(items[index], &generator)
      return .array(items)
    case .object(var members):
      guard let index = members.list.indices.randomElement(using: &generator) else { return odd }
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: members.list.remove(at: index)
      case 1: members.list[index].value = odd
      case 2: members["cf_\(index)"] = .some(members.list[index].value)
      default: members.list[index].value = swapped(members.list[index].value, &generator)
      }
      return .object(members)
    }
  }
}

/// The same numbers for one seed and round on every machine.
private struct FuzzGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64, round: Int) {
    state = seed &* 0xD1B5_4A32_D192_ED03 ^ UInt64(round) &* 0x9E37_79B9_7F4A_7C15
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
