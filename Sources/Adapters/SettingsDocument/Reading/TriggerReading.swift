import Leads

/// Reads `triggers:` against what the CRM offers.
struct TriggerReading {
  struct Reading {
    let trigger: Trigger
    let place: Field
    let section: Section
  }

  let owners: OwnerReading
  /// Whether the document says whose a new contact is.
  let contactHasOwner: Bool

  func triggers(in field: Field) -> [Reading] {
    field.items().compactMap { item in
      let section = Section(item, .trigger)
      return trigger(section).map { Reading(trigger: $0, place: item, section: section) }
    }
  }

  private func trigger(_ section: Section) -> Trigger? {
    let when = condition(in: section["when"])
    let owner = owner(in: section["owner"], when)
    let place = place(pipeline: section["pipeline"], stage: section["stage"])
    let scoring = section["qualification_from_scoring"]
    let isScored = scoring.flag(default: false)
    if isScored, let when, when != .opportunityMark {
      scoring.problem("is possible only with when: { opportunity_mark: true }")
    }
    let onRepeat = section["on_repeat"].choice(default: Trigger.Repeat.new)
    guard let when, let owner, let place else { return nil }
    return Trigger(
      when: when,
      owner: owner,
      pipeline: place.pipeline,
      stage: place.stage,
      qualificationFromScoring: isScored,
      onRepeat: onRepeat
    )
  }

  private func condition(in field: Field) -> Trigger.Condition? {
    let forms = "opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    guard field.isFilled else {
      field.problem("is missing; it is one of \(forms)")
      return nil
    }
    let section = Section(field, .condition)
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
      if contactHasOwner { return .contactOwner }
      field.problem(
        "is missing; it is everyone, administrators, lead_owner, { user: … } or { team: … }, or "
          + "records.owners.contact says it for all"
      )
      return nil
    }
    var offer = OwnerReading.Offer()
    if let when, when != .opportunityMark {
      offer.leadOwnerRefusal =
        "lead_owner is offered only with when: { opportunity_mark: true }; use everyone, "
        + "administrators, { user: … } or { team: … }"
    }
    if !contactHasOwner {
      offer.contactOwnerRefusal =
        "contact_owner needs records.owners.contact, who gets new contacts"
    }
    return owners.owner(in: field, offer)
  }

  private func place(pipeline: Field, stage: Field) -> (pipeline: String, stage: String)? {
    let (name, step) = (pipeline.requiredText(), stage.requiredText())
    guard let name, let step else { return nil }
    guard owners.crm.knowsNames else { return (name, step) }
    let pipelines = owners.crm.catalogue.pipelines
    guard let found = pipelines.first(where: { $0.name == name }) else {
      pipeline.problem("there is no pipeline “\(name)”", near: name, among: pipelines.map(\.name))
      return nil
    }
    guard found.stages.contains(step) else {
      let sentence = "there is no stage “\(step)” in pipeline “\(name)”"
      stage.problem(sentence, near: step, among: found.stages, listing: "it has")
      return nil
    }
    return (name, step)
  }
}
