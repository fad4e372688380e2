private import FoundationEssentials
package import Leads
package import Logging
private import OutsideCalls
package import RabbitMQ

/// The settings that the programs of the fleet share, read and checked before the first connection.
///
/// | variable | is | default |
/// | --- | --- | --- |
/// | `ESTEIRA_AMQP_URL` | RabbitMQ, `amqp://` or `amqps://`; secret | – |
/// | `ESTEIRA_RABBITMQ_MANAGEMENT_URL` | its management API, for the topology; secret | – |
/// | `ESTEIRA_POSTGRES_URL` | PostgreSQL, `postgresql://`; secret | – |
/// | `ESTEIRA_SECRET_KEY` | 32 random bytes in base64; secret | – |
/// | `ESTEIRA_PUBLIC_URL` | the address under which RD Station reaches ingress | `http://127.0.0.1:8080` |
/// | `ESTEIRA_INGRESS_LISTEN` | host:port of ingress | `0.0.0.0:8080` |
/// | `ESTEIRA_HEALTH_LISTEN` | host:port of `/livez`, `/readyz`, `/metrics` | `0.0.0.0:9090` |
/// | `ESTEIRA_RD_URL` | RD Station's API | `https://api.rd.services` |
/// | `ESTEIRA_RD_CALLS_PER_MINUTE` | calls an account may make to one API, by the smallest plan among the accounts: 120, or 500 on Advanced; 1 to 1000000 | 120 |
/// | `ESTEIRA_RD_PATIENCE_SECONDS` | how long a call whose answer was lost may still be carried out and shown; nothing is sent again before, 1 to 3600 | 180 |
/// | `ESTEIRA_CRM_CALLS_PER_MINUTE` | calls that the accounts of outside CRMs may make; 1 to 1000000 | what the vendor grants: 120 at RD Station CRM; 600 where none is told |
/// | `ESTEIRA_SANDBOX_LISTEN` | host:port of the sandbox | `127.0.0.1:8090` |
/// | `ESTEIRA_LOG_LEVEL` | `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical` | `info` |
/// | `ESTEIRA_POSTGRES_POOL_SIZE` | connections of one process, 1 to 64 | 4 |
/// | `ESTEIRA_BATCH_MAX` | messages handled together, 1 to 64 | 64 |
/// | `ESTEIRA_LANES` | batches in hand at once, 1 to 64 | the stage's own |
/// | `ESTEIRA_PREFETCH` | messages the broker hands out ahead, 1 to 2000 | the stage's own |
/// | `ESTEIRA_SETTINGS_FILE` | a file with such lines, for what the environment does not set | – |
package struct FleetSettings: Sendable {
  /// What a program cannot do without; only that must be set.
  package struct Needs: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let broker = Needs(rawValue: 1)
    package static let database = Needs(rawValue: 2)
    package static let secret = Needs(rawValue: 4)
    package static let management = Needs(rawValue: 8)
  }

  private let broker: Endpoint?
  private let management: String?
  private let database: String?
  private let secret: [UInt8]?
  package let publicURL: String
  package let ingressListen: ListenAddress
  package let healthListen: ListenAddress
  package let rdURL: String
  /// What RD Station grants one account for one API.
  package let rdCallsPerMinute: Int
  /// How long a call whose answer was lost may still be carried out and shown.
  package let rdPatience: Duration
  /// What an outside CRM grants one account; nil is what its vendor says.
  package let crmCallsPerMinute: Int?
  package let sandboxListen: ListenAddress
  package let logLevel: Logger.Level
  package let postgresPoolSize: Int
  package let batchMax: Int
  /// Nil leaves it to the stage.
  package let lanes: Int?
  /// Nil leaves it to the stage.
  package let prefetch: Int?

  /// Reads all settings and checks them; without an environment the process's own.
  ///
  /// - Throws: Every problem, each with its variable.
  package static func load(
    needs: Needs,
    environment: [String: String]? = nil
  ) async throws(SettingsProblems) -> FleetSettings {
    var reader = await SettingsReader(environment: environment)
    let settings = FleetSettings(needs: needs, from: &reader)
    try reader.check()
    return settings
  }

  /// Reads into a reader from which the caller reads settings of its own before it checks.
  package init(needs: Needs, from reader: inout SettingsReader) {
    broker = Self.broker(from: &reader)
    management = reader.address(
      "rabbitmq.management.url",
      schemes: ["http", "https"],
      isSecret: true
    )
    database = reader.address("postgres.url", schemes: ["postgresql", "postgres"], isSecret: true)
    secret = reader.value("secret.key", form: "32 bytes in base64", isSecret: true) { text in
      Data(base64Encoded: text).flatMap { $0.count == 32 ? Array($0) : nil }
    }
    publicURL =
      reader.address("public.url", schemes: ["https", "http"]) ?? "http://127.0.0.1:8080"
    ingressListen = reader.listenAddress("ingress.listen", default: .every(8080))
    healthListen = reader.listenAddress("health.listen", default: .every(9090))
    rdURL =
      reader.value("rd.url", form: "an https:// address, or http:// of an own network") { text in
        do throws(OutgoingAddressRefusal) {
          return try OutgoingAddress(text).text
        } catch {
          return nil
        }
      } ?? "https://api.rd.services"
    rdCallsPerMinute = reader.number("rd.calls.per.minute", in: 1...1_000_000, default: 120)
    crmCallsPerMinute = reader.optionalNumber("crm.calls.per.minute", in: 1...1_000_000)
    rdPatience = .seconds(reader.number("rd.patience.seconds", in: 1...3600, default: 180))
    sandboxListen = reader.listenAddress(
      "sandbox.listen",
      default: ListenAddress(host: "127.0.0.1", port: 8090)
    )
    logLevel =
      reader.value("log.level", form: "a log level", Logger.Level.init(rawValue:)) ?? .info
    postgresPoolSize = reader.number("postgres.pool.size", in: 1...64, default: 4)
    batchMax = reader.number("batch.max", in: 1...64, default: 64)
    lanes = reader.optionalNumber("lanes", in: 1...64)
    prefetch = reader.optionalNumber("prefetch", in: 1...2000)
    demand(needs, of: &reader)
  }

  private static func broker(from reader: inout SettingsReader) -> Endpoint? {
    let key = "amqp.url"
    guard let text = reader.address(key, schemes: ["amqp", "amqps"], isSecret: true) else {
      return nil
    }
    do throws(EndpointError) {
      return try Endpoint(text)
    } catch {
      reader.report(key, "cannot be used: \(error)")
      return nil
    }
  }

  private func demand(_ needs: Needs, of reader: inout SettingsReader) {
    let found: [(Needs, String, Bool)] = [
      (.broker, "amqp.url", broker != nil),
      (.management, "rabbitmq.management.url", management != nil),
      (.database, "postgres.url", database != nil),
      (.secret, "secret.key", secret != nil),
    ]
    for (need, key, isThere) in found where needs.contains(need) && !isThere {
      let variable = SettingsReader.variable(key)
      // One that is there and wrong has been reported as wrong.
      if !reader.problems.contains(where: { $0.variable == variable }) {
        reader.report(key, "is missing")
      }
    }
  }
}

extension FleetSettings {
  /// The program must have asked for it in its needs, as for the three below.
  package var brokerEndpoint: Endpoint { asked(broker, "broker") }
  /// For what does without the broker too; nil where no address is set.
  package var brokerEndpointIfSet: Endpoint? { broker }
  package var rabbitMQManagementURL: String { asked(management, "management") }
  /// For those that are useful without it too.
  package var rabbitMQManagementURLIfSet: String? { management }
  package var postgresURL: String { asked(database, "database") }
  /// 32 bytes.
  package var secretKey: [UInt8] { asked(secret, "secret") }

  package var hookSecret: HookToken.Secret {
    asked(HookToken.Secret(secretKey), "secret")
  }

  private func asked<Value>(_ value: Value?, _ need: String) -> Value {
    guard let value else {
      preconditionFailure("a program that uses this setting says so: needs \(need)")
    }
    return value
  }
}

extension FleetSettings: CustomStringConvertible, CustomReflectable {
  package var description: String { "FleetSettings" }
  /// Keeps secrets out of dumps and test reports.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension ListenAddress {
  fileprivate static func every(_ port: Int) -> ListenAddress {
    ListenAddress(host: "0.0.0.0", port: port)
  }
}
