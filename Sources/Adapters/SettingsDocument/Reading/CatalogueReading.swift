import Leads
import Belt

/// Reads `crm:`, the system that opportunities go to and what it offers.
struct CatalogueReading {
  /// As they are told to people.
  static let kinds: [CRMKind] = [.embedded, .rdStationCRM, .totvs, .datacrm]

  private(set) var kind = CRMKind.embedded
  private(set) var catalogue = CRMCatalogue()
  private(set) var variables: [String: String] = [:]
  private(set) var references: CRMReferences?
  private(set) var account = CRMAccount()
  /// Whether names can be told right from wrong: an outside CRM may not have been asked.
  private(set) var knowsNames = true
  /// Where each field stands, for what is found about it later.
  private(set) var places: [FieldName: Field] = [:]

  init(_ field: Field, reached: ReachedCRM?) {
    guard field.isFilled else {
      field.problem(
        "is missing; the smallest is crm: { kind: embedded, users: […], pipelines: {…} }"
      )
      return
    }
    let section = Section(field, .crm)
    readKind(section["kind"])
    let isOutside = !kind.traits.doors.isEmpty
    let found = CRMAccountReading(section, of: kind)
    (references, account) = (found.references, reached?.account ?? found.account)
    if isOutside {
      knowsNames = reached != nil
      catalogue = reached?.catalogue ?? CRMCatalogue()
      refuseTyped(section)
    }
    readPlan(section["plan"])
    readUsers(section["users"])
    readTeams(section["teams"])
    if !isOutside { readPipelines(section["pipelines"]) }
    if let user = section["default_user"].text() {
      catalogue.defaultUser = known(user, at: section["default_user"])
    }
    if isOutside {
      takeFields()
    } else {
      let records = Section(section["fields"], .recordFields)
      for record in RecordKind.allCases {
        readFields(records[record.rawValue], of: record)
      }
    }
    readVariables(section["variables"])
  }

  /// What an outside CRM tells by itself.
  private func refuseTyped(_ section: Section) {
    for key in ["users", "pipelines", "fields"] where section[key].isFilled {
      section[key].problem(
        "is not typed for a \(kind.rawValue): esteira apply reads it from the CRM; leave it out"
      )
    }
  }

  /// Those of an outside CRM, without those that RD Station fills by itself.
  private mutating func takeFields() {
    catalogue.fields.removeAll { AutomaticPair.source(of: $0.name, $0.record) != nil }
    guard let most = catalogue.plan?.segmentMax else { return }
    for place in catalogue.fields.indices
    where catalogue.fields[place].isSegment && catalogue.fields[place].type.hasOptions {
      catalogue.fields[place].optionMax = min(catalogue.fields[place].optionMax ?? most, most)
    }
  }

  /// The user as the catalogue names them; reports one that it does not hold.
  func known(_ user: String, at field: Field) -> String? {
    let emails = catalogue.users.map(\.email)
    if !knowsNames || emails.contains(user) { return user }
    field.problem("there is no user “\(user)”", near: user, among: emails)
    return nil
  }

  func members(of team: String) -> [String] {
    catalogue.teams.first { $0.name == team }?.members ?? []
  }

  private mutating func readKind(_ field: Field) {
    guard let text = field.requiredText() else { return }
    guard let kind = CRMKind(rawValue: text) else {
      let kinds = Self.kinds.map(\.rawValue)
      let near = NearestNames.closest(to: text, among: kinds)
      let guess = near.first.map { "; did you mean “\($0)”?" } ?? ""
      field.problem("there is no CRM “\(text)”; there are \(kinds.joined(separator: ", "))\(guess)")
      return
    }
    self.kind = kind
  }

  private mutating func readPlan(_ field: Field) {
    guard field.isFilled else { return }
    guard kind == .rdStationCRM else {
      field.problem("only kind: rd_station_crm has a plan")
      return
    }
    catalogue.plan = field.choice()
  }

