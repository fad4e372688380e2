import Foundation
import Leads
import SettingsDocument
import Testing

/// What newcomers are shown must work.
@Suite struct ExampleDocumentTests {
  @Test func `the demo's document is right and warns of nothing`() throws {
    let file = URL(filePath: #filePath).resolvingSymlinksInPath()
      .appending(path: "../../../deploy/examples/acme.yaml").standardized
    let document = try SettingsDocument(
      yaml: String(contentsOf: file, encoding: .utf8),
      file: "acme.yaml"
    )
    #expect(document.warnings == [])
    #expect(document.settings.integration == "acme")
    #expect(document.settings.triggers.count == 3)
    #expect(document.settings.tags == .both)
    #expect(document.settings.lossReasonField == "Motivo de perda no CRM")
    #expect(
      document.credentials
        == CredentialReferences(
          clientID: .variable("RD_CLIENT_ID"),
          clientSecret: .variable("RD_CLIENT_SECRET"),
          refreshToken: .variable("RD_REFRESH_TOKEN")
        )
    )
  }
}
