internal import StrictJSON

struct RDCRMUser: Sendable, Hashable {
  /// How far the user sees (reference 1.2).
  enum Visibility: String, Sendable {
    case restricted = "restrito"
    case team = "equipe"
    case all = "geral"
  }

  var id: String
  var name: String
  var email: String
  var isActive = true
  var isAdministrator = false
  var visibility = Visibility.all
  /// Made on the user's profile screen, and never ends; 24 hexadecimal digits, but for that of the first user.
  var token: String

  /// Before the account's name.
  static let firstToken = "sandbox-token-"
}

struct RDCRMTeam: Sendable, Hashable {
  var id: String
  var name: String
  var userIDs: [String]
}

struct RDCRMStage: Sendable, Hashable {
  var id: String
  var name: String

  /// The initials.
  var nickname: String {
    name.split(separator: " ").compactMap(\.first).map { $0.uppercased() }.joined()
  }
}

struct RDCRMPipeline: Sendable, Hashable {
  var id: String
  var name: String
  var stages: [RDCRMStage]
  /// Where winning a deal makes a copy of it.
  var copiesTo: String?
}

struct RDCRMField: Sendable, Hashable {
  var id: String
  var label: String
  /// `text`, `option`, `multiple_choice` or `date`.
  var type: String
  /// `deal`, `contact`, `organization` or `product`.
  var entity: String
  var options: [String] = []
  var isRequired = false
  /// Only to enter this stage.
  var requiredAtStage: String?
  var isUnique = false
  var allowsNew = false

  var slug: String {
    label.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }
      .joined()
  }

  /// Whether it must hold something in a record at that stage.
  func isRequired(at stage: String?) -> Bool {
    isRequired && (requiredAtStage == nil || requiredAtStage == stage)
  }

  /// Why a value is refused, in the vendor's language; nil when it is not.
  func complaint(of value: JSON) -> String? {
    guard !value.isBlank else { return nil }
    switch (type, value) {
    case ("text", .string): return nil
    case ("date", .string(let text)):
      return text.wholeMatch(of: /\d{2}\/\d{2}\/\d{4}/) == nil ? "\(label) não é válido" : nil
    case ("option", .string(let text)):
      return allowsNew || options.contains(text) ? nil : "\(label) não está incluído na lista"
    case ("multiple_choice", .array(let list)):
      let texts = list.compactMap(\.string)
      guard texts.count == list.count else { return "\(label) não é válido" }
      return allowsNew || texts.allSatisfy(options.contains)
        ? nil : "\(label) não está incluído na lista"
    default: return "\(label) não é válido"
    }
  }
}

extension JSON {
  /// Null, an empty text or an empty list.
  var isBlank: Bool { self == .null || self == "" || self == [] }
}