  /// TOTVS CRM needs them also when the document has none: the default user has no standard value.
  private mutating func readVariables(_ field: Field) {
    guard kind == .totvs else {
      if field.isFilled { field.problem("only kind: totvs has variables") }
      return
    }
    var places: [String: Field] = [:]
    for (name, value) in field.entries() {
      places[name] = value
      variables[name] = value.requiredText()
    }
    do throws(TOTVSVariablesError) {
      // The document's own word for the same person.
      let user = catalogue.defaultUser.map { [TOTVSVariable.defaultUser.rawValue: $0] } ?? [:]
      let variables = try TOTVSVariables(variables.merging(user) { variable, _ in variable })
      catalogue.defaultUser = catalogue.defaultUser ?? variables.defaultUser
    } catch {
      for problem in error.problems {
        (places[problem.variable] ?? field).problem(problem.reason.sentence)
      }
    }
  }

  private mutating func readUsers(_ field: Field) {
    guard kind.traits.doors.isEmpty else { return }
    for item in field.items() {
      guard let user = user(item) else { continue }
      if EmailAddress(user.email) == nil {
        item.problem("“\(user.email)” is no e-mail address")
      } else if catalogue.users.contains(where: { $0.email == user.email }) {
        item.problem("the user “\(user.email)” stands twice")
      } else {
        catalogue.users.append(user)
      }
    }
  }

  /// A bare text is a user too.
  private func user(_ item: Field) -> CRMCatalogue.User? {
    guard item.isMapping else { return item.requiredText().map { CRMCatalogue.User(email: $0) } }
    let section = Section(item, .user)
    let isAdministrator = section["administrator"].flag(default: false)
    return section["email"].requiredText().map {
      CRMCatalogue.User(email: $0, isAdministrator: isAdministrator)
    }
  }

  private mutating func readTeams(_ field: Field) {
    for (name, value) in field.entries() {
      let items = value.items()
      if items.isEmpty { value.problem("the team “\(name)” has no member") }
      let members = items.compactMap { item in
        item.requiredText().flatMap { known($0, at: item) }
      }
      // An outside CRM may know the team and not tell who is in it.
      catalogue.teams.removeAll { $0.name == name }
      catalogue.teams.append(CRMCatalogue.Team(name: name, members: members))
    }
  }

  private mutating func readPipelines(_ field: Field) {
    if !field.isFilled { field.problem("is missing; there must be one, such as Vendas: [Novo]") }
    for (name, value) in field.entries() {
      let stages = value.texts()
      if stages.isEmpty { value.problem("the pipeline “\(name)” has no stage") }
      catalogue.pipelines.append(CRMCatalogue.Pipeline(name: name, stages: stages))
    }
  }

  private mutating func readFields(_ field: Field, of record: RecordKind) {
    for (name, value) in field.entries() {
      if let source = AutomaticPair.source(of: name, record) {
        value.problem("every \(record.rawValue) has it already; RD Station's \(source) fills it")
        continue
      }
      guard let shape = FieldShapeReading(value, .crmField) else { continue }
      let read = crmField(name, of: record, shape, at: value)
      catalogue.fields.append(read)
      places[FieldName(record: record, name: name)] = value
    }
  }

  private func crmField(
    _ name: String,
    of record: RecordKind,
    _ shape: FieldShapeReading,
    at place: Field
  ) -> CRMCatalogue.Field {
    let read = CRMCatalogue.Field(
      record: record,
      name: name,
      type: shape.type,
      options: shape.options,
      isRequired: shape.section["required"].flag(default: false),
      takesNewOptions: shape.section["new_options"].flag(default: false),
      optionMax: shape.section["option_max"].count()
    )
    for key in ["new_options", "option_max"]
    where shape.section[key].isFilled && !shape.type.hasOptions {
      shape.section[key].problem("only a choice and a multiple_choice have options")
    }
    if read.type.hasOptions, read.options.isEmpty, !read.takesNewOptions {
      place.warning("has no options and takes no new ones, so no value fits")
    }
    if let max = read.optionMax, read.options.count > max {
      shape.section["options"].problem("there are \(read.options.count), and at most \(max) fit")
    }
    return read
  }
}

extension CRMCatalogue.Plan {
  /// How many segments an account can have (B200); nil is without bound.
  fileprivate var segmentMax: Int? { self == .free ? 50 : nil }
}
