import BeltStorage
import Bootstrap
import OpportunityCreator
import Leads

@main
struct OpportunityCreatorProgram {
  static func main() async {
    await WorkerProgram.run(.opportunityCreator) { resources in
      OrderedHandler(
        OpportunityCreatorHandler(database: resources.database, crms: resources.crms),
        database: resources.database
      )
    }
  }
}
