#if DEBUG
  import BeltStorage
  import Leads
  import Belt

  /// A stage that can end the process before each of its commits and before it calls outside, and that can
  /// believe in a lease without an end.
  struct FaultyStage<Inner: Stage>: Stage {
    typealias Input = Inner.Input
    typealias Found = Inner.Found
    typealias Known = Inner.Known
    typealias Change = Inner.Change
    typealias Plan = Inner.Plan
    typealias Fact = Inner.Fact

    static var flow: Flow { Inner.flow }

    let inner: Inner

    func look(_ items: [Item<Input>], _ known: Known) async -> [Identifier: Seen<Input>] {
      await inner.look(items, known)
    }

    func load(_ taken: [Taken<Input>]) -> Load<Found> { inner.load(taken) }

    func load(_ items: [Item<Input>], having found: Found) -> Load<Known> {
      inner.load(items, having: found)
    }

    func decide(_ item: Item<Input>, _ known: inout Known) -> Decision<Change, Plan> {
      inner.decide(item, &known)
    }

    func writes(_ changes: [Change], _ known: Known) -> [Write] {
      let writes = inner.writes(changes, known)
      Failpoint.hit(.beforeCommit)
      return writes
    }

    func act(_ planned: [Planned<Input, Plan>], since start: ContinuousClock.Instant) async throws
      -> [Identifier: Acted<Fact>]
    {
      Failpoint.hit(.planned)
      let start = Saboteur.leaseIgnored.isOn ? start + .seconds(3600) : start
      return try await inner.act(planned, since: start)
    }

    func results(_ facts: [Fact]) -> [Write] {
      let writes = inner.results(facts)
      Failpoint.hit(.beforeCommit)
      return writes
    }

    func portions(_ taken: [Taken<Input>]) -> [[Taken<Input>]] { inner.portions(taken) }

    func division(of taken: Taken<Input>) -> Division<Input>? { inner.division(of: taken) }
  }
#endif
