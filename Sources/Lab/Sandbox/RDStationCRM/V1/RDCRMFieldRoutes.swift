internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON

extension RDCRMSimulator {
  /// Custom fields of v1 (reference 6.4): a bare array; a PUT names the options otherwise than a POST.
  func addFieldRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("custom_fields") { request, context in
      let call = try RDCRMCall(request, context, self)
      let entity = request.query("for")
      let shown = call.read(\.fields).filter { entity == nil || $0.entity == entity }
      return Response.json(.array(shown.map(\.json)))
    }
    group.post("custom_fields") { request, context in
      let call = try RDCRMCall(request, context, self)
      let sent = try await request.json()["custom_field"] ?? [:]
      guard let label = try sent.text("label"), let type = sent["type"]?.string,
        ["text", "option", "multiple_choice", "date"].contains(type),
        let entity = sent["for"]?.string
      else { throw RDCRMErrors.field("label", "não pode ficar em branco") }
      let made = try call.write { books in
        let made = RDCRMField(
          id: books.newID(),
          label: label,
          type: type,
          entity: entity,
          options: sent["opts"]?.array?.compactMap(\.string) ?? [],
          isRequired: sent["required"]?.bool ?? false,
          isUnique: sent["unique"]?.bool ?? false,
          allowsNew: sent["allow_new"]?.bool ?? false
        )
        books.fields.append(made)
        return made
      }
      return Response.json(made.json, status: .created)
    }
    group.put("custom_fields/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let sent = try await request.json()["custom_field"] ?? [:]
      let id = context.parameters.get("id")
      let changed = try call.write { books in
        guard let index = books.fields.firstIndex(where: { $0.id == id }) else {
          throw RDCRMErrors.notFound
        }
        if let label = try sent.text("label") { books.fields[index].label = label }
        if let options = sent["options"]?.array {
          books.fields[index].options = options.compactMap(\.string)
        }
        if let required = sent["required"]?.bool { books.fields[index].isRequired = required }
        return books.fields[index]
      }
      return Response.json(changed.json)
    }
    group.delete("custom_fields/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let id = context.parameters.get("id")
      try call.write { books in books.fields.removeAll { $0.id == id } }
      return Response(status: .noContent)
    }
  }
}
