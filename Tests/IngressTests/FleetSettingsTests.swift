import Bootstrap
import Foundation
import Logging
import RabbitMQ
import Testing

struct FleetSettingsTests {
  static let sound = [
    "ESTEIRA_AMQP_URL": "amqp://user:geheim@host/vhost",
    "ESTEIRA_RABBITMQ_MANAGEMENT_URL": "http://user:geheim@host:15672",
    "ESTEIRA_POSTGRES_URL": "postgresql://user:geheim@host/esteira",
    "ESTEIRA_SECRET_KEY": Data(repeating: 7, count: 32).base64EncodedString(),
  ]

  @Test func `what is set is read, what is not has its default`() async throws {
    var environment = Self.sound
    environment["ESTEIRA_INGRESS_LISTEN"] = "[::1]:8081"
    environment["ESTEIRA_BATCH_MAX"] = "16"
    environment["ESTEIRA_LANES"] = ""
    let settings = try await FleetSettings.load(
      needs: [.broker, .database, .secret, .management],
      environment: environment
    )
    #expect(settings.brokerEndpoint.virtualHost == "vhost")
    #expect(settings.postgresURL == "postgresql://user:geheim@host/esteira")
    #expect(settings.rabbitMQManagementURL == "http://user:geheim@host:15672")
    #expect(settings.secretKey == [UInt8](repeating: 7, count: 32))
    #expect(settings.ingressListen == ListenAddress(host: "::1", port: 8081))
    #expect(settings.healthListen == ListenAddress(host: "0.0.0.0", port: 9090))
    #expect(settings.rdURL == "https://api.rd.services")
    #expect(settings.batchMax == 16)
    #expect(settings.lanes == nil)
    #expect(settings.postgresPoolSize == 4)
    #expect(settings.logLevel == .info)
  }

  @Test func `all problems are told at once, each with its variable, none with its value`()
    async throws
  {
    let environment = [
      "ESTEIRA_AMQP_URL": "amqp://user:geheim@host:99999/",
      "ESTEIRA_POSTGRES_URL": "mysql://geheim",
      "ESTEIRA_SECRET_KEY": "geheim",
      "ESTEIRA_INGRESS_LISTEN": "8080",
      "ESTEIRA_BATCH_MAX": "65",
      "ESTEIRA_PREFETCH": "many",
      "ESTEIRA_LOG_LEVEL": "loud",
    ]
    let error = await #expect(throws: SettingsProblems.self) {
      try await FleetSettings.load(
        needs: [.broker, .database, .secret, .management],
        environment: environment
      )
    }
    let problems = try #require(error)
    #expect(
      Set(problems.problems.map(\.variable))
        == Set(environment.keys).union(["ESTEIRA_RABBITMQ_MANAGEMENT_URL"])
    )
    #expect(problems.problems.count == environment.count + 1)
    #expect(!problems.description.contains("geheim"))
    #expect(
      problems.description.contains("ESTEIRA_BATCH_MAX is not a whole number from 1 to 64")
    )
    #expect(problems.description.contains("ESTEIRA_RABBITMQ_MANAGEMENT_URL is missing"))
  }

  @Test func `a program needs only what it uses`() async throws {
    let settings = try await FleetSettings.load(
      needs: [.broker],
      environment: ["ESTEIRA_AMQP_URL": "amqp://host"]
    )
    #expect(settings.brokerEndpoint.hosts.map(\.name) == ["host"])
  }

  @Test func `a file fills in what the environment does not set`() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).env")
    try "# comment\nESTEIRA_BATCH_MAX=8\nESTEIRA_LANES=2\n"
      .write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let settings = try await FleetSettings.load(
      needs: [],
      environment: ["ESTEIRA_SETTINGS_FILE": file.path(), "ESTEIRA_LANES": "5"]
    )
    #expect(settings.batchMax == 8)
    #expect(settings.lanes == 5)
  }

  @Test func `a file that is not there is a problem of its own`() async {
    let error = await #expect(throws: SettingsProblems.self) {
      try await FleetSettings.load(
        needs: [],
        environment: ["ESTEIRA_SETTINGS_FILE": "/nowhere/at/all"]
      )
    }
    #expect(error?.problems.map(\.variable) == ["ESTEIRA_SETTINGS_FILE"])
  }

  @Test func `settings show no secret when printed`() async throws {
    let settings = try await FleetSettings.load(needs: [.secret], environment: Self.sound)
    var text = "\(settings)"
    dump(settings, to: &text)
    #expect(!text.contains("geheim"))
  }

  @Test(arguments: [
    ("127.0.0.1:80", "127.0.0.1:80"), (":80", "0.0.0.0:80"), ("[::1]:80", "[::1]:80"),
    ("name:0", "name:0"),
  ])
  func `an address to listen on is read`(_ text: String, _ shown: String) {
    #expect(ListenAddress(text)?.description == shown)
  }

  @Test(arguments: ["", "80", "host", "host:", "host:65536", "::1:80", "[]:80", "a b:80"])
  func `anything else is no address`(_ text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
