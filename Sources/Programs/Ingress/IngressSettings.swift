import Bootstrap

/// What ingress can be told beyond the fleet's settings.
///
/// | variable | is | default |
/// | --- | --- | --- |
/// | `ESTEIRA_INGRESS_RATE` | requests a second of one integration, 1 to 100000 | 5000 |
/// | `ESTEIRA_INGRESS_BURST` | requests of one integration at once, 1 to 100000 | 10000 |
/// | `ESTEIRA_INGRESS_REQUESTS_MAX` | requests in hand at once, 1 to 10000 | 512 |
/// | `ESTEIRA_INGRESS_CONNECTIONS_MAX` | open connections, 16 to 60000 | 8192 |
/// | `ESTEIRA_HOOK_GENERATION` | the oldest generation of hook addresses still accepted | 1 |
struct IngressSettings: Sendable {
  var rate = 5000
  var burst = 10_000
  var requestsMax = 512
  var connectionsMax = 8192
  var hookGeneration = 1
  /// Bytes of one body.
  var bodyBytesMax = 1 << 20
  /// Bytes of all bodies in hand.
  var bodyBytesTotalMax = 64 << 20
  /// From the head of a request to the end of its body.
  var bodyDeadline: Duration = .seconds(10)
  /// From the end of the body to the broker's confirm; RD Station gives up at 5 s, we answer by 3.
  var publishDeadline: Duration = .milliseconds(2500)

  init() {}

  /// Problems are kept by the reader.
  init(from reader: inout SettingsReader) {
    rate = reader.number("ingress.rate", in: 1...100_000, default: rate)
    burst = reader.number("ingress.burst", in: 1...100_000, default: burst)
    requestsMax = reader.number("ingress.requests.max", in: 1...10_000, default: requestsMax)
    connectionsMax = reader.number(
      "ingress.connections.max",
      in: 16...60_000,
      default: connectionsMax
    )
    hookGeneration = reader.number("hook.generation", in: 1...1_000_000, default: hookGeneration)
  }
}
