import Bootstrap
import SystemPackage

/// What ingress can be told beyond the fleet's settings.
///
/// | variable | is | default |
/// | --- | --- | --- |
/// | `ESTEIRA_INGRESS_RATE` | requests a second of one integration, 1 to 100000 | 5000 |
/// | `ESTEIRA_INGRESS_BURST` | requests of one integration at once, 1 to 100000 | 10000 |
/// | `ESTEIRA_INGRESS_REQUESTS_MAX` | requests in hand at once, 1 to 10000 | 512 |
/// | `ESTEIRA_INGRESS_CONNECTIONS_MAX` | open connections, 16 to 60000; one more is closed at once | 8192 |
/// | `ESTEIRA_INGRESS_ADDRESS_RATE` | requests a second of one client address, 1 to 100000 | 10000 |
/// | `ESTEIRA_INGRESS_ADDRESS_BURST` | requests of one client address at once, 1 to 100000 | 20000 |
/// | `ESTEIRA_INGRESS_PROXIES` | trusted proxies in front that add to `X-Forwarded-For`, 0 to 8 | 0 |
/// | `ESTEIRA_INGRESS_SPOOL` | a folder of its own for bodies that the broker cannot take just now | – |
/// | `ESTEIRA_INGRESS_SPOOL_MAX` | bytes of that folder, 1048576 to 1099511627776 | 1073741824 |
/// | `ESTEIRA_HOOK_GENERATION` | the oldest generation of hook addresses still accepted | 1 |
struct IngressSettings: Sendable {
  var rate = 5000
  var burst = 10_000
  var requestsMax = 512
  var connectionsMax = 8192
  var addressRate = 10_000
  var addressBurst = 20_000
  var proxies = 0
  /// Nil: without the broker nothing is accepted.
  var spool: FilePath?
  var spoolBytesMax = 1 << 30
  var hookGeneration = 1
  /// Bytes of one body.
  var bodyBytesMax = 1 << 20
  /// Bytes of all bodies in hand.
  var bodyBytesTotalMax = 64 << 20
  /// From the head of a request to the end of its body.
  var bodyDeadline: Duration = .seconds(10)
  /// From the end of the body to the word that it is stored; RD Station gives up at 5 s, we answer by 3.
  var publishDeadline: Duration = .milliseconds(2500)
  /// What the broker gets of that when there is a spool.
  var brokerShare: Duration = .milliseconds(1500)

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
    addressRate = reader.number("ingress.address.rate", in: 1...100_000, default: addressRate)
    addressBurst = reader.number("ingress.address.burst", in: 1...100_000, default: addressBurst)
    proxies = reader.number("ingress.proxies", in: 0...8, default: proxies)
    spool = reader.value("ingress.spool", form: "a path") { FilePath($0) }
    spoolBytesMax = reader.number(
      "ingress.spool.max",
      in: 1 << 20...1 << 40,
      default: spoolBytesMax
    )
    hookGeneration = reader.number("hook.generation", in: 1...1_000_000, default: hookGeneration)
  }
}
