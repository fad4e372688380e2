import Leads

/// What an account lets one choose from, with the ids that go into calls.
struct AccountLists: Sendable {
  struct Stage: Sendable, Hashable {
    let id: String
    let name: String
  }

  struct Pipeline: Sendable, Hashable {
    let id: String
    let name: String
    /// In their order.
    let stages: [Stage]
  }

  struct User: Sendable, Hashable {
    let id: String
    let email: String
    let isActive: Bool
  }

  struct Field: Sendable, Hashable {
    let record: RecordKind
    /// Under which a record holds its value: an id in v1, a slug in v2.
    let key: String
    let label: String
    let type: FieldType
    let options: [String]
    let isRequired: Bool
    let takesNewOptions: Bool
  }

  let pipelines: [Pipeline]
  let users: [User]
  let fields: [Field]

  /// By the names that people see.
  func stage(_ name: String, of pipeline: String) -> Stage? {
    pipelines.first { $0.name == pipeline }?.stages.first { $0.name == name }
  }

  func stage(id: String) -> Stage? {
    pipelines.lazy.flatMap(\.stages).first { $0.id == id }
  }

  /// Somebody who can be given work; who left cannot.
  func user(_ email: String) -> User? {
    users.first { $0.isActive && $0.email.lowercased() == email.lowercased() }
  }

  func field(_ label: String, of record: RecordKind) -> Field? {
    fields.first { $0.record == record && $0.label == label }
  }

  /// The multiple choice of deals that holds the tags; it has to take new ones (B136, B137).
  func tags(named label: String) -> Field? {
    field(label, of: .opportunity).flatMap {
      $0.type == .multipleChoice && $0.takesNewOptions ? $0 : nil
    }
  }
}
