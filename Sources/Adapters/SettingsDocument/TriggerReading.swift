import Leads

/// Reads `triggers:` against what the CRM offers.
struct TriggerReading {
  let crm: CatalogueReading

  func triggers(in field: Field) -> [Trigger] {
    var readings: [(Field, Trigger)] = []
    for item in field.items() {
      guard let trigger = trigger(in: item) else { continue }
      if let earlier = readings.firstIndex(where: { $0.1.when.covers(trigger.when) }) {
        item.warning(
          "can never match: triggers[\(earlier)] (\(readings[earlier].1.words)) decides before it"
        )
      }
      readings.append((item, trigger))
    }
    return readings.map(\.1)
  }

  private func trigger(in item: Field) -> Trigger? {
    let section = Section(
      item,
      keys: ["when", "owner", "pipeline", "stage", "qualification_from_scoring"]
    )
    let when = condition(in: section["when"])
    let owner = owner(in: section["owner"], when)
    let place = place(pipeline: section["pipeline"], stage: section["stage"])
    let scoring = section["qualification_from_scoring"]
    let isScored = scoring.flag(default: false)
    if isScored, let when, when != .opportunityMark {
      scoring.problem("is possible only with when: { opportunity_mark: true }")
    }
    guard let when, let owner, let place else { return nil }
    return Trigger(
      when: when,
      owner: owner,
      pipeline: place.pipeline,
      stage: place.stage,
      qualificationFromScoring: isScored
    )
  }

  private func condition(in field: Field) -> Trigger.Condition? {
    let forms = "opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    guard field.isFilled else {
      field.problem("is missing; it is one of \(forms)")
      return nil
    }
    let section = Section(field, keys: ["opportunity_mark", "conversion", "any_conversion"])
    var conditions: [Trigger.Condition] = []
    if section["opportunity_mark"].flag(default: false) { conditions.append(.opportunityMark) }
    if let identifier = section["conversion"].text() { conditions.append(.conversion(identifier)) }
    if section["any_conversion"].flag(default: false) { conditions.append(.anyConversion) }
    guard conditions.count == 1 else {
      if field.isMapping { field.problem("must be exactly one of \(forms)") }
      return nil
    }
    return conditions[0]
  }

  private func owner(in field: Field, _ when: Trigger.Condition?) -> Trigger.Owner? {
    guard field.isFilled else {
      field.problem(
        "is missing; it is everyone, administrators, lead_owner, { user: … } or { team: … }"
      )
      return nil
    }
    if field.isMapping { return named(in: field) }
    guard let text = field.text() else { return nil }
    let users = crm.catalogue.users
    switch text {
    case "everyone":
      if users.isEmpty { field.problem("crm.users names nobody who could be drawn") }
      return .everyone
    case "administrators":
      if !users.contains(where: \.isAdministrator) {
        field.problem("no user of crm.users has administrator: true")
      }
      return .administrators
    case "lead_owner":
      if let when, when != .opportunityMark {
        field.problem(
          "lead_owner is offered only with when: { opportunity_mark: true }; use everyone, "
            + "administrators, { user: … } or { team: … }"
        )
      }
      return .leadOwner
    default:
      let words = ["everyone", "administrators", "lead_owner"]
      field.problem(
        "there is no owner “\(text)”"
          + NearestNames.hint(for: text, among: words, listing: "there are")
          + ", or { user: … } or { team: … }"
      )
      return nil
    }
  }

  private func named(in field: Field) -> Trigger.Owner? {
    let section = Section(field, keys: ["user", "team"])
    let (user, team) = (section["user"], section["team"])
    if user.isFilled == team.isFilled {
      field.problem("must be one of { user: … } and { team: … }")
      return nil
    }
    if let email = user.text() { return crm.known(email, at: user).map { .user($0) } }
    guard let name = team.text() else { return nil }
    let names = crm.catalogue.teams.map(\.name)
    if names.contains(name) { return .team(name) }
    team.problem(
      "there is no team “\(name)”"
        + NearestNames.hint(for: name, among: names, listing: "there are")
    )
    return nil
  }

  private func place(pipeline: Field, stage: Field) -> (pipeline: String, stage: String)? {
    let (name, step) = (pipeline.requiredText(), stage.requiredText())
    guard let name, let step else { return nil }
    let pipelines = crm.catalogue.pipelines
    guard let found = pipelines.first(where: { $0.name == name }) else {
      pipeline.problem(
        "there is no pipeline “\(name)”"
          + NearestNames.hint(for: name, among: pipelines.map(\.name), listing: "there are")
      )
      return nil
    }
    guard found.stages.contains(step) else {
      stage.problem(
        "there is no stage “\(step)” in pipeline “\(name)”"
          + NearestNames.hint(for: step, among: found.stages, listing: "it has")
      )
      return nil
    }
    return (name, step)
  }
}

extension Trigger.Condition {
  /// Whether every event of the other one starts this one too.
  fileprivate func covers(_ other: Trigger.Condition) -> Bool {
    switch (self, other) {
    case (.opportunityMark, .opportunityMark), (.anyConversion, .anyConversion),
      (.anyConversion, .conversion):
      true
    case (.conversion(let mine), .conversion(let theirs)):
      mine.trimmed.lowercased() == theirs.trimmed.lowercased()
    default: false
    }
  }
}
