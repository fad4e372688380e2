internal import SandboxLeads
internal import StrictJSON

/// A record with what it was before: what is read may lag behind what was written.
struct DataCRMRecord: Sendable, Hashable {
  struct Version: Sendable, Hashable {
    let at: Timestamp
    let values: [String: String]
    var isDeleted = false
  }

  /// Versions that are kept.
  private static let versionsMax = 50

  let id: String
  let module: String
  private var versions: [Version]

  init(id: String, module: String, values: [String: String], at: Timestamp) {
    self.id = id
    self.module = module
    versions = [Version(at: at, values: values)]
  }

  var values: [String: String] { versions.last?.values ?? [:] }
  var isDeleted: Bool { versions.last?.isDeleted ?? true }

  subscript(field: String) -> String { values[field] ?? "" }

  /// As it was shown then; nil when it was not there.
  func values(at time: Timestamp) -> [String: String]? {
    versions.last { $0.at <= time }.flatMap { $0.isDeleted ? nil : $0.values }
  }

  mutating func become(_ values: [String: String], at: Timestamp) {
    versions.append(Version(at: at, values: values))
    versions.removeFirst(max(0, versions.count - Self.versionsMax))
  }

  mutating func delete(at: Timestamp) {
    versions.append(Version(at: at, values: values, isDeleted: true))
  }

  /// All fields of the module as texts, an empty reference as null.
  static func json(_ id: String, _ values: [String: String], _ module: DataCRMModule) -> JSON {
    var members = JSON.Members()
    for field in module.fields {
      let text = values[field.name] ?? ""
      members[field.name] = field.type == "reference" && text.isEmpty ? .null : .string(text)
    }
    members["id"] = .string(id)
    return .object(members)
  }
}
