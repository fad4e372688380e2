import Testing

@testable import RabbitMQ

@Suite struct ContentAssemblerTests {
  private let deliver = IncomingFrame.envelope(
    .delivery(tag: 7, redelivered: true, exchange: "x", routingKey: "k")
  )

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a body comes out whole however it was cut`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let body = (0..<Int(generator.next() % 500)).map { _ in
      UInt8(truncatingIfNeeded: generator.next())
    }
    var assembler = ContentAssembler()
    _ = try assembler.take(deliver)
    var content = try assembler.take(
      .header(bodySize: UInt64(body.count), ContentProperties(messageID: "m"))
    )
    var rest = body[...]
    while !rest.isEmpty {
      #expect(content == nil)
      // A heartbeat or a method of channel 0 may come in between.
      if Bool.random(using: &generator) { _ = try assembler.take(.unblocked) }
      let piece = Array(rest.prefix(Int.random(in: 0...60, using: &generator)))
      rest = rest.dropFirst(piece.count)
      content = try piece.withUnsafeBytes { try assembler.take(.body($0)) }
    }
    let whole = try #require(content)
    #expect(whole.body == body)
    #expect(whole.properties.messageID == "m")
    #expect(
      whole.envelope == .delivery(tag: 7, redelivered: true, exchange: "x", routingKey: "k")
    )
  }

  @Test func `contents follow one another without a trace of the last one`() throws {
    var assembler = ContentAssembler()
    for text in ["first", "", "second"] {
      let bytes = Array(text.utf8)
      _ = try assembler.take(deliver)
      var content = try assembler.take(
        .header(bodySize: UInt64(bytes.count), ContentProperties(messageID: text))
      )
      if !bytes.isEmpty {
        content = try bytes.withUnsafeBytes { try assembler.take(.body($0)) }
      }
      #expect(content?.body == bytes)
      #expect(content?.properties.messageID == text)
    }
  }

  @Test func `a piece out of turn is a violation of the protocol`() {
    let violation = LinkError.protocolViolation("a piece of a message arrived out of turn")
    #expect(throws: violation) {
      var assembler = ContentAssembler()
      _ = try assembler.take(.header(bodySize: 1, ContentProperties()))
    }
    #expect(throws: violation) {
      var assembler = ContentAssembler()
      _ = try assembler.take(deliver)
      _ = try assembler.take(deliver)
    }
    #expect(throws: violation) {
      var assembler = ContentAssembler()
      _ = try assembler.take(deliver)
      _ = try assembler.take(.body(UnsafeRawBufferPointer(start: nil, count: 0)))
    }
  }

  @Test func `a body longer than announced is a violation of the protocol`() {
    #expect(throws: LinkError.protocolViolation("a body is longer than announced")) {
      var assembler = ContentAssembler()
      _ = try assembler.take(deliver)
      _ = try assembler.take(.header(bodySize: 2, ContentProperties()))
      _ = try [0, 0, 0].withUnsafeBytes { try assembler.take(.body($0)) }
    }
  }

  @Test func `a size that no memory could hold is a violation of the protocol`() {
    #expect(throws: LinkError.protocolViolation("a body of \(UInt64.max) bytes was announced")) {
      var assembler = ContentAssembler()
      _ = try assembler.take(deliver)
      _ = try assembler.take(.header(bodySize: .max, ContentProperties()))
    }
  }
}
