import Foundation
import SettingsDocument
import Testing

@Suite struct SecretReferenceTests {
  @Test func `a variable and a file give their value`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try "  token-of-the-file\n".write(to: file, atomically: true, encoding: .utf8)
    #expect(try SecretReference("env:TOKEN")?.resolve(in: ["TOKEN": "a b "]) == "a b ")
    #expect(try SecretReference("file:\(file.path())")?.resolve(in: [:]) == "token-of-the-file")
  }

  @Test(arguments: ["secret", "env:", "file:", "ENV:NAME", ""])
  func `any other form is no reference`(_ text: String) {
    #expect(SecretReference(text) == nil)
  }

  @Test func `a secret that is not there is named by its reference`() throws {
    let variable = try #require(SecretReference("env:NOT_SET"))
    let file = try #require(SecretReference("file:/nowhere/at-all"))
    #expect(throws: SecretMissing.self) { try variable.resolve(in: [:]) }
    #expect(throws: SecretMissing.self) { try variable.resolve(in: ["NOT_SET": ""]) }
    let error = #expect(throws: SecretMissing.self) { try file.resolve(in: [:]) }
    #expect(error?.sentence == "the file /nowhere/at-all cannot be read: there is none")
  }
}
