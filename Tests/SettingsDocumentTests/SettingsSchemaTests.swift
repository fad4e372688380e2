import Foundation
import StrictJSON
import Testing

@testable import SettingsDocument

@Suite struct SettingsSchemaTests {
  @Test func `the schema beside the example is what esteira settings schema writes`() throws {
    let file = Example.folder.appending(path: "settings.schema.json")
    #expect(try String(contentsOf: file, encoding: .utf8) == SettingsSchema.text)
  }

  @Test func `the example names the schema that lies beside it`() throws {
    #expect(try Example.text().hasPrefix("# yaml-language-server: $schema=settings.schema.json\n"))
  }

  @Test func `every key has a description that editors can show`() {
    var places = 0
    func look(at schema: JSON, _ path: String) {
      for key in schema["properties"]?.members ?? [] {
        places += 1
        #expect(key.value["description"]?.string?.isEmpty == false, "\(path).\(key.key)")
        look(at: key.value, "\(path).\(key.key)")
      }
      for inner in (schema["anyOf"]?.array ?? [])
        + [schema["items"], schema["additionalProperties"]]
        .compactMap(\.self)
      {
        look(at: inner, path)
      }
    }
    look(at: SettingsSchema.json, "")
    #expect(places > 70)
  }

  @Test func `the schema offers the words that the reading takes`() {
    let triggers = SettingsSchema.json["properties"]?["triggers"]?["items"]?["properties"]
    #expect(triggers?["on_repeat"]?["enum"] == ["new", "reuse_open", "only_if_closed"])
    #expect(
      triggers?["owner"]?["anyOf"]?.array?.first?["enum"]
        == ["everyone", "administrators", "lead_owner", "contact_owner"]
    )
    #expect(SettingsSchema.json["required"] == ["integration", "rd_station", "crm"])
    #expect(SettingsSchema.json["additionalProperties"] == false)
  }
}

/// The document that newcomers are shown.
enum Example {
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    .appending(path: "../../../deploy/examples").standardized

  static func text() throws -> String {
    try String(contentsOf: folder.appending(path: "acme.yaml"), encoding: .utf8)
  }
}
