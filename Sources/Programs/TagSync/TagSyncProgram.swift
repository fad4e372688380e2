import BeltStorage
import Bootstrap
import TagSync
import Leads

@main
struct TagSyncProgram {
  static func main() async {
    await WorkerProgram.run(.tagSync, lanes: 2) { resources in
      OrderedHandler(
        TagSyncHandler(
          database: resources.database,
          crms: resources.crms,
          client: resources.rdStation
        ),
        database: resources.database
      )
    }
  }
}
