import AsyncHTTPClient
import Bootstrap
import BeltStorage
import Leads
import Logging
import Postgres
import OutsideCalls
import RDStation
import RabbitMQ
import WorkQueues

/// Checks everything that a fleet needs, in the order in which one check needs the other.
package struct Doctor {
  private var findings: [Finding] = []

  /// Reads the fleet's settings, and looks at all that they name.
  ///
  /// - Returns: One finding a check; what is wrong is a finding, and never thrown.
  package static func examine() async -> [Finding] {
    var examination = Doctor()
    do {
      let settings = try await FleetSettings.load(needs: [.broker, .database, .secret, .management])
      examination.ok("settings", "all there")
      await examination.examine(settings)
    } catch {
      examination.wrong(
        "settings",
        "\(error)",
        "set them in the environment; see the table in deploy/docs/operate.md"
      )
    }
    return examination.findings
  }

  private mutating func examine(_ settings: FleetSettings) async {
    checkSecrets(settings)
    await checkBroker(settings)
    var options = PostgresOptions(url: settings.postgresURL, size: 1)
    options.checkoutTimeout = .seconds(3)
    let pool = PostgresPool(options, logger: Fleet.logger(settings))
    do throws(PostgresError) {
      try await pool.ping()
      ok("database", "answers")
      await checkSchema(pool, settings)
    } catch {
      wrong("database", "\(error)", "check that PostgreSQL runs, and ESTEIRA_POSTGRES_URL")
    }
    await pool.shutdown()
  }

  private mutating func checkSecrets(_ settings: FleetSettings) {
    if Set(settings.secretKey).count < 8 {
      wrong(
        "secrets",
        "ESTEIRA_SECRET_KEY is not random",
        "make one: openssl rand -base64 32. Then give new hook addresses to RD Station"
      )
    } else if settings.brokerEndpoint.user == "guest", !settings.brokerEndpoint.isLocal {
      warn(
        "secrets",
        "the broker is used as guest over the network",
        "make a user for the fleet: rabbitmqctl add_user"
      )
    } else {
      ok("secrets", "not the usual ones")
    }
  }

  private mutating func checkBroker(_ settings: FleetSettings) async {
    do {
      let endpoint = settings.brokerEndpoint
      let parked = try await messages(in: Topology.parkedQueue, on: endpoint)
      let unroutable = try await messages(in: Topology.unroutableQueue, on: endpoint)
      ok("broker", "answers")
      report("parked queue", parked)
      report("unroutable queue", unroutable)
    } catch {
      wrong("broker", "\(error)", "check that RabbitMQ runs, and ESTEIRA_AMQP_URL")
    }
    do throws(TopologyError) {
      let drift = try await BrokerDefinitions(
        managementURL: settings.rabbitMQManagementURL,
        virtualHost: settings.brokerEndpoint.virtualHost
      ).verify().filter { $0.kind != .unknown }
      if drift.isEmpty {
        ok("topology", "as the fleet needs it")
      } else {
        wrong(
          "topology",
          drift.map(\.description).joined(separator: "\n"),
          "run: esteira topology apply"
        )
      }
    } catch {
      wrong("topology", "\(error)", "check ESTEIRA_RABBITMQ_MANAGEMENT_URL")
    }
  }

  /// How many wait in a queue, or why the broker does not have it.
  private func messages(in queue: String, on endpoint: Endpoint) async throws(LinkError)
    -> Result<Int, Missing>
  {
    do throws(LinkError) {
      return .success(try await checkQueue(queue, on: endpoint).ready)
    } catch {
      guard case .channelClosed(let code, let text) = error else { throw error }
      return .failure(Missing(detail: "\(code) \(text)"))
    }
  }

  private struct Missing: Error {
    let detail: String
  }

  private mutating func report(_ queue: String, _ messages: Result<Int, Missing>) {
    switch messages {
    case .success(0): ok(queue, "empty")
    case .success(let count):
      warn(queue, "\(count) messages wait to be recorded", "run: esteira dead-letters ls")
    case .failure(let missing): wrong(queue, missing.detail, "run: esteira topology apply")
    }
  }

  private mutating func checkSchema(_ pool: PostgresPool, _ settings: FleetSettings) async {
    do {
      try await SchemaVersion.check(pool)
      ok("schema", "at migration \(SchemaVersion.needed) or later")
    } catch {
      wrong("schema", "\(Refusal(error).text)", "run: esteira migrate")
      findings.append(
        Finding(check: "integrations", state: .skipped, detail: "the schema comes first")
      )
      return
    }
    do {
      let store = SettingsVersions(pool: pool)
      let integrations = try await store.integrations()
      if integrations.isEmpty {
        warn("integrations", "there is none", "run: esteira apply -f FILE")
      }
      let withLogin = try await store.integrations(withLoginAt: "rd")
      for integration in integrations where !withLogin.contains(integration) {
        wrong(
          "login of \(integration)",
          "there is none at RD Station",
          "name client_id, client_secret and refresh_token in its document, then esteira apply; or esteira connect \(integration)"
        )
      }
      try await checkRDStation(integrations.filter(withLogin.contains), pool, settings)
    } catch {
      wrong("integrations", "\(Refusal(error).text)", "see above")
    }
  }

  private mutating func checkRDStation(
    _ integrations: [String],
    _ pool: PostgresPool,
    _ settings: FleetSettings
  ) async throws {
    guard !integrations.isEmpty else { return }
    var configuration = HTTPClient.Configuration(
      calling: settings.rdURL,
      logger: Fleet.logger(settings)
    )
    // A port that refuses is told at once.
    configuration.connectionPool.retryConnectionEstablishment = false
    try await HTTPClient.withHTTPClient(configuration: configuration) { http in
      let logins = RefreshedLogins(
        store: CredentialStore(pool: pool, key: settings.secretKey),
        grants: RDTokenGrants(http: http, baseURL: settings.rdURL)
      )
      for integration in integrations {
        await checkLogin(of: integration, logins, pool, settings)
      }
    }
  }

  private mutating func checkLogin(
    of integration: String,
    _ logins: RefreshedLogins,
    _ pool: PostgresPool,
    _ settings: FleetSettings
  ) async {
    let check = "RD Station for \(integration)"
    do {
      let name = try await logins.account(of: integration)
      let label = try await SettingsVersions(pool: pool).current(integration)?.settings.rdAccount
      if let name, let label, !RDAccountLabel(label).names(name) {
        wrong(
          check,
          "the login opens the account “\(name)”, but the document names “\(label)”",
          "give the login of “\(label)”: esteira connect \(integration); or correct rd_station.account"
        )
      } else {
        ok(check, "account “\(name ?? "without a name")”")
      }
    } catch {
      let store = CredentialStore(pool: pool, key: settings.secretKey)
      wrong(
        check,
        Refusal(error).text + (await deadSince(of: integration, store) ?? ""),
        "check ESTEIRA_RD_URL; connect the account again: esteira connect \(integration)"
      )
    }
  }

  private func deadSince(of integration: String, _ store: CredentialStore) async -> String? {
    do {
      return try await store.login(of: integration)?.deadSince.map {
        "; what is to be told waits since \($0)"
      }
    } catch {
      // What keeps it from being read was found before.
      return nil
    }
  }

  private mutating func ok(_ check: String, _ detail: String) {
    findings.append(Finding(check: check, state: .ok, detail: detail))
  }

  private mutating func warn(_ check: String, _ detail: String, _ remedy: String) {
    findings.append(Finding(check: check, state: .warning, detail: detail, remedy: remedy))
  }

  private mutating func wrong(_ check: String, _ detail: String, _ remedy: String) {
    findings.append(Finding(check: check, state: .wrong, detail: detail, remedy: remedy))
  }
}

extension Endpoint {
  fileprivate var isLocal: Bool {
    hosts.allSatisfy { ["127.0.0.1", "localhost", "::1"].contains($0.name) }
  }
}
