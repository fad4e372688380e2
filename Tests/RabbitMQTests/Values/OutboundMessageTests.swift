import Testing

@testable import RabbitMQ

@Suite struct OutboundMessageTests {
  @Test func `headers in which brokers keep history are left out`() {
    let message = message(headers: [
      "x-death": .array([]), "x-first-death-queue": .string("q"), "x-last-death-reason": .void,
      "x-delivery-count": .int(3), "x-acquired-count": .int(4), "CC": .array([]), "BCC": .array([]),
      "x-attempt": .int(2), "traceparent": .string("00-"),
    ])
    #expect(message.headers == ["x-attempt": .int(2), "traceparent": .string("00-")])
  }

  @Test func `what the protocol carries is not refused`() {
    #expect(message(headers: ["a": .string("b")]).refusal(frameMax: 131_072) == nil)
  }

  @Test func `a name longer than 255 bytes is refused`() {
    // 128 letters of two bytes each.
    let name = String(repeating: "ç", count: 128)
    #expect(
      message(routingKey: name).refusal(frameMax: 131_072)
        == .unroutable(code: 502, text: "the routing key is longer than 255 bytes")
    )
    #expect(
      message(headers: ["outer": .array([.table([name: .void])])]).refusal(frameMax: 131_072)
        == .unroutable(code: 502, text: "the name of a header is longer than 255 bytes")
    )
  }

  @Test func `headers that exceed a frame are refused`() {
    let headers: FieldTable = ["long": .string(String(repeating: "x", count: 5000))]
    #expect(message(headers: headers).refusal(frameMax: 131_072) == nil)
    #expect(
      message(headers: headers).refusal(frameMax: 4096)
        == .unroutable(code: 311, text: "the headers do not fit in a frame of 4096 bytes")
    )
  }

  @Test func `a body that the broker would refuse is refused before`() {
    let body = [UInt8](repeating: 0, count: OutboundMessage.bodyBytesMax + 1)
    #expect(
      message(body: body).refusal(frameMax: 131_072)
        == .unroutable(code: 311, text: "the body is longer than 16777216 bytes")
    )
  }

  private func message(
    routingKey: String = "key",
    headers: FieldTable = [:],
    body: [UInt8] = []
  ) -> OutboundMessage {
    OutboundMessage(
      exchange: "x",
      routingKey: routingKey,
      messageID: "id",
      type: "t",
      headers: headers,
      body: body
    )
  }
}
