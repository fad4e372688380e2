private import HTTPTypes
internal import StrictJSON

/// What may stand in a body; the members of leads and opportunities are assumed.
enum TenantBody {
  static func names(of table: TenantTable) -> Set<String> {
    switch table {
    case .leads:
      [
        "externalId", "name", "tradingName", "leadType", "leadSituationId", "leadOriginId",
        "customerPersonType", "professionalId", "jobTitle", "website", "facebook", "linkedin",
        "emails", "phones", "addresses", "customFields", "version",
      ]
    case .opportunities:
      [
        "externalId", "description", "leadId", "pipelineId", "stageId", "opportunityTypeId",
        "professionalId", "status", "value", "lossReason", "customFields", "version",
      ]
    case .customers:
      [
        "externalId", "code", "name", "tradingName", "customerPersonType",
        "customerIdentificationDocuments", "emails", "phones", "addresses", "professionalId",
        "professionalName", "erpCreateDate", "erpLastChange", "version",
      ]
    default: ["description", "name", "email", "active", "roles", "pipelineId", "type", "options"]
    }
  }

  /// The members that a new record cannot be without.
  private static func needed(_ table: TenantTable) -> [String] {
    switch table {
    case .leads: ["name"]
    case .opportunities: ["description", "pipelineId", "stageId", "opportunityTypeId"]
    case .customers: ["externalId", "code", "name", "tradingName", "customerPersonType"]
    default: []
    }
  }

  /// - Throws: A 400 for a body that is no record of the table, a 422 for a member that is not valid.
  static func check(
    _ body: JSON,
    of table: TenantTable,
    isWhole: Bool,
    in state: TenantState
  ) throws(Refusal) {
    guard let members = body.members else {
      throw TenantErrors.refusal(.badRequest, "invalidBody", "The body must be an object.")
    }
    let known = names(of: table)
    for member in members where !known.contains(member.key) {
      throw TenantErrors.refusal(
        .badRequest,
        "unknownMember",
        "There is no such member.",
        field: member.key
      )
    }
    if isWhole {
      for name in needed(table) where isEmpty(body[name]) {
        throw TenantErrors.member(name, "required")
      }
    }
    for member in members { try check(member, of: body, in: state) }
    if let fields = table.fields {
      try checkFields(body["customFields"] ?? [:], defined: fields, isWhole: isWhole, in: state)
    }
  }

  private static func check(_ member: JSON.Members.Member, of body: JSON, in state: TenantState)
    throws(Refusal)
  {
    let name = member.key
    switch name {
    case "emails", "phones", "addresses": try checkList(name, member.value, in: state)
    case "customerPersonType":
      try checkID("customerPersonType.id", member.value["id"], in: .personTypes, state)
    case "leadSituationId": try checkID(name, member.value, in: .leadSituations, state)
    case "leadOriginId": try checkID(name, member.value, in: .leadOrigins, state)
    case "pipelineId": try checkID(name, member.value, in: .pipelines, state)
    case "opportunityTypeId": try checkID(name, member.value, in: .opportunityTypes, state)
    case "leadId": try checkID(name, member.value, in: .leads, state)
    case "stageId":
      try checkID(name, member.value, in: .stages, state)
      let pipeline = member.value.string.flatMap { state[.stages, $0]?.members["pipelineId"] }
      guard body["pipelineId"] == nil || pipeline == body["pipelineId"] else {
        throw TenantErrors.member(name, "otherPipeline")
      }
    case "professionalId": try checkUser(member.value, in: state)
    case "status":
      guard let text = member.value.string, statuses.contains(text) else {
        throw TenantErrors.member(name, "invalid")
      }
    case "value":
      guard member.value.double.map({ $0 >= 0 }) == true else {
        throw TenantErrors.member(name, "invalid")
      }
    case "lossReason":
      if member.value != .null {
        try checkID("lossReason.id", member.value["id"], in: .lossReasons, state)
      }
    case "leadType":
      guard member.value == "Lead" else { throw TenantErrors.member(name, "invalid") }
    case "customFields", "customerIdentificationDocuments", "version", "code": break
    default: try checkText(name, member.value)
    }
  }

  static let statuses: Set<String> = ["PROGRESS", "WON", "LOST", "DISCARDED"]

  private static func checkText(_ name: String, _ value: JSON) throws(Refusal) {
    guard value != .null else { return }
    guard let text = value.string, text.unicodeScalars.count <= 255 else {
      throw TenantErrors.member(name, "tooLong")
    }
  }

  private static func checkList(_ name: String, _ value: JSON, in state: TenantState)
    throws(Refusal)
  {
    guard let items = value.array else { throw TenantErrors.member(name, "invalid") }
    for (place, item) in items.enumerated() {
      let path = "\(name).\(place)"
      switch name {
      case "emails":
        guard item["email"]?.string?.contains("@") == true else {
          throw TenantErrors.member("\(path).email", "invalid")
        }
        try checkText("\(path).email", item["email"] ?? .null)
        try checkID("\(path).emailTypeId", item["emailTypeId"], in: .emailTypes, state)
      case "phones":
        try checkText("\(path).number", item["number"] ?? .null)
        try checkID("\(path).phoneTypeId", item["phoneTypeId"], in: .phoneTypes, state)
      default:
        try checkID("\(path).addressType.id", item["addressType"]?["id"], in: .addressTypes, state)
      }
    }
  }

  private static func checkID(
    _ name: String,
    _ value: JSON?,
    in table: TenantTable,
    _ state: TenantState
  ) throws(Refusal) {
    guard let id = value?.string, let record = state[table, id], !record.isHidden else {
      throw TenantErrors.member(name, "unknownId")
    }
  }

  /// A user without a role keeps the record out.
  private static func checkUser(_ value: JSON, in state: TenantState) throws(Refusal) {
    let user = value.string.flatMap { state[.users, $0] }?.members
    guard user?["active"]?.bool == true, user?["roles"]?.array?.isEmpty == false else {
      throw TenantErrors.refusal(
        .badRequest,
        "userWithoutRole",
        "The professional holds no role.",
        field: "professionalId"
      )
    }
  }

  private static func checkFields(
    _ values: JSON,
    defined: TenantTable,
    isWhole: Bool,
    in state: TenantState
  ) throws(Refusal) {
    guard let members = values.members else { throw TenantErrors.member("customFields", "invalid") }
    let fields = state.records[defined] ?? []
    for member in members {
      let path = "customFields.\(member.key)"
      guard let field = fields.first(where: { $0.members["name"]?.string == member.key }) else {
        throw TenantErrors.member(path, "unknownField")
      }
      let options = field.members["options"]?.array ?? []
      let chosen = member.value.array ?? [member.value]
      guard member.value == .null || options.isEmpty || chosen.allSatisfy(options.contains) else {
        throw TenantErrors.member(path, "unknownOption")
      }
    }
    guard isWhole else { return }
    for field in fields where field.members["required"]?.bool == true {
      let name = field.members["name"]?.string ?? ""
      guard !isEmpty(values[name]) else {
        throw TenantErrors.member("customFields.\(name)", "required")
      }
    }
  }

  private static func isEmpty(_ value: JSON?) -> Bool {
    value == nil || value == .null || value?.string?.isEmpty == true
  }
}
