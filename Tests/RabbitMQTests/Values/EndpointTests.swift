import Testing

@testable import RabbitMQ

@Suite struct EndpointTests {
  @Test func `the shortest address has the documented defaults`() throws {
    let endpoint = try Endpoint("amqp://broker")
    #expect(endpoint.hosts == [.init(name: "broker", port: 5672)])
    #expect(endpoint.user == "guest")
    #expect(endpoint.password == "guest")
    #expect(endpoint.virtualHost == "/")
    #expect(endpoint.heartbeatSeconds == 10)
    #expect(endpoint.authorityFile == nil)
  }

  @Test func `every part of an address is read and decoded`() throws {
    let endpoint = try Endpoint(
      "amqps://us%40er:p%3Aa%2Fs%40s@one,two:5000,[::1]:5001/v%2Fhost?heartbeat=5&cacertfile=/ca.pem"
    )
    #expect(
      endpoint.hosts == [
        .init(name: "one", port: 5671), .init(name: "two", port: 5000),
        .init(name: "::1", port: 5001),
      ]
    )
    #expect(endpoint.user == "us@er")
    #expect(endpoint.password == "p:a/s@s")
    #expect(endpoint.virtualHost == "v/host")
    #expect(endpoint.heartbeatSeconds == 5)
    #expect(endpoint.authorityFile == "/ca.pem")
  }

  @Test func `TLS without a file trusts the authorities of the system`() throws {
    #expect(try Endpoint("amqps://broker/").authorityFile == "/etc/ssl/certs/ca-certificates.crt")
  }

  @Test(arguments: [
    ("http://broker", EndpointError.scheme),
    ("amqp://", .host("")),
    ("amqp://one,,two", .host("")),
    ("amqp://a b", .host("a b")),
    ("amqp://broker:0", .port("0")),
    ("amqp://broker:70000", .port("70000")),
    ("amqp://broker:x", .port("x")),
    ("amqp://u:secret%4@broker", .percentEncoding(in: "password")),
    ("amqp://u:secret%00@broker", .percentEncoding(in: "password")),
    ("amqp://broker/%FF", .percentEncoding(in: "virtual host")),
    ("amqp://broker/a/b", .path("a/b")),
    ("amqp://broker?heartbeat=0", .heartbeat("0")),
    ("amqp://broker?heartbeat=601", .heartbeat("601")),
    ("amqp://broker?colour=red", .query("colour")),
    ("amqp://broker?cacertfile=/ca.pem", .authorityWithoutTLS),
  ])
  func `a wrong address is refused with what is wrong`(url: String, error: EndpointError) {
    #expect(throws: error) { try Endpoint(url) }
    #expect(!error.description.contains("secret"))
  }

  @Test func `no way of printing an endpoint shows the password`() throws {
    let endpoint = try Endpoint("amqp://user:secret@broker:5673/work")
    var dumped = ""
    dump(endpoint, to: &dumped)
    for text in ["\(endpoint)", String(reflecting: endpoint), dumped, "\([endpoint])"] {
      #expect(!text.contains("secret"))
      #expect(text.contains("amqp://broker:5673/work"))
    }
  }
}
