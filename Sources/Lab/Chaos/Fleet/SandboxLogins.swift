import Foundation
import Leads

/// Where the example documents find the sandbox's accounts, one of each system for every integration.
enum SandboxLogins {
  /// The environment of all programs; the calls of the integrations take one link.
  static func environment(of integrations: [String], through port: UInt16) -> [String: String] {
    let root = "http://127.0.0.1:\(port)"
    var environment: [String: String] = [:]
    for name in integrations {
      let own = [
        "RD_CLIENT_ID": "sandbox-client", "RD_CLIENT_SECRET": "sandbox-secret",
        "RD_REFRESH_TOKEN": "sandbox-refresh-\(name)",
        "RD_STATION_CRM_ADDRESS": "\(root)/rdcrm",
        "RD_STATION_CRM_TOKEN": "sandbox-token-\(name)",
        "TOTVS_ADDRESS": "\(root)/totvs", "TOTVS_USER": "integracao@\(name).example",
        "TOTVS_PASSWORD": "sandbox-secret", "TOTVS_TENANT": name,
        "DATACRM_ADDRESS": "\(root)/datacrm/\(name)", "DATACRM_USER": "rdstation",
        "DATACRM_ACCESS_KEY": "sandbox-key-rdstation-\(name)",
      ]
      for (variable, value) in own { environment["\(name.uppercased())_\(variable)"] = value }
    }
    return environment
  }

  /// The example document of that CRM, as that integration's.
  ///
  /// - Throws: An error of the file system when there is none.
  static func document(
    of integration: String,
    _ crm: CRMKind,
    in folder: URL = URL(filePath: "deploy/examples")
  ) throws -> String {
    let name = crm.traits.isColocated ? "acme" : crm.rawValue
    return try String(contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
      .replacing(/integration: acme.*/, with: "integration: \(integration)")
      .replacing("account: acme", with: "account: \(integration)")
      .replacing("env:", with: "env:\(integration.uppercased())_")
      // People of the simulated accounts have addresses of the account's.
      .replacing("@acme.com.br", with: "@\(integration).com.br")
  }
}
