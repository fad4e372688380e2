internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

extension RDCRMSimulator {
  /// Products, and the lines that they are in deals (reference 5): a deal's only amounts.
  func addProductRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("products") { request, context in
      let call = try RDCRMCall(request, context, self)
      let list = call.read { books in
        books.products.filter { product in
          product.createdAt <= call.shownUntil
            && request.query("q").map { product.name.lowercased().contains($0.lowercased()) }
              ?? true
        }.map(\.json)
      }
      return Response.json(call.page(list, request, as: "products"))
    }
    group.post("products") { request, context in
      let call = try RDCRMCall(request, context, self)
      let sent = try await request.json()["product"] ?? [:]
      try sent.onlyMembers(["name", "description", "base_price", "product_custom_fields"])
      guard let name = try sent.text("name") else {
        throw RDCRMErrors.field("name", "não pode ficar em branco")
      }
      let made = try call.write { books in
        guard !books.products.contains(where: { $0.name == name }) else {
          throw RDCRMErrors.field("name", "já está em uso")
        }
        let at = books.tick(call.now)
        let made = RDCRMProduct(
          id: books.newID(),
          name: name,
          description: sent["description"]?.string,
          basePrice: sent["base_price"]?.money ?? 0,
          createdAt: at,
          updatedAt: at
        )
        books.products.append(made)
        return made
      }
      self.record("product.create", call.account, identifier: made.id)
      return Response.json(made.json)
    }
    group.get("deals/:id/deal_products") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(["deal_products": .array(try call.deal(context).lines.map(\.json))])
    }
    group.post("deals/:id/deal_products") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      for name in ["product_id", "discount_type", "discount"] where body[name] == nil {
        throw RDCRMErrors.field(name, "não pode ficar em branco")
      }
      let deal = try call.deal(context)
      let line = try call.write { books in
        let line = try RDCRMLine(body, in: &books)
        books.change(deal: deal.id, at: call.now) { $0.lines.append(line) }
        return line
      }
      self.told(deal.id, in: call.account)
      return Response.json(line.json, status: .created)
    }
    group.put("deals/:id/deal_products/:line") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      let deal = try call.deal(context)
      let id = context.parameters.get("line")
      let line = try call.write { books in
        guard var line = deal.lines.first(where: { $0.id == id }) else {
          throw RDCRMErrors.notFound
        }
        try line.set(body)
        books.change(deal: deal.id, at: call.now) { [line] changed in
          changed.lines = changed.lines.map { $0.id == id ? line : $0 }
        }
        return line
      }
      self.told(deal.id, in: call.account)
      return Response.json(line.json)
    }
  }

  /// The deal has changed: it is told as it stands now.
  func told(_ deal: String, in account: RDCRMAccount) {
    guard let deal = account.books.withLock({ $0.deals[deal] }) else { return }
    record("deal.update", account, identifier: deal.id, marker: deal.name)
    tell(.updated, of: deal, in: account)
  }
}

extension RDCRMProduct {
  /// The price is a text with two decimals.
  var json: JSON {
    let cents = basePrice % 100
    return [
      "_id": .string(id), "name": .string(name), "description": .optional(description),
      "base_price": .string("\(basePrice / 100).\(cents < 10 ? "0" : "")\(cents)"),
      "visible": true, "created_at": .string(createdAt.brasilia),
      "updated_at": .string(updatedAt.brasilia),
    ]
  }
}
