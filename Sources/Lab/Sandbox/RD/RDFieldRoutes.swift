private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  func addFieldRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("platform/contacts/fields") { request, _ in
      let call = try RDCall(request, self)
      let fields = call.account.state.withLock { $0.fields }
      return Response.json(["fields": .array(fields.map(\.json))])
    }
    group.post("platform/contacts/fields") { request, _ in
      let call = try RDCall(request, self)
      let body = try await request.json()
      let field = try call.account.state.withLock { state in
        let field = try Self.field(body, uuid: state.generator.uuid(), known: state.fields)
        state.fields.append(field)
        return field
      }
      return Response.json(field.json, status: .created)
    }
    group.patch("platform/contacts/fields/:id") { request, context in
      let call = try RDCall(request, self)
      let body = try await request.json()
      let field = try call.account.state.withLock { state in
        let index = try Self.customField(context, state.fields)
        if let label = try Self.label("label", body) { state.fields[index].label = label }
        if let rules = body["validation_rules"] { state.fields[index].validation = rules }
        return state.fields[index]
      }
      return Response.json(field.json)
    }
    group.delete("platform/contacts/fields/:id") { request, context in
      let call = try RDCall(request, self)
      try call.account.state.withLock { state in
        let index = try Self.customField(context, state.fields)
        state.fields.remove(at: index)
      }
      return Response(status: .noContent)
    }
  }

  /// Standard fields cannot be changed or deleted.
  private static func customField(
    _ context: SandboxContext,
    _ fields: [RDField]
  ) throws(Refusal) -> Int {
    let uuid = context.parameters.get("id")
    guard let index = fields.firstIndex(where: { $0.uuid == uuid && $0.isCustom }) else {
      throw RDErrors.notFound
    }
    return index
  }

  private static func label(_ name: String, _ body: JSON) throws(Refusal) -> String? {
    guard let label = body[name] else { return nil }
    guard let text = label["pt-BR"]?.string ?? label["default"]?.string, !text.isEmpty else {
      throw RDErrors.locale(name, "CANNOT_BE_BLANK", "cannot be blank")
    }
    return text
  }

  private static func field(
    _ body: JSON,
    uuid: String,
    known: [RDField]
  ) throws(Refusal) -> RDField {
    let types = ["STRING", "INTEGER", "BOOLEAN", "STRING[]"]
    guard let identifier = body["api_identifier"]?.string, identifier.hasPrefix("cf_"),
      identifier.count <= 64
    else { throw RDErrors.field("api_identifier", "INVALID_FORMAT", "must start with cf_") }
    guard !known.contains(where: { $0.identifier == identifier }) else {
      throw RDErrors.field("api_identifier", "TAKEN", "has already been taken")
    }
    guard let type = body["data_type"]?.string, types.contains(type) else {
      throw RDErrors.field(
        "data_type",
        "INCLUSION",
        "invalid options, the valid options are: [\(types.joined(separator: ", "))]"
      )
    }
    let presentation = body["presentation_type"]?.string ?? "TEXT_INPUT"
    guard presentation != "MULTIPLE_CHOICE" || type == "STRING[]" else {
      throw RDErrors.field(
        "data_type",
        "INCLUSION",
        "invalid options, the valid options are: [STRING[]]"
      )
    }
    var label = try label("label", body)
    if label == nil { label = try Self.label("name", body) }
    guard let label else {
      throw RDErrors.locale("label", "CANNOT_BE_BLANK", "cannot be blank")
    }
    return RDField(
      uuid: uuid,
      label: label,
      identifier: identifier,
      dataType: type,
      presentation: presentation,
      isCustom: true,
      validation: body["validation_rules"] ?? [:]
    )
  }
}
