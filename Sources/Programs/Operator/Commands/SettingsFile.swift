import ArgumentParser
import FoundationEssentials
import SettingsDocument

/// The document that a command is about.
struct SettingsFile: ParsableArguments {
  @Option(
    name: [.customShort("f"), .customLong("file")],
    help: "The YAML document; - reads the standard input."
  )
  var name: String

  /// Reads and checks it; its warnings are told at once.
  func read() throws -> SettingsDocument {
    let read =
      name == "-" ? StandardInput.read(atMost: 1 << 20) : FileManager.default.contents(atPath: name)
    guard let bytes = read else {
      throw Refusal("the file \(name) cannot be read", code: Refusal.usage)
    }
    guard bytes.count <= 1 << 20 else {
      throw Refusal("the file \(name) is larger than 1 MiB", code: Refusal.usage)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Refusal("the file \(name) is not UTF-8", code: Refusal.usage)
    }
    let document = try SettingsDocument(yaml: text, file: name)
    for warning in document.warnings { Terminal.complain("\(name):\(warning) (warning)") }
    return document
  }
}
