import BeltStorage
import Bootstrap
import OpportunityCreator

@main
struct OpportunityCreatorProgram {
  static func main() async {
    await WorkerProgram.run { resources in
      OpportunityCreatorStage(crms: resources.crms, pool: resources.pool)
    }
  }
}
