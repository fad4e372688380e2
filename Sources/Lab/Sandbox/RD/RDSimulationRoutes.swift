private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// `POST /rd/simulate` starts a run of made-up leads; `GET /rd/simulate/{run}` tells how far it is.
  func addSimulationRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("simulate") { request, _ in
      let plan = try LeadRun.Plan(try await request.json())
      let run = self.runs.withLock { runs in
        let run = LeadRun(name: String(runs.count + 1), plan: plan)
        runs[run.name] = run
        return run
      }
      self.work.start { await self.perform(run) }
      return Response.json(["run": .string(run.name)], status: .accepted)
    }
    group.get("simulate/:run") { _, context in
      let run = self.runs.withLock { $0[context.parameters.get("run") ?? ""] }
      guard let run else { throw RDErrors.notFound }
      return Response.json(run.json)
    }
  }

  private func perform(_ run: LeadRun) async {
    let planned = (0..<run.plan.leads).reduce(0) { sum, index in
      sum + (run.plan.script.lead(index).isMarked ? 2 : 1)
    }
    run.progress.withLock { $0.planned = planned }
    let start = ContinuousClock.now
    await withDiscardingTaskGroup { group in
      for _ in 0..<run.plan.concurrency {
        group.addTask {
          while let index = run.take(), !Task.isCancelled {
            if run.plan.rate > 0 {
              let due = start + .seconds(Double(index) / Double(run.plan.rate))
              do {
                try await Task.sleep(until: due, clock: .continuous)
              } catch {
                return
              }
            }
            let lead = run.plan.script.lead(index)
            switch run.plan.way {
            case .know: self.store(lead, in: self.account(run.plan.account))
            case .post(let url): await self.send(lead, of: run, to: url)
            case .convert: await self.convert(lead, of: run)
            }
          }
        }
      }
    }
    run.progress.withLock { $0.isDone = true }
  }

  /// The mark goes out when its conversion is through, as it does with RD.
  private func send(_ lead: SimulatedLead, of run: LeadRun, to url: String) async {
    let account = account(run.plan.account)
    let policy = settings.withLock { $0.webhookPolicy }
    store(lead, in: account)
    for delivery in lead.deliveries {
      let made = await poster.deliver(
        to: url,
        policy: policy,
        body: { delivery.body(repetition: $0) }
      )
      run.progress.withLock { progress in
        progress.attempts += made.attempts
        progress.delivered += made.isDelivered ? 1 : 0
        progress.failed += made.isDelivered ? 0 : 1
        if made.isDelivered {
          progress.conversions += delivery.kind == .conversion ? 1 : 0
          progress.marks += delivery.kind == .mark ? 1 : 0
        }
      }
      guard made.isDelivered else { continue }
      if delivery.kind == .mark { mark(lead, in: account) }
      if lead.isRepeated {
        let body = delivery.body(repetition: made.attempts)
        let answer = await poster.post(body, to: url, timeout: policy.timeout)
        let isRepeated = answer?.isTaken == true
        run.progress.withLock { progress in
          progress.attempts += 1
          progress.repeats += isRepeated ? 1 : 0
        }
      }
    }
  }

  /// Puts the lead where marks, sales and read-backs will look for it.
  private func store(_ lead: SimulatedLead, in account: RDAccount) {
    account.state.withLock { state in
      var record = state[uuid: lead.facts.uuid] ?? RDContactRecord(facts: lead.facts)
      // What was written through the API since an earlier lead of the same person stays.
      record.facts.conversionCount = max(
        record.facts.conversionCount,
        lead.facts.conversionCount
      )
      record.facts.lastConversion = lead.facts.lastConversion
      if let conversion = lead.facts.lastConversion {
        record.history.append(
          RDHistoryItem(
            type: "CONVERSION",
            identifier: conversion.identifier,
            at: conversion.at,
            payload: [
              "email": .string(lead.facts.email), "name": .optional(lead.facts.name),
              "conversion_identifier": .string(conversion.identifier),
            ]
          )
        )
      }
      state[uuid: lead.facts.uuid] = record
    }
  }

  private func mark(_ lead: SimulatedLead, in account: RDAccount) {
    account.state.withLock { state in
      guard var record = state[uuid: lead.facts.uuid] else { return }
      record.mark(at: lead.deliveries.last?.facts.markedAt ?? lead.facts.createdAt)
      state[uuid: lead.facts.uuid] = record
    }
  }
}
