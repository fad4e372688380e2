import Leads
import Testing

@testable import SettingsDocument

/// What newcomers are shown must work.
@Suite struct ExampleDocumentTests {
  @Test func `the demo's document is right and warns of nothing`() throws {
    let document = try SettingsDocument(yaml: try Example.text(), file: "acme.yaml")
    #expect(document.warnings == [])
    #expect(document.settings.integration == "acme")
    #expect(document.settings.triggers.count == 3)
    // The figures of the demo count an opportunity for every event.
    #expect(document.settings.triggers.allSatisfy { $0.onRepeat == .new })
    #expect(document.settings.records == RecordRules())
    #expect(document.settings.fields.count == 5)
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
