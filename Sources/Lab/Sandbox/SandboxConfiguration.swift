internal import Hummingbird

/// What the environment says.
struct SandboxConfiguration: Equatable {
  /// `ESTEIRA_SANDBOX_LISTEN`, `host:port`; 127.0.0.1:8090 when unset.
  var host = "127.0.0.1"
  var port = 8090
  /// `ESTEIRA_SANDBOX_LEDGER`, a file the ledger is also appended to; none when unset or empty.
  var ledgerFile: String?

  init(environment: Environment) throws(SandboxConfigurationError) {
    if let listen = environment.get("ESTEIRA_SANDBOX_LISTEN"), !listen.isEmpty {
      guard let colon = listen.lastIndex(of: ":"),
        let port = Int(listen[listen.index(after: colon)...]), (0...65_535).contains(port)
      else { throw SandboxConfigurationError(key: "ESTEIRA_SANDBOX_LISTEN") }
      host = String(listen[..<colon])
      self.port = port
    }
    ledgerFile = environment.get("ESTEIRA_SANDBOX_LEDGER").flatMap { $0.isEmpty ? nil : $0 }
  }
}

struct SandboxConfigurationError: Error, CustomStringConvertible {
  let key: String

  var description: String { "\(key) is not of the form host:port" }
}
