import BeltStorage
import Bootstrap
import RDUpdater
import Leads

@main
struct RDUpdaterProgram {
  static func main() async {
    await WorkerProgram.run(.rdUpdater, lanes: 2) { resources in
      OrderedHandler(
        RDUpdaterHandler(
          database: resources.database,
          crms: resources.crms,
          desk: RDDesk(
            client: resources.rdStation,
            database: resources.database,
            patience: RDPatience(resources.rdPatience)
          )
        ),
        database: resources.database
      )
    }
  }
}
