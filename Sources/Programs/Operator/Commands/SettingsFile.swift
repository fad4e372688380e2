import ArgumentParser
import FoundationEssentials
import Operations
import SettingsDocument
import CommandLineInterface

/// The document that a command is about.
struct SettingsFile: ParsableArguments {
  @Option(
    name: [.customShort("f"), .customLong("file")],
    help: "The YAML document; - reads the standard input."
  )
  var name: String

  /// Reads and checks it; its warnings are told at once.
  func read() throws -> SettingsDocument { try Self.document(name) }

  /// Says what apply would miss here and now, and gives it.
  func tellMissingSecrets(of document: SettingsDocument) -> [String] {
    let missing = document.missingSecrets(in: ProcessInfo.processInfo.environment)
    for sentence in missing {
      Terminal.complain("\(name): \(sentence); apply will need it (warning)")
    }
    return missing
  }

  /// Where the document's CRM is, here and now; nil where that is not told.
  func crmAddress(of document: SettingsDocument) -> String? {
    document.crmAddress(in: ProcessInfo.processInfo.environment)
  }

  static func document(_ name: String) throws -> SettingsDocument {
    let bytes = try InputFile.read(name)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Refusal(.invalid, "file_unreadable", "the file \(name) is not UTF-8")
    }
    let document = try SettingsDocument(yaml: text, file: name)
    for warning in document.warnings { Terminal.complain("\(name):\(warning) (warning)") }
    return document
  }
}
