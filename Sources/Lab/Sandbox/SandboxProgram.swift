private import Hummingbird
private import Logging

/// `esteira-sandbox`: simulators of the outside systems, on one port.
@main
struct SandboxProgram {
  static func main() async throws {
    var logger = Logger(label: "sandbox")
    logger.logLevel = .info
    let configuration = try SandboxConfiguration(environment: Environment())
    let ledger = try Ledger(file: configuration.ledgerFile, logger: logger)
    let sandbox = SandboxServer(ledger: ledger, logger: logger)
    let application = sandbox.application(host: configuration.host, port: configuration.port)
    do {
      try await application.runService()
    } catch {
      try await sandbox.shutdown()
      throw error
    }
    try await sandbox.shutdown()
  }
}
